//! One row of the table, typed. A row that cannot be typed is an error that names the attribute, never a default.

use std::collections::BTreeSet;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::digest::Digest;
use crate::entry::Item;
use crate::error::StoreError;
use crate::{TraceId, key, table};

/// What the inbox knows about one notification.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is about; for a held notification `held#<topic arn>`.
    pub subject: String,
    /// Which event of the subject it is.
    pub event: String,
    /// The envelope's `MessageId`.
    pub message_id: String,
    /// The envelope's `TopicArn`.
    pub topic_arn: String,
    /// The envelope's `Timestamp`.
    pub sns_timestamp: Timestamp,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// The envelope's `SignatureVersion`; 0 if AWS relayed the message and IAM stood for its signature.
    pub signature_version: u8,
    /// The Message was read leniently.
    pub repaired: bool,
    /// What the reader remarked.
    pub warnings: Vec<String>,
    /// Why it could not be read, if it could not.
    pub unreadable: Option<String>,
    /// It shares its key with another Message and is kept beside it.
    pub conflict: bool,
    /// The SHA-256 of the Message.
    pub digest: Digest,
    /// The Message.
    pub raw: String,
    /// The attempt that recorded it.
    pub nonce: String,
    /// The trace of the delivery that brought it; none if it was told none.
    pub trace_id: Option<TraceId>,
    /// The shard it waits in until it is handed on; [`table::DEAD_SHARD`] once it waits for a person.
    pub due: Option<String>,
    /// Since when it is due again, if it has been due before.
    pub due_since: Option<Timestamp>,
    /// When it was last handed on.
    pub handed_on: Option<Timestamp>,
    /// How often handing it on was refused since it was last due.
    pub attempts: u32,
    /// Why it was refused last, and when.
    pub failure: Option<Failure>,
    /// The name of the replay that it was last part of.
    pub replay: Option<String>,
    /// The names of all of them.
    pub replays: BTreeSet<String>,
    /// Its true keys, while it is held for a pending topic.
    pub held: Option<Held>,
    /// When it counts as absent.
    pub expires_at: Timestamp,
}

/// Where a held notification belongs.
#[derive(Clone, PartialEq, Eq)]
pub struct Held {
    /// The subject it will be recorded under.
    pub subject: String,
    /// The event it will be recorded as.
    pub event: String,
}

/// Why an event could not be handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A stable code, with the field or SNS's own code behind a colon; never content.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Record {
    /// Since when it waits to be handed on, if it does.
    pub fn waits_since(&self) -> Timestamp {
        self.due_since.unwrap_or(self.received_at)
    }

    /// It waits for a person: what kept it from being handed on will not pass by itself.
    pub fn is_dead(&self) -> bool {
        self.due.as_deref() == Some(table::DEAD_SHARD)
    }

    /// It is past its time and counts as absent, deleted or not.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.as_second() <= now.as_second()
    }

    /// The epoch millisecond its key begins with; none for what could not be read.
    pub fn occurred_at_ms(&self) -> Option<i64> {
        key::occurred_at_ms(&self.event)
    }

    /// Whether an event that occurred and arrived at these times made this one late: it is newer, and was there before.
    pub(crate) fn is_overtaken_by(&self, occurred_at_ms: i64, received_at: Timestamp) -> bool {
        received_at < self.received_at && self.occurred_at_ms().is_some_and(|own| own < occurred_at_ms)
    }

    pub(crate) fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut row = Row(item);
        // First of all: in a newer shape nothing else need mean what it means here.
        match row.optional_number(table::SHAPE)? {
            None | Some(..=SHAPE) => {}
            Some(version) => return Err(StoreError::Newer { version }),
        }
        let held = match (row.optional_text(table::HELD_SUBJECT)?, row.optional_text(table::HELD_EVENT)?) {
            (None, None) => None,
            (Some(subject), Some(event)) => Some(Held { subject, event }),
            (None, Some(_)) => {
                return Err(StoreError::Malformed {
                    attribute: table::HELD_SUBJECT,
                });
            }
            (Some(_), None) => {
                return Err(StoreError::Malformed {
                    attribute: table::HELD_EVENT,
                });
            }
        };
        Ok(Self {
            subject: row.text(table::SUBJECT)?,
            event: row.text(table::EVENT)?,
            message_id: row.text(table::MESSAGE_ID)?,
            topic_arn: row.text(table::TOPIC_ARN)?,
            sns_timestamp: row.millisecond(table::SNS_TIMESTAMP)?,
            received_at: row.millisecond(table::RECEIVED_AT)?,
            signature_version: row.number(table::SIGNATURE_VERSION)?,
            repaired: row.flag(table::REPAIRED)?,
            warnings: row.texts(table::WARNINGS)?,
            unreadable: row.optional_text(table::UNREADABLE)?,
            conflict: row.flag(table::CONFLICT)?,
            digest: row.digest(table::DIGEST)?,
            raw: row.text(table::RAW)?,
            nonce: row.text(table::NONCE)?,
            // It is good for looking things up, and no event is kept back for it.
            trace_id: row
                .optional_text(table::TRACE_ID)
                .ok()
                .flatten()
                .and_then(|text| TraceId::parse(&text)),
            due: row.optional_text(table::DUE)?,
            due_since: row.optional_millisecond(table::DUE_SINCE)?,
            handed_on: row.optional_millisecond(table::HANDED_ON)?,
            attempts: row.optional_number(table::ATTEMPTS)?.unwrap_or(0),
            failure: match (
                row.optional_text(table::FAILURE)?,
                row.optional_millisecond(table::FAILED_AT)?,
            ) {
                (Some(reason), Some(at)) => Some(Failure { reason, at }),
                (None, _) => None,
                (Some(_), None) => {
                    return Err(StoreError::Malformed {
                        attribute: table::FAILED_AT,
                    });
                }
            },
            replay: row.optional_text(table::REPLAY)?,
            replays: row.set(table::REPLAYS)?,
            held,
            expires_at: row.second(table::EXPIRES_AT)?,
        })
    }
}

