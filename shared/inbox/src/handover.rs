//! Handing on, as the record sees it: what waits, what went out, what was refused.
//!
//! A row is *due* from the write that records it until [`Inbox::handed_on`]. Nothing else removes `due`, so an event cannot be
//! forgotten by a crash, only handed on twice. What is refused for its own faults too often becomes *dead*: it stays, in a
//! partition of the index of its own, until a person has it tried again.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use jiff::Timestamp;

use crate::entry::{Item, number, text};
use crate::error::StoreError;
use crate::record::{Arrived, Record};
use crate::row_key::RowKey;
use crate::{Inbox, table};

/// Whether a row is to be handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Due(Box<Due>),
    /// It is not, or not any more: handed on, dead, held, unreadable, past its time, or gone.
    NotDue,
    /// A newer version of this program has written it, and will hand it on.
    Newer,
}

/// A row that is to be handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The row.
    pub record: Record,
    /// A newer event of the same subject had arrived before it: it is history, and must not overwrite what that one said.
    pub late: bool,
}

/// What a refusal came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It stays due, refused so often by now.
    StaysDue {
        /// How often.
        attempts: u32,
    },
    /// It is dead.
    Dead,
    /// Somebody else has handed it on or refused it meanwhile; nothing was changed.
    Overtaken,
}

impl Inbox {
    /// Looks at a row and at what came after it in the history of its subject.
    ///
    /// One consistent Query for an event that is its subject's newest or last but one, a read unit per 4 KB; another that goes
    /// through the newer ones for any other, until it finds one that had arrived before.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] for a row that this program cannot have written; whoever hands on should bury it.
    pub async fn standing(&self, key: &RowKey, now: Timestamp) -> Result<Standing, StoreError> {
        let first = self.from(key, "#event >= :event").limit(2).send().await;
        let first = first.map_err(|error| StoreError::from_sdk("Query", error))?;
        let mut rows = first.items.unwrap_or_default().into_iter();
        let Some(own) = rows.next() else {
            return Ok(Standing::NotDue);
        };
        if RowKey::of_item(&own)? != *key || !own.contains_key(table::DUE) {
            return Ok(Standing::NotDue);
        }
        let record = match Record::from_item(own) {
            Ok(record) if record.is_dead() || record.is_expired(now) => return Ok(Standing::NotDue),
            Ok(record) => record,
            Err(StoreError::Newer { .. }) => return Ok(Standing::Newer),
            Err(error) => return Err(error),
        };
        let late = match rows.next() {
            None => false,
            Some(next) if is_overtaken(&record, &next, now) => true,
            Some(_) => self.has_been_overtaken(key, &record, now).await?,
        };
        Ok(Standing::Due(Box::new(Due { record, late })))
    }

