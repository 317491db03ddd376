//! What the operator and the run say.

use jiff::{SignedDuration, Timestamp};

use super::action::Spending;
use super::reason::Reason;
use super::recovery::Recovery;
use crate::device::Since;

/// What holds for every row of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the run is for.
    pub mode: Mode,
    /// How long an endpoint stays disabled before it is deleted. Thirty days are usual.
    pub retention: SignedDuration,
    /// How long the first phase of a deletion lasts at least; two passes besides. A day is the least that makes sense.
    pub grace: SignedDuration,
    /// How often a token is disabled again before it is not enabled any more.
    pub quarantine_after: u32,
    /// What becomes of endpoints that nobody claims.
    pub orphans: Orphans,
    /// The run writes nothing at all, for this reason.
    pub closed: Option<Closed>,
    /// How much more the run may do.
    pub caps_left: Caps,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To say what would be done. Nothing is written, neither to SNS nor to the registry.
    Plan,
    /// To do it.
    Apply,
    /// To enable what was disabled by a certificate mistake, and to do nothing else.
    Recover(Recovery),
}

/// What becomes of endpoints that nobody claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// They are reported.
    Report,
    /// They are deleted in two phases.
    Delete,
}

/// Why a run writes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// SNS has disabled the platform application.
    ApplicationDisabled,
    /// Its certificate has expired: every endpoint that SNS disables now is disabled for that.
    CertificateExpired,
    /// What was found differs too much from the last run ([`crate::rails::Breaker`]).
    BreakerOpen,
    /// An operator has stopped it.
    SwitchedOff,
}

/// How many of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Endpoints created.
    pub creates: u32,
    /// Endpoints deleted.
    pub deletes: u32,
    /// Endpoints enabled.
    pub enables: u32,
}

/// When something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time.
    pub now: Timestamp,
    /// How many passes over the application have been completed.
    pub pass: u64,
}

impl Closed {
    /// Its reason.
    pub fn reason(self) -> Reason {
        match self {
            Self::ApplicationDisabled => Reason::ApplicationDisabled,
            Self::CertificateExpired => Reason::CertificateExpired,
            Self::BreakerOpen => Reason::BreakerOpen,
            Self::SwitchedOff => Reason::SwitchedOff,
        }
    }
}

impl Caps {
    /// How many are left of one.
    pub fn of(&self, spending: Spending) -> u32 {
        match spending {
            Spending::Create => self.creates,
            Spending::Delete => self.deletes,
            Spending::Enable => self.enables,
        }
    }

    /// One less. Whoever acts takes it before the call, so that a call without an answer counts.
    pub fn spend(&mut self, spending: Spending) {
        let left = match spending {
            Spending::Create => &mut self.creates,
            Spending::Delete => &mut self.deletes,
            Spending::Enable => &mut self.enables,
        };
        *left = left.saturating_sub(1);
    }
}

impl Settings {
    /// Whether the first phase of a deletion is over.
    pub(super) fn is_over(&self, since: Since, moment: &Moment) -> bool {
        moment.now.duration_since(since.at) >= self.grace && moment.pass >= since.pass.saturating_add(PASSES)
    }

    /// Whether something that happened then is past the retention.
    pub(super) fn is_past_retention(&self, at: Timestamp, moment: &Moment) -> bool {
        moment.now.duration_since(at) >= self.retention
    }
}

impl Moment {
    /// Now, as the first phase of a deletion.
    pub(super) fn since(&self) -> Since {
        Since {
            at: self.now,
            pass: self.pass,
        }
    }
}

/// A listing may lag behind, and a device may come back: so many passes see the endpoint before it goes.
const PASSES: u64 = 2;
