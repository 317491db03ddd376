//! One selected record, and what is to be done with it.

use inbox::{Record, RowKey};
use serde::Serialize;

use super::choice::Chosen;
use super::counters::Outcome;
use crate::commands::inbox::read;
use crate::commands::inbox::row::occurred;
use crate::commands::read::source::Source;

/// What is to be done.
pub(super) enum Work {
    /// It has an event, which goes out again.
    HandOnAgain(Box<Record>),
    /// It could not be read when it came, and can be now.
    FileAnew(Box<Filing>),
    /// It still cannot be read.
    LeaveUnread(Box<Record>),
}

/// A message that was unread, and where it belongs.
pub(super) struct Filing {
    pub(super) unread: Record,
    pub(super) keys: RowKey,
    pub(super) repaired: bool,
    pub(super) warnings: Vec<String>,
}

impl Work {
    /// What is to be done with a record that was selected; nothing, if a look at it shows that it is not meant.
    pub(super) fn with(record: Record, chosen: &Chosen) -> Option<Self> {
        if record.unreadable.is_none() || record.held.is_some() {
            let (_, r#type) = occurred(&record);
            return chosen.takes_type(r#type).then(|| Self::HandOnAgain(Box::new(record)));
        }
        let Ok(reading) = read::any(&record.raw) else {
            return Some(Self::LeaveUnread(Box::new(record)));
        };
        let source = Source::of(&reading.subject)?;
        let is_meant = chosen.takes_source(source) && chosen.takes_type(source.kind(&reading.event_key)?);
        is_meant.then(|| {
            Self::FileAnew(Box::new(Filing {
                unread: record,
                keys: RowKey {
                    subject: reading.subject,
                    event: reading.event_key,
                },
                repaired: reading.repaired,
                warnings: reading.warnings.iter().map(|oddity| oddity.code.to_owned()).collect(),
            }))
        })
    }
}

/// What came of one event, as a line of JSON.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    subject: &'a str,
    event: &'a str,
    message_id: &'a str,
    outcome: Outcome,
    /// Its true keys, if it was unread until now.
    filed_subject: Option<&'a str>,
    filed_event: Option<&'a str>,
}

impl<'a> Told<'a> {
    pub(super) fn of(work: &'a Work, outcome: Outcome) -> Self {
        let (record, keys) = match work {
            Work::HandOnAgain(record) | Work::LeaveUnread(record) => (&**record, None),
            Work::FileAnew(filing) => (&filing.unread, Some(&filing.keys)),
        };
        Self {
            subject: &record.subject,
            event: &record.event,
            message_id: &record.message_id,
            outcome,
            filed_subject: keys.map(|keys| keys.subject.as_str()),
            filed_event: keys.map(|keys| keys.event.as_str()),
        }
    }
}
