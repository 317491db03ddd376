//! One row of the table, typed. A row that cannot be typed is an error that names the attribute, never a default.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::digest::Digest;
use crate::entry::Item;
use crate::error::StoreError;
use crate::table;

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
    /// The envelope's `SignatureVersion`.
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
    /// The shard it waits in until it is handed on.
    pub due: Option<String>,
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

impl Record {
    /// It is past its time and counts as absent, deleted or not.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.as_second() <= now.as_second()
    }

    /// The epoch millisecond its key begins with; none for what could not be read.
    pub fn occurred_at_ms(&self) -> Option<i64> {
        self.event.split('#').next().and_then(|moment| moment.parse().ok())
    }

    pub(crate) fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut row = Row(item);
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
            due: row.optional_text(table::DUE)?,
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

    fn flag(&mut self, attribute: &'static str) -> Result<bool, StoreError> {
        match self.0.remove(attribute) {
            None => Ok(false),
            Some(AttributeValue::Bool(flag)) => Ok(flag),
            Some(_) => Err(StoreError::Malformed { attribute }),
        }
    }

    fn number<T: std::str::FromStr>(&mut self, attribute: &'static str) -> Result<T, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::N(number)) => number.parse().map_err(|_| StoreError::Malformed { attribute }),
            _ => Err(StoreError::Malformed { attribute }),
        }
    }

    fn millisecond(&mut self, attribute: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(self.number(attribute)?).map_err(|_| StoreError::Malformed { attribute })
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
