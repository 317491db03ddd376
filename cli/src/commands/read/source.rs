//! Whose message it is, and what its reader makes of it.
//!
//! Promises the same words for what the readers of all sources tell, so that nothing else here asks whose message it was.

use std::fmt;

use clap::ValueEnum;
use drs::{DeclaredVersion, DrsEvent};
use reading::Unreadable;
use rtn::RtnEvent;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Whose message it is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Source {
    /// Appstore Real-Time Notifications
    Rtn,
    /// Dash Replenishment notifications, of both versions
    Drs,
}

/// An event, and how much had to be put right to get it.
pub(crate) struct Reading {
    pub(crate) event: Event,
    pub(crate) subject: String,
    pub(crate) event_key: String,
    pub(crate) repaired: bool,
    pub(crate) warnings: Vec<Oddity>,
}

/// What a message says, in the words of its source.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Event {
    Drs(Box<DrsEvent>),
    Rtn(Box<RtnEvent>),
}

/// A warning: its stable code, and the sentence for people.
pub(crate) struct Oddity {
    pub(crate) code: &'static str,
    pub(crate) sentence: String,
}

impl Source {
    /// The source whose events are filed under this subject; none for what could not be read, and for sources of a newer version.
    pub(crate) fn of(subject: &str) -> Option<Self> {
        let of_prefix = |source: &&Self| subject.starts_with(source.prefix());
        Self::value_variants().iter().find(of_prefix).copied()
    }

    /// What its subjects begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Drs => "drs#",
            Self::Rtn => "rtn#",
        }
    }

    /// The type of an event, from its key: Amazon's name of what happened.
    pub(crate) fn kind(self, event_key: &str) -> Option<&str> {
        let mut parts = event_key.split('#').skip(1);
        match self {
            // milliseconds#notification#type
            Self::Drs => parts.nth(1),
            // milliseconds#type
            Self::Rtn => parts.next(),
        }
    }

    /// Reads a message with the deployed function's own reader.
    pub(crate) fn read(self, message: &str, attributes: Option<&Value>) -> Result<Reading, Unreadable> {
        match self {
            Self::Drs => {
                let declared = attributes.and_then(DeclaredVersion::from_attributes);
                drs::read(message, declared.as_ref()).map(Reading::from)
            }
            Self::Rtn => rtn::read(message).map(Reading::from),
        }
    }
}

/// `rtn`
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix().trim_end_matches('#'))
    }
}

impl From<drs::Reading> for Reading {
    fn from(reading: drs::Reading) -> Self {
        Self {
            subject: reading.event.subject(),
            event_key: reading.event.event_key(),
            event: Event::Drs(Box::new(reading.event)),
            repaired: reading.repaired,
            warnings: reading
                .warnings
                .iter()
                .map(|warning| Oddity::new(warning.as_str(), warning))
                .collect(),
        }
    }
}

impl From<rtn::Reading> for Reading {
    fn from(reading: rtn::Reading) -> Self {
        Self {
            subject: reading.event.subject(),
            event_key: reading.event.event_key(),
            event: Event::Rtn(Box::new(reading.event)),
            repaired: reading.repaired,
            warnings: reading
                .warnings
                .iter()
                .map(|warning| Oddity::new(warning.as_str(), warning))
                .collect(),
        }
    }
}

impl Oddity {
    fn new(code: &'static str, sentence: &impl ToString) -> Self {
        Self {
            code,
            sentence: sentence.to_string(),
        }
    }
}

impl Serialize for Oddity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}
