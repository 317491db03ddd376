//! What the operator has decided about a topic, or has yet to decide.

use std::fmt;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use sns_webhook::{Confirmation, TopicArn};

use super::{EXPIRES_AT, Item, KEY, Trust, failed, is_expired, number, read_number, read_text, text, unless_its_condition_fails};

/// A topic that has asked for confirmation, or has been decided about.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TopicRecord {
    /// The topic.
    #[serde(serialize_with = "as_text")]
    pub topic_arn: TopicArn,
    /// What has been decided about it.
    pub state: TopicState,
    /// The token of the last confirmation that it asked for. The Appstore's Developer Console asks for this one.
    pub token: Option<String>,
    /// When it last asked, or when it was decided about.
    #[serde(serialize_with = "as_text")]
    pub updated_at: Timestamp,
    /// When SNS said that the subscription has been removed, if it did.
    #[serde(serialize_with = "as_optional_text")]
    pub unsubscribed_at: Option<Timestamp>,
    /// Notifications held until the topic is decided about.
    pub held: i64,
}

/// What has been decided about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicState {
    /// Approved by the operator, and so listened to.
    Confirmed,
    /// Waiting for the operator.
    Pending,
    /// Turned down by the operator.
    Rejected,
    /// Subscribed because the configuration names it: listened to for as long as it does, and not on the word of this record.
    Subscribed,
}

impl TopicState {
    /// The state as it is recorded and listed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Subscribed => "subscribed",
        }
    }
}

impl TopicRecord {
    /// The confirmation that the topic asked for.
    pub fn confirmation(&self) -> Option<Confirmation> {
        Confirmation::recorded(self.topic_arn.clone(), self.token.as_deref()?)
    }

    fn read(item: &Item) -> Option<Self> {
        let state = match read_text(item, STATE)? {
            "confirmed" => TopicState::Confirmed,
            "pending" => TopicState::Pending,
            "rejected" => TopicState::Rejected,
            "subscribed" => TopicState::Subscribed,
            _ => return None,
        };
        Some(Self {
            topic_arn: TopicArn::parse(read_text(item, KEY)?.strip_prefix(TOPIC)?).ok()?,
            state,
            token: read_text(item, TOKEN).map(str::to_owned),
            updated_at: Timestamp::from_millisecond(read_number(item, UPDATED_AT)?).ok()?,
            unsubscribed_at: read_number(item, UNSUBSCRIBED_AT).and_then(|at| Timestamp::from_millisecond(at).ok()),
            held: read_number(item, HELD).unwrap_or(0),
        })
    }
}

/// The token confirms a subscription: it is for the operator's eyes, not for a log's.
impl fmt::Debug for TopicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicRecord")
            .field("topic_arn", &self.topic_arn)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Trust {
    /// What is recorded about a topic; a waiting time that is over counts as no record.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn topic(&self, topic: &TopicArn, now: Timestamp) -> Result<Option<TopicRecord>, StoreError> {
        let read = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, topic_key(topic))
            .consistent_read(true);
        let item = read
            .send()
            .await
            .map_err(failed("GetItem"))?
            .item
            .filter(|item| !is_expired(item, now));
        Ok(item.as_ref().and_then(TopicRecord::read))
    }

    /// All topics on record, in order of their ARNs. Reads the whole table, which holds little more than these.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn topics(&self, now: Timestamp) -> Result<Vec<TopicRecord>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut topics = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("Scan"))?;
            topics.extend(TopicRecord::read(&item).filter(|_| !is_expired(&item, now)));
        }
        topics.sort_by(|a, b| a.topic_arn.as_str().cmp(b.topic_arn.as_str()));
        Ok(topics)
    }

    /// Records that a topic is listened to, or is not, from now on. A decision does not expire.
    pub(crate) async fn decide(&self, topic: &TopicArn, state: TopicState, now: Timestamp) -> Result<(), StoreError> {
        let update = "SET #state = :state, #at = :now REMOVE #expires, #unsubscribed, #held, #token";
        let update = self.decision(topic, state, now).update_expression(update);
        update
            .expression_attribute_names("#token", TOKEN)
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        self.stop_waiting(topic).await
    }

    /// The same for a topic that is listened to before SNS could be asked to confirm it: its token is still needed.
    pub(crate) async fn approve_with_token(&self, topic: &TopicArn, now: Timestamp) -> Result<(), StoreError> {
        let update = "SET #state = :state, #at = :now REMOVE #expires, #unsubscribed, #held";
        let update = self.decision(topic, TopicState::Confirmed, now).update_expression(update);
        update.send().await.map_err(failed("UpdateItem"))?;
        self.stop_waiting(topic).await
    }

    fn decision(&self, topic: &TopicArn, state: TopicState, now: Timestamp) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(KEY, topic_key(topic))
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#at", UPDATED_AT)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_names("#unsubscribed", UNSUBSCRIBED_AT)
            .expression_attribute_names("#held", HELD)
            .expression_attribute_values(":state", text(state.as_str()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
    }

    /// Records that a topic's subscription has been confirmed because the configuration, or an approval, lets it. That decides
    /// nothing: a rejection stays one, and a topic that waits keeps waiting, with its token and what is held for it.
    pub(crate) async fn note_subscribed(&self, topic: &TopicArn, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(KEY, topic_key(topic))
            .update_expression("SET #state = if_not_exists(#state, :subscribed), #at = :now REMOVE #token, #unsubscribed")
            .condition_expression("attribute_not_exists(#state) OR #state IN (:subscribed, :confirmed)")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#at", UPDATED_AT)
            .expression_attribute_names("#token", TOKEN)
            .expression_attribute_names("#unsubscribed", UNSUBSCRIBED_AT)
            .expression_attribute_values(":subscribed", text(TopicState::Subscribed.as_str()))
            .expression_attribute_values(":confirmed", text(TopicState::Confirmed.as_str()))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        unless_its_condition_fails(update.send().await)
    }

    /// Records that SNS says the subscription has been removed. What has been decided about the topic stays decided.
    pub(crate) async fn note_unsubscribed(&self, topic: &TopicArn, now: Timestamp) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(KEY, topic_key(topic))
            .update_expression("SET #unsubscribed = :now, #at = :now, #state = if_not_exists(#state, :subscribed)")
            .expression_attribute_names("#unsubscribed", UNSUBSCRIBED_AT)
            .expression_attribute_names("#at", UPDATED_AT)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":subscribed", text(TopicState::Subscribed.as_str()))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        Ok(())
    }
}

pub(super) fn topic_key(topic: &TopicArn) -> AttributeValue {
    text(format!("{TOPIC}{topic}"))
}

fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn as_optional_text<S: Serializer>(value: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

const TOPIC: &str = "topic#";
pub(super) const STATE: &str = "state";
pub(super) const TOKEN: &str = "token";
pub(super) const HELD: &str = "held";
pub(super) const UPDATED_AT: &str = "updated_at";
const UNSUBSCRIBED_AT: &str = "unsubscribed_at";
