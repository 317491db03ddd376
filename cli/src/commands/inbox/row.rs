//! A record as it is printed: the row as it is stored, and in brief.

use inbox::Record;
use jiff::Timestamp;
use serde::Serialize;

use crate::commands::read::source::Source;
use crate::moment::{optional_rfc3339, rfc3339};

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
    #[serde(serialize_with = "optional_rfc3339")]
    handed_on: Option<Timestamp>,
    attempts: u32,
    failure: Option<&'a str>,
    #[serde(serialize_with = "optional_rfc3339")]
    failed_at: Option<Timestamp>,
    replay: Option<&'a str>,
    trace_id: Option<String>,
    /// It is not due like the others, whatever `due` holds: it waits for a person.
    dead: bool,
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
            handed_on: record.handed_on,
            attempts: record.attempts,
            failure: record.failure.as_ref().map(|failure| failure.reason.as_str()),
            failed_at: record.failure.as_ref().map(|failure| failure.at),
            replay: record.replay.as_deref(),
            trace_id: record.trace_id.map(|id| id.to_string()),
            dead: record.is_dead(),
        }
    }
}

/// When it occurred and what it was, from its key; what was never read has neither.
pub(super) fn occurred(record: &Record) -> (Option<Timestamp>, &str) {
    let keys = record.held.as_ref().map(|held| (&*held.subject, &*held.event));
    let (subject, event) = keys.unwrap_or((&record.subject, &record.event));
    let at = || {
        let (moment, _) = event.split_once('#')?;
        Timestamp::from_millisecond(moment.parse().ok()?).ok()
    };
    let source = Source::of(subject).filter(|_| record.unreadable.is_none());
    match source.and_then(|source| Some((at()?, source.kind(event)?))) {
        Some((at, kind)) => (Some(at), kind),
        None => (None, "-"),
    }
}

/// What is out of the ordinary about a record, in words; `-` for nothing. That it waits to be handed on is ordinary.
pub(super) fn marks(record: &Record, is_late: bool) -> String {
    let held = record.held.as_ref().map(|_| "held".to_owned());
    let reason = record.failure.as_ref().map_or("no reason", |failure| &failure.reason);
    let dead = record.is_dead().then(|| format!("dead: {reason}"));
    let late = is_late.then(|| "late".to_owned());
    let replayed = record.replay.as_ref().map(|_| "replayed".to_owned());
    let conflict = record.conflict.then(|| "conflict".to_owned());
    let repaired = record.repaired.then(|| "repaired".to_owned());
    let unreadable = record.unreadable.as_ref().map(|reason| format!("unreadable: {reason}"));
    let marks = [held, dead, late, replayed, conflict, repaired, unreadable]
        .into_iter()
        .flatten();
    let marks = marks.chain(record.warnings.iter().cloned()).collect::<Vec<_>>().join(", ");
    if marks.is_empty() { "-".to_owned() } else { marks }
}
