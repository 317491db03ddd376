//! A row as DynamoDB keeps it. An item that cannot be typed is an error that names the attribute, never a default.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;

use crate::fingerprint::Fingerprint;
use crate::key::SendKey;
use crate::row::{Owner, Row, State};
use crate::stored::Stored;
use crate::table;

pub(crate) type Item = HashMap<String, AttributeValue>;

impl Row {
    pub(crate) fn to_item(&self) -> Item {
        let mut item = Item::from([
            (table::KEY.to_owned(), text(self.key.as_str())),
            (table::OWNER.to_owned(), text(self.owner.as_str())),
            (table::ATTEMPT.to_owned(), number(self.attempt.into())),
            (table::FINGERPRINT.to_owned(), text(self.fingerprint.as_str())),
            (table::STATE.to_owned(), text(self.state.name().as_str())),
            (table::EXPIRES_AT.to_owned(), number(self.expires_at)),
        ]);
        match &self.state {
            State::Done(answer) => {
                let headers = answer.headers().iter().map(|(name, value)| (name.clone(), text(value)));
                item.insert(table::STATUS.to_owned(), number(answer.status().into()));
                item.insert(table::HEADERS.to_owned(), AttributeValue::M(headers.collect()));
                item.insert(table::BODY.to_owned(), AttributeValue::B(Blob::new(answer.body())));
            }
            State::Retryable {
                not_before_ms,
                last_error,
            } => {
                item.insert(table::NOT_BEFORE.to_owned(), number(*not_before_ms));
                item.insert(table::LAST_ERROR.to_owned(), text(last_error));
            }
            State::Sending { lease_until_ms } => {
                item.insert(table::LEASE_UNTIL.to_owned(), number(*lease_until_ms));
            }
            State::Unknown => {}
        }
        item
    }

    pub(crate) fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        let state = match read.text(table::STATE)?.as_str() {
            "done" => State::Done(Stored::from_stored(
                read.number(table::STATUS)?,
                read.texts(table::HEADERS)?,
                read.bytes(table::BODY)?,
            )),
            "retryable" => State::Retryable {
                not_before_ms: read.number(table::NOT_BEFORE)?,
                last_error: read.text(table::LAST_ERROR)?,
            },
            "sending" => State::Sending {
                lease_until_ms: read.number(table::LEASE_UNTIL)?,
            },
            "unknown" => State::Unknown,
            _ => return Err(malformed(table::STATE)),
        };
        Ok(Self {
            key: SendKey::from_stored(read.text(table::KEY)?),
            owner: Owner::from_stored(read.text(table::OWNER)?),
            attempt: read.number(table::ATTEMPT)?,
            fingerprint: Fingerprint::from_stored(read.text(table::FINGERPRINT)?),
            state,
            expires_at: read.number(table::EXPIRES_AT)?,
        })
    }
}

/// An item on its way to becoming a [`Row`].
struct Reading(Item);

impl Reading {
    fn text(&mut self, attribute: &'static str) -> Result<String, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::S(text)) => Ok(text),
            _ => Err(malformed(attribute)),
        }
    }

    fn number<T: std::str::FromStr>(&mut self, attribute: &'static str) -> Result<T, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::N(number)) => number.parse().map_err(|_| malformed(attribute)),
            _ => Err(malformed(attribute)),
        }
    }

    fn bytes(&mut self, attribute: &'static str) -> Result<Vec<u8>, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::B(bytes)) => Ok(bytes.into_inner()),
            _ => Err(malformed(attribute)),
        }
    }

    fn texts(&mut self, attribute: &'static str) -> Result<BTreeMap<String, String>, StoreError> {
        let Some(AttributeValue::M(texts)) = self.0.remove(attribute) else {
            return Err(malformed(attribute));
        };
        let texts = texts.into_iter().map(|(name, value)| match value {
            AttributeValue::S(text) => Ok((name, text)),
            _ => Err(malformed(attribute)),
        });
        texts.collect()
    }
}

fn malformed(attribute: &'static str) -> StoreError {
    StoreError::Malformed { attribute }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
