//! Whose message it is, and what its reader makes of it.
//!
//! Promises the same words for what the readers of all sources tell, so that nothing else here asks whose message it was.

use clap::ValueEnum;
use drs::{DeclaredVersion, DrsEvent};
use reading::Unreadable;
use rtn::RtnEvent;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Whose message it is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Source {
    /// Appstore Real-Time Notifications
    Rtn,
    /// Dash Replenishment notifications, of both versions
    Drs,
}

/// An event, and how much had to be put right to get it.
pub(super) struct Reading {
    pub(super) event: Event,
    pub(super) subject: String,
    pub(super) event_key: String,
    pub(super) repaired: bool,
    pub(super) warnings: Vec<Oddity>,
}

/// What a message says, in the words of its source.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Event {
    Drs(Box<DrsEvent>),
    Rtn(Box<RtnEvent>),
}

/// A warning: its stable code, and the sentence for people.
pub(super) struct Oddity {
    pub(super) code: &'static str,
    pub(super) sentence: String,
}

impl Source {
    /// Reads a message with the deployed function's own reader.
    pub(super) fn read(self, message: &str, attributes: Option<&Value>) -> Result<Reading, Unreadable> {
        match self {
            Self::Drs => {
                let declared = attributes.and_then(DeclaredVersion::from_attributes);
                drs::read(message, declared.as_ref()).map(Reading::from)
            }
            Self::Rtn => rtn::read(message).map(Reading::from),
        }
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
