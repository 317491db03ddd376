//! What waits, newest first: for an operator's terminal, as [`Inbox::list`](crate::Inbox::list) shows everything.
//!
//! The index says where to look, and a moment too late; the row itself says whether it waits. Nothing else of the table is read.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::due::due_shards;
use crate::entry::{number, text};
use crate::error::StoreError;
use crate::record::Record;
use crate::row_key::RowKey;
use crate::{Inbox, table};

/// What a row waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// To be handed on.
    Due,
    /// For a person, because it could not be handed on.
    Dead,
}

impl Waiting {
    fn shards(self) -> Vec<String> {
        match self {
            Self::Due => due_shards().collect(),
            Self::Dead => vec![table::DEAD_SHARD.to_owned()],
        }
    }

    fn holds(self, record: &Record) -> bool {
        match self {
            Self::Due => record.due.is_some() && !record.is_dead(),
            Self::Dead => record.is_dead(),
        }
    }
}

impl Inbox {
    /// At most `limit` of the rows that wait and arrived since `since`, newest first.
    ///
    /// A Query of each shard, and a read unit or more for each row that is looked at: at most `limit` of each shard, besides
    /// those that waited a moment ago. A row that cannot be typed is passed over; [`Inbox::dead_page`] has it, once it is dead.
    pub async fn waiting(
        &self,
        waiting: Waiting,
        since: Option<Timestamp>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError> {
        let mut newest = Vec::new();
        for shard in waiting.shards() {
            let mut rows = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(table::DUE_INDEX)
                .key_condition_expression("#due = :shard AND #received_at >= :since")
                .expression_attribute_names("#due", table::DUE)
                .expression_attribute_names("#received_at", table::RECEIVED_AT)
                .expression_attribute_values(":shard", text(&shard))
                .expression_attribute_values(":since", number(since.unwrap_or(Timestamp::MIN).as_millisecond()))
                .scan_index_forward(false)
                .into_paginator()
                .items()
                .send();
            let mut found = 0;
            while found < limit {
                let Some(row) = rows.next().await else { break };
                let key = RowKey::of_item(&row.map_err(|error| StoreError::from_sdk("Query", error))?)?;
                let record = match self.row(&key, now).await {
                    Err(StoreError::Malformed { .. } | StoreError::Newer { .. }) => continue,
                    answer => answer?,
                };
                if let Some(record) = record.filter(|record| waiting.holds(record)) {
                    newest.push(record);
                    found += 1;
                }
            }
        }
        newest.sort_by_key(|record| (Reverse(record.received_at), record.subject.clone(), record.event.clone()));
        newest.truncate(limit);
        Ok(newest)
    }
}
