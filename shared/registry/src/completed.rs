//! The runs that were completed last, as the row of the lease has them.
//!
//! Two are kept, since an endpoint is deleted when two of them have seen it condemned.

use inbox::StoreError;
use jiff::Timestamp;

use crate::lease::Row;
use crate::run::RunId;
use crate::{Application, Registry};

/// A run that was completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// Which run.
    pub run: RunId,
    /// When it was begun.
    pub started_at: Timestamp,
}

impl Registry {
    /// The runs that were completed last, the newest first, for somebody who does not sweep.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn completed(&self, application: &Application) -> Result<Vec<Completed>, StoreError> {
        Ok(self.lease(application).await?.map(|row| row.completed).unwrap_or_default())
    }
}

impl Row {
    /// Once, however often it is said.
    pub(crate) fn complete(&mut self, completed: Completed) {
        self.completed.retain(|known| known.run != completed.run);
        self.completed.insert(0, completed);
        self.completed.truncate(2);
    }
}

impl Completed {
    /// No name of a run has an `@`.
    pub(crate) fn to_text(&self) -> String {
        format!("{}@{}", self.run, self.started_at.as_millisecond())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (run, started_at_ms) = text.split_once('@')?;
        Some(Self {
            run: RunId::parse(run).ok()?,
            started_at: Timestamp::from_millisecond(started_at_ms.parse().ok()?).ok()?,
        })
    }
}
