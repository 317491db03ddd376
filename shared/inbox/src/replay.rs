//! Handing on again what went out before, because a consumer lost it.
//!
//! A replay has a name. A row remembers all that it was part of, so that the same replay run twice, or interrupted and run again,
//! hands on nothing twice, whatever other replays there were meanwhile.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use crate::entry::{Attempt, Entry, number, text};
use crate::error::StoreError;
use crate::ingest::{Recorded, first_delivery, repetition};
use crate::record::Record;
use crate::row_key::RowKey;
use crate::{Inbox, key, table};

/// What a replay did to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It is due again.
    Now,
    /// This replay had it before.
    Before,
    /// It is due already, and will go out once.
    Waits,
    /// There is nothing to hand on: deleted, past its time, replaced by another, held or unreadable.
    Nothing,
}

/// Whether a replay may repeat itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repetition {
    /// What this replay had before goes out again.
    Forced,
    /// It does not.
    Never,
}

impl Replayed {
    /// What [`Inbox::replay`] would do to a row, as far as the row tells. Nothing is asked, and nothing written.
    pub fn foreseen(record: &Record, name: &str, repetition: Repetition, now: Timestamp) -> Self {
        let waits = record.due.is_some() && !record.is_dead();
        let had = record.replays.contains(name);
        if record.unreadable.is_some() || record.held.is_some() || record.is_expired(now) {
            Self::Nothing
        } else if had && (waits || repetition == Repetition::Never) {
            Self::Before
        } else if waits {
            Self::Waits
        } else {
            Self::Now
        }
    }
}

impl Inbox {
    /// Makes a row due again as part of the replay `name`; a dead one, too. One write unit, and one of the index.
    pub async fn replay(
        &self,
        record: &Record,
        name: &str,
        repetition: Repetition,
        now: Timestamp,
    ) -> Result<Replayed, StoreError> {
        if record.unreadable.is_some() || record.held.is_some() {
            return Ok(Replayed::Nothing);
        }
        let condition = match repetition {
            Repetition::Forced => CAN_BE_REPLAYED.to_owned(),
            Repetition::Never => {
                format!("{CAN_BE_REPLAYED} AND (attribute_not_exists(#replays) OR NOT contains(#replays, :name))")
            }
        };
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(RowKey::from(record).item()))
            .update_expression(
                "SET #due = :shard, #due_since = :since, #replay = :name REMOVE #attempts, #failure, #failed_at ADD #replays :names",
            )
            .condition_expression(condition)
            .expression_attribute_names("#due", table::DUE)
            .expression_attribute_names("#due_since", table::DUE_SINCE)
            .expression_attribute_names("#replay", table::REPLAY)
            .expression_attribute_names("#replays", table::REPLAYS)
            .expression_attribute_names("#nonce", table::NONCE)
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_names("#attempts", table::ATTEMPTS)
            .expression_attribute_names("#failure", table::FAILURE)
            .expression_attribute_names("#failed_at", table::FAILED_AT)
            .expression_attribute_values(":shard", text(&key::due_shard(&record.subject)))
            .expression_attribute_values(":dead", text(table::DEAD_SHARD))
            .expression_attribute_values(":name", text(name))
            .expression_attribute_values(":names", AttributeValue::Ss(vec![name.to_owned()]))
            .expression_attribute_values(":since", number(now.as_millisecond()))
            .expression_attribute_values(":nonce", text(&record.nonce))
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Replayed::Now),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                why_not(error.into_err(), record, name, now)
            }
            Err(error) => Err(StoreError::from_sdk("UpdateItem", error)),
        }
    }

    /// Files a message that could not be read when it came, and now can be: recorded under its keys, as received when it was,
    /// then removed from among the unread. Killed in between, the next run finds the record there and only removes.
    pub async fn refile(
        &self,
        unread: &Record,
        filed: RowKey,
        repaired: bool,
        warnings: Vec<String>,
        attempt: &Attempt<'_>,
    ) -> Result<Recorded, StoreError> {
        let entry = Entry {
            subject: filed.subject,
            event: filed.event,
            message_id: &unread.message_id,
            topic_arn: &unread.topic_arn,
            sns_timestamp: unread.sns_timestamp,
            signature_version: unread.signature_version,
            repaired,
            warnings,
            raw: &unread.raw,
            unreadable: None,
            trace_id: unread.trace_id,
        };
        let recorded = self.record_received(&entry, attempt, unread.received_at).await?;
        self.delete(&unread.subject, &unread.event).await?;
        Ok(recorded)
    }

    /// What [`Inbox::refile`] would come to, by reading alone: a read unit or more for each key that would be tried.
    pub async fn foresee_refile(&self, unread: &Record, filed: &RowKey, now: Timestamp) -> Result<Recorded, StoreError> {
        let mut key = RowKey {
            subject: key::subject(&filed.subject).into_owned(),
            event: key::event(&filed.event).into_owned(),
        };
        let mut beside = false;
        loop {
            match self.row(&key, now).await? {
                None => return Ok(first_delivery(beside)),
                Some(occupant) if occupant.digest == unread.digest => return Ok(repetition(beside)),
                Some(_) => {
                    key.event = key::beside(&key.event, unread.digest);
                    beside = true;
                }
            }
        }
    }
}

/// What stood in the way. It may have been this very replay's first try, whose answer was lost: the SDK repeats such a call.
fn why_not(error: UpdateItemError, record: &Record, name: &str, now: Timestamp) -> Result<Replayed, StoreError> {
    let UpdateItemError::ConditionalCheckFailedException(failed) = error else {
        return Err(StoreError::OccupantHidden);
    };
    // A row that is gone comes as none.
    let Some(item) = failed.item else {
        return Ok(Replayed::Nothing);
    };
    let found = Record::from_item(item)?;
    Ok(if found.nonce != record.nonce || found.is_expired(now) {
        Replayed::Nothing
    } else if found.replay.as_deref() == Some(name)
        && found.due_since.map(Timestamp::as_millisecond) == Some(now.as_millisecond())
    {
        Replayed::Now
    } else if found.replays.contains(name) {
        Replayed::Before
    } else {
        Replayed::Waits
    })
}

/// The row that was read, not past its time, and not on its way already.
const CAN_BE_REPLAYED: &str = "#nonce = :nonce AND #expires_at > :now AND (attribute_not_exists(#due) OR #due = :dead)";
