//! An event as it is handed on.
//!
//! Derived anew from the recorded message each time, by the reader that filed it, so that a better reader improves old events,
//! too. Its JSON is a contract with every consumer: `schema/event-v1.json` describes it, and fields are only ever added.

use drs::DrsEvent;
use inbox::{Record, TraceId};
use jiff::Timestamp;
use reading::rfc3339;
use rtn::RtnEvent;
use serde::{Serialize, Serializer};

use crate::event_id::EventId;
use crate::source::Source;

/// One event, ready to be handed on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// Version of the schema: 1. Another number would be another contract.
    pub schema_version: u32,
    /// The same in every repetition.
    pub event_id: EventId,
    /// Whose notification it was.
    pub source: Source,
    /// Amazon's name of what happened.
    pub r#type: String,
    /// When it happened, by Amazon's clock.
    #[serde(serialize_with = "rfc3339")]
    pub occurred_at: Timestamp,
    /// When the notification arrived.
    #[serde(serialize_with = "rfc3339")]
    pub received_at: Timestamp,
    /// A newer event of the same subject had arrived before it.
    pub late: bool,
    /// Another message claims to be the same event; both are handed on, each under an id of its own.
    pub conflict: bool,
    /// The message was not JSON as it stood.
    pub repaired: bool,
    /// Codes of what was odd about it.
    pub warnings: Vec<String>,
    /// The name of the replay that it goes out for, if it went out before.
    pub replay: Option<String>,
    /// The trace of the delivery that brought it, also in a replay; left out where there is none, as in rows from before it was kept.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub trace_id: Option<TraceId>,
    /// Where it is on record.
    pub record: Place,
    /// The SNS message that brought it.
    pub sns: Origin,
    /// What the notification says, in the words of its source; null if that does not fit into an SNS message.
    pub data: Option<Data>,
    /// The data does not fit: read it from the record.
    pub data_omitted: bool,
}

/// The keys of a row of the table `notifications`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The partition key: the history of one purchase or device.
    pub subject: String,
    /// The sort key.
    pub event: String,
}

/// The SNS message that brought a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Its `MessageId`.
    pub message_id: String,
    /// Its `TopicArn`.
    pub topic_arn: String,
    /// Its `Timestamp`.
    #[serde(serialize_with = "rfc3339")]
    pub timestamp: Timestamp,
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// Of Dash Replenishment.
    Drs(Box<DrsEvent>),
    /// Of the Appstore.
    Rtn(Box<RtnEvent>),
}

/// Why a row gives no event. The text is a code, and never content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Underivable {
    /// The row is not of a source that this version knows: a newer one has filed it.
    #[error("unknown_source")]
    UnknownSource,
    /// The reader that filed the message, or the one that has taken its place, cannot read it.
    #[error("unreadable:{0}")]
    Unreadable(String),
}

impl Event {
    /// The event in a row.
    pub fn derive(record: &Record, late: bool) -> Result<Self, Underivable> {
        let source = Source::of(record).ok_or(Underivable::UnknownSource)?;
        let (data, repaired, warnings) = match source {
            Source::Drs => {
                // What the unsigned attribute declared is among the warnings on record, if it disagreed.
                let reading = drs::read(&record.raw, None).map_err(Underivable::of)?;
                let codes = reading.warnings.iter().map(|warning| warning.as_str()).collect::<Vec<_>>();
                let warnings = with_recorded(record, &codes);
                (Data::Drs(Box::new(reading.event)), reading.repaired, warnings)
            }
            Source::Rtn => {
                let reading = rtn::read(&record.raw).map_err(Underivable::of)?;
                let codes = reading.warnings.iter().map(|warning| warning.as_str()).collect::<Vec<_>>();
                let warnings = with_recorded(record, &codes);
                (Data::Rtn(Box::new(reading.event)), reading.repaired, warnings)
            }
        };
        Ok(Self {
            schema_version: 1,
            event_id: EventId::of(record),
            source,
            r#type: data.kind().to_owned(),
            occurred_at: data.occurred_at(),
            received_at: record.received_at,
            late,
            conflict: record.conflict,
            repaired,
            warnings,
            replay: record.replay.clone(),
            trace_id: record.trace_id,
            record: Place {
                subject: record.subject.clone(),
                event: record.event.clone(),
            },
            sns: Origin {
                message_id: record.message_id.clone(),
                topic_arn: record.topic_arn.clone(),
                timestamp: record.sns_timestamp,
            },
            data: Some(data),
            data_omitted: false,
        })
    }

    /// The same event without what the notification says, for one that is too large to be published whole.
    pub fn without_data(self) -> Self {
        Self {
            data: None,
            data_omitted: true,
            ..self
        }
    }
}

impl Data {
    /// Amazon's name of what happened.
    pub fn kind(&self) -> &str {
        match self {
            Self::Drs(event) => event.kind.as_str(),
            Self::Rtn(event) => event.kind.as_str(),
        }
    }

    /// When it happened, by Amazon's clock.
    pub fn occurred_at(&self) -> Timestamp {
        match self {
            Self::Drs(event) => event.occurred_at,
            Self::Rtn(event) => event.occurred_at,
        }
    }
}

impl Underivable {
    fn of(unreadable: reading::Unreadable) -> Self {
        Self::Unreadable(unreadable.code())
    }
}

/// The keys hold receipts and device ids.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Place { [redacted] }")
    }
}

/// An id as it is written.
fn as_text<S: Serializer>(trace_id: &Option<TraceId>, serializer: S) -> Result<S::Ok, S::Error> {
    match trace_id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

/// What the reader remarks now, and what was remarked when the message came and cannot be seen any more.
fn with_recorded(record: &Record, now: &[&str]) -> Vec<String> {
    let mut warnings = record.warnings.clone();
    for code in now {
        if !warnings.iter().any(|known| known == code) {
            warnings.push((*code).to_owned());
        }
    }
    warnings
}