    /// Goes through everything newer of the subject, without the messages.
    async fn has_been_overtaken(&self, key: &RowKey, record: &Record, now: Timestamp) -> Result<bool, StoreError> {
        let mut newer = self
            .from(key, "#event > :event")
            .projection_expression("#subject, #event, #received_at, #expires_at")
            .expression_attribute_names("#received_at", table::RECEIVED_AT)
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .into_paginator()
            .items()
            .send();
        while let Some(row) = newer.next().await {
            if is_overtaken(record, &row.map_err(|error| StoreError::from_sdk("Query", error))?, now) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The rows of a subject in order, from an event on.
    fn from(&self, key: &RowKey, events: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression(format!("#subject = :subject AND {events}"))
            .expression_attribute_names("#subject", table::SUBJECT)
            .expression_attribute_names("#event", table::EVENT)
            .expression_attribute_values(":subject", text(&key.subject))
            .expression_attribute_values(":event", text(&key.event))
            .consistent_read(true)
    }

    /// Records that the event went out: it is due no more. One write unit, and one of the index.
    ///
    /// Harmless to repeat, and when another worker has done the same; and it never ends what has become due again meanwhile.
    pub async fn handed_on(&self, record: &Record, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .in_its_round(record, "attribute_exists(#due)")
            .update_expression("SET #handed_on = :now REMOVE #due, #due_since, #attempts, #failure, #failed_at")
            .expression_attribute_names("#handed_on", table::HANDED_ON)
            .expression_attribute_names("#attempts", table::ATTEMPTS)
            .expression_attribute_names("#failure", table::FAILURE)
            .expression_attribute_names("#failed_at", table::FAILED_AT)
            .expression_attribute_values(":now", number(now.as_millisecond()));
        met(update.send().await)?;
        Ok(())
    }

    /// Records that the event was refused for a fault of its own; the refusal number `limit` is its last.
    pub async fn refused(&self, record: &Record, reason: &str, limit: u32, now: Timestamp) -> Result<Refusal, StoreError> {
        let attempts = record.attempts.saturating_add(1);
        if attempts >= limit {
            return self.bury(&record.into(), Some(record), reason, now).await;
        }
        let Some(shard) = &record.due else {
            return Ok(Refusal::Overtaken);
        };
        let unchanged = match record.attempts {
            0 => "#due = :due AND attribute_not_exists(#attempts)",
            _ => "#due = :due AND #attempts = :before",
        };
        let update = self
            .in_its_round(record, unchanged)
            .update_expression("SET #attempts = :attempts, #failure = :reason, #failed_at = :now")
            .expression_attribute_names("#attempts", table::ATTEMPTS)
            .expression_attribute_names("#failure", table::FAILURE)
            .expression_attribute_names("#failed_at", table::FAILED_AT)
            .expression_attribute_values(":due", text(shard))
            .expression_attribute_values(":attempts", number(attempts.into()))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        let update = match record.attempts {
            0 => update,
            before => update.expression_attribute_values(":before", number(before.into())),
        };
        Ok(match met(update.send().await)? {
            true => Refusal::StaysDue { attempts },
            false => Refusal::Overtaken,
        })
    }

    /// Records that the event cannot be handed on as it is: a person has to look. `read` is the row, if it could be read; a row
    /// that has been replaced since is left alone.
    pub async fn bury(&self, key: &RowKey, read: Option<&Record>, reason: &str, now: Timestamp) -> Result<Refusal, StoreError> {
        let waits = "attribute_exists(#due) AND #due <> :dead";
        let update = match read {
            Some(record) => self.in_its_round(record, waits),
            None => self.row_with_due(key).condition_expression(waits),
        };
        let update = update
            .update_expression(
                "SET #due = :dead, #failure = :reason, #failed_at = :now, #attempts = if_not_exists(#attempts, :none) + :one",
            )
            .expression_attribute_names("#failure", table::FAILURE)
            .expression_attribute_names("#failed_at", table::FAILED_AT)
            .expression_attribute_names("#attempts", table::ATTEMPTS)
            .expression_attribute_values(":dead", text(table::DEAD_SHARD))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1));
        Ok(match met(update.send().await)? {
            true => Refusal::Dead,
            false => Refusal::Overtaken,
        })
    }

    /// An update of a row that must still be the one that was read, and still in the round of handing on that it was in then.
    fn in_its_round(&self, record: &Record, condition: &str) -> UpdateItemFluentBuilder {
        let same_round = match record.due_since {
            Some(_) => "#due_since = :since",
            None => "attribute_not_exists(#due_since)",
        };
        let update = self
            .row_with_due(&record.into())
            .condition_expression(format!("#nonce = :nonce AND {same_round} AND {condition}"))
            .expression_attribute_names("#nonce", table::NONCE)
            .expression_attribute_names("#due_since", table::DUE_SINCE)
            .expression_attribute_values(":nonce", text(&record.nonce));
        match record.due_since {
            Some(since) => update.expression_attribute_values(":since", number(since.as_millisecond())),
            None => update,
        }
    }

    fn row_with_due(&self, key: &RowKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.item()))
            .expression_attribute_names("#due", table::DUE)
    }
}

/// Whether a row is of a newer event that had arrived before. One that cannot be read says nothing.
fn is_overtaken(record: &Record, other: &Item, now: Timestamp) -> bool {
    Arrived::of(other).is_some_and(|other| other.counts(now) && record.is_overtaken_by(other.occurred_at_ms, other.received_at))
}

/// Whether the condition of an update was met.
pub(crate) fn met<T>(answer: Result<T, SdkError<UpdateItemError, HttpResponse>>) -> Result<bool, StoreError> {
    match answer {
        Ok(_) => Ok(true),
        Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
        Err(error) => Err(StoreError::from_sdk("UpdateItem", error)),
    }
}
