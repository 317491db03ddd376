//! A ledger of its own for every test, the reports that it is given, and what must be true of its rows after any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use adm::{Instance, Ledger, Recorded, Report, Shards, Topic};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};

pub(crate) const TABLE: &str = "sends";

pub(crate) struct World {
    pub(crate) dynamo: Dynamo,
    pub(crate) client: Client,
    pub(crate) ledger: Ledger,
}

pub(crate) type Row = BTreeMap<String, AttributeValue>;

impl World {
    pub(crate) async fn new() -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let client = dynamo.client_with(patient());
        create_tables(&client, &Tables::default()).await.unwrap();
        let ledger = Ledger::new(client.clone(), TABLE);
        Self { dynamo, client, ledger }
    }

    /// The same store through a proxy that can misbehave.
    pub(crate) async fn with_faults(&self) -> (Ledger, Faults) {
        let faults = self.dynamo.with_faults().await.unwrap();
        (Ledger::new(faults.client_with(patient()), TABLE), faults)
    }

    pub(crate) async fn record(&self, report: &Report) -> Recorded {
        self.ledger.record(report, noon()).await.unwrap()
    }

    /// Every instance on the topic.
    pub(crate) async fn subscribe(&self, instances: impl IntoIterator<Item = &str>, topic: &str) {
        for instance in instances {
            self.record(&report(instance, "onSubscribe", topic)).await;
        }
    }

    pub(crate) async fn assigned(&self, shards: &str, topic: &str, instance: &str) -> String {
        let (shards, topic) = (Shards::parse(shards).unwrap(), Topic::new(topic).unwrap());
        let who = Instance::new(instance).unwrap();
        self.ledger.assign(&shards, &topic, &who).await.unwrap().subscribe_to
    }

    /// Writes the count of a topic as if so many instances had reported.
    pub(crate) async fn fill(&self, topic: &str, instances: u64) {
        for stripe in 0..8 {
            let count = if stripe == 0 { instances } else { 0 };
            let row = [
                ("key", AttributeValue::S(format!("topic#{topic}#{stripe}"))),
                ("instances", AttributeValue::N(count.to_string())),
            ];
            self.put(row).await;
        }
        let mut listed = self.listed().await;
        listed.insert(topic.to_owned());
        self.list(listed).await;
    }

    /// Lists these topics, and no others, among all topics.
    pub(crate) async fn list(&self, topics: BTreeSet<String>) {
        let row = [
            ("key", AttributeValue::S("topics".to_owned())),
            ("topics", AttributeValue::Ss(topics.into_iter().collect())),
        ];
        self.put(row).await;
    }

    pub(crate) async fn put<const N: usize>(&self, row: [(&str, AttributeValue); N]) {
        let row = row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let put = self.client.put_item().table_name(TABLE).set_item(Some(row));
        put.send().await.unwrap();
    }

    pub(crate) async fn rows(&self) -> BTreeMap<String, Row> {
        let mut rows = BTreeMap::new();
        let mut scan = self.client.scan().table_name(TABLE).into_paginator().items().send();
        while let Some(item) = scan.next().await {
            let mut row: Row = item.unwrap().into_iter().collect();
            let key = row.remove("key").unwrap().as_s().unwrap().clone();
            rows.insert(key, row);
        }
        rows
    }

    /// All topics that are listed.
    pub(crate) async fn listed(&self) -> BTreeSet<String> {
        self.rows().await.get("topics").map(topics).unwrap_or_default()
    }

    /// How many instances are on each listed topic, by the rows of the instances. Fails unless the counts say the same, and unless every
    /// listed topic has all eight parts of its count and no other topic has any.
    pub(crate) async fn memberships(&self) -> BTreeMap<String, u64> {
        let rows = self.rows().await;
        let listed = rows.get("topics").map(topics).unwrap_or_default();
        let mut members: BTreeMap<_, _> = listed.iter().map(|topic| (topic.clone(), 0)).collect();
        let (mut counts, mut parts) = (members.clone(), BTreeMap::new());
        for (key, row) in &rows {
            assert!(!row.contains_key("expires_at"), "{key} expires");
            match key.split('#').collect::<Vec<_>>()[..] {
                ["instance", digest] => {
                    assert!(digest.len() == 64 && !topics(row).is_empty(), "{key}");
                    for topic in topics(row) {
                        *members.entry(topic).or_default() += 1;
                    }
                }
                ["topic", topic, _] => {
                    *counts.entry(topic.to_owned()).or_default() += number(&row["instances"]);
                    *parts.entry(topic.to_owned()).or_default() += 1;
                }
                ["topics"] | ["errors", _] => {}
                _ => unreachable!("a row of nobody: {key}"),
            }
        }
        assert_eq!(counts, members);
        assert_eq!(parts, listed.into_iter().map(|topic| (topic, 8)).collect::<BTreeMap<_, _>>());
        members
    }
}

/// The members of the set `topics`, which DynamoDB does not keep when it is empty.
fn topics(row: &Row) -> BTreeSet<String> {
    let members = row
        .get("topics")
        .map(|topics| topics.as_ss().unwrap().iter().cloned().collect());
    members.unwrap_or_default()
}

pub(crate) fn number(value: &AttributeValue) -> u64 {
    value.as_n().unwrap().parse().unwrap()
}

pub(crate) fn report(instance: &str, event: &str, topic: &str) -> Report {
    read(serde_json::json!({"instance": instance, "event": event, "topic": topic}))
}

pub(crate) fn failed(instance: &str, event: &str, topic: &str, error: &str) -> Report {
    read(serde_json::json!({"instance": instance, "event": event, "topic": topic, "errorId": error}))
}

pub(crate) fn unregistered(instance: &str) -> Report {
    read(serde_json::json!({"instance": instance, "event": "onUnregistered"}))
}

fn read(body: serde_json::Value) -> Report {
    Report::read(body.to_string().as_bytes()).unwrap()
}

/// For tests about results, on machines that are busy with other things.
fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

pub(crate) fn noon() -> Timestamp {
    "2026-03-01T12:00:00.250Z".parse().unwrap()
}
