//! Reading and making the values of an item. One that cannot be typed is an error that names the attribute, never a default.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;
use jiff::Timestamp;

use crate::table;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item on its way to becoming a row.
pub(crate) struct Reading(pub(crate) Item);

impl Reading {
    pub(crate) fn text(&mut self, attribute: &'static str) -> Result<String, StoreError> {
        self.optional_text(attribute)?.ok_or(malformed(attribute))
    }

    pub(crate) fn optional_text(&mut self, attribute: &'static str) -> Result<Option<String>, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(attribute)),
            None => Ok(None),
        }
    }

    pub(crate) fn number<T: FromStr>(&mut self, attribute: &'static str) -> Result<T, StoreError> {
        self.optional_number(attribute)?.ok_or(malformed(attribute))
    }

    pub(crate) fn optional_number<T: FromStr>(&mut self, attribute: &'static str) -> Result<Option<T>, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::N(number)) => number.parse().map(Some).map_err(|_| malformed(attribute)),
            Some(_) => Err(malformed(attribute)),
            None => Ok(None),
        }
    }

    pub(crate) fn moment(&mut self, attribute: &'static str) -> Result<Timestamp, StoreError> {
        self.optional_moment(attribute)?.ok_or(malformed(attribute))
    }

    pub(crate) fn optional_moment(&mut self, attribute: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let ms: Option<i64> = self.optional_number(attribute)?;
        ms.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| malformed(attribute)))
            .transpose()
    }

    /// DynamoDB keeps no empty set.
    pub(crate) fn texts(&mut self, attribute: &'static str) -> Result<BTreeSet<String>, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::Ss(texts)) => Ok(texts.into_iter().collect()),
            Some(_) => Err(malformed(attribute)),
            None => Ok(BTreeSet::new()),
        }
    }

    /// In their order. DynamoDB keeps an empty list, but nobody writes one.
    pub(crate) fn list(&mut self, attribute: &'static str) -> Result<Vec<String>, StoreError> {
        let items = match self.0.remove(attribute) {
            Some(AttributeValue::L(items)) => items,
            Some(_) => return Err(malformed(attribute)),
            None => Vec::new(),
        };
        let texts = items.into_iter().map(|item| match item {
            AttributeValue::S(text) => Ok(text),
            _ => Err(malformed(attribute)),
        });
        texts.collect()
    }

    pub(crate) fn bytes(&mut self, attribute: &'static str) -> Result<Vec<u8>, StoreError> {
        match self.0.remove(attribute) {
            Some(AttributeValue::B(bytes)) => Ok(bytes.into_inner()),
            _ => Err(malformed(attribute)),
        }
    }

    pub(crate) fn counters(&mut self, attribute: &'static str) -> Result<BTreeMap<String, u64>, StoreError> {
        let Some(AttributeValue::M(counters)) = self.0.remove(attribute) else {
            return Err(malformed(attribute));
        };
        let counters = counters.into_iter().map(|(name, value)| {
            let count = value.as_n().ok().and_then(|count| count.parse().ok());
            Ok((name, count.ok_or(malformed(attribute))?))
        });
        counters.collect()
    }

    /// DynamoDB deletes expired rows within days, not at once.
    pub(crate) fn expires_at(&mut self) -> Result<Option<i64>, StoreError> {
        self.optional_number(table::EXPIRES_AT)
    }
}

/// An item in the making.
pub(crate) struct Making(Item);

impl Making {
    pub(crate) fn of(key: &str) -> Self {
        Self(Item::from([(table::KEY.to_owned(), text(key))]))
    }

    pub(crate) fn text(self, attribute: &str, value: &str) -> Self {
        self.with(attribute, text(value))
    }

    pub(crate) fn optional_text(self, attribute: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(attribute, value),
            None => self,
        }
    }

    pub(crate) fn number(self, attribute: &str, value: i64) -> Self {
        self.with(attribute, number(value))
    }

    pub(crate) fn optional_number(self, attribute: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(attribute, value),
            None => self,
        }
    }

    pub(crate) fn moment(self, attribute: &str, value: Timestamp) -> Self {
        self.number(attribute, value.as_millisecond())
    }

    pub(crate) fn optional_moment(self, attribute: &str, value: Option<Timestamp>) -> Self {
        self.optional_number(attribute, value.map(Timestamp::as_millisecond))
    }

    pub(crate) fn texts(self, attribute: &str, values: &BTreeSet<String>) -> Self {
        match values.is_empty() {
            true => self,
            false => self.with(attribute, AttributeValue::Ss(values.iter().cloned().collect())),
        }
    }

    pub(crate) fn list(self, attribute: &str, values: impl IntoIterator<Item = String>) -> Self {
        let items: Vec<_> = values.into_iter().map(AttributeValue::S).collect();
        match items.is_empty() {
            true => self,
            false => self.with(attribute, AttributeValue::L(items)),
        }
    }

    pub(crate) fn bytes(self, attribute: &str, bytes: &[u8]) -> Self {
        self.with(attribute, AttributeValue::B(Blob::new(bytes)))
    }

    pub(crate) fn counters(self, attribute: &str, values: &BTreeMap<String, u64>) -> Self {
        let counters = values
            .iter()
            .map(|(name, count)| (name.clone(), AttributeValue::N(count.to_string())));
        self.with(attribute, AttributeValue::M(counters.collect()))
    }

    pub(crate) fn done(self) -> Item {
        self.0
    }

    fn with(mut self, attribute: &str, value: AttributeValue) -> Self {
        self.0.insert(attribute.to_owned(), value);
        self
    }
}

pub(crate) fn malformed(attribute: &'static str) -> StoreError {
    StoreError::Malformed { attribute }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
