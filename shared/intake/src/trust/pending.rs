//! Topics that wait for the operator, and the notifications that wait with them.
//!
//! Both are bounded: each step is one transaction that fails if the bound is reached. A topic whose time is over and that asks again
//! starts counting anew, while what it left behind expires by itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use inbox::StoreError;
use jiff::Timestamp;
use sns_webhook::{Confirmation, TopicArn};

use super::topics::{HELD, STATE, TOKEN, TopicState, UPDATED_AT, topic_key};
use super::{EXPIRES_AT, Item, KEY, Trust, WAITING_TIME, failed, number, read_number, text, unless_its_condition_fails};

/// What became of a confirmation from a topic that nobody has approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pending {
    /// The topic waits for the operator, with its newest token.
    Waiting,
    /// Others changed the list at the same moment, again and again. Try again.
    Contended,
    /// As many topics wait as may.
    Full,
}

/// What became of a notification from a topic that waits for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is held.
    Now,
    /// It was held before.
    Before,
    /// Others met it at the topic's counter, again and again. Try again.
    Contended,
    /// The topic does not wait any more: it has just been decided about, or its time is over. Try again.
    NotWaiting,
    /// As many notifications are held for this topic as may be.
    Full,
}

impl Trust {
    /// Puts a topic among those that wait for the operator, or renews its token there.
    pub(crate) async fn wait_for_operator(&self, asked: &Confirmation, now: Timestamp) -> Result<Pending, StoreError> {
        for _ in 0..ATTEMPTS {
            let list = self
                .client
                .get_item()
                .table_name(&self.table)
                .key(KEY, text(PENDING))
                .consistent_read(true);
            let list = list.send().await.map_err(failed("GetItem"))?.item.unwrap_or_default();
            let mut waiting = still_waiting(&list, now);
            let topic = asked.topic_arn().as_str();
            let waits_already = waiting.contains_key(topic);
            if waiting.len() >= MAX_PENDING_TOPICS && !waits_already {
                return Ok(Pending::Full);
            }
            waiting.insert(topic.to_owned(), (now + WAITING_TIME).as_second());
            let version = read_number(&list, VERSION).unwrap_or(0);
            let transaction = self
                .client
                .transact_write_items()
                .transact_items(TransactWriteItem::builder().put(self.new_list(waiting, version)).build())
                .transact_items(
                    TransactWriteItem::builder()
                        .update(self.waiting_topic(asked, waits_already, now))
                        .build(),
                );
            match transaction.send().await {
                Ok(_) => return Ok(Pending::Waiting),
                Err(error) if collided(&error) || failed_conditions(&error).contains(&true) => {}
                Err(error) => return Err(StoreError::from_sdk("TransactWriteItems", error)),
            }
        }
        Ok(Pending::Contended)
    }

    /// Holds a notification of a topic that waits: `row` is written if the topic still waits and has room.
    pub(crate) async fn hold(&self, topic: &TopicArn, row: Put, now: Timestamp) -> Result<Held, StoreError> {
        let count = Update::builder()
            .table_name(&self.table)
            .key(KEY, topic_key(topic))
            .update_expression("ADD #held :one")
            .condition_expression("#state = :pending AND #expires > :now AND (attribute_not_exists(#held) OR #held < :most)")
            .expression_attribute_names("#held", HELD)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":pending", text(TopicState::Pending.as_str()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":most", number(MAX_HELD_NOTIFICATIONS))
            .build()
            .expect("table, key and expression are set above");
        // All notifications of a topic meet at its counter, and DynamoDB cancels one of two transactions that do.
        for _ in 0..ATTEMPTS {
            let transaction = self
                .client
                .transact_write_items()
                .transact_items(TransactWriteItem::builder().update(count.clone()).build())
                .transact_items(TransactWriteItem::builder().put(row.clone()).build());
            match transaction.send().await {
                Ok(_) => return Ok(Held::Now),
                Err(error) if collided(&error) => {}
                Err(error) => {
                    return match failed_conditions(&error)[..] {
                        [_, true] => Ok(Held::Before),
                        [true, false] => self.why_not_held(topic, now).await,
                        _ => Err(StoreError::from_sdk("TransactWriteItems", error)),
                    };
                }
            }
        }
        Ok(Held::Contended)
    }

