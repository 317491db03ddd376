//! The one conditional write: it is the deduplication and the durability at once.
//!
//! No lock, no second write to confirm the first, so no crash in between that could lose or double anything. A duplicate
//! never drops data: "seen already" is decided by the digest of the whole Message, and a message that only shares its key
//! with a recorded one is kept beside it.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use crate::digest::Digest;
use crate::entry::{Attempt, Entry, Item, Lifetime, number, text};
use crate::error::StoreError;
use crate::{Inbox, key, table};

/// What became of an entry. All four mean that it is safely stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// First delivery.
    New,
    /// The same Message is there already.
    Duplicate,
    /// Another Message has the same key; this one is kept beside it, for the first time.
    Conflict,
    /// Another Message has the same key, and this one was kept beside it already.
    ConflictDuplicate,
}

impl Inbox {
    /// Records one verified message, once: one `PutItem`, and another only for a conflict.
    ///
    /// An error means that it may or may not be stored; recording it again, with any attempt, is safe.
    pub async fn record(&self, entry: &Entry<'_>, attempt: &Attempt<'_>) -> Result<Recorded, StoreError> {
        self.record_received(entry, attempt, attempt.now).await
    }

    /// [`Inbox::record`] for a message that arrived earlier than this attempt.
    pub(crate) async fn record_received(
        &self,
        entry: &Entry<'_>,
        attempt: &Attempt<'_>,
        received_at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let digest = Digest::of(entry.raw);
        let subject = key::subject(&entry.subject);
        let expires_at_seconds = attempt.now.as_second().saturating_add(self.retention.as_secs());
        let row = |event: &str, beside: bool| {
            let mut item = entry.item(
                &subject,
                event,
                digest,
                attempt,
                Lifetime {
                    received_at,
                    expires_at_seconds,
                },
            );
            if beside {
                item.insert(table::CONFLICT.to_owned(), AttributeValue::Bool(true));
            }
            // What cannot be read has no event to hand on: it waits for a better reader, not for the sweeper.
            if entry.unreadable.is_none() {
                item.insert(table::DUE.to_owned(), text(&key::due_shard(&subject)));
            }
            item
        };

        let mut event = key::event(&entry.event).into_owned();
        let mut beside = false;
        // Ends at the first key that is free or holds this very Message: nearly always the first, the second for a conflict,
        // a third only for two conflicts whose digests begin alike.
        loop {
            let Some(occupant) = self.put_if_absent(row(&event, beside), attempt.now).await? else {
                return Ok(first_delivery(beside));
            };
            if occupant.digest == Some(digest) {
                return Ok(if occupant.is_from(entry, attempt) {
                    first_delivery(beside)
                } else {
                    repetition(beside)
                });
            }
            event = key::beside(&event, digest);
            beside = true;
        }
    }

    /// Writes the item unless its key is taken; answers who holds the key.
    async fn put_if_absent(&self, item: Item, now: Timestamp) -> Result<Option<Occupant>, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(ABSENT)
            .expression_attribute_names("#subject", table::SUBJECT)
            .expression_attribute_names("#expires_at", table::EXPIRES_AT)
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match put {
            Ok(_) => Ok(None),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                Occupant::of(error.into_err()).map(Some)
            }
            Err(error) => Err(StoreError::from_sdk("PutItem", error)),
        }
    }
}

pub(crate) fn first_delivery(beside: bool) -> Recorded {
    if beside { Recorded::Conflict } else { Recorded::New }
}

pub(crate) fn repetition(beside: bool) -> Recorded {
    if beside {
        Recorded::ConflictDuplicate
    } else {
        Recorded::Duplicate
    }
}

/// The row that holds a key already, as far as the decision needs it.
struct Occupant {
    digest: Option<Digest>,
    message_id: Option<String>,
    nonce: Option<String>,
}

impl Occupant {
    /// The old row comes with the refusal. A store that keeps it to itself leaves the question open: an error, not a guess.
    fn of(error: PutItemError) -> Result<Self, StoreError> {
        let PutItemError::ConditionalCheckFailedException(failed) = error else {
            return Err(StoreError::OccupantHidden);
        };
        let mut item = failed.item.ok_or(StoreError::OccupantHidden)?;
        let mut text = |name| {
            item.remove(name).and_then(|value| {
                if let AttributeValue::S(text) = value {
                    Some(text)
                } else {
                    None
                }
            })
        };
        let (message_id, nonce) = (text(table::MESSAGE_ID), text(table::NONCE));
        let digest = item
            .get(table::DIGEST)
            .and_then(|value| value.as_b().ok())
            .and_then(|bytes| Digest::from_bytes(bytes.as_ref()));
        Ok(Self {
            digest,
            message_id,
            nonce,
        })
    }

    /// It was written by this very attempt, and the answer got lost on the way.
    ///
    /// The message id belongs to it: one attempt may record several messages (a release does), and a publisher's resend has
    /// the same Message under a new id.
    fn is_from(&self, entry: &Entry<'_>, attempt: &Attempt<'_>) -> bool {
        self.nonce.as_deref() == Some(attempt.id) && self.message_id.as_deref() == Some(entry.message_id)
    }
}

/// DynamoDB deletes expired rows within days, not at once: one that is past its time counts as absent.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html>
pub(crate) const ABSENT: &str = "attribute_not_exists(#subject) OR #expires_at <= :now";

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;

    use super::Occupant;
    use crate::error::StoreError;

    #[test]
    fn a_refusal_without_the_row_in_the_way_is_neither_a_duplicate_nor_a_conflict() {
        let refused = ConditionalCheckFailedException::builder().build();

        let occupant = Occupant::of(PutItemError::ConditionalCheckFailedException(refused)).map(|occupant| occupant.digest);

        assert!(matches!(occupant, Err(StoreError::OccupantHidden)));
    }
}
