//! The switch with which a person stops all sweeps of an application, at once and without a deployment.
//!
//! Promises that a switch that cannot be read is an error, never a way to go on; and that one who switches twice has switched once.

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::condition::Condition;
use crate::item::{Item, Making, Reading, malformed};
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{Application, Registry, table};

/// Whether sweeps may change anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// They may: nobody has stopped them.
    Running,
    /// They may not.
    Stopped {
        /// Since when.
        since: Timestamp,
        /// Why, in the words of who did it.
        reason: String,
    },
}

/// A switch as it stands in the table.
#[derive(Clone, PartialEq, Eq)]
struct Row {
    /// Why it is stopped; none if it is not.
    reason: Option<String>,
    at: Timestamp,
    version: i64,
    writer: String,
}

impl Registry {
    /// Whether sweeps may change anything. Look before each step that does.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read: change nothing then.
    pub async fn switch(&self, application: &Application) -> Result<Switch, StoreError> {
        Ok(self.switch_row(application).await?.map_or(Switch::Running, Row::into_switch))
    }

    /// Stops all sweeps of an application. If they are stopped, they stay so, with the first reason.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It is safe to repeat it.
    pub async fn stop(&self, application: &Application, reason: &str, attempt: &Attempt<'_>) -> Result<Switch, StoreError> {
        self.turn(application, Some(reason), attempt).await
    }

    /// Lets them run again.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It is safe to repeat it.
    pub async fn resume(&self, application: &Application, attempt: &Attempt<'_>) -> Result<Switch, StoreError> {
        self.turn(application, None, attempt).await
    }

    async fn turn(&self, application: &Application, reason: Option<&str>, attempt: &Attempt<'_>) -> Result<Switch, StoreError> {
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let seen = self.switch_row(application).await?;
            let is_stopped = seen.as_ref().is_some_and(|row| row.reason.is_some());
            if is_stopped == reason.is_some() {
                return Ok(seen.map_or(Switch::Running, Row::into_switch));
            }
            let row = Row {
                reason: reason.map(str::to_owned),
                at: to_milliseconds(attempt.now),
                version: seen.as_ref().map_or(0, |row| row.version).saturating_add(1),
                writer: attempt.writer(),
            };
            let condition = seen.map_or(Condition::Absent, |row| Condition::Version(row.version));
            let key = table::switch(application);
            let item = row.to_item(&key);
            match self.commit(vec![Write::put(key, item, condition)]).await? {
                Commit::Done => return Ok(row.into_switch()),
                // Its own write, whose answer was lost, is what the next look finds.
                Commit::Overtaken(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    async fn switch_row(&self, application: &Application) -> Result<Option<Row>, StoreError> {
        let item = self.row(&table::switch(application)).await?;
        item.map(Row::from_item).transpose()
    }
}

impl Row {
    fn into_switch(self) -> Switch {
        match self.reason {
            Some(reason) => Switch::Stopped { since: self.at, reason },
            None => Switch::Running,
        }
    }

    fn to_item(&self, key: &str) -> Item {
        let state = match self.reason {
            Some(_) => STOPPED,
            None => RUNNING,
        };
        Making::of(key)
            .text(table::STATE, state)
            .optional_text(table::REASON, self.reason.as_deref())
            .moment(table::AT, self.at)
            .number(table::VERSION, self.version)
            .text(table::WRITER, &self.writer)
            .done()
    }

    fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        let reason = match read.text(table::STATE)?.as_str() {
            STOPPED => Some(read.text(table::REASON)?),
            RUNNING => None,
            _ => return Err(malformed(table::STATE)),
        };
        Ok(Self {
            reason,
            at: read.moment(table::AT)?,
            version: read.number(table::VERSION)?,
            writer: read.text(table::WRITER)?,
        })
    }
}

const RUNNING: &str = "running";
const STOPPED: &str = "stopped";
