//! From a row to a message: once, under a stable id, with what subscribers filter by.

use inbox::RowKey;
use sandbox::drs::{Payload as Drs, Wire};
use sandbox::kill::killed_after;
use sandbox::rtn::Payload as Rtn;
use serde_json::{Value, json};

use crate::world::{NOON, World, advance, entry, hours, now, purchase, seconds};

#[tokio::test]
async fn a_recorded_event_goes_out_once_and_is_due_no_more() {
    let world = World::new().await;
    let key = world.purchase("anna").await;

    assert_eq!(world.hand_on(&key).await, "handed on");
    assert_eq!(world.hand_on(&key).await, "not due");

    let row = world.row(&key).await;
    assert_eq!((row.due, row.handed_on), (None, Some(NOON)));
    let [published] = &world.published()[..] else {
        panic!("one message")
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&body(&published.message)).unwrap(), @r#"
    {
      "conflict": false,
      "data": {
        "app_user_id": "VF6y_c3vVqtrsVBt8-cZho3cN2Wbi6-Gy9EmH3KsVM0=",
        "cancelled_receipt_id": null,
        "environment": "production",
        "extra": {},
        "family": "subscription",
        "kind": "SUBSCRIPTION_PURCHASED",
        "occurred_at": "2026-03-06T12:00:00.000Z",
        "package": "com.example.stargazer",
        "receipt_id": "w1ZK-PnL5WSabR2OvDxCmMLt-L7K8P6Dqw2YunvU_K8=:3:11"
      },
      "data_omitted": false,
      "event_id": "8a55bad59f89f1c631cf8dfbf99f9666",
      "late": false,
      "occurred_at": "2026-03-06T12:00:00.000Z",
      "received_at": "2026-03-06T12:00:00.000Z",
      "record": {
        "event": "0000001772798400000#SUBSCRIPTION_PURCHASED",
        "subject": "rtn#com.example.stargazer#w1ZK-PnL5WSabR2OvDxCmMLt-L7K8P6Dqw2YunvU_K8=:3:11"
      },
      "repaired": false,
      "replay": null,
      "schema_version": 1,
      "sns": {
        "message_id": "d3dc95d9-b75d-5199-a261-d9868f9ee9e5",
        "timestamp": "2026-03-06T12:00:00.000Z",
        "topic_arn": "arn:aws:sns:us-east-1:033616359524:LT0XA"
      },
      "source": "rtn",
      "type": "SUBSCRIPTION_PURCHASED",
      "warnings": []
    }
    "#);
    insta::assert_snapshot!(format!("{:#?}", published.attributes), @r#"
    {
        "event_id": "8a55bad59f89f1c631cf8dfbf99f9666",
        "late": "false",
        "package": "com.example.stargazer",
        "source": "rtn",
        "type": "SUBSCRIPTION_PURCHASED",
    }
    "#);
}

#[tokio::test]
async fn a_dash_replenishment_event_names_its_model_and_the_same_facts_differ_by_version_and_asin_alone() {
    let world = World::new().await;
    let mut bodies = Vec::new();
    for wire in [Wire::V1, Wire::V2] {
        let raw = Drs::new("OrderPlacedNotification", wire, "kettle", NOON).text();
        let key = record_drs(&world, &raw).await;
        assert_eq!(world.hand_on(&key).await, "handed on");
        let published = world.published();
        let message = published.last().unwrap();
        assert_eq!(message.attributes["source"], "drs");
        assert_eq!(message.attributes["type"], "OrderPlacedNotification");
        let mut body = body(&message.message);
        assert_eq!(
            message.attributes["model"],
            body["data"]["device"]["model_id"].as_str().unwrap()
        );
        assert_eq!(body["data"]["wire_version"], wire.name());
        for own in ["event_id", "record", "sns"] {
            body[own] = Value::Null;
        }
        for own in ["/data/wire_version", "/data/notification_id", "/data/order/products/0/asin"] {
            *body.pointer_mut(own).unwrap() = Value::Null;
        }
        bodies.push(body);
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn an_older_event_is_late_each_time_it_goes_out() {
    let world = World::new().await;
    let renewed = world.record_rtn(&Rtn::new("SUBSCRIPTION_RENEWED", "anna", NOON)).await;
    advance(seconds(1));
    let purchased = world
        .record_rtn(&Rtn::new("SUBSCRIPTION_PURCHASED", "anna", NOON - hours(1)))
        .await;
    advance(seconds(1));
    let expired = world
        .record_rtn(&Rtn::new("SUBSCRIPTION_EXPIRED", "anna", NOON + hours(1)))
        .await;

    let keys = [purchased.clone(), renewed, expired];
    for key in &keys {
        world.hand_on(key).await;
    }
    let again = world.row(&purchased).await;
    world
        .inbox
        .replay(&again, "again", inbox::Repetition::Never, now())
        .await
        .unwrap();
    assert_eq!(world.hand_on(&purchased).await, "handed on late");

    let late = world
        .published()
        .iter()
        .map(|published| published.attributes["late"].clone())
        .collect::<Vec<_>>();
    assert_eq!(late, ["true", "false", "false", "true"]);
    let told = world.bodies();
    assert_eq!(
        told.iter().map(|body| &body["late"]).collect::<Vec<_>>(),
        [true, false, false, true]
    );
    assert_eq!(told[0]["event_id"], told[3]["event_id"]);
    assert_eq!((&told[0]["replay"], &told[3]["replay"]), (&Value::Null, &json!("again")));
    assert_eq!(world.published()[3].attributes["replay"], "again");
}

#[tokio::test]
async fn two_messages_that_claim_to_be_the_same_event_go_out_under_two_ids() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    let other = purchase("anna").with("betaProductTransaction", true).text();
    world.record_text(&other).await;
    let beside = RowKey {
        event: format!("{}#{}", key.event, inbox::Digest::of(&other).short()),
        ..key.clone()
    };

    for key in [&key, &beside] {
        assert_eq!(world.hand_on(key).await, "handed on");
    }

    let told = world.bodies();
    assert_eq!(told.iter().map(|body| &body["conflict"]).collect::<Vec<_>>(), [false, true]);
    assert_eq!(world.repetitions().len(), 2);
}

#[tokio::test]
async fn killed_at_any_wait_an_event_goes_out_again_under_the_same_id_and_none_is_forgotten() {
    let mut twice = 0;
    for waits in 0..200 {
        let world = World::new().await;
        let keys = [world.purchase("anna").await, world.purchase("bert").await];

        let first = killed_after(waits, world.dispatch.hand_on(&keys)).await;
        let swept = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap();

        assert!(swept.complete && world.waiting().await == 0, "after {waits} waits");
        let repetitions = world.repetitions();
        assert_eq!(repetitions.len(), 2, "after {waits} waits");
        twice += repetitions.values().filter(|times| **times > 1).count();
        if first.is_some() {
            assert!(twice > 0, "killed between publishing and marking at least once");
            return;
        }
    }
    panic!("never came to its end");
}

#[tokio::test]
async fn what_is_held_unreadable_past_its_time_or_deleted_meanwhile_does_not_go_out() {
    let world = World::new().await;
    let unread = inbox::Entry {
        unreadable: Some("not_json".to_owned()),
        ..entry("unread#topic".to_owned(), "id".to_owned(), "no JSON")
    };
    let unread = world.record(&unread).await;
    let (deleted, expired) = (world.purchase("deleted").await, world.purchase("expired").await);
    world.delete(&deleted).await;
    assert_eq!(
        (world.hand_on(&unread).await, world.hand_on(&deleted).await),
        ("not due".into(), "not due".into())
    );

    advance(hours(24 * 90 + 1));
    assert_eq!(world.hand_on(&expired).await, "not due");
    let swept = world.dispatch.sweep(seconds(0), now() + hours(1)).await.unwrap();
    assert_eq!(
        (swept.counts.not_due, swept.counts.handed_on, world.published().len()),
        (1, 0, 0)
    );
}

#[tokio::test]
async fn an_event_too_large_for_sns_goes_out_without_its_data_and_says_where_it_is() {
    let world = World::new().await;
    let large = purchase("anna").with("note", "\u{1}".repeat(60_000)).text();
    let fits = purchase("bert").with("note", "x".repeat(200_000)).text();
    let (large, fits) = (world.record_text(&large).await, world.record_text(&fits).await);

    assert_eq!(
        (world.hand_on(&large).await, world.hand_on(&fits).await),
        ("handed on".into(), "handed on".into())
    );

    let told = world.bodies();
    assert_eq!((&told[0]["data"], &told[0]["data_omitted"]), (&Value::Null, &json!(true)));
    assert_eq!(told[0]["record"], json!({"subject": large.subject, "event": large.event}));
    assert_eq!(world.published()[0].attributes["package"], "com.example.stargazer");
    assert_eq!(told[1]["data"]["extra"]["note"].as_str().unwrap().len(), 200_000);
}

#[tokio::test]
async fn batches_stay_within_ten_messages_and_256_kb() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..23 {
        keys.push(world.purchase(&format!("small {n}")).await);
    }
    for n in 0..4 {
        let text = purchase(&format!("large {n}")).with("note", "x".repeat(100_000)).text();
        keys.push(world.record_text(&text).await);
    }

    let outcomes = world.dispatch.hand_on(&keys).await;

    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, dispatch::Outcome::HandedOn { .. }))
    );
    assert_eq!((world.published().len(), world.repetitions().len()), (27, 27));
    assert_eq!(world.api.calls().len(), 4);
}

async fn record_drs(world: &World, raw: &str) -> RowKey {
    let event = ::drs::read(raw, None).unwrap().event;
    world.record(&entry(event.subject(), event.event_key(), raw)).await
}

fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
