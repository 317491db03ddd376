//! The JSON Schema of what is handed on: every event keeps it, and it lists every field there is.

use dispatch::{Event, Message};
use inbox::{Attempt, Standing, TraceId};
use jsonschema::Validator;
use proptest::prelude::*;
use sandbox::drs::{self, Wire};
use sandbox::rtn;
use serde_json::{Value, json};

use crate::world::{NOON, World, entry, now};

#[tokio::test]
async fn every_notification_of_every_source_and_version_keeps_the_schema() {
    let world = World::new().await;
    let rtn = rtn::TYPES.iter().map(|kind| rtn::Payload::new(kind, kind, NOON).text());
    let quirks = rtn::Quirk::ALL
        .iter()
        .map(|quirk| quirk.of(rtn::Payload::new("SUBSCRIPTION_RENEWED", quirk.name(), NOON)));
    let drs = drs::TYPES
        .iter()
        .flat_map(|kind| Wire::ALL.map(|wire| drs::Payload::new(kind, wire, kind, NOON).text()));
    let drs_quirks = drs::Quirk::ALL.iter().map(|quirk| {
        quirk.of(drs::Payload::new(
            "SubscriptionChangedNotification",
            Wire::V2,
            quirk.name(),
            NOON,
        ))
    });
    let mut checked = 0;
    for raw in rtn.chain(quirks).chain(drs).chain(drs_quirks) {
        let Some((subject, event)) = filed(&raw) else { continue };
        let key = world.record(&entry(subject, event, &raw)).await;
        let Standing::Due(due) = world.inbox.standing(&key, now()).await.unwrap() else {
            continue;
        };
        let event = Event::derive(&due.record, due.late).unwrap();
        check(&Message::of(event.clone()).body);
        check(&serde_json::to_string(&event.without_data()).unwrap());
        checked += 1;
    }
    assert!(checked > 40, "{checked}");
}

#[tokio::test]
async fn whatever_amazon_adds_the_schema_holds_and_the_body_is_text_that_sqs_takes() {
    let world = World::new().await;
    let raw = rtn::Payload::new("SUBSCRIPTION_RENEWED", "a\u{ffff}", NOON)
        .with("note", "a\u{fffe}b\u{ffff}c\u{1}\u{1f600}")
        .with("nested", json!({"a": [1, null, {"b": 2.5}]}))
        .text();
    let (subject, event) = filed(&raw).unwrap();
    let key = world.record(&entry(subject, event, &raw)).await;
    let Standing::Due(due) = world.inbox.standing(&key, now()).await.unwrap() else {
        panic!("due")
    };

    let message = Message::of(Event::derive(&due.record, due.late).unwrap());

    check(&message.body);
    assert!(!message.body.contains(['\u{fffe}', '\u{ffff}']));
    let read: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(read["data"]["extra"]["note"], "a\u{fffe}b\u{ffff}c\u{1}\u{1f600}");
}

#[test]
fn the_schema_refuses_what_no_event_is() {
    let schema = schema();
    for body in [json!({}), json!([]), json!({"schema_version": 2})] {
        assert!(!schema.is_valid(&body));
    }
}

#[tokio::test]
async fn a_trace_is_one_or_is_not_there() {
    let world = World::new().await;
    let key = world.purchase("a").await;
    let record = world.row(&key).await;
    let mut body: Value = serde_json::from_str(&Message::of(Event::derive(&record, false).unwrap()).body).unwrap();
    let schema = schema();
    assert!(body.get("trace_id").is_none() && schema.is_valid(&body));
    for (told, is_valid) in [
        (json!("1-5759e988-bd862e3fe1be46a994272793"), true),
        (json!("1-5759E988-BD862E3FE1BE46A994272793"), false),
        (json!("Root=1-5759e988-bd862e3fe1be46a994272793"), false),
        (json!(""), false),
        (Value::Null, false),
    ] {
        body["trace_id"] = told;
        assert_eq!(schema.is_valid(&body), is_valid, "{}", body["trace_id"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_event_of_any_text_keeps_the_schema(kind in "[A-Z_]{1,40}", model in "[^\\p{Cc}]{1,40}", quantity in 0_u32..1_000_000, warning in "[a-z_]{1,20}", trace in "1-[0-9a-f]{8}-[0-9a-f]{24}|") {
        let raw = drs::Payload::new("OrderPlacedNotification", Wire::V2, &model, NOON)
            .with("notificationInfo.notificationType", kind)
            .with("deviceInfo.productIdentifier.modelId", model)
            .with("orderInfo.productInfo.0.quantity", f64::from(quantity) / 100.0)
            .text();
        let Some((subject, event)) = filed(&raw) else { return Ok(()) };
        let mut entry = entry(subject, event, &raw);
        entry.warnings.push(warning);
        entry.trace_id = TraceId::parse(&trace);
        let record = recorded(&entry);
        let message = Message::of(Event::derive(&record, quantity % 2 == 0).expect("it was read before"));
        prop_assert!(schema().is_valid(&serde_json::from_str(&message.body).expect("JSON")), "{}", message.body);
        let body: Value = serde_json::from_str(&message.body).expect("JSON");
        prop_assert_eq!(body.get("trace_id").and_then(Value::as_str).unwrap_or_default(), trace);
        prop_assert!(message.attributes.len() <= 10);
    }
}

/// The row of an entry, by way of a store.
fn recorded(entry: &inbox::Entry<'_>) -> inbox::Record {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let world = World::new().await;
        let attempt = Attempt { id: "once", now: now() };
        world.inbox.record(entry, &attempt).await.expect("a store");
        let row = world.inbox.show(&entry.subject, &entry.event, now()).await;
        row.expect("a store").expect("a row")
    })
}

fn filed(raw: &str) -> Option<(String, String)> {
    let rtn = ::rtn::read(raw)
        .ok()
        .map(|reading| (reading.event.subject(), reading.event.event_key()));
    let drs = || {
        ::drs::read(raw, None)
            .ok()
            .map(|reading| (reading.event.subject(), reading.event.event_key()))
    };
    rtn.or_else(drs)
}

/// Valid, and without a field that the schema does not list.
#[track_caller]
fn check(body: &str) {
    let body: Value = serde_json::from_str(body).unwrap();
    if let Err(error) = schema().validate(&body) {
        panic!("{error} at {}: {body}", error.instance_path());
    }
    let schema: Value = serde_json::from_str(dispatch::SCHEMA).unwrap();
    let listed = |at: &str| schema.pointer(at).unwrap().as_object().unwrap().clone();
    let own = listed("/properties");
    assert_eq!(body.as_object().unwrap().keys().find(|name| !own.contains_key(*name)), None);
    if let Some(data) = body["data"].as_object() {
        let own = listed(&format!("/$defs/{}/properties", body["source"].as_str().unwrap()));
        assert_eq!(data.keys().find(|name| !own.contains_key(*name)), None);
    }
}

fn schema() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(dispatch::SCHEMA).expect("JSON")).expect("a schema")
}
