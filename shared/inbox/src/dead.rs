//! What could not be handed on and waits for a person.

use jiff::Timestamp;

use crate::entry::{number, text};
use crate::error::StoreError;
use crate::handover::met;
use crate::record::Record;
use crate::row_key::RowKey;
use crate::{Cursor, Inbox, key, table};

/// A part of what is dead.
#[derive(Debug, Default)]
pub struct DeadPage {
    /// The rows in the order of arrival; possibly none, on any page.
    pub rows: Vec<Dead>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// A row that waits for a person.
#[derive(Debug)]
pub struct Dead {
    /// Its keys.
    pub key: RowKey,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The row, or why it cannot be typed: that may be what it died of.
    pub row: Result<Record, StoreError>,
}

impl Inbox {
    /// Every dead event, in the order of arrival; those past their time are left out.
    ///
    /// A Query of the index and a read unit or more for each: there are few, or something is very wrong.
    pub async fn dead(&self, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let mut dead = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.dead_page(cursor, now).await?;
            for row in page.rows {
                dead.push(row.row?);
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(dead),
            }
        }
    }

    /// Some of the dead events, from `after` on. A row that cannot be typed is among them and does not hide the others.
    pub async fn dead_page(&self, after: Option<Cursor>, now: Timestamp) -> Result<DeadPage, StoreError> {
        let page = self.due(table::DEAD_SHARD, Timestamp::MAX, after, PAGE).await?;
        let mut rows = Vec::new();
        for (key, received_at) in page.rows {
            let row = match self.row(&key, now).await {
                Ok(Some(record)) if record.is_dead() => Ok(record),
                // The index is a moment behind.
                Ok(Some(_) | None) => continue,
                Err(error @ (StoreError::Malformed { .. } | StoreError::Newer { .. })) => Err(error),
                Err(error) => return Err(error),
            };
            rows.push(Dead { key, received_at, row });
        }
        Ok(DeadPage { rows, next: page.next })
    }

    /// Makes a dead event due again, as if it had never been refused. False if it is not dead any more.
    pub async fn revive(&self, row: &RowKey, now: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row.item()))
            .update_expression("SET #due = :shard, #due_since = :since REMOVE #attempts, #failure, #failed_at")
            .condition_expression("#due = :dead")
            .expression_attribute_names("#due", table::DUE)
            .expression_attribute_names("#due_since", table::DUE_SINCE)
            .expression_attribute_names("#attempts", table::ATTEMPTS)
            .expression_attribute_names("#failure", table::FAILURE)
            .expression_attribute_names("#failed_at", table::FAILED_AT)
            .expression_attribute_values(":shard", text(&key::due_shard(&row.subject)))
            .expression_attribute_values(":since", number(now.as_millisecond()))
            .expression_attribute_values(":dead", text(table::DEAD_SHARD));
        met(update.send().await)
    }
}

const PAGE: u16 = 100;
