//! Who may sweep the devices of an application, one at a time, and the number that tells a later holder from an earlier one.
//!
//! Promises that nobody takes a lease that may still be used, by any clock; that each holder has a greater fencing number than all before
//! it, for ever, because the row of a lease is never deleted; and that a holder who was overtaken is told so by its next write, whatever it
//! believes (`run`). It does not stop what the holder does elsewhere: SNS knows no fencing numbers, so every step that calls SNS looks at
//! `time_left` before.

use std::time::Duration;

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::completed::Completed;
use crate::condition::Condition;
use crate::item::{Item, Making, Reading, malformed};
use crate::run::RunId;
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{Application, Registry, table};

/// The right to sweep an application, until its time is over.
#[derive(Debug, PartialEq, Eq)]
pub struct Lease {
    pub(crate) application: Application,
    pub(crate) owner: String,
    pub(crate) row: Row,
}

/// Whether the caller is the one to sweep.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a lease that is dropped keeps others out until its time is over"]
pub enum Acquired {
    /// It is.
    Go(Lease),
    /// Somebody else is. Asked again after this time, in whole seconds, the answer will be another, unless the holder has renewed it.
    Held {
        /// The rest of the lease and its margin.
        retry_after: Duration,
    },
}

/// Whether a lease goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "somebody else may sweep"]
pub enum Renewed {
    /// It does.
    Renewed,
    /// Somebody else has it, or it was given back: stop at once.
    Lost,
}

/// How long after a lease has run out, by one's own clock, it has run out by every clock and nothing is under way any more.
///
/// As for sends: two clocks differ by two seconds at most (Lambda's hosts keep time to well below one,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html>), and a call that is cut at the end of its lease ends within a second.
pub const MARGIN: Duration = Duration::from_secs(3);

/// A lease as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Nobody, after it was given back.
    pub(crate) owner: Option<String>,
    pub(crate) fence: i64,
    pub(crate) until: Timestamp,
    /// The run that was written down last, under this or an earlier holder.
    pub(crate) run: Option<RunId>,
    /// The runs that were completed last, the newest first: as many as it takes to know what two of them have seen.
    pub(crate) completed: Vec<Completed>,
    pub(crate) version: i64,
}

impl Lease {
    /// The fencing number: greater than that of every holder before.
    pub fn fence(&self) -> i64 {
        self.row.fence
    }

    /// The application.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// The run that was written down last. Whether it is finished is written there.
    pub fn latest_run(&self) -> Option<&RunId> {
        self.row.run.as_ref()
    }

    /// The two runs of the application that were completed last, the newest first.
    pub fn completed(&self) -> &[Completed] {
        &self.row.completed
    }

    /// How long it still lasts; `None` when its time is over.
    pub fn time_left(&self, now: Timestamp) -> Option<Duration> {
        Duration::try_from(self.row.until.duration_since(now))
            .ok()
            .filter(|left| !left.is_zero())
    }

    /// The row is a version of this lease.
    pub(crate) fn is(&self, row: &Row) -> bool {
        row.owner.as_ref() == Some(&self.owner) && row.fence == self.row.fence
    }

    /// The write that replaces the version that was seen.
    pub(crate) fn write(&self, next: &Row) -> Write {
        let item = next.to_item(&self.application);
        Write::put(table::lease(&self.application), item, Condition::Version(self.row.version))
    }

    /// The next version, which lasts at least as long.
    pub(crate) fn next(&self, until: Timestamp) -> Row {
        Row {
            until: self.row.until.max(to_milliseconds(until)),
            version: self.row.version.saturating_add(1),
            ..self.row.clone()
        }
    }
}

