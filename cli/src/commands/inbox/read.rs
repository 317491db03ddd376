//! What today's readers make of a recorded message. They may be better ones than those of the day on which it arrived.

use clap::ValueEnum as _;
use inbox::Record;
use reading::Unreadable;
use rtn::RtnEvent;
use serde::Serialize;

use crate::commands::read::source::{Event, Oddity, Reading, Source};

/// A message as it is read today.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Read {
    /// The canonical event, and what was odd about the message.
    Event {
        event: Event,
        repaired: bool,
        warnings: Vec<Oddity>,
    },
    /// Why there is none.
    Unreadable { unreadable: String },
}

impl Read {
    /// Reads the message of a record as the function that recorded it does; what that could not read, as any function does.
    pub(super) fn of(record: &Record) -> Self {
        let subject = record.held.as_ref().map_or(&record.subject, |held| &held.subject);
        let reading = match Source::of(subject) {
            Some(source) => source.read(&record.raw, None).map_err(|unreadable| unreadable.to_string()),
            None => any(&record.raw).map_err(|faults| in_words(&faults)),
        };
        match reading {
            Ok(reading) => Self::Event {
                event: reading.event,
                repaired: reading.repaired,
                warnings: reading.warnings,
            },
            Err(unreadable) => Self::Unreadable { unreadable },
        }
    }

    /// The event of a purchase, if it is one.
    pub(super) fn rtn(&self) -> Option<&RtnEvent> {
        match self {
            Self::Event {
                event: Event::Rtn(event),
                ..
            } => Some(event),
            Self::Event {
                event: Event::Drs(_), ..
            }
            | Self::Unreadable { .. } => None,
        }
    }
}

/// Reads a message of which nobody knows whose it is: the first reader that can decides. None reads another's messages, since
/// each insists on fields that no other source has.
pub(super) fn any(message: &str) -> Result<Reading, Vec<(Source, Unreadable)>> {
    let mut faults = Vec::new();
    for source in Source::value_variants() {
        match source.read(message, None) {
            Ok(reading) => return Ok(reading),
            Err(unreadable) => faults.push((*source, unreadable)),
        }
    }
    Err(faults)
}

/// What all readers say, once; or what each says.
fn in_words(faults: &[(Source, Unreadable)]) -> String {
    let says = |(source, unreadable): &(Source, Unreadable)| format!("{source}: {unreadable}");
    match faults {
        [(_, first), rest @ ..] if rest.iter().all(|(_, fault)| fault.to_string() == first.to_string()) => first.to_string(),
        faults => faults.iter().map(says).collect::<Vec<_>>().join("; "),
    }
}