/// The topic of a row and when it arrived, from an item that may have nothing else.
pub(crate) fn heard(item: Item) -> Result<(String, Timestamp), StoreError> {
    let mut row = Row(item);
    Ok((row.text(table::TOPIC_ARN)?, row.millisecond(table::RECEIVED_AT)?))
}

/// As much of a row as tells whether it overtook another.
pub(crate) struct Arrived {
    pub(crate) occurred_at_ms: i64,
    pub(crate) received_at: Timestamp,
    expires_at: Timestamp,
}

impl Arrived {
    /// None for a row that cannot be read, or has no event.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let number = |attribute| item.get(attribute)?.as_n().ok()?.parse::<i64>().ok();
        Some(Self {
            occurred_at_ms: key::occurred_at_ms(item.get(table::EVENT)?.as_s().ok()?)?,
            received_at: Timestamp::from_millisecond(number(table::RECEIVED_AT)?).ok()?,
            expires_at: Timestamp::from_second(number(table::EXPIRES_AT)?).ok()?,
        })
    }

    /// A row past its time is as good as absent.
    pub(crate) fn counts(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// Neither the Message nor the keys: they hold receipts and device ids.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .field("received_at", &self.received_at)
            .field("conflict", &self.conflict)
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

/// The keys hold receipts and device ids.
impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held { [redacted] }")
    }
}

/// An item on its way to becoming a [`Record`].
struct Row(Item);

impl Row {
    fn optional_text(&mut self, attribute: &'static str) -> Result<Option<String>, StoreError> {
        match self.0.remove(attribute) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(StoreError::Malformed { attribute }),
        }
    }

    fn text(&mut self, attribute: &'static str) -> Result<String, StoreError> {
        self.optional_text(attribute)?.ok_or(StoreError::Malformed { attribute })
    }

    fn texts(&mut self, attribute: &'static str) -> Result<Vec<String>, StoreError> {
        let list = match self.0.remove(attribute) {
            None => Vec::new(),
            Some(AttributeValue::L(list)) => list,
            Some(_) => return Err(StoreError::Malformed { attribute }),
        };
        list.into_iter()
            .map(|value| {
                if let AttributeValue::S(text) = value {
                    Ok(text)
                } else {
                    Err(StoreError::Malformed { attribute })
                }
            })
            .collect()
    }

    fn set(&mut self, attribute: &'static str) -> Result<BTreeSet<String>, StoreError> {
        match self.0.remove(attribute) {
            None => Ok(BTreeSet::new()),
            Some(AttributeValue::Ss(texts)) => Ok(texts.into_iter().collect()),
            Some(_) => Err(StoreError::Malformed { attribute }),
        }
    }

    fn flag(&mut self, attribute: &'static str) -> Result<bool, StoreError> {
        match self.0.remove(attribute) {
            None => Ok(false),
            Some(AttributeValue::Bool(flag)) => Ok(flag),
            Some(_) => Err(StoreError::Malformed { attribute }),
        }
    }

    fn optional_number<T: std::str::FromStr>(&mut self, attribute: &'static str) -> Result<Option<T>, StoreError> {
        match self.0.remove(attribute) {
            None => Ok(None),
            Some(AttributeValue::N(number)) => number.parse().map(Some).map_err(|_| StoreError::Malformed { attribute }),
            Some(_) => Err(StoreError::Malformed { attribute }),
        }
    }

    fn number<T: std::str::FromStr>(&mut self, attribute: &'static str) -> Result<T, StoreError> {
        self.optional_number(attribute)?.ok_or(StoreError::Malformed { attribute })
    }

    fn optional_millisecond(&mut self, attribute: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let millisecond = self.optional_number(attribute)?.map(Timestamp::from_millisecond);
        millisecond.transpose().map_err(|_| StoreError::Malformed { attribute })
    }

    fn millisecond(&mut self, attribute: &'static str) -> Result<Timestamp, StoreError> {
        self.optional_millisecond(attribute)?
            .ok_or(StoreError::Malformed { attribute })
    }

    fn second(&mut self, attribute: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_second(self.number(attribute)?).map_err(|_| StoreError::Malformed { attribute })
    }

    fn digest(&mut self, attribute: &'static str) -> Result<Digest, StoreError> {
        let value = self.0.remove(attribute).ok_or(StoreError::Malformed { attribute })?;
        let bytes = value.as_b().map_err(|_| StoreError::Malformed { attribute })?;
        Digest::from_bytes(bytes.as_ref()).ok_or(StoreError::Malformed { attribute })
    }
}

/// The shape of items that this program writes and reads.
const SHAPE: u32 = 1;