impl Registry {
    /// Asks to sweep an application for a while.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The lease may or may not be taken then: do not sweep. It runs out by itself.
    pub async fn acquire(
        &self,
        application: &Application,
        attempt: &Attempt<'_>,
        lasts: Duration,
    ) -> Result<Acquired, StoreError> {
        let owner = attempt.writer();
        let until = to_milliseconds(after(attempt.now, lasts));
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let seen = self.lease(application).await?;
            let lease = |row: Row| {
                Acquired::Go(Lease {
                    application: application.clone(),
                    owner: owner.clone(),
                    row,
                })
            };
            if let Some(row) = &seen {
                // The write had succeeded, and its answer got lost.
                if row.owner.as_ref() == Some(&owner) {
                    return Ok(lease(row.clone()));
                }
                if let Some(retry_after) = row.rest(attempt.now) {
                    return Ok(Acquired::Held { retry_after });
                }
            }
            let condition = seen.as_ref().map_or(Condition::Absent, |row| Condition::Version(row.version));
            let (run, completed) = seen
                .as_ref()
                .map(|row| (row.run.clone(), row.completed.clone()))
                .unwrap_or_default();
            let row = Row {
                owner: Some(owner.clone()),
                fence: seen.as_ref().map_or(0, |row| row.fence).saturating_add(1),
                until,
                version: seen.as_ref().map_or(0, |row| row.version).saturating_add(1),
                run,
                completed,
            };
            let write = Write::put(table::lease(application), row.to_item(application), condition);
            match self.commit(vec![write]).await? {
                Commit::Done => return Ok(lease(row)),
                Commit::Overtaken(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    /// Makes a lease last until a while from now. One that has run out goes on too, if nobody has taken it.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The lease is what it was, or longer.
    pub async fn renew(&self, lease: &mut Lease, now: Timestamp, lasts: Duration) -> Result<Renewed, StoreError> {
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let next = lease.next(after(now, lasts));
            match self.commit(vec![lease.write(&next)]).await? {
                Commit::Done => {
                    lease.row = next;
                    return Ok(Renewed::Renewed);
                }
                Commit::Overtaken(error) => last = Some(error),
            }
            match self.lease(&lease.application).await? {
                Some(row) if row == next => {
                    lease.row = next;
                    return Ok(Renewed::Renewed);
                }
                Some(row) if lease.is(&row) => lease.row = row,
                _ => return Ok(Renewed::Lost),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    /// Gives a lease back: the next one who asks has it, at once. Nothing that was begun under it may be under way any more.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The lease runs out by itself then.
    pub async fn release(&self, mut lease: Lease) -> Result<(), StoreError> {
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let mut next = lease.next(lease.row.until);
            next.owner = None;
            match self.commit(vec![lease.write(&next)]).await? {
                Commit::Done => return Ok(()),
                Commit::Overtaken(error) => last = Some(error),
            }
            match self.lease(&lease.application).await? {
                Some(row) if lease.is(&row) => lease.row = row,
                // Given back already, or somebody else's.
                _ => return Ok(()),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    /// The run that was written down last, for somebody who does not sweep.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn latest_run(&self, application: &Application) -> Result<Option<RunId>, StoreError> {
        Ok(self.lease(application).await?.and_then(|row| row.run))
    }

    /// The lease with this fencing number, for the next step of a run that goes on in another process; `None` if it is not held any more, or its
    /// time is over. One process at a time has it in its hand: whoever begins the steps sees to that.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn take_up(&self, application: &Application, fence: i64, now: Timestamp) -> Result<Option<Lease>, StoreError> {
        let row = self.lease(application).await?;
        let lease = row.filter(|row| row.fence == fence && row.until > now).and_then(|row| {
            Some(Lease {
                application: application.clone(),
                owner: row.owner.clone()?,
                row,
            })
        });
        Ok(lease)
    }

    pub(crate) async fn lease(&self, application: &Application) -> Result<Option<Row>, StoreError> {
        let item = self.row(&table::lease(application)).await?;
        item.map(Row::from_item).transpose()
    }
}

impl Row {
    /// How long nobody else may have it; `None` if it is free.
    fn rest(&self, now: Timestamp) -> Option<Duration> {
        self.owner.as_ref()?;
        let margin_ms = i128::try_from(MARGIN.as_millis()).unwrap_or(i128::MAX);
        let over_ms = i128::from(self.until.as_millisecond()) + margin_ms;
        let rest_ms = over_ms - i128::from(now.as_millisecond());
        let rest_ms = u64::try_from(rest_ms).ok()?;
        // One millisecond after it is over, in whole seconds, as the header `Retry-After` counts.
        Some(Duration::from_secs(rest_ms.saturating_add(1).div_ceil(1_000)))
    }

    fn to_item(&self, application: &Application) -> Item {
        Making::of(&table::lease(application))
            .optional_text(table::OWNER, self.owner.as_deref())
            .number(table::FENCE, self.fence)
            .moment(table::UNTIL, self.until)
            .optional_text(table::RUN, self.run.as_ref().map(RunId::as_str))
            .list(table::COMPLETED, self.completed.iter().map(Completed::to_text))
            .number(table::VERSION, self.version)
            .done()
    }

    fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        let run = read.optional_text(table::RUN)?.map(|id| RunId::parse(&id));
        let completed = read.list(table::COMPLETED)?;
        let completed = completed.iter().map(|text| Completed::parse(text));
        let completed: Option<_> = completed.collect();
        Ok(Self {
            owner: read.optional_text(table::OWNER)?,
            fence: read.number(table::FENCE)?,
            until: read.moment(table::UNTIL)?,
            run: run.transpose().map_err(|_| malformed(table::RUN))?,
            completed: completed.ok_or(malformed(table::COMPLETED))?,
            version: read.number(table::VERSION)?,
        })
    }
}

/// As far as time reaches.
fn after(now: Timestamp, lasts: Duration) -> Timestamp {
    now.checked_add(lasts.min(LONGEST_LEASE)).unwrap_or(Timestamp::MAX)
}

/// A Lambda function lives no longer.
const LONGEST_LEASE: Duration = Duration::from_secs(15 * 60);
