//! What waits to be handed on, by the sparse index: oldest first, a shard at a time, a page at a time.
//!
//! The index is a copy that DynamoDB keeps a moment behind the table, and it holds keys only. Whether a row really waits is asked
//! of the row, by [`Inbox::standing`](crate::Inbox::standing).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::entry::{number, text};
use crate::error::StoreError;
use crate::row_key::RowKey;
use crate::{Inbox, table};

/// The names of the shards that a sweep goes through.
pub fn due_shards() -> impl Iterator<Item = String> {
    (0..table::DUE_SHARDS).map(|shard| shard.to_string())
}

/// A part of what waits in a shard.
#[derive(Clone, Debug, Default)]
pub struct DuePage {
    /// The rows in the order of their arrival, with the time of it.
    pub rows: Vec<(RowKey, Timestamp)>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// A place in a shard. It holds the keys of a row.
#[derive(Clone)]
pub struct Cursor(HashMap<String, AttributeValue>);

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cursor { [redacted] }")
    }
}

impl Inbox {
    /// At most `most` of the rows that wait in `shard` and arrived until `until`, from `after` on.
    ///
    /// One Query of the index: half a read unit per 4 KB of keys, and half a one for an empty shard.
    pub async fn due(&self, shard: &str, until: Timestamp, after: Option<Cursor>, most: u16) -> Result<DuePage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(table::DUE_INDEX)
            .key_condition_expression("#due = :shard AND #received_at <= :until")
            .expression_attribute_names("#due", table::DUE)
            .expression_attribute_names("#received_at", table::RECEIVED_AT)
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":until", number(until.as_millisecond()))
            .set_exclusive_start_key(after.map(|cursor| cursor.0))
            .limit(most.into())
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Query", error))?;
        let rows = page.items.unwrap_or_default().into_iter().map(|item| {
            let received_at = item.get(table::RECEIVED_AT).and_then(|value| value.as_n().ok());
            let received_at = received_at
                .and_then(|number| number.parse().ok())
                .and_then(|millisecond| Timestamp::from_millisecond(millisecond).ok());
            let attribute = table::RECEIVED_AT;
            Ok((
                RowKey::of_item(&item)?,
                received_at.ok_or(StoreError::Malformed { attribute })?,
            ))
        });
        Ok(DuePage {
            rows: rows.collect::<Result<_, StoreError>>()?,
            next: page.last_evaluated_key.map(Cursor),
        })
    }
}
