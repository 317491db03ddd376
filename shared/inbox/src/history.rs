//! Reading the record: one purchase or device from its beginning, one event, or the newest of everything.
//!
//! Rows past their time are left out everywhere, deleted or not.

use std::cmp::Reverse;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::entry::{Item, number, text};
use crate::error::StoreError;
use crate::record::Record;
use crate::row_key::RowKey;
use crate::{Inbox, key, table};

impl Inbox {
    /// Every event of one subject in the order of its keys, a conflict right after the event it disputes.
    ///
    /// A consistent Query of all its pages: one read unit per 4 KB.
    pub async fn history(&self, subject: &str, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let mut pages = self.partition(subject).into_paginator().send();
        let mut history = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk("Query", error))?;
            history.append(&mut records(page.items)?);
        }
        history.retain(|record| !record.is_expired(now));
        Ok(history)
    }

    /// One event, if it is there.
    pub async fn show(&self, subject: &str, event: &str, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let key = RowKey {
            subject: key::subject(subject).into_owned(),
            event: key::event(event).into_owned(),
        };
        self.row(&key, now).await
    }

    /// The row under these very keys, if it is there.
    pub(crate) async fn row(&self, key: &RowKey, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("GetItem", error))?;
        let record = answer.item.map(Record::from_item).transpose()?;
        Ok(record.filter(|record| !record.is_expired(now)))
    }

    /// The newest records that pass the filter, newest first.
    ///
    /// For an operator's terminal, not for a request: a Scan reads the whole table, half a read unit per 4 KB, whatever the
    /// filter and the limit (1 GB is about 131,000 units). [`Inbox::history`] costs only what it returns.
    pub async fn list(&self, filter: &Filter<'_>, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let mut scan = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression(filter.expression())
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_values(":now", number(now.as_second()));
        if let Some(source) = filter.source {
            scan = scan
                .expression_attribute_names("#subject", table::SUBJECT)
                .expression_attribute_values(":source", AttributeValue::S(source.to_owned()));
        }
        if let Some(since) = filter.since {
            scan = scan
                .expression_attribute_names("#received_at", table::RECEIVED_AT)
                .expression_attribute_values(":since", number(since.as_millisecond()));
        }
        let mut pages = scan.into_paginator().send();
        let mut newest = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk("Scan", error))?;
            newest.append(&mut records(page.items)?);
            // After every page, so that a large table does not have to fit into memory.
            newest.sort_by_key(|record| (Reverse(record.received_at), record.subject.clone(), record.event.clone()));
            newest.truncate(filter.limit);
        }
        Ok(newest)
    }

    /// The records under subjects that begin with `source` whose Message holds `words`, in the order of their keys.
    ///
    /// For what is filed under something else: a Scan, with the cost of [`Inbox::list`].
    pub async fn mentioning(&self, source: &str, words: &str, now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("#expires_at > :now AND begins_with(#subject, :source) AND contains(#raw, :words)")
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_names("#subject", table::SUBJECT)
            .expression_attribute_names("#raw", table::RAW)
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":source", AttributeValue::S(source.to_owned()))
            .expression_attribute_values(":words", AttributeValue::S(words.to_owned()))
            .into_paginator()
            .send();
        let mut mentioning = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk("Scan", error))?;
            mentioning.append(&mut records(page.items)?);
        }
        mentioning.sort_by(|a, b| (&a.subject, &a.event).cmp(&(&b.subject, &b.event)));
        Ok(mentioning)
    }

    /// All rows of a partition in order, expired ones included.
    pub(crate) fn partition(&self, subject: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#subject = :subject")
            .expression_attribute_names("#subject", table::SUBJECT)
            .expression_attribute_values(":subject", text(&key::subject(subject)))
            .consistent_read(true)
    }
}

/// Which records an operator wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Only subjects that begin with this: `rtn#`, `drs#`, `unread#`, `held#`, or more of it.
    pub source: Option<&'a str>,
    /// Only what arrived at or after this time.
    pub since: Option<Timestamp>,
    /// At most so many.
    pub limit: usize,
}

impl Filter<'_> {
    fn expression(&self) -> String {
        let source = self.source.map(|_| "begins_with(#subject, :source)");
        let since = self.since.map(|_| "#received_at >= :since");
        [Some("#expires_at > :now"), source, since]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" AND ")
    }
}

/// The records that arrived when a newer event of the same subject was already there.
///
/// SNS keeps no order. A late record is history; it must not overwrite what a newer event has said.
pub fn late(history: &[Record]) -> Vec<&Record> {
    let overtaken = |record: &Record| {
        history.iter().any(|other| {
            let occurred_at_ms = other.occurred_at_ms().filter(|_| other.subject == record.subject);
            occurred_at_ms.is_some_and(|newer| record.is_overtaken_by(newer, other.received_at))
        })
    };
    history.iter().filter(|record| overtaken(record)).collect()
}

pub(crate) fn records(items: Option<Vec<Item>>) -> Result<Vec<Record>, StoreError> {
    items.unwrap_or_default().into_iter().map(Record::from_item).collect()
}
