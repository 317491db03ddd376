//! Which row, and nothing of what it holds.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::entry::{Item, text};
use crate::error::StoreError;
use crate::record::Record;
use crate::table;

/// The keys of a row, as they stand in the table.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    /// The partition key.
    pub subject: String,
    /// The sort key.
    pub event: String,
}

impl RowKey {
    pub(crate) fn of_item(item: &Item) -> Result<Self, StoreError> {
        let part = |attribute| match item.get(attribute) {
            Some(AttributeValue::S(text)) => Ok(text.clone()),
            Some(_) | None => Err(StoreError::Malformed { attribute }),
        };
        Ok(Self {
            subject: part(table::SUBJECT)?,
            event: part(table::EVENT)?,
        })
    }

    /// As a request names a row.
    pub(crate) fn item(&self) -> Item {
        Item::from([
            (table::SUBJECT.to_owned(), text(&self.subject)),
            (table::EVENT.to_owned(), text(&self.event)),
        ])
    }
}

impl From<&Record> for RowKey {
    fn from(record: &Record) -> Self {
        Self {
            subject: record.subject.clone(),
            event: record.event.clone(),
        }
    }
}

/// The keys hold receipts and device ids.
impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowKey { [redacted] }")
    }
}
