//! What a run is asked to do, and by whom.

use jiff::Timestamp;
use upkeep::plan::{Mode, Recovery, Wave};

/// What a run is for, before its rails have been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To say what would be done.
    Plan,
    /// To do it.
    Apply,
    /// To enable what was disabled by a certificate mistake, wave by wave.
    Recover(Window),
}

/// From when until when the certificate was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    from: Timestamp,
    until: Timestamp,
}

/// A run that is to begin, or to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The schedule's: if it is time.
    Scheduled,
    /// A person's, or a state machine's: now.
    Now(Now),
}

/// What a run is asked to do that does not wait for its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// What it is for; if that is not said, what the rules say.
    pub asked: Option<Asked>,
    /// The plan that was looked at. Nothing is written if it is another one by now.
    pub plan_hash: Option<String>,
}

impl Window {
    /// A window; `None` if it does not end after it begins.
    pub fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// From when on.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

impl Asked {
    /// The word in reports and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Recover(_) => "recover",
        }
    }

    /// As the plan has it. A recovery whose waves are over does nothing.
    pub fn mode(self, wave: Option<Wave>) -> Mode {
        match (self, wave) {
            (Self::Apply, _) => Mode::Apply,
            (Self::Recover(Window { from, until }), Some(wave)) => Mode::Recover(Recovery { from, until, wave }),
            (Self::Plan, _) | (Self::Recover(_), None) => Mode::Plan,
        }
    }
}
