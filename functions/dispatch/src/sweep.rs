//! The sweeper: the promise of handing on.
//!
//! A stream keeps its records for a day, and gives up on some earlier. What is due stays in the index for as long as it is on
//! record, and each sweep goes through all of it: page by page, so that ten thousand take no more memory than fifty do.

use cloud::Causes;
use futures_util::future::join_all;
use inbox::{Cursor, Standing, StoreError};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Diagnostic;
use serde::Serialize;

use crate::dispatch::{Dispatch, FUNCTION, Terms, Tried};
use crate::outcome::{Counts, Outcome};

/// What a sweep came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// How many rows came to what.
    #[serde(flatten)]
    pub counts: Counts,
    /// Whether it got through all that waited; if not, the next one goes on.
    pub complete: bool,
    /// How long the oldest of those that are left has waited, as far as it was seen: what was tried in vain, and the first of
    /// what was not reached in each shard.
    pub oldest_left_seconds: i64,
}

/// Why a sweep stopped before its end. What waits still waits.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepStopped {
    /// The index could not be read.
    #[error("what waits could not be looked up")]
    Store(#[from] StoreError),
    /// Nothing goes out, or nothing that goes out can be marked: going on would only cost, or repeat.
    #[error("nothing can be handed on: {reason}, with all {tried} events of a page")]
    Hopeless {
        /// The fault's code, as in the log.
        reason: &'static str,
        /// How many events met it.
        tried: usize,
    },
}

/// What Lambda is told of a sweep that stopped: the name of the kind, and the sentence.
impl From<SweepStopped> for Diagnostic {
    fn from(stopped: SweepStopped) -> Self {
        Self {
            error_type: "SweepStopped".to_owned(),
            error_message: stopped.to_string(),
        }
    }
}

impl Dispatch {
    /// Hands on everything that is due since at least `grace`; what is younger is the stream's. Begins nothing after `deadline`.
    ///
    /// # Errors
    /// [`SweepStopped`] if the store or the topic lets nothing through.
    pub async fn sweep(&self, grace: SignedDuration, deadline: Timestamp) -> Result<Swept, SweepStopped> {
        let began = (self.clock)();
        let until = began.saturating_sub(grace).unwrap_or(began);
        let terms = Terms { until, deadline };
        let mut swept = Swept {
            counts: Counts::default(),
            complete: true,
            oldest_left_seconds: 0,
        };
        let mut unreached = Vec::new();
        for shard in shards_from(began) {
            let mut cursor = None;
            loop {
                if (self.clock)() >= deadline {
                    unreached.push((shard, cursor));
                    break;
                }
                let page = self.inbox.due(&shard, until, cursor.clone(), PAGE).await?;
                let (keys, arrivals): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
                let tried = self.try_all(&keys, terms).await;
                for (Tried { outcome, waits_since }, arrived) in tried.iter().zip(arrivals) {
                    swept.counts.add(outcome);
                    // Since when a row of a newer version waits, only that version can tell.
                    let arrived = matches!(outcome, Outcome::Newer).then_some(arrived);
                    if outcome.stays_due() {
                        swept.left(waits_since.or(arrived), began);
                    }
                }
                if let Some(reason) = hopeless(&tried) {
                    return Err(SweepStopped::Hopeless {
                        reason,
                        tried: tried.len(),
                    });
                }
                if tried.iter().any(|tried| matches!(tried.outcome, Outcome::NoTime)) {
                    unreached.push((shard, cursor));
                    break;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        swept.complete = unreached.is_empty();
        let firsts = unreached
            .into_iter()
            .map(|(shard, after)| self.first_left(shard, until, after, began));
        for since in join_all(firsts).await {
            swept.left(since, began);
        }
        let Counts { handed_on, dead, .. } = swept.counts;
        tracing::info!(
            function = FUNCTION,
            outcome = "swept",
            handed_on,
            dead,
            oldest_left_seconds = swept.oldest_left_seconds,
            complete = swept.complete,
            invocation_trace_id = self.of_invocation(),
            "sweep over"
        );
        Ok(swept)
    }

    pub(crate) fn log_stopped(&self, stopped: &SweepStopped) {
        let reason = match stopped {
            SweepStopped::Store(_) => "store",
            SweepStopped::Hopeless { reason, .. } => reason,
        };
        tracing::error!(
            function = FUNCTION,
            outcome = "stopped",
            reason,
            error = Causes(stopped).to_string(),
            invocation_trace_id = self.of_invocation(),
            "sweep stopped"
        );
    }

    /// Since when the first row waits that a sweep has not come to in a shard, as far as that can be told: the sweep is over, and
    /// does not fail for it.
    async fn first_left(&self, shard: String, until: Timestamp, after: Option<Cursor>, now: Timestamp) -> Option<Timestamp> {
        let page = self.inbox.due(&shard, until, after, 1).await.ok()?;
        let (key, arrived) = page.rows.into_iter().next()?;
        match self.inbox.standing(&key, now).await {
            Ok(Standing::Due(due)) => Some(due.record.waits_since()),
            Ok(Standing::Newer) => Some(arrived),
            Ok(Standing::NotDue) | Err(_) => None,
        }
    }
}

impl Swept {
    fn left(&mut self, waits_since: Option<Timestamp>, now: Timestamp) {
        let waited = waits_since.map_or(0, |since| now.duration_since(since).as_secs());
        self.oldest_left_seconds = self.oldest_left_seconds.max(waited);
    }
}

/// Why nothing of a page went out and was marked, if that is no event's own doing.
fn hopeless(page: &[Tried]) -> Option<&'static str> {
    let mut reason = None;
    for Tried { outcome, .. } in page {
        match outcome {
            Outcome::HandedOn { marked: true, .. } | Outcome::Refused { .. } => return None,
            Outcome::HandedOn { marked: false, .. } | Outcome::Store(_) => reason = Some("store"),
            Outcome::Topic(error) => reason = Some(error.reason()),
            Outcome::NotDue | Outcome::Newer | Outcome::NoTime | Outcome::Dead { .. } | Outcome::Young => {}
        }
    }
    reason
}

/// All shards, beginning with another one each minute, so that none waits for the rest whenever time runs out.
fn shards_from(now: Timestamp) -> impl Iterator<Item = String> {
    let shards = inbox::due_shards().collect::<Vec<_>>();
    let minute = usize::try_from(now.as_second().div_euclid(60)).unwrap_or(0);
    let (count, first) = (shards.len(), minute % shards.len().max(1));
    shards.into_iter().cycle().skip(first).take(count)
}

const PAGE: u16 = 50;