    /// Takes a topic off the list, once it has been decided about.
    pub(super) async fn stop_waiting(&self, topic: &TopicArn) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(KEY, text(PENDING))
            .update_expression("REMOVE #topics.#topic ADD #version :one")
            .condition_expression("attribute_exists(#topics.#topic)")
            .expression_attribute_names("#topics", TOPICS)
            .expression_attribute_names("#topic", topic.as_str())
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":one", number(1));
        unless_its_condition_fails(update.send().await)
    }

    async fn why_not_held(&self, topic: &TopicArn, now: Timestamp) -> Result<Held, StoreError> {
        let record = self.topic(topic, now).await?;
        let full = record.is_some_and(|record| record.state == TopicState::Pending && record.held >= MAX_HELD_NOTIFICATIONS);
        Ok(if full { Held::Full } else { Held::NotWaiting })
    }

    fn new_list(&self, waiting: HashMap<String, i64>, version: i64) -> Put {
        let waiting = waiting.into_iter().map(|(topic, until)| (topic, number(until))).collect();
        Put::builder()
            .table_name(&self.table)
            .item(KEY, text(PENDING))
            .item(TOPICS, AttributeValue::M(waiting))
            .item(VERSION, number(version + 1))
            .condition_expression("attribute_not_exists(#key) OR #version = :version")
            .expression_attribute_names("#key", KEY)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .build()
            .expect("table and item are set above")
    }

    /// The count of held notifications survives a renewal, and starts anew when the topic waits anew.
    fn waiting_topic(&self, asked: &Confirmation, waits_already: bool, now: Timestamp) -> Update {
        let held = if waits_already {
            "if_not_exists(#held, :none)"
        } else {
            ":none"
        };
        Update::builder()
            .table_name(&self.table)
            .key(KEY, topic_key(asked.topic_arn()))
            .update_expression(format!(
                "SET #state = :pending, #token = :token, #at = :at, #expires = :expires, #held = {held}"
            ))
            .expression_attribute_names("#held", HELD)
            .expression_attribute_values(":none", number(0))
            .condition_expression("attribute_not_exists(#key) OR #state IN (:pending, :subscribed)")
            .expression_attribute_values(":subscribed", text(TopicState::Subscribed.as_str()))
            .expression_attribute_names("#key", KEY)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#token", TOKEN)
            .expression_attribute_names("#at", UPDATED_AT)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":pending", text(TopicState::Pending.as_str()))
            .expression_attribute_values(":token", text(asked.token()))
            .expression_attribute_values(":at", number(now.as_millisecond()))
            .expression_attribute_values(":expires", number((now + WAITING_TIME).as_second()))
            .build()
            .expect("table, key and expression are set above")
    }
}

fn still_waiting(list: &Item, now: Timestamp) -> HashMap<String, i64> {
    let Some(AttributeValue::M(topics)) = list.get(TOPICS) else {
        return HashMap::new();
    };
    let until = |value: &AttributeValue| value.as_n().ok()?.parse::<i64>().ok();
    topics
        .iter()
        .filter_map(|(topic, value)| Some((topic.clone(), until(value)?)))
        .filter(|(_, until)| *until > now.as_second())
        .collect()
}

/// Whether DynamoDB cancelled a transaction because another touched the same item at the same moment.
///
/// Source: DynamoDB API Reference, `TransactWriteItems` (cancellation reason `TransactionConflict`), and
/// `TransactionConflictException`.
fn collided(error: &SdkError<TransactWriteItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let mut codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code());
            codes.any(|code| code == Some("TransactionConflict"))
        }
        Some(error) => error.code() == Some("TransactionConflictException"),
        None => false,
    }
}

/// For each item of a cancelled transaction, whether its condition failed. Empty for any other error.
fn failed_conditions(error: &SdkError<TransactWriteItemsError>) -> Vec<bool> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code());
            codes.map(|code| code == Some("ConditionalCheckFailed")).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

const PENDING: &str = "pending";
const TOPICS: &str = "topics";
const VERSION: &str = "version";

/// How often the list is tried when others change it at the same moment.
const ATTEMPTS: usize = 4;

/// Most topics that wait for the operator at one time.
pub(crate) const MAX_PENDING_TOPICS: usize = 100;

/// Most notifications held for one topic.
pub(crate) const MAX_HELD_NOTIFICATIONS: i64 = 1_000;
