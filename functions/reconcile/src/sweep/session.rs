//! One process's part of a run: under the lease, for as long as there is time.

use std::time::Duration;

use endpoints::Sns;
use inbox::{Invoked, StoreError};
use jiff::Timestamp;
use registry::{Filed, Lease, Renewed, Run, Switch};

use super::{Progress, Sweep};
use crate::failure::SweepError;
use crate::papers::Papers;
use crate::report::Summary;
use crate::terms::Terms;

/// A run in this process's hands.
pub(crate) struct Session<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) sns: Sns<'a>,
    pub(crate) lease: Lease,
    pub(crate) run: Run,
    pub(crate) terms: Terms,
    pub(crate) deadline: Timestamp,
    pub(crate) invoked: Invoked<'a>,
}

/// Why a process does no more of a run.
#[derive(Debug)]
pub(crate) enum Halt {
    Failed(SweepError),
    OutOfTime,
    SwitchedOff(String),
    TakenOver,
}

/// What a run is about. What is not one of these is of another version of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Listing,
    Joining,
    Mending,
    /// It is over, and counts as a pass.
    Done,
    /// It is over, and does not.
    Stopped,
}

impl Session<'_> {
    /// Goes on until the run is over.
    pub(crate) async fn go_on(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Summary, Halt> {
        loop {
            match Phase::of(&self.run).ok_or(SweepError::Paper("run"))? {
                Phase::Listing => self.list(progress).await?,
                Phase::Joining => self.join(progress).await?,
                Phase::Mending => {
                    self.mend_all(progress).await?;
                    return self.finish().await;
                }
                Phase::Done | Phase::Stopped => return Err(SweepError::Paper("run").into()),
            }
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sweep.clock.now()
    }

    pub(crate) fn papers(&self) -> Papers<'_> {
        Papers {
            registry: &self.sweep.registry,
            application: self.sns.application,
            run: &self.run.id,
        }
    }

    /// Whether there is time, and the lease is this process's for long enough to do one more thing.
    pub(crate) async fn may_go_on(&mut self) -> Result<(), Halt> {
        let now = self.now();
        if now >= self.deadline {
            return Err(Halt::OutOfTime);
        }
        self.renew_before(now, RENEW_BEFORE).await
    }

    /// Makes the lease last for the next step, whoever does it.
    pub(crate) async fn renew(&mut self) -> Result<(), Halt> {
        let now = self.now();
        self.renew_before(now, LEASE).await
    }

    async fn renew_before(&mut self, now: Timestamp, least: Duration) -> Result<(), Halt> {
        if self.lease.time_left(now).is_some_and(|left| left >= least) {
            return Ok(());
        }
        match self.sweep.registry.renew(&mut self.lease, now, LEASE).await? {
            Renewed::Renewed => Ok(()),
            Renewed::Lost => Err(Halt::TakenOver),
        }
    }

    /// The same, and nobody has stopped it: before anything that changes something.
    pub(crate) async fn may_change(&mut self) -> Result<(), Halt> {
        self.may_go_on().await?;
        match self.sweep.registry.switch(self.sns.application).await? {
            Switch::Running => Ok(()),
            Switch::Stopped { reason, .. } => Err(Halt::SwitchedOff(reason)),
        }
    }

    /// Writes down how far the run has come.
    pub(crate) async fn checkpoint(&mut self, phase: Phase) -> Result<(), Halt> {
        phase.code().clone_into(&mut self.run.phase);
        self.run.step = self.run.step.saturating_add(1);
        let now = self.now();
        let filed = self.sweep.registry.checkpoint(&mut self.lease, &self.run, now, LEASE).await?;
        on_record(filed)
    }

    pub(crate) fn count(&mut self, name: &str, count: u64) {
        let sum = self.run.counters.entry(name.to_owned()).or_default();
        *sum = sum.saturating_add(count);
    }

    pub(crate) fn counted(&self, name: &str) -> u64 {
        self.run.counters.get(name).copied().unwrap_or_default()
    }
}

impl Phase {
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let all = [Self::Listing, Self::Joining, Self::Mending, Self::Done, Self::Stopped];
        all.into_iter().find(|phase| phase.code() == run.phase)
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Joining => "joining",
            Self::Mending => "mending",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        match self {
            Self::Listing | Self::Joining | Self::Mending => false,
            Self::Done | Self::Stopped => true,
        }
    }
}

pub(crate) fn on_record(filed: Filed) -> Result<(), Halt> {
    match filed {
        Filed::Filed => Ok(()),
        Filed::Lost | Filed::Stale => Err(Halt::TakenOver),
    }
}

impl From<SweepError> for Halt {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::TakenOver => Self::TakenOver,
            error => Self::Failed(error),
        }
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Failed(SweepError::Store(error))
    }
}

/// So long nobody else goes on with a run whose process was killed.
pub(crate) const LEASE: Duration = Duration::from_secs(600);
/// What is begun with one device takes less, at the slowest pace.
const RENEW_BEFORE: Duration = Duration::from_secs(480);
