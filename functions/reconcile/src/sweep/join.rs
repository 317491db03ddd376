//! Joining the endpoints with the registry: which rows need a look, what that comes to, and whether any of it can be true.

mod bind;
mod joined;
mod scan;
mod waves;

use jiff::Timestamp;
use upkeep::fleet::Listing;
use upkeep::plan::Wave;
use upkeep::rails::{Breaker, PlanHash};

use self::bind::Binder;
pub(super) use self::joined::Joined;
pub(super) use self::scan::{Scan, Scanned};
use super::list::PAPERS;
use super::session::Phase;
use super::{Halt, Progress, Session};
use crate::counters::Counters;
use crate::failure::SweepError;
use crate::order::Asked;
use crate::papers::{FLEET, PLAN};
use crate::terms::{Found, Stop};
use crate::work::Spent;

impl Session<'_> {
    /// Makes the plan, and divides the work.
    pub(crate) async fn join(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<(), Halt> {
        let found = match self.terms.closed {
            Some(stop) => nothing(stop),
            None => self.make_plan(progress).await?,
        };
        let (papers, now) = (self.papers(), self.now());
        papers.keep(self.lease.fence(), PLAN, 0, &found, now).await?;
        self.run.page = 0;
        self.run.plan_hash = Some(found.plan_hash);
        self.checkpoint(Phase::Mending).await
    }

    async fn make_plan(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Found, Halt> {
        let mut by_token = self.listed().await?.end();
        if let Asked::Recover(window) = self.terms.asked() {
            by_token = by_token.recovering(window.from()..=window.until());
        }
        let scanned = self.scan(&mut by_token, progress).await?;
        let joined = Joined::new(by_token, scanned, &self.terms);
        let now = self.now();
        let asked = self.terms.asked();
        let recovery = match asked {
            Asked::Recover(window) => Some(self.recovery(window, &joined, now).await?),
            Asked::Plan | Asked::Apply => None,
        };
        let wave = recovery.as_ref().and_then(|recovery| recovery.wave);
        let no_wave = recovery.as_ref().and_then(|recovery| recovery.stop);
        let stop = self.stop(&joined, wave, now).or(no_wave);
        // What is not listed cannot be judged.
        if let Some(recovery) = recovery
            && stop != Some(Stop::BreakerOpen)
        {
            self.keep_course(recovery, stop.is_some(), &joined, now).await?;
        }
        // What an order that lets it go through would carry out.
        let stopped_hash = stop.map(|_| self.hash(&joined, wave, now));
        let asked = if stop.is_some() { Asked::Plan } else { asked };

        let settings = self.sweep.rules.plan(asked, wave);
        let mut scales = joined.scales(&settings, &self.terms, now);
        let mut binder = Binder::new(self.sweep);
        for source in joined.sources(&settings) {
            binder.take(scales.weigh(source));
            self.keep_full(&mut binder).await?;
        }
        self.keep_last(&mut binder).await?;
        let mut counters = joined.counters.clone();
        counters.merge(&scales.counters);
        counters.add("lines_left_out", binder.left_out);
        Ok(Found {
            mode: asked.code().to_owned(),
            wave: wave.map(waves::number),
            stop,
            breaker: joined.breaker.map(|breaker| breaker.to_string()),
            plan_hash: stopped_hash.unwrap_or(scales.hash).to_string(),
            chunks: binder.chunks,
            rests: binder.rests,
            left_over: Spent::from(binder.caps_left),
            endpoints: joined.tally.endpoints,
            disabled: joined.tally.disabled,
            counters,
        })
    }

    /// The papers of the listing, as one.
    async fn listed(&mut self) -> Result<Listing, Halt> {
        let mut listing = Listing::default();
        for number in 0..u32::try_from(self.counted(PAPERS)).unwrap_or(u32::MAX) {
            self.may_go_on().await?;
            let bytes = self.papers().read_bytes(FLEET, number).await?;
            let bytes = bytes.ok_or(SweepError::Paper(FLEET))?;
            listing.decode(&bytes).map_err(|_| SweepError::Paper(FLEET))?;
        }
        Ok(listing)
    }

    /// Why nothing may be changed. The plan that somebody has looked at goes through an open breaker, and no other does.
    fn stop(&self, joined: &Joined, wave: Option<Wave>, now: Timestamp) -> Option<Stop> {
        let breaker = joined.breaker.filter(|breaker| is_against(*breaker, self.terms.asked()));
        let open = breaker.map(|_| Stop::BreakerOpen);
        let Some(looked_at) = &self.terms.plan_hash else {
            return open;
        };
        let is_it = self.hash(joined, wave, now).to_string() == *looked_at;
        (!is_it).then_some(open.unwrap_or(Stop::PlanChanged))
    }

    /// Of all that is asked for, whether it may be done or not.
    fn hash(&self, joined: &Joined, wave: Option<Wave>, now: Timestamp) -> PlanHash {
        let settings = self.sweep.rules.plan(self.terms.asked(), wave);
        let mut scales = joined.scales(&settings, &self.terms, now);
        joined.sources(&settings).for_each(|source| drop(scales.weigh(source)));
        scales.hash
    }
}

/// That many were disabled at once is what a recovery is for: it is stopped by nothing but a listing that is short.
fn is_against(breaker: Breaker, asked: Asked) -> bool {
    match (breaker, asked) {
        (Breaker::DisabledJumped { .. }, Asked::Recover(_)) => false,
        (Breaker::DisabledJumped { .. }, Asked::Plan | Asked::Apply) | (Breaker::Shrunk { .. }, _) => true,
    }
}

/// What a run has found that did not look.
fn nothing(stop: Stop) -> Found {
    Found {
        mode: Asked::Plan.code().to_owned(),
        wave: None,
        stop: Some(stop),
        breaker: None,
        plan_hash: PlanHash::default().to_string(),
        chunks: 0,
        rests: 0,
        left_over: Spent::default(),
        endpoints: 0,
        disabled: 0,
        counters: Counters::default(),
    }
}
