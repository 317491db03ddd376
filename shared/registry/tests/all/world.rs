//! A registry of its own for every test, the devices in it, and what must be true of its rows after any change.
//!
//! Moments are seconds after noon, and the tokens are of ADM, so that they stand in the table as the tests call them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use registry::{
    Application, Attempt, Change, Device, DeviceId, DeviceKey, EndpointArn, Grounds, Noted, Registered, Registration, Registry,
    Ticket, Token,
};
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};

pub(crate) const TABLE: &str = "devices";
pub(crate) const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
pub(crate) const APPLICATION: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire";

pub(crate) struct World {
    pub(crate) dynamo: Dynamo,
    pub(crate) client: Client,
    pub(crate) registry: Registry,
}

pub(crate) type Row = BTreeMap<String, AttributeValue>;

impl World {
    pub(crate) async fn new() -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let client = dynamo.client_with(patient());
        create_tables(&client, &Tables::default()).await.unwrap();
        let registry = registry(&client);
        Self {
            dynamo,
            client,
            registry,
        }
    }

    /// The same store through a proxy that can misbehave.
    pub(crate) async fn with_faults(&self) -> (Registry, Faults) {
        let faults = self.dynamo.with_faults().await.unwrap();
        (registry(&faults.client_with(patient())), faults)
    }

    /// A device says at a moment that this is its token, and is heard at once.
    pub(crate) async fn register(&self, device: &str, token: &str, at: i64) -> Registered {
        let attempt = attempt(device, at);
        self.registry
            .register(&registration(device, token, at), &attempt)
            .await
            .unwrap()
    }

    /// The same, whatever it is answered.
    pub(crate) async fn says(&self, device: &str, token: &str, at: i64) {
        let _ = self.register(device, token, at).await;
    }

    /// The same, for one who is to have an endpoint, and gets it.
    pub(crate) async fn with_endpoint(&self, device: &str, token: &str, at: i64, endpoint: &str) -> Device {
        let seen = self.register(device, token, at).await.device;
        done(self.registry.bind(&seen, &arn(endpoint), &attempt(device, at)).await.unwrap())
    }

    /// A sweep counts at a moment that it is about to enable the device's endpoint.
    pub(crate) async fn enable(&self, seen: &Device, second: i64) -> Device {
        let (registry, attempt) = (&self.registry, attempt("sweep", second));
        let change = registry.enabling(seen, ticket(1), Grounds::Confirmed, &attempt).await;
        done(change.unwrap())
    }

    pub(crate) async fn device(&self, device: &str) -> Device {
        self.registry.get(&key(device), at(0)).await.unwrap().unwrap()
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

    /// Every row, one attribute in a line, without the long part of its key.
    pub(crate) async fn lines(&self) -> String {
        let mut lines = Vec::new();
        for (key, row) in self.rows().await {
            lines.push(key.replace("arn:aws:sns:us-east-1:123456789012:", ""));
            let attributes = row.iter().map(|(name, value)| match value {
                AttributeValue::S(text) => format!("  {name} S {text}"),
                AttributeValue::N(number) => format!("  {name} N {number}"),
                AttributeValue::Ss(texts) => format!("  {name} SS {texts:?}"),
                AttributeValue::B(bytes) => format!("  {name} B {} bytes", bytes.as_ref().len()),
                AttributeValue::L(items) => format!("  {name} L {items:?}"),
                AttributeValue::M(members) => format!("  {name} M {members:?}"),
                other => panic!("not in these rows: {other:?}"),
            });
            lines.extend(attributes);
        }
        lines.join("\n")
    }

    /// Every device with its state, token, the second of its confirmation and its endpoint. Fails if a row contradicts another.
    pub(crate) async fn devices(&self) -> Vec<String> {
        let faults = self.contradictions().await;
        assert!(faults.is_empty(), "{faults:#?}");
        let rows = self.rows().await;
        let devices = rows.iter().filter_map(|(key, row)| {
            let id = key.strip_prefix(&format!("device#{APPLICATION}#"))?;
            let second = (number(row, "confirmed_at").unwrap() - at(0).as_millisecond()) / 1_000;
            let endpoint = optional(row, "endpoint").map(|arn| format!(" {}", arn.rsplit('/').next().unwrap()));
            let (state, token) = (string(row, "state"), string(row, "token"));
            Some(format!("{id} {state} {token}@{second}{}", endpoint.unwrap_or_default()))
        });
        devices.collect()
    }

    /// Whatever is wrong with the rows as a whole.
    pub(crate) async fn contradictions(&self) -> Vec<String> {
        let rows = self.rows().await;
        let mut wrong = Vec::new();
        let mut holders = BTreeMap::new();
        for (key, row) in &rows {
            let Some(id) = key.strip_prefix(&format!("device#{APPLICATION}#")) else {
                continue;
            };
            let (state, token) = (string(row, "state"), string(row, "token"));
            let claim = rows.get(&claim_key(token));
            let holds = claim.is_some_and(|claim| string(claim, "device") == id);
            if matches!(state, "live" | "quarantined" | "slot_conflict") {
                if !holds || claim.is_none_or(|claim| claim.contains_key("expires_at")) {
                    wrong.push(format!("{id} is {state} without the claim on {token}"));
                }
                if let Some(other) = holders.insert(token.to_owned(), id.to_owned()) {
                    wrong.push(format!("{other} and {id} both have {token}"));
                }
                if row.contains_key("expires_at") {
                    wrong.push(format!("{id} is {state} and expires"));
                }
            }
            if state == "superseded" && row.contains_key("endpoint") {
                wrong.push(format!("{id} is superseded and has an endpoint"));
            }
            if state == "superseded" && row.contains_key("subscriptions") {
                wrong.push(format!("{id} is superseded and has subscriptions"));
            }
            let (own, inherited) = (texts(row, "subscriptions"), texts(row, "inherited"));
            if !own.is_disjoint(&inherited) {
                wrong.push(format!("{id} has to end what is its own"));
            }
            if !inherited.is_empty() && row.contains_key("expires_at") {
                wrong.push(format!("{id} has subscriptions to end and expires"));
            }
            if let Some(arn) = optional(row, "endpoint") {
                let owner = rows.get(&format!("endpoint#{arn}")).map(|row| string(row, "device"));
                if owner != Some(id) {
                    wrong.push(format!("the endpoint of {id} is of {owner:?}"));
                }
                if row.contains_key("expires_at") {
                    wrong.push(format!("{id} has an endpoint and expires"));
                }
            }
        }
        for (key, row) in &rows {
            let Some(arn) = key.strip_prefix("endpoint#") else { continue };
            let device = rows.get(&format!("device#{APPLICATION}#{}", string(row, "device")));
            if device.and_then(|device| optional(device, "endpoint")) != Some(arn) {
                wrong.push(format!("nobody has {arn}"));
            }
        }
        wrong
    }

    /// What is known of each token that was ever confirmed: in the row of the device that has it, or else in its claim.
    pub(crate) async fn known(&self) -> BTreeMap<String, [Option<i64>; 3]> {
        let rows = self.rows().await;
        let claims = rows.iter().filter(|(key, _)| key.starts_with("token#"));
        let known = claims.map(|(key, claim)| {
            let device = rows.get(&device_key(string(claim, "device")));
            let has_it = |row: &&Row| claim_key(string(row, "token")) == *key && string(row, "state") != "superseded";
            let row = device.filter(has_it).unwrap_or(claim);
            let again = number(row, "disabled_again").filter(|again| *again > 0);
            (key.clone(), [number(row, "disabled_at"), number(row, "enabled_at"), again])
        });
        known.collect()
    }

    /// All subscriptions that are on record, by row.
    pub(crate) async fn subscriptions(&self) -> Vec<String> {
        let rows = self.rows().await;
        let all = rows.values().flat_map(|row| {
            let (mut own, inherited) = (texts(row, "subscriptions"), texts(row, "inherited"));
            own.extend(inherited);
            own
        });
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    }

    /// A row changed behind everybody's back.
    pub(crate) async fn put(&self, key: &str, row: Row) {
        let key = ("key".to_owned(), AttributeValue::S(key.to_owned()));
        let item = row.into_iter().chain([key]).collect();
        let put = self.client.put_item().table_name(TABLE).set_item(Some(item));
        put.send().await.unwrap();
    }

    /// DynamoDB's own deletion of a row.
    pub(crate) async fn delete(&self, key: &str) {
        let delete = self.client.delete_item().table_name(TABLE);
        delete.key("key", AttributeValue::S(key.to_owned())).send().await.unwrap();
    }
}

