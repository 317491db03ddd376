//! Listing every endpoint: page by page, at SNS's pace, and never twice from the beginning without need.

use std::time::Duration;

use endpoints::{Health, Pace, Page, Refusal, Sns, Wait};
use upkeep::budget::{Budget, Share};
use upkeep::fleet::Listing;

use super::session::Phase;
use super::{Halt, Progress, Session, Sweep};
use crate::failure::SweepError;
use crate::papers::FLEET;
use crate::quota;

/// Who turns the pages.
pub(super) struct Lister<'a> {
    sns: Sns<'a>,
    pace: Pace,
    wait: Wait,
    pub(super) calls: u64,
    pub(super) throttles: u64,
}

/// What came of turning one.
pub(super) enum Turned {
    /// This.
    Page(Page),
    /// Where it begins is not known any more.
    Forgotten,
}

impl<'a> Lister<'a> {
    pub(super) fn new(sweep: &Sweep, sns: Sns<'a>) -> Self {
        let share = Share {
            quota: quota::LIST_ENDPOINTS,
            percent: sweep.rules.budget_percent,
        };
        Self {
            sns,
            pace: Pace::within(Budget::new(share, sweep.clock.now()), sweep.clock.clone(), sweep.wait.clone()),
            wait: sweep.wait.clone(),
            calls: 0,
            throttles: 0,
        }
    }

    /// The first page, or the one that begins there. A call that was not answered, or came too soon, is made again.
    pub(super) async fn turn(&mut self, from: Option<&str>) -> Result<Turned, SweepError> {
        let (mut throttles, mut failures) = (0, 0);
        loop {
            self.pace.turn().await;
            self.calls += 1;
            match self.sns.page(from).await {
                Ok(page) => return Ok(Turned::Page(page)),
                Err(Refusal::Invalid(_)) if from.is_some() => return Ok(Turned::Forgotten),
                Err(Refusal::Throttled(_)) if throttles < MOST_THROTTLES => {
                    throttles += 1;
                    self.throttles += 1;
                    self.pace.give_way();
                }
                Err(Refusal::Unavailable(_)) if failures < MOST_FAILURES => {
                    failures += 1;
                    self.wait.wait(PAUSE * failures).await;
                }
                Err(refusal) => return Err(SweepError::Sns(refusal)),
            }
        }
    }
}

/// Whether an application can send at all. A call that was not answered, or came too soon, is made again.
pub(super) async fn health(sweep: &Sweep, sns: Sns<'_>) -> Result<Health, SweepError> {
    let mut failures = 0;
    loop {
        match sns.health().await {
            Ok(health) => return Ok(health),
            Err(Refusal::Throttled(_) | Refusal::Unavailable(_)) if failures < MOST_FAILURES => {
                failures += 1;
                sweep.wait.wait(PAUSE * failures).await;
            }
            Err(refusal) => return Err(SweepError::Sns(refusal)),
        }
    }
}

impl Session<'_> {
    /// Lists what is left to be listed, and writes it down.
    pub(crate) async fn list(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<(), Halt> {
        let mut lister = Lister::new(self.sweep, self.sns);
        let (mut fresh, mut pages) = (Listing::default(), 0);
        loop {
            if let Err(halt) = self.may_go_on().await {
                if matches!(halt, Halt::OutOfTime) && pages > 0 {
                    self.keep_listed(&fresh, &mut lister, Phase::Listing).await?;
                }
                return Err(halt);
            }
            match lister.turn(self.run.next_token.as_deref()).await? {
                Turned::Page(page) => {
                    fresh.push(&page.endpoints);
                    self.run.next_token = page.next;
                    self.run.page += 1;
                    pages += 1;
                }
                Turned::Forgotten => {
                    self.begin_again()?;
                    (fresh, pages) = (Listing::default(), 0);
                    continue;
                }
            }
            progress(Progress::Listed(self.counted(LISTED) + fresh.len() as u64));
            let is_last = self.run.next_token.is_none();
            if is_last || pages >= self.sweep.sizes.pages_a_paper {
                let phase = if is_last { Phase::Joining } else { Phase::Listing };
                self.keep_listed(&fresh, &mut lister, phase).await?;
                (fresh, pages) = (Listing::default(), 0);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn keep_listed(&mut self, fresh: &Listing, lister: &mut Lister<'_>, phase: Phase) -> Result<(), Halt> {
        let number = u32::try_from(self.counted(PAPERS)).map_err(|_| SweepError::Large)?;
        let (papers, now) = (self.papers(), self.now());
        papers
            .keep_bytes(self.lease.fence(), FLEET, number, &fresh.encode(), now)
            .await?;
        self.count(PAPERS, 1);
        self.count(LISTED, fresh.len() as u64);
        self.count("calls.list", std::mem::take(&mut lister.calls));
        self.count("throttles", std::mem::take(&mut lister.throttles));
        self.checkpoint(phase).await
    }

    /// What was listed so far is listed again: it may have changed.
    fn begin_again(&mut self) -> Result<(), Halt> {
        self.count(RESTARTS, 1);
        if self.counted(RESTARTS) > MOST_RESTARTS {
            return Err(SweepError::Restless.into());
        }
        self.run.next_token = None;
        self.run.page = 0;
        self.run.counters.insert(PAPERS.to_owned(), 0);
        self.run.counters.insert(LISTED.to_owned(), 0);
        Ok(())
    }
}

/// Endpoints on the papers so far.
const LISTED: &str = "listed";
/// Papers of endpoints.
pub(super) const PAPERS: &str = "papers";
const RESTARTS: &str = "restarts";

const MOST_FAILURES: u32 = 3;
pub(super) const MOST_RESTARTS: u64 = 5;
const MOST_THROTTLES: u32 = 12;
const PAUSE: Duration = Duration::from_secs(1);
