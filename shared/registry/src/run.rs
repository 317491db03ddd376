//! How far a sweep has come, and what it found: written down by the holder of the lease, and by nobody else.
//!
//! Promises that a holder who was overtaken writes nothing: each write is one transaction with the lease, under the condition that the lease
//! is still the one in its hand. So a checkpoint renews the lease at the same time. A step is written once, and no earlier one over a later.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::to_milliseconds;
use crate::completed::Completed;
use crate::condition::Condition;
use crate::confirmation::expiry;
use crate::item::{Item, Making, Reading, malformed};
use crate::lease::{Lease, Row};
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{Application, Registry, table};

/// What a run is called: 1 to 64 of `A-Z a-z 0-9 - _ . :`, such as the moment for which it was scheduled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

/// Not what a run is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run is called by 1 to 64 of A-Z a-z 0-9 - _ . :")]
pub struct InvalidRunId;

/// How far a run has come: all that it takes to go on in another process. `Debug` prints no token and no cursor.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    /// Which run.
    pub id: RunId,
    /// When it was begun.
    pub started_at: Timestamp,
    /// Counts its checkpoints: each has a greater one than all before it.
    pub step: i64,
    /// What it is about, in the sweep's own words.
    pub phase: String,
    /// Where it goes on: SNS's own token, or the cursor of a page of this table.
    pub next_token: Option<String>,
    /// How many pages it has seen in this phase.
    pub page: u64,
    /// What it has counted.
    pub counters: BTreeMap<String, u64>,
    /// The digest of the plan that is to be carried out.
    pub plan_hash: Option<String>,
    /// The run before it, with which it may compare itself.
    pub previous: Option<RunId>,
}

/// What a run found, as a JSON document in the sweep's own words. Its lines may be about devices: `Debug` prints its size.
#[derive(Clone, PartialEq, Eq)]
pub struct Report(String);

/// The longest report that is kept. An item may have 400 KB
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>), and each KB is two write units.
pub const REPORT_LIMIT_BYTES: usize = 256 * 1024;

/// What became of something that was to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "somebody else may sweep"]
pub enum Filed {
    /// It is.
    Filed,
    /// Somebody else has the lease, or it was given back: stop at once.
    Lost,
    /// A later step of the run is on record, or a report of a later holder.
    Stale,
}