pub(crate) fn number(row: &Row, attribute: &str) -> Option<i64> {
    row.get(attribute).map(|value| value.as_n().unwrap().parse().unwrap())
}

pub(crate) fn string<'a>(row: &'a Row, attribute: &str) -> &'a str {
    optional(row, attribute).unwrap()
}

fn optional<'a>(row: &'a Row, attribute: &str) -> Option<&'a str> {
    row.get(attribute).map(|value| value.as_s().unwrap().as_str())
}

pub(crate) fn texts(row: &Row, attribute: &str) -> BTreeSet<String> {
    let texts = row.get(attribute).map(|value| value.as_ss().unwrap());
    texts.into_iter().flatten().cloned().collect()
}

pub(crate) fn registry(client: &Client) -> Registry {
    Registry::new(client.clone(), TABLE, RETENTION)
}

pub(crate) fn application() -> Application {
    Application::parse(APPLICATION).unwrap()
}

pub(crate) fn key(device: &str) -> DeviceKey {
    DeviceKey {
        application: application(),
        id: DeviceId::parse(device).unwrap(),
    }
}

pub(crate) fn device_key(device: &str) -> String {
    format!("device#{APPLICATION}#{device}")
}

pub(crate) fn claim_key(token_text: &str) -> String {
    format!("token#{APPLICATION}#{}", token(token_text).digest())
}

pub(crate) fn token(text: &str) -> Token {
    Token::parse(application().platform(), text).unwrap()
}

pub(crate) fn arn(endpoint: &str) -> EndpointArn {
    EndpointArn::parse(&format!("arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Fire/{endpoint}")).unwrap()
}

pub(crate) fn registration(device: &str, token_text: &str, second: i64) -> Registration {
    Registration {
        device: key(device),
        token: token(token_text),
        owner: None,
        subscriptions: None,
        confirmed_at: at(second),
    }
}

pub(crate) fn ticket(number: u64) -> Ticket {
    Ticket { run: 1, number }
}

pub(crate) fn attempt(id: &str, second: i64) -> Attempt<'_> {
    Attempt { id, now: at(second) }
}

pub(crate) fn at(second: i64) -> Timestamp {
    let noon: Timestamp = "2026-03-01T12:00:00.250Z".parse().unwrap();
    noon + SignedDuration::from_secs(second)
}

/// For tests about results, on machines that are busy with other things.
pub(crate) fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

#[track_caller]
pub(crate) fn done(change: Change) -> Device {
    match change {
        Change::Done(device) => device,
        change => panic!("{change:?}"),
    }
}

#[track_caller]
pub(crate) fn recorded(noted: Noted) -> Device {
    match noted {
        Noted::Recorded(device) => device,
        noted => panic!("{noted:?}"),
    }
}
