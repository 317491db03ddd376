//! Notifications from a topic that nobody has approved yet: kept, not handed on.
//!
//! A 403 would lose them for good, so they wait under `held#<topic arn>` until the topic is approved ([`Inbox::release`]) or
//! rejected ([`Inbox::purge`]), and expire otherwise. Both can be interrupted anywhere and run again. How many may wait is
//! counted where the topic is kept, in the transaction that [`Inbox::hold`]'s write is part of.

use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use crate::digest::Digest;
use crate::entry::{Attempt, Entry, Lifetime, number, text};
use crate::error::StoreError;
use crate::history::records;
use crate::ingest::{ABSENT, Recorded};
use crate::record::Record;
use crate::{Inbox, key, table};

impl Inbox {
    /// The write that holds a notification, for a transaction together with the topic's counter.
    ///
    /// If its condition fails, this very Message is held already: the key names the digest, because two Messages have been
    /// seen under one MessageId. A held row has no `due`, so neither the index nor a sweeper ever sees it.
    pub fn hold(&self, entry: &Entry<'_>, attempt: &Attempt<'_>, held_until: Timestamp) -> Put {
        let digest = Digest::of(entry.raw);
        let subject = held_subject(entry.topic_arn);
        let event = format!("{}#{digest}", entry.message_id);
        let life = Lifetime {
            received_at: attempt.now,
            expires_at_seconds: held_until.as_second(),
        };
        let mut item = entry.item(&key::subject(&subject), &key::event(&event), digest, attempt, life);
        item.insert(table::HELD_SUBJECT.to_owned(), text(&entry.subject));
        item.insert(table::HELD_EVENT.to_owned(), text(&entry.event));
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(ABSENT)
            .expression_attribute_names("#subject", table::SUBJECT)
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_values(":now", number(attempt.now.as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .expect("the table and the item are set")
    }

    /// Records everything held for a topic that has been approved, each under its true subject, as received when it was.
    ///
    /// To be called once nothing more can be held for the topic. Each row is recorded first and deleted after: killed in
    /// between, the next run finds the record there and only deletes.
    pub async fn release(&self, topic_arn: &str, attempt: &Attempt<'_>) -> Result<Released, StoreError> {
        let mut released = Released::default();
        let mut pages = self.partition(&held_subject(topic_arn)).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk("Query", error))?;
            for held in records(page.items)? {
                if held.is_expired(attempt.now) {
                    released.expired += 1;
                } else {
                    match self.record_received(&entry(&held)?, attempt, held.received_at).await? {
                        Recorded::New | Recorded::Conflict => released.recorded += 1,
                        Recorded::Duplicate | Recorded::ConflictDuplicate => released.duplicates += 1,
                    }
                }
                self.delete(&held.subject, &held.event).await?;
            }
        }
        Ok(released)
    }

    /// Deletes everything held for a topic that has been rejected; answers how many rows.
    pub async fn purge(&self, topic_arn: &str) -> Result<u64, StoreError> {
        let subject = held_subject(topic_arn);
        let keys_only = self
            .partition(&subject)
            .projection_expression("#event")
            .expression_attribute_names("#event", table::EVENT);
        let mut pages = keys_only.into_paginator().send();
        let mut purged = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk("Query", error))?;
            for item in page.items.unwrap_or_default() {
                let event = item.get(table::EVENT).and_then(|value| value.as_s().ok());
                let event = event.ok_or(StoreError::Malformed { attribute: table::EVENT })?;
                self.delete(&key::subject(&subject), event).await?;
                purged += 1;
            }
        }
        Ok(purged)
    }

    pub(crate) async fn delete(&self, subject: &str, event: &str) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(table::SUBJECT, text(subject))
            .key(table::EVENT, text(event))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("DeleteItem", error))?;
        Ok(())
    }
}

/// What became of the rows held for a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Recorded now.
    pub recorded: u64,
    /// Recorded before: by a run that was interrupted, or redelivered since the approval.
    pub duplicates: u64,
    /// Past their time and deleted.
    pub expired: u64,
}

fn held_subject(topic_arn: &str) -> String {
    format!("{}{topic_arn}", table::HELD_PREFIX)
}

/// A held row as the entry it was.
fn entry(held: &Record) -> Result<Entry<'_>, StoreError> {
    let keys = held.held.as_ref().ok_or(StoreError::Malformed {
        attribute: table::HELD_SUBJECT,
    })?;
    Ok(Entry {
        subject: keys.subject.clone(),
        event: keys.event.clone(),
        message_id: &held.message_id,
        topic_arn: &held.topic_arn,
        sns_timestamp: held.sns_timestamp,
        signature_version: held.signature_version,
        repaired: held.repaired,
        warnings: held.warnings.clone(),
        raw: &held.raw,
        unreadable: held.unreadable.clone(),
        trace_id: held.trace_id,
    })
}
