//! The same of Dash Replenishment and of handing on.

use dispatch::{Event, Message};
use drs::Invocation;
use inbox::{RowKey, Standing};
use intake::{Records, Unsigned};
use sandbox::Envelope;
use sandbox::drs::{Payload, Quirk, Wire};
use sandbox::publisher::Post;
use sandbox::rtn;
use serde_json::json;

use super::{SECRET, assert_error_says_nothing, assert_says_nothing};
use crate::world::replenishment::{Way, message, recorded};
use crate::world::{RECORDED, World, clock, mail};

/// An order whose every text that is nobody's business is the secret.
fn payload() -> Payload {
    let ids = [
        "deviceInfo.deviceIdentifier.serialNumber",
        "customerInfo.directedCustomerId",
        "orderInfo.instanceId",
        "notificationInfo.lwaClientId",
        "note",
        "orderInfo.note",
    ];
    let payload = Payload::new("OrderPlacedNotification", Wire::V2, "a", clock::NOON);
    ids.into_iter().fold(payload, |payload, id| payload.with(id, SECRET))
}

fn order() -> Envelope {
    message("secretive", &payload().text())
}

#[test]
fn an_unreadable_notification_is_described_by_its_field_and_not_by_its_content() {
    let with = |path, value| payload().with(path, value).text();
    for text in [
        Quirk::Unreadable.of(payload()),
        with("notificationInfo.notificationTime", json!(SECRET)),
        with("notificationInfo.notificationId", json!("s3cr3t#")),
        with("notificationInfo.notificationType", json!({ SECRET: SECRET })),
        with("deviceInfo.deviceIdentifier.serialNumber", json!(SECRET.repeat(100))),
        with("customerInfo.directedCustomerId", json!([SECRET])),
        with("orderInfo.productInfo.0.quantity", json!(SECRET)),
        with("orderInfo.productInfo", json!({ SECRET: SECRET })),
        SECRET.to_owned(),
    ] {
        assert_error_says_nothing(&drs::read(&text, None).map(|_| ()).unwrap_err());
        assert_error_says_nothing(&(drs::SOURCE.read)(&text, Unsigned::default()).unwrap_err());
    }
}

#[test]
fn an_event_does_not_show_what_it_brings() {
    for way in Way::ALL {
        let Some(event) = way.invocation(&[order()]) else { continue };
        let invocation = serde_json::from_str::<Invocation>(&event).unwrap();
        assert_says_nothing(&format!("{invocation:?} {:?}", Records::read(&event).unwrap()));
    }
    let body = Post::of(&order()).body;
    let request = json!({
        "httpMethod": "POST", "path": "/drs", "resource": "/drs", "headers": {}, "requestContext": {"httpMethod": "POST"},
        "isBase64Encoded": false, "body": std::str::from_utf8(&body).unwrap(),
    });
    let invocation = serde_json::from_value::<Invocation>(request).unwrap();
    assert!(matches!(invocation, Invocation::Http(_)));
    assert_says_nothing(&format!("{invocation:?}"));
    for strange in [json!({ SECRET: SECRET }), json!({"Records": [SECRET]})] {
        let invocation = serde_json::from_value::<Invocation>(strange).unwrap();
        assert_says_nothing(&format!("{invocation:?}"));
    }
}

#[test]
fn a_batch_of_the_stream_does_not_show_its_rows() {
    let image = json!({"subject": {"S": SECRET}, "raw": {"S": SECRET}});
    let record = json!({"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {"subject": {"S": SECRET}}, "NewImage": image}});
    let batch = serde_json::from_value::<dispatch::Invocation>(json!({"Records": [record]})).unwrap();
    assert_says_nothing(&format!("{batch:?}"));
    let strange = serde_json::from_value::<dispatch::Invocation>(json!({ SECRET: SECRET }));
    assert_error_says_nothing(&strange.map(|_| ()).unwrap_err());
}

#[tokio::test]
async fn an_event_on_its_way_out_does_not_show_what_it_tells() {
    let world = World::start().await;
    // Which app it is about is no secret here; whose purchase it is, is one.
    let purchase = rtn::Payload::new("SUBSCRIPTION_PURCHASED", "a", clock::NOON);
    let purchase = ["receiptId", "appUserId", "note"]
        .into_iter()
        .fold(purchase, |payload, name| payload.with(name, SECRET));
    let purchase = mail::message("secretive", &purchase.text());
    let order = order();
    assert_eq!(world.bring(Way::Https, &order).await, RECORDED);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    for row in [recorded(&order), crate::world::rows::recorded(&purchase)] {
        let key = RowKey {
            subject: row.subject,
            event: row.event,
        };
        let Standing::Due(due) = world.stack.inbox.standing(&key, clock::now()).await.unwrap() else {
            panic!("it has just been recorded")
        };
        let event = Event::derive(&due.record, due.late).unwrap();
        let message = Message::of(event.clone());
        assert!(message.body.contains(SECRET));
        assert_says_nothing(&format!("{due:?} {key:?} {event:?} {message:?}"));
    }
    let api = &world.stack.api;
    api.delete_topic(firepost::EVENTS_TOPIC);
    clock::advance(jiff::SignedDuration::from_mins(2));
    assert_error_says_nothing(&world.stack.sweep_now().await.unwrap_err());
    assert_says_nothing(&format!("{:?} {:?}", world.dispatch(), world.drs_process()));
}
