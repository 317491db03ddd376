//! What a run would do, for somebody who asks: nothing is written, not even that it was asked.

use jiff::Timestamp;
use registry::Application;
use upkeep::fleet::Listing;

use super::join::{Joined, Scan, Scanned};
use super::list::{Lister, MOST_RESTARTS, Turned};
use super::{Progress, Sweep};
use crate::counters::Counters;
use crate::failure::SweepError;
use crate::order::{Asked, Now};
use crate::report::{Line, Report, Summary};
use crate::terms::{Baseline, Found, Stop, Terms};
use crate::work::Spent;

/// A plan that is not on record. Its hash is `summary.plan_hash`.
pub type Forecast = Report;

impl Sweep {
    /// What a run would do now. It takes no lease and writes no row: a run that is under way goes on.
    ///
    /// # Errors
    /// [`SweepError`]
    pub async fn forecast(
        &self,
        application: &Application,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Forecast, SweepError> {
        let sns = self.applications.sns(application).ok_or(SweepError::NotServed)?;
        let began = self.clock.now();
        let closed = self.closed(sns).await?;
        let completed = self.registry.completed(application).await?;
        let last = match completed.first() {
            Some(last) => self.registry.run(application, &last.run).await?,
            None => None,
        };
        let passes: Vec<Timestamp> = completed.iter().map(|completed| completed.started_at).collect();
        let order = Now {
            asked: Some(Asked::Plan),
            plan_hash: None,
        };
        let terms = Terms::new(&self.rules, Some(&order), closed, last.as_ref().map(Baseline::of), &passes);

        let mut counters = Counters::default();
        let mut by_token = self.list_all(application, &mut counters, progress).await?.end();
        let since = terms.baseline.as_ref().and_then(Baseline::started_at);
        let mut scanned = Scanned::default();
        let mut scan = Scan::new(&self.registry, application, self.sizes);
        while let Some(pages) = scan.turn(self.clock.now()).await? {
            pages
                .into_iter()
                .for_each(|page| scanned.take(page, &mut by_token, terms.passes(), since));
            progress(Progress::Joined(scanned.counters.of("rows")));
        }
        let joined = Joined::new(by_token, scanned, &terms);

        let settings = self.rules.plan(Asked::Plan, None);
        let mut scales = joined.scales(&settings, &terms, self.clock.now());
        let lines = joined.sources(&settings).flat_map(|source| scales.weigh(source).lines);
        let lines: Vec<Line> = lines.collect();
        counters.merge(&joined.counters);
        counters.merge(&scales.counters);
        counters.add("calls.sns", 1);
        let found = Found {
            mode: Asked::Plan.code().to_owned(),
            wave: None,
            stop: closed.or(joined.breaker.map(|_| Stop::BreakerOpen)),
            breaker: joined.breaker.map(|breaker| breaker.to_string()),
            plan_hash: scales.hash.to_string(),
            chunks: 0,
            rests: 0,
            left_over: Spent::default(),
            endpoints: joined.tally.endpoints,
            disabled: joined.tally.disabled,
            counters: Counters::default(),
        };
        let moments = (began, self.clock.now());
        let summary = Summary::new((application.arn(), None), &terms, &found, &counters, moments);
        Ok(Report { summary, lines })
    }

    async fn list_all(
        &self,
        application: &Application,
        counters: &mut Counters,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Listing, SweepError> {
        let sns = self.applications.sns(application).ok_or(SweepError::NotServed)?;
        let mut lister = Lister::new(self, sns);
        let (mut listing, mut next, mut restarts) = (Listing::default(), None, 0);
        loop {
            match lister.turn(next.as_deref()).await? {
                Turned::Page(page) => {
                    listing.push(&page.endpoints);
                    next = page.next;
                }
                Turned::Forgotten if restarts < MOST_RESTARTS => {
                    restarts += 1;
                    (listing, next) = (Listing::default(), None);
                    continue;
                }
                Turned::Forgotten => return Err(SweepError::Restless),
            }
            progress(Progress::Listed(listing.len() as u64));
            if next.is_none() {
                counters.add("calls.list", lister.calls);
                counters.add("throttles", lister.throttles);
                counters.add("restarts", restarts);
                return Ok(listing);
            }
        }
    }
}
