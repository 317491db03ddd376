//! A store and a topic of its own for every test, and the events that are on record there.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use dispatch::{Dispatch, Outcome, Topic};
use inbox::{Attempt, Entry, Inbox, Record, RowKey};
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::{Dynamo, Faults, Tables, TimeoutConfig, create_tables};
use sandbox::sns_api::{Published, SnsEndpoint};
use sandbox::{SnsApi, ids, rtn};
use serde_json::Value;

pub(crate) const EVENTS: &str = "arn:aws:sns:us-east-1:123456789012:events";
pub(crate) const TABLE: &str = "notifications";
const RTN_TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(NOON) };
}

/// When every test begins. Its runtime has one thread, so the time of the thread is the time of the test.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_772_798_400, 0);

pub(crate) fn now() -> Timestamp {
    NOW.get()
}

pub(crate) fn set(time: Timestamp) {
    NOW.set(time);
}

pub(crate) fn advance(by: SignedDuration) {
    NOW.set(NOW.get() + by);
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub(crate) struct World {
    pub(crate) dynamo: Dynamo,
    pub(crate) client: Client,
    pub(crate) inbox: Inbox,
    pub(crate) api: SnsApi,
    pub(crate) dispatch: Dispatch,
    endpoint: SnsEndpoint,
}

impl World {
    /// An empty record, and a topic that takes everything.
    pub(crate) async fn new() -> Self {
        NOW.set(NOON);
        let dynamo = Dynamo::in_memory().await.unwrap();
        let client = dynamo.client_with(patient());
        create_tables(&client, &Tables::default()).await.unwrap();
        let api = SnsApi::new(now);
        api.create_topic(EVENTS);
        let endpoint = api.serve(0).await.unwrap();
        let inbox = inbox(&client);
        let dispatch = Dispatch::new(inbox.clone(), Topic::new(endpoint.client(), EVENTS), now);
        Self {
            dynamo,
            client,
            inbox,
            api,
            dispatch,
            endpoint,
        }
    }

    /// The same store through a proxy that can misbehave.
    pub(crate) async fn with_faults(&self) -> (Dispatch, Faults) {
        let faults = self.dynamo.with_faults().await.unwrap();
        let inbox = inbox(&faults.client_with(patient()));
        let dispatch = Dispatch::new(inbox, Topic::new(self.endpoint.client(), EVENTS), now);
        (dispatch, faults)
    }

    /// Hands on with limits of time that a test can wait for.
    pub(crate) fn with_short_limits(&self) -> Dispatch {
        Dispatch::new(self.inbox.clone(), self.short_topic(), now)
    }

    /// The same through a store that can misbehave.
    pub(crate) fn with_short_limits_through(&self, faults: &Faults) -> Dispatch {
        Dispatch::new(inbox(&faults.client_with(short())), self.short_topic(), now)
    }

    /// Hands on to another topic.
    pub(crate) fn with_topic(&self, arn: &str) -> Dispatch {
        Dispatch::new(self.inbox.clone(), Topic::new(self.endpoint.client(), arn), now)
    }

    fn short_topic(&self) -> Topic {
        let config = self.endpoint.client().config().to_builder().timeout_config(short()).build();
        Topic::new(aws_sdk_sns::Client::from_conf(config), EVENTS)
    }

    /// Hands on by a clock that goes on by a second whenever somebody looks at it.
    pub(crate) fn with_ticking_clock(&self) -> Dispatch {
        let ticking = || {
            advance(seconds(1));
            now()
        };
        Dispatch::new(self.inbox.clone(), Topic::new(self.endpoint.client(), EVENTS), ticking)
    }

    /// Records an RTN message as the function that receives it does.
    pub(crate) async fn record_rtn(&self, payload: &rtn::Payload) -> RowKey {
        self.record_text(&payload.text()).await
    }

    /// The same from a Message's text.
    pub(crate) async fn record_text(&self, raw: &str) -> RowKey {
        let reading = ::rtn::read(raw).unwrap();
        let entry = entry(reading.event.subject(), reading.event.event_key(), raw);
        self.record(&entry).await
    }

    pub(crate) async fn record(&self, entry: &Entry<'_>) -> RowKey {
        let attempt = Attempt { id: "once", now: now() };
        self.inbox.record(entry, &attempt).await.unwrap();
        RowKey {
            subject: entry.subject.clone(),
            event: entry.event.clone(),
        }
    }

    /// A purchase of its own for each seed.
    pub(crate) async fn purchase(&self, seed: &str) -> RowKey {
        self.record_rtn(&purchase(seed)).await
    }

    pub(crate) async fn row(&self, key: &RowKey) -> Record {
        self.inbox
            .show(&key.subject, &key.event, now())
            .await
            .unwrap()
            .expect("a row")
    }

    /// Hands on one row and tells in short what became of it.
    pub(crate) async fn hand_on(&self, key: &RowKey) -> String {
        let [outcome] = &self.dispatch.hand_on(std::slice::from_ref(key)).await[..] else {
            panic!("one outcome")
        };
        told(outcome)
    }

    /// What went out, in order.
    pub(crate) fn published(&self) -> Vec<Published> {
        self.api.published()
    }

    /// The bodies of what went out.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let published = self.published();
        published
            .iter()
            .map(|published| serde_json::from_str(&published.message).unwrap())
            .collect()
    }

    /// How often each event went out, by its id.
    pub(crate) fn repetitions(&self) -> BTreeMap<String, usize> {
        let mut repetitions = BTreeMap::new();
        for body in self.bodies() {
            *repetitions.entry(body["event_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        repetitions
    }

    /// Rows that the index still shows, whether alive or dead.
    pub(crate) async fn waiting(&self) -> usize {
        let index = self.client.scan().table_name(TABLE).index_name("due");
        let items = index.into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        items.await.unwrap().len()
    }

    /// A row changed behind the inbox's back.
    pub(crate) async fn change(&self, key: &RowKey, name: &str, value: AttributeValue) {
        let update = self
            .client
            .update_item()
            .table_name(TABLE)
            .key("subject", AttributeValue::S(key.subject.clone()))
            .key("event", AttributeValue::S(key.event.clone()))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", value);
        update.send().await.unwrap();
    }

    /// DynamoDB's own deletion of a row.
    pub(crate) async fn delete(&self, key: &RowKey) {
        let delete = self
            .client
            .delete_item()
            .table_name(TABLE)
            .key("subject", AttributeValue::S(key.subject.clone()))
            .key("event", AttributeValue::S(key.event.clone()));
        delete.send().await.unwrap();
    }
}

pub(crate) fn purchase(seed: &str) -> rtn::Payload {
    rtn::Payload::new("SUBSCRIPTION_PURCHASED", seed, NOON)
}

/// A verified message, filed under keys of the caller's choice.
pub(crate) fn entry(subject: String, event: String, raw: &str) -> Entry<'_> {
    // Leaked, for a few tests: the entry borrows it.
    let message_id: &'static str = Box::leak(ids::message_id(raw).into_boxed_str());
    Entry {
        subject,
        event,
        message_id,
        topic_arn: RTN_TOPIC,
        sns_timestamp: now(),
        signature_version: 2,
        repaired: false,
        warnings: Vec::new(),
        raw,
        unreadable: None,
        trace_id: None,
    }
}

pub(crate) fn inbox(client: &Client) -> Inbox {
    Inbox::new(client.clone(), TABLE, hours(24 * 90))
}

/// An outcome in short.
pub(crate) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::HandedOn { late, marked } => {
            let (late, marked) = (if *late { " late" } else { "" }, if *marked { "" } else { " unmarked" });
            format!("handed on{late}{marked}")
        }
        Outcome::NotDue => "not due".to_owned(),
        Outcome::Newer => "newer".to_owned(),
        Outcome::NoTime => "no time".to_owned(),
        Outcome::Young => "young".to_owned(),
        Outcome::Refused { code } => format!("refused {code}"),
        Outcome::Dead { reason } => format!("dead {reason}"),
        Outcome::Store(error) => format!("store: {error}"),
        Outcome::Topic(error) => format!("topic: {error}"),
    }
}

/// For tests about results, on machines that are busy with other things.
pub(crate) fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

fn short() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(100))
        .operation_timeout(Duration::from_millis(300))
        .build()
}