impl RunId {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidRunId`]
    pub fn parse(text: &str) -> Result<Self, InvalidRunId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        is_id.then(|| Self(text.to_owned())).ok_or(InvalidRunId)
    }

    /// As it stands in the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Report {
    /// A report; `None` beyond [`REPORT_LIMIT_BYTES`]: leave lines out and say so.
    pub fn new(json: impl Into<String>) -> Option<Self> {
        Some(json.into()).filter(|json| json.len() <= REPORT_LIMIT_BYTES).map(Self)
    }

    /// The document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Registry {
    /// Writes down how far a run has come, and makes the lease last until a while from now.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be written down then; it is safe to repeat it.
    pub async fn checkpoint(&self, lease: &mut Lease, run: &Run, now: Timestamp, lasts: Duration) -> Result<Filed, StoreError> {
        let until = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        let key = table::run(&lease.application, run.id.as_str());
        let fence = lease.fence();
        let item = run.to_item(&key, fence, expiry(now, self.retention));
        let condition = Condition::Step { fence, step: run.step };
        let mark = |row: &mut Row| row.run = Some(run.id.clone());
        self.file(lease, until, mark, &Write::put(key, item, condition)).await
    }

    /// Writes the last checkpoint of a run, with the phase `done`, and that it was completed, in one transaction. The lease is kept. File the
    /// report before: whoever sees a completed run may look for it.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be written down then; it is safe to repeat it.
    pub async fn finish(&self, lease: &mut Lease, run: &Run, now: Timestamp) -> Result<Filed, StoreError> {
        let run = Run {
            phase: DONE.to_owned(),
            ..run.clone()
        };
        let key = table::run(&lease.application, run.id.as_str());
        let fence = lease.fence();
        let item = run.to_item(&key, fence, expiry(now, self.retention));
        let condition = Condition::Step { fence, step: run.step };
        let completed = Completed {
            run: run.id.clone(),
            started_at: to_milliseconds(run.started_at),
        };
        let mark = |row: &mut Row| {
            row.run = Some(run.id.clone());
            row.complete(completed.clone());
        };
        let until = lease.row.until;
        self.file(lease, until, mark, &Write::put(key, item, condition)).await
    }

    /// Writes down what a run found. A report of the same run is replaced.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be written down then; it is safe to repeat it.
    pub async fn file_report(
        &self,
        lease: &mut Lease,
        run: &RunId,
        report: &Report,
        now: Timestamp,
    ) -> Result<Filed, StoreError> {
        let key = table::report(&lease.application, run.as_str());
        let fence = lease.fence();
        let item = Making::of(&key)
            .text(table::REPORT, report.as_str())
            .number(table::FENCE, fence)
            .number(table::EXPIRES_AT, expiry(now, self.retention))
            .done();
        let until = lease.row.until;
        self.file(lease, until, |_| {}, &Write::put(key, item, Condition::Fence(fence)))
            .await
    }

    /// How far a run has come.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn run(&self, application: &Application, id: &RunId) -> Result<Option<Run>, StoreError> {
        let item = self.row(&table::run(application, id.as_str())).await?;
        item.map(|item| Run::from_item(id, item)).transpose()
    }

    /// What a run found.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn report(&self, application: &Application, id: &RunId) -> Result<Option<Report>, StoreError> {
        let item = self.row(&table::report(application, id.as_str())).await?;
        let report = item.map(|item| Reading(item).text(table::REPORT)).transpose()?;
        Ok(report.map(Report))
    }

    /// Writes a row together with the lease.
    async fn file(
        &self,
        lease: &mut Lease,
        until: Timestamp,
        mark: impl Fn(&mut Row),
        write: &Write,
    ) -> Result<Filed, StoreError> {
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let mut next = lease.next(until);
            mark(&mut next);
            match self.commit(vec![lease.write(&next), write.clone()]).await? {
                Commit::Done => {
                    lease.row = next;
                    return Ok(Filed::Filed);
                }
                Commit::Overtaken(error) => last = Some(error),
            }
            match self.lease(&lease.application).await? {
                Some(row) if lease.is(&row) => lease.row = row,
                _ => return Ok(Filed::Lost),
            }
            let on_record = self.row(&write.key).await?;
            // The write had succeeded, and its answer got lost.
            if on_record == write.item {
                return Ok(Filed::Filed);
            }
            if let Some(item) = on_record
                && is_newer(item, &write.condition)?
            {
                return Ok(Filed::Stale);
            }
        }
        Err(last.unwrap_or_else(restless))
    }
}

/// Whether a row on record is one that the condition keeps from being written over.
pub(crate) fn is_newer(item: Item, condition: &Condition) -> Result<bool, StoreError> {
    let mut read = Reading(item);
    Ok(match condition {
        Condition::Step { fence, step } => {
            read.number::<i64>(table::FENCE)? > *fence || read.number::<i64>(table::STEP)? >= *step
        }
        Condition::Fence(fence) => read.number::<i64>(table::FENCE)? > *fence,
        Condition::Absent | Condition::Bound(_) | Condition::Claimed { .. } | Condition::Free(_) | Condition::Version(_) => true,
    })
}

impl Run {
    fn to_item(&self, key: &str, fence: i64, expires_at: i64) -> Item {
        Making::of(key)
            .number(table::FENCE, fence)
            .moment(table::STARTED_AT, self.started_at)
            .number(table::STEP, self.step)
            .text(table::PHASE, &self.phase)
            .optional_text(table::NEXT_TOKEN, self.next_token.as_deref())
            .number(table::PAGE, i64::try_from(self.page).unwrap_or(i64::MAX))
            .counters(table::COUNTERS, &self.counters)
            .optional_text(table::PLAN_HASH, self.plan_hash.as_deref())
            .optional_text(table::PREVIOUS, self.previous.as_ref().map(RunId::as_str))
            .number(table::EXPIRES_AT, expires_at)
            .done()
    }

    fn from_item(id: &RunId, item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        let previous = read.optional_text(table::PREVIOUS)?.map(|id| RunId::parse(&id));
        Ok(Self {
            id: id.clone(),
            started_at: read.moment(table::STARTED_AT)?,
            step: read.number(table::STEP)?,
            phase: read.text(table::PHASE)?,
            next_token: read.optional_text(table::NEXT_TOKEN)?,
            page: read.number(table::PAGE)?,
            counters: read.counters(table::COUNTERS)?,
            plan_hash: read.optional_text(table::PLAN_HASH)?,
            previous: previous.transpose().map_err(|_| malformed(table::PREVIOUS))?,
        })
    }
}

/// The phase of a run that is completed.
const DONE: &str = "done";

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.id)
            .field("step", &self.step)
            .field("phase", &self.phase)
            .field("page", &self.page)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({} bytes)", self.0.len())
    }
}
