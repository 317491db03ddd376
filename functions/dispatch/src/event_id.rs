//! The name of an event, the same in every repetition of it.

use std::fmt;

use inbox::{Digest, Record};
use serde::{Serialize, Serializer};

/// What consumers recognise a repetition by: 32 hexadecimal digits, half of the SHA-256 of the event's keys on record.
///
/// It is made of the keys and not of the message, so that a redelivery, a sweep and a replay all give the same id, and two
/// different messages under one business key, which are both on record, give two. Nothing of the keys can be read from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventId(String);

impl EventId {
    /// The id of the event in this row.
    pub fn of(record: &Record) -> Self {
        let mut digits = Digest::of(&format!("{}\n{}", record.subject, record.event)).to_string();
        digits.truncate(32);
        Self(digits)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
