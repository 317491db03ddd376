//! A store of its own for every test, and the messages that arrive in it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use inbox::{Attempt, Entry, Inbox, Record, TraceId};
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};

pub(crate) const TABLE: &str = "notifications";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";

/// The sample of AWS's page about X-Ray.
pub(crate) const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";
pub(crate) const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(crate) struct World {
    pub(crate) dynamo: Dynamo,
    pub(crate) client: Client,
    pub(crate) inbox: Inbox,
}

impl World {
    pub(crate) async fn new() -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let client = dynamo.client_with(patient());
        create_tables(&client, &Tables::default()).await.unwrap();
        let inbox = inbox(&client);
        Self { dynamo, client, inbox }
    }

    /// The same store through a proxy that can misbehave.
    pub(crate) async fn with_faults(&self) -> (Inbox, Faults) {
        let faults = self.dynamo.with_faults().await.unwrap();
        (inbox(&faults.client_with(patient())), faults)
    }

    /// The same store, whose rows are kept for another time.
    pub(crate) fn inbox_kept_for(&self, retention: SignedDuration) -> Inbox {
        Inbox::new(self.client.clone(), TABLE, retention)
    }

    /// Holds the message as the intake does: inside a transaction.
    pub(crate) async fn hold(&self, message: &Message, attempt: &Attempt<'_>, until: Timestamp) -> Result<(), String> {
        let put = TransactWriteItem::builder()
            .put(self.inbox.hold(&message.entry(), attempt, until))
            .build();
        let done = self.client.transact_write_items().transact_items(put).send().await;
        done.map(|_| ()).map_err(|error| {
            let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error() else {
                panic!("only cancellations are expected")
            };
            let [reason] = cancelled.cancellation_reasons() else {
                panic!("one write has one reason")
            };
            assert!(reason.item().is_some(), "the row in the way is shown");
            reason.code().unwrap_or_default().to_owned()
        })
    }

    /// Records a message at noon.
    pub(crate) async fn record(&self, message: &Message) {
        self.record_at(message, noon()).await;
    }

    /// Records a message that arrives at some time.
    pub(crate) async fn record_at(&self, message: &Message, now: Timestamp) {
        self.inbox.record(&message.entry(), &attempted_at("once", now)).await.unwrap();
    }

    /// The row of a message.
    pub(crate) async fn row(&self, message: &Message) -> Record {
        let row = self.inbox.show(&message.subject, &message.event, noon()).await.unwrap();
        row.expect("a row")
    }

    /// Everything in the table, whatever it is.
    pub(crate) async fn items(&self) -> Vec<BTreeMap<String, AttributeValue>> {
        let mut items = Vec::new();
        let mut scan = self.client.scan().table_name(TABLE).into_paginator().items().send();
        while let Some(item) = scan.next().await {
            items.push(item.unwrap().into_iter().collect());
        }
        items
    }

    /// The keys of everything in the table, in order.
    pub(crate) async fn keys(&self) -> Vec<(String, String)> {
        let mut keys: Vec<_> = self
            .items()
            .await
            .iter()
            .map(|item| (text(item, "subject"), text(item, "event")))
            .collect();
        keys.sort();
        keys
    }

    /// How many rows the index `due` shows.
    pub(crate) async fn due(&self) -> usize {
        let mut rows = 0;
        let mut scan = self
            .client
            .scan()
            .table_name(TABLE)
            .index_name("due")
            .into_paginator()
            .items()
            .send();
        while let Some(item) = scan.next().await {
            item.unwrap();
            rows += 1;
        }
        rows
    }

    /// A row changed behind the inbox's back.
    pub(crate) async fn put(&self, item: BTreeMap<String, AttributeValue>) {
        self.client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item.into_iter().collect()))
            .send()
            .await
            .unwrap();
    }

    /// DynamoDB's own deletion of a row.
    pub(crate) async fn delete(&self, message: &Message) {
        let (subject, event) = (
            AttributeValue::S(message.subject.clone()),
            AttributeValue::S(message.event.clone()),
        );
        self.client
            .delete_item()
            .table_name(TABLE)
            .key("subject", subject)
            .key("event", event)
            .send()
            .await
            .unwrap();
    }
}

