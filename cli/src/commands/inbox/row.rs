//! A record as it is printed: the row as it is stored, and what today's reader makes of its message.

use inbox::Record;
use jiff::Timestamp;
use rtn::{RtnEvent, Warning};
use serde::Serialize;

use crate::moment::rfc3339;

/// A row of the table, by its attributes' names.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    subject: &'a str,
    event: &'a str,
    message_id: &'a str,
    topic_arn: &'a str,
    #[serde(serialize_with = "rfc3339")]
    sns_timestamp: Timestamp,
    #[serde(serialize_with = "rfc3339")]
    received_at: Timestamp,
    #[serde(serialize_with = "rfc3339")]
    expires_at: Timestamp,
    signature_version: u8,
    digest: String,
    repaired: bool,
    conflict: bool,
    warnings: &'a [String],
    unreadable: Option<&'a str>,
    held_subject: Option<&'a str>,
    held_event: Option<&'a str>,
    due: Option<&'a str>,
}

impl<'a> Row<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        Self {
            subject: &record.subject,
            event: &record.event,
            message_id: &record.message_id,
            topic_arn: &record.topic_arn,
            sns_timestamp: record.sns_timestamp,
            received_at: record.received_at,
            expires_at: record.expires_at,
            signature_version: record.signature_version,
            digest: record.digest.to_string(),
            repaired: record.repaired,
            conflict: record.conflict,
            warnings: &record.warnings,
            unreadable: record.unreadable.as_deref(),
            held_subject: record.held.as_ref().map(|held| held.subject.as_str()),
            held_event: record.held.as_ref().map(|held| held.event.as_str()),
            due: record.due.as_deref(),
        }
    }
}

/// What today's reader makes of a message. It may be a better one than that of the day on which the message arrived.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Read {
    /// The canonical event, and what was odd about the message.
    Event {
        event: Box<RtnEvent>,
        repaired: bool,
        warnings: Vec<Warning>,
    },
    /// Why there is none.
    Unreadable { unreadable: String },
}

impl Read {
    /// Reads the message of a record as the function that recorded it does.
    pub(super) fn of(record: &Record) -> Self {
        match rtn::read(&record.raw) {
            Ok(reading) => Self::Event {
                event: Box::new(reading.event),
                repaired: reading.repaired,
                warnings: reading.warnings,
            },
            Err(unreadable) => Self::Unreadable {
                unreadable: unreadable.to_string(),
            },
        }
    }

    /// The event, if there is one.
    pub(super) fn event(&self) -> Option<&RtnEvent> {
        match self {
            Self::Event { event, .. } => Some(event),
            Self::Unreadable { .. } => None,
        }
    }
}

/// When it occurred and what it was, from its key; what was never read has neither.
pub(super) fn occurred(record: &Record) -> (Option<Timestamp>, &str) {
    let event = record.held.as_ref().map_or(record.event.as_str(), |held| held.event.as_str());
    let key = event.split_once('#').filter(|_| record.unreadable.is_none());
    match key.and_then(|(moment, rest)| Some((Timestamp::from_millisecond(moment.parse().ok()?).ok()?, rest))) {
        Some((at, rest)) => (Some(at), rest.split('#').next().unwrap_or_default()),
        None => (None, "-"),
    }
}

/// What is out of the ordinary about a record, in words; `-` for nothing.
pub(super) fn marks(record: &Record, is_late: bool) -> String {
    let held = record.held.as_ref().map(|_| "held".to_owned());
    let late = is_late.then(|| "late".to_owned());
    let conflict = record.conflict.then(|| "conflict".to_owned());
    let repaired = record.repaired.then(|| "repaired".to_owned());
    let unreadable = record.unreadable.as_ref().map(|reason| format!("unreadable: {reason}"));
    let marks = [held, late, conflict, repaired, unreadable].into_iter().flatten();
    let marks = marks.chain(record.warnings.iter().cloned()).collect::<Vec<_>>().join(", ");
    if marks.is_empty() { "-".to_owned() } else { marks }
}
