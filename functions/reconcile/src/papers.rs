//! What a run writes down between its steps, besides its checkpoint: papers in the table, each of one kind and number.
//!
//! | paper | is |
//! | --- | --- |
//! | `terms` | what holds for the run: its mode, and what it compares itself with |
//! | `fleet` | 10,000 endpoints, 33 bytes each |
//! | `plan` | what was found, and into how many parts the work is divided |
//! | `work` | one part: whom to look at, what is foreseen, and what it may do |
//! | `lines` | one part's lines of the report, and what was counted |
//! | `rest` | lines of the report about what takes no work |
//! | `course` | no run's, but a recovery's: how its waves have gone |
//!
//! The fleet and the work are kept for two days, and all else as long as the report. Each is written under the fencing number of the lease, so
//! that a process that was overtaken writes over none.

use std::time::Duration;

use jiff::Timestamp;
use registry::{Application, Filed, PAPER_LIMIT_BYTES, Paper, Registry, RunId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::SweepError;

/// Longer than a run goes on, with a day to look into it. Every scan reads what is still there, and a million endpoints are 33 MB.
const A_RUN: Duration = Duration::from_secs(2 * 24 * 60 * 60);

pub(crate) const COURSE: &str = "course";
pub(crate) const FLEET: &str = "fleet";
pub(crate) const LINES: &str = "lines";
pub(crate) const PLAN: &str = "plan";
pub(crate) const REST: &str = "rest";
pub(crate) const TERMS: &str = "terms";
pub(crate) const WORK: &str = "work";

/// The papers of a run.
#[derive(Clone, Copy)]
pub(crate) struct Papers<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) application: &'a Application,
    pub(crate) run: &'a RunId,
}

impl Papers<'_> {
    pub(crate) async fn read_bytes(&self, kind: &'static str, number: u32) -> Result<Option<Vec<u8>>, SweepError> {
        let paper = Paper { kind, number };
        Ok(self.registry.kept(self.application, self.run, paper).await?)
    }

    /// A paper, if there is one.
    pub(crate) async fn find<T: DeserializeOwned>(&self, kind: &'static str, number: u32) -> Result<Option<T>, SweepError> {
        let bytes = self.read_bytes(kind, number).await?;
        let read = bytes.map(|bytes| serde_json::from_slice(&bytes));
        read.transpose().map_err(|_| SweepError::Paper(kind))
    }

    /// A paper that must be there.
    pub(crate) async fn read<T: DeserializeOwned>(&self, kind: &'static str, number: u32) -> Result<T, SweepError> {
        self.find(kind, number).await?.ok_or(SweepError::Paper(kind))
    }

    pub(crate) async fn keep_bytes(
        &self,
        fence: i64,
        kind: &'static str,
        number: u32,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), SweepError> {
        if bytes.len() > PAPER_LIMIT_BYTES {
            return Err(SweepError::Large);
        }
        let paper = Paper { kind, number };
        let registry = match kind {
            FLEET | WORK => self.registry.with_retention(A_RUN),
            _ => self.registry.clone(),
        };
        let kept = registry.keep(fence, self.application, self.run, paper, bytes, now);
        match kept.await? {
            Filed::Filed => Ok(()),
            Filed::Lost | Filed::Stale => Err(SweepError::TakenOver),
        }
    }

    pub(crate) async fn keep<T: Serialize>(
        &self,
        fence: i64,
        kind: &'static str,
        number: u32,
        content: &T,
        now: Timestamp,
    ) -> Result<(), SweepError> {
        let bytes = serde_json::to_vec(content).map_err(|_| SweepError::Large)?;
        self.keep_bytes(fence, kind, number, &bytes, now).await
    }
}
