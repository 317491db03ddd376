//! The papers of a run: what it has listed and what is left to do, in bulk and in the sweep's own bytes.
//!
//! A paper is too large to be written together with the lease: a transaction costs twice as much. So it is written first and alone, under the
//! condition that no greater fencing number has written it, and the checkpoint that says that it is there comes next, together with the lease.
//! A worker that was overtaken may leave a paper behind that no checkpoint names; it writes over none of a later holder.

use inbox::StoreError;
use jiff::Timestamp;

use crate::condition::Condition;
use crate::confirmation::expiry;
use crate::item::{Making, Reading};
use crate::run::{Filed, RunId, is_newer};
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{Application, Registry, table};

/// Which paper of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Paper {
    /// What is on it: a word, without a `#`.
    pub kind: &'static str,
    /// Counts those of its kind.
    pub number: u32,
}

/// What a paper may have. An item may have 400 KB with its key and the names of its attributes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>): far beyond this one, the table takes the write for
/// invalid.
pub const PAPER_LIMIT_BYTES: usize = 390 * 1024;

impl Registry {
    /// Keeps a paper, in the place of an earlier one, under the fencing number of the lease: a worker that does one part of a run has the number
    /// and not the lease. Write a checkpoint next: that is where a worker hears that it was overtaken.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be kept then; it is safe to repeat it.
    pub async fn keep(
        &self,
        fence: i64,
        application: &Application,
        run: &RunId,
        paper: Paper,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Filed, StoreError> {
        let key = table::paper(application, run.as_str(), paper.kind, paper.number);
        let item = Making::of(&key)
            .bytes(table::BYTES, bytes)
            .number(table::FENCE, fence)
            .number(table::EXPIRES_AT, expiry(now, self.retention))
            .done();
        let write = Write::put(key, item, Condition::Fence(fence));
        let mut last = None;
        for _ in 0..MOST_TRIES {
            match self.commit(vec![write.clone()]).await? {
                Commit::Done => return Ok(Filed::Filed),
                Commit::Overtaken(error) => last = Some(error),
            }
            if let Some(on_record) = self.row(&write.key).await?
                && is_newer(on_record, &write.condition)?
            {
                return Ok(Filed::Stale);
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    /// What a paper has.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn kept(&self, application: &Application, run: &RunId, paper: Paper) -> Result<Option<Vec<u8>>, StoreError> {
        let key = table::paper(application, run.as_str(), paper.kind, paper.number);
        let item = self.row(&key).await?;
        item.map(|item| Reading(item).bytes(table::BYTES)).transpose()
    }
}
