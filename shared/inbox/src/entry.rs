//! One verified message, filed under its keys, and the item it becomes.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::digest::Digest;
use crate::{TraceId, table};

/// One try to record something.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Unique to the try (the Lambda request id). A write whose answer was lost is recognised by it.
    pub id: &'a str,
    /// The time of the try.
    pub now: Timestamp,
}

/// One verified message, filed.
#[derive(Clone)]
pub struct Entry<'a> {
    /// What the message is about: `rtn#<package>#<receiptId>`, `drs#<serial>`, `unread#<topic arn>`. Not empty.
    pub subject: String,
    /// Which event of the subject it is; sorts by time. Not empty.
    pub event: String,
    /// The envelope's `MessageId`.
    pub message_id: &'a str,
    /// The envelope's `TopicArn`.
    pub topic_arn: &'a str,
    /// The envelope's `Timestamp`, to the millisecond.
    pub sns_timestamp: Timestamp,
    /// The envelope's `SignatureVersion`: 1 or 2; 0 if AWS relayed the message and IAM stands for its signature.
    pub signature_version: u8,
    /// The Message was not valid JSON and has been read leniently.
    pub repaired: bool,
    /// What the reader remarked.
    pub warnings: Vec<String>,
    /// The Message, as it was signed.
    pub raw: &'a str,
    /// Why it could not be read, as a stable reason code; such an entry is kept but never due to be handed on.
    pub unreadable: Option<String>,
    /// The trace of the delivery that brought it. It stays with the message, whoever records it later.
    pub trace_id: Option<TraceId>,
}

/// Neither the Message nor the keys: they hold receipts and device ids.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .finish_non_exhaustive()
    }
}

pub(crate) type Item = HashMap<String, AttributeValue>;

/// When a row was received and when it goes.
#[derive(Clone, Copy)]
pub(crate) struct Lifetime {
    pub(crate) received_at: Timestamp,
    pub(crate) expires_at_seconds: i64,
}

impl Entry<'_> {
    /// The attributes every row has, under the given keys; flags only where they say something.
    ///
    /// An item may have 400 KB. SNS carries at most 256 KB of message, and the Message is stored unescaped, as long as it
    /// was published: escapes make the envelope larger, never the item.
    pub(crate) fn item(&self, subject: &str, event: &str, digest: Digest, attempt: &Attempt<'_>, life: Lifetime) -> Item {
        let mut item = Item::from([
            (table::SUBJECT.to_owned(), text(subject)),
            (table::EVENT.to_owned(), text(event)),
            (table::MESSAGE_ID.to_owned(), text(self.message_id)),
            (table::TOPIC_ARN.to_owned(), text(self.topic_arn)),
            (table::SNS_TIMESTAMP.to_owned(), number(self.sns_timestamp.as_millisecond())),
            (table::RECEIVED_AT.to_owned(), number(life.received_at.as_millisecond())),
            (table::SIGNATURE_VERSION.to_owned(), number(self.signature_version.into())),
            (table::DIGEST.to_owned(), AttributeValue::B(Blob::new(digest.as_bytes()))),
            (table::RAW.to_owned(), text(self.raw)),
            (table::NONCE.to_owned(), text(attempt.id)),
            (table::EXPIRES_AT.to_owned(), number(life.expires_at_seconds)),
        ]);
        if self.repaired {
            item.insert(table::REPAIRED.to_owned(), AttributeValue::Bool(true));
        }
        if !self.warnings.is_empty() {
            let warnings = self.warnings.iter().map(|warning| text(warning)).collect();
            item.insert(table::WARNINGS.to_owned(), AttributeValue::L(warnings));
        }
        if let Some(reason) = &self.unreadable {
            item.insert(table::UNREADABLE.to_owned(), text(reason));
        }
        if let Some(trace_id) = self.trace_id {
            item.insert(table::TRACE_ID.to_owned(), text(&trace_id.to_string()));
        }
        item
    }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
