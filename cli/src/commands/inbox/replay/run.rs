//! A replay from its first page to its last.
//!
//! Pages are read as they are needed, and some records of a page are worked on at once. When the store fails, those that are under
//! way come to their end first, so that what is told about them is exact.

use std::collections::HashSet;
use std::io;

use inbox::{Attempt, Digest, Inbox, Record, Repetition, Replayed, StoreError};
use intake::Clock;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::choice::Chosen;
use super::counters::{Counters, Outcome};
use super::work::{Told, Work};
use crate::progress::Progress;

/// A replay.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) inbox: Inbox,
    pub(super) name: String,
    pub(super) repetition: Repetition,
    pub(super) dry_run: bool,
    /// Told apart by it: what this run has filed, and what was on record.
    pub(super) attempt_id: String,
    pub(super) now: Timestamp,
    /// A long run makes rows due over a long time: each since its own moment.
    pub(super) clock: Clock,
}

/// Why a replay did not come to its end.
pub(super) enum Stopped {
    /// The store failed.
    Store(Box<Interrupted>),
    /// Nobody takes what it prints.
    Output(io::Error),
}

/// The store failed half-way.
#[derive(Debug, thiserror::Error)]
#[error("the replay stopped after {} events, of which {} were made to go out; {advice}", .counters.selected, .counters.go_out())]
pub(super) struct Interrupted {
    counters: Counters,
    advice: &'static str,
    #[source]
    source: StoreError,
}

impl Run {
    /// Carries it out, and tells of each event once it is done.
    pub(super) async fn carry_out(
        &self,
        chosen: &Chosen,
        progress: &Progress,
        mut tell: impl FnMut(&Told<'_>) -> io::Result<()>,
    ) -> Result<Counters, Stopped> {
        let mut counters = Counters::default();
        let mut foreseen = HashSet::new();
        let mut looked_at = 0;
        let mut pages = self.inbox.select(&chosen.selection(), self.now);
        loop {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(counters),
                Err(error) => return Err(self.stopped(counters, error)),
            };
            looked_at += page.looked_at;
            counters.count_illegible(page.illegible);
            // What this run has filed anew is found among the others later, and has been counted.
            let records = page.records.into_iter().filter(|record| record.nonce != self.attempt_id);
            let mut works = records.filter_map(|record| Work::with(record, chosen));
            loop {
                let some = works.by_ref().take(AT_ONCE).collect::<Vec<_>>();
                if some.is_empty() {
                    break;
                }
                let mut failure = None;
                for (work, outcome) in self.work_on(some).await {
                    match outcome {
                        Ok(outcome) => {
                            let outcome = self.corrected(outcome, &work, &mut foreseen);
                            counters.count(outcome);
                            tell(&Told::of(&work, outcome)).map_err(Stopped::Output)?;
                        }
                        Err(error) => failure = failure.or(Some(error)),
                    }
                }
                if let Some(error) = failure {
                    return Err(self.stopped(counters, error));
                }
                progress.tell(format!("{looked_at} records read, {} selected", counters.selected));
            }
        }
    }

    /// Works on some records at once; the answers are in their order.
    async fn work_on(&self, works: Vec<Work>) -> Vec<(Work, Result<Outcome, StoreError>)> {
        let mut tasks = JoinSet::new();
        for (position, work) in works.into_iter().enumerate() {
            let run = self.clone();
            tasks.spawn(async move {
                let outcome = run.one(&work).await;
                (position, work, outcome)
            });
        }
        let mut done = tasks.join_all().await;
        done.sort_by_key(|(position, ..)| *position);
        done.into_iter().map(|(_, work, outcome)| (work, outcome)).collect()
    }

    async fn one(&self, work: &Work) -> Result<Outcome, StoreError> {
        let Self { inbox, name, .. } = self;
        match work {
            Work::HandOnAgain(record) if self.dry_run => Ok(self.foreseen(record).into()),
            Work::HandOnAgain(record) => Ok(inbox.replay(record, name, self.repetition, (self.clock)()).await?.into()),
            Work::FileAnew(filing) if self.dry_run => {
                let recorded = inbox.foresee_refile(&filing.unread, &filing.keys, self.now).await?;
                Ok(recorded.into())
            }
            Work::FileAnew(filing) => {
                let (keys, warnings) = (filing.keys.clone(), filing.warnings.clone());
                let attempt = Attempt {
                    id: &self.attempt_id,
                    now: self.now,
                };
                let recorded = inbox
                    .refile(&filing.unread, keys, filing.repaired, warnings, &attempt)
                    .await?;
                Ok(recorded.into())
            }
            Work::LeaveUnread(_) => Ok(Outcome::StillUnreadable),
        }
    }

    fn foreseen(&self, record: &Record) -> Replayed {
        Replayed::foreseen(record, &self.name, self.repetition, self.now)
    }

    /// What a dry run foresees of each message alone, it foresees of the first of equal ones only: a publisher's resend comes under
    /// another MessageId, and would be filed once.
    fn corrected(&self, outcome: Outcome, work: &Work, foreseen: &mut HashSet<Digest>) -> Outcome {
        match work {
            Work::FileAnew(filing) if self.dry_run && !foreseen.insert(filing.unread.digest) => Outcome::NothingToHandOn,
            Work::HandOnAgain(_) | Work::FileAnew(_) | Work::LeaveUnread(_) => outcome,
        }
    }

    fn stopped(&self, counters: Counters, source: StoreError) -> Stopped {
        let advice = match self.repetition {
            _ if self.dry_run => "it was a dry run and wrote nothing",
            Repetition::Never => "run it again, under the same name: nothing goes out twice",
            Repetition::Forced => "run it again under a new --name: with --force, these would go out once more",
        };
        Stopped::Store(Box::new(Interrupted {
            counters,
            advice,
            source,
        }))
    }
}

/// Calls to the store under way at once.
const AT_ONCE: usize = 16;