pub(crate) fn inbox(client: &Client) -> Inbox {
    Inbox::new(client.clone(), TABLE, RETENTION)
}

/// For tests about results, on machines that are busy with other things.
pub(crate) fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

/// Owns what an [`Entry`] borrows.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) subject: String,
    pub(crate) event: String,
    pub(crate) message_id: String,
    pub(crate) topic_arn: String,
    pub(crate) raw: String,
    pub(crate) repaired: bool,
    pub(crate) warnings: Vec<String>,
    pub(crate) unreadable: Option<String>,
    pub(crate) trace_id: Option<TraceId>,
}

/// The first sample of the Appstore's documentation.
pub(crate) fn message() -> Message {
    Message {
        subject: "rtn#com.example.amazonsdkapivalidator3#koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11".to_owned(),
        event: "0001600701569824#SUBSCRIPTION_PURCHASED".to_owned(),
        message_id: "b1c4d9bb-0fd9-54b2-8f74-8e59c91e396a".to_owned(),
        topic_arn: TOPIC.to_owned(),
        raw: concat!(
            r#"{"appPackageName":"com.example.amazonsdkapivalidator3","notificationType":"SUBSCRIPTION_PURCHASED","#,
            r#""appUserId":"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=","#,
            r#""receiptId":"koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11","relatedReceipts":{},"#,
            r#""timestamp":1600701569824,"betaProductTransaction":false}"#
        )
        .to_owned(),
        repaired: false,
        warnings: Vec::new(),
        unreadable: None,
        trace_id: None,
    }
}

impl Message {
    pub(crate) fn entry(&self) -> Entry<'_> {
        Entry {
            subject: self.subject.clone(),
            event: self.event.clone(),
            message_id: &self.message_id,
            topic_arn: &self.topic_arn,
            sns_timestamp: at("2020-09-21T15:19:35.686Z"),
            signature_version: 1,
            repaired: self.repaired,
            warnings: self.warnings.clone(),
            raw: &self.raw,
            unreadable: self.unreadable.clone(),
            trace_id: self.trace_id,
        }
    }

    pub(crate) fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    pub(crate) fn event(mut self, event: impl Into<String>) -> Self {
        self.event = event.into();
        self
    }

    pub(crate) fn raw(mut self, raw: impl Into<String>) -> Self {
        self.raw = raw.into();
        self
    }

    pub(crate) fn message_id(mut self, message_id: impl Into<String>) -> Self {
        self.message_id = message_id.into();
        self
    }

    /// As brought by a delivery of a trace.
    pub(crate) fn traced(mut self) -> Self {
        self.trace_id = TraceId::parse(TRACE);
        assert!(self.trace_id.is_some());
        self
    }

    pub(crate) fn topic(mut self, topic_arn: impl Into<String>) -> Self {
        self.topic_arn = topic_arn.into();
        self
    }

    /// The key of this message when it is kept beside another one.
    pub(crate) fn beside(&self) -> String {
        format!("{}#{}", self.event, inbox::Digest::of(&self.raw).short())
    }
}

/// An attempt at the hour at which most of these tests happen.
pub(crate) fn attempt(id: &str) -> Attempt<'_> {
    Attempt { id, now: noon() }
}

pub(crate) fn attempted_at(id: &str, now: Timestamp) -> Attempt<'_> {
    Attempt { id, now }
}

pub(crate) fn noon() -> Timestamp {
    at("2026-03-01T12:00:00.250Z")
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub(crate) fn text(item: &BTreeMap<String, AttributeValue>, attribute: &str) -> String {
    item[attribute].as_s().unwrap().clone()
}

pub(crate) fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn text_value(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// What a history says, one line per record.
pub(crate) fn told(records: &[Record]) -> Vec<(&str, &str, bool)> {
    records
        .iter()
        .map(|record| (record.event.as_str(), record.raw.as_str(), record.conflict))
        .collect()
}
