//! Neither a token nor an owner nor a device id is shown.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Cursor, Owner, Paper, Registered, Registration, Report, Run, RunId, Segment};
use sandbox::dynamo::Fault;

use crate::world::{World, application, arn, at, attempt, device_key, done, key, registration, token};

const SECRETS: [&str; 5] = [
    "secret-device",
    "secret-token",
    "secret-owner",
    "secret-cursor",
    "secret-topic",
];

#[tokio::test]
async fn no_debug_output_shows_whose_device_it_is() {
    let world = World::new().await;
    let registry = &world.registry;
    let registration = Registration {
        owner: Some(Owner::parse("secret-owner").unwrap()),
        subscriptions: Some(["secret-topic".to_owned()].into()),
        ..registration("secret-device", "secret-token", 1)
    };
    let one = attempt("one", 1);

    let registered = registry.register(&registration, &one).await.unwrap();
    let second = crate::world::registration("other", "secret-token", 2);
    let second = registry.register(&second, &attempt("two", 2)).await.unwrap();
    assert_eq!(second.device.inherited_subscriptions.len(), 1);
    let seen = world.enable(&second.device, 2).await;
    let standing = registry.standing(&seen.key, at(2)).await.unwrap();
    let ended = registry.ended(&seen, &["none".to_owned()].into(), &one).await.unwrap();
    let back = registry.not_enabled(&seen, None, &one).await.unwrap();
    let second = Registered {
        device: done(back),
        ..second
    };
    let change = registry.bind(&second.device, &arn("a"), &one).await.unwrap();
    let noted = registry.disabled(&key("secret-device"), at(1), &one).await.unwrap();
    let page = registry.page(&application(), Segment::WHOLE, None, 1, at(1)).await.unwrap();
    let run = Run {
        id: RunId::parse("noon").unwrap(),
        started_at: at(0),
        step: 1,
        phase: "listing".to_owned(),
        next_token: Some("secret-cursor".to_owned()),
        page: 1,
        counters: [].into(),
        plan_hash: None,
        previous: None,
    };
    let report = Report::new("{\"device\":\"secret-device\"}").unwrap();
    let paper = Paper {
        kind: "fleet",
        number: 0,
    };
    let shown: [&dyn Debug; 15] = [
        &seen,
        &standing,
        &ended,
        &paper,
        &seen.ticket,
        &registration,
        &registered,
        &second,
        &change,
        &noted,
        &page,
        &Cursor::from_stored("secret-cursor"),
        &run,
        &report,
        &registry,
    ];
    for shown in shown {
        hidden(&format!("{shown:?}"));
        hidden(&format!("{shown:#?}"));
    }
    let device = format!("{:?}", done(change));
    assert!(device.contains(&token("secret-token").short()), "{device}");
}

#[tokio::test]
async fn no_error_shows_it_either() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    let registration = registration("secret-device", "secret-token", 1);
    let one = attempt("one", 1);
    let mut errors = Vec::new();
    for fault in [Fault::Deny, Fault::Collide] {
        faults.inject("TransactWriteItems", fault, 8);
        errors.push(registry.register(&registration, &one).await.unwrap_err());
        faults.clear();
    }
    let _ = registry.register(&registration, &one).await.unwrap();
    let mut row = world.rows().await.remove(&device_key("secret-device")).unwrap();
    row.insert("state".to_owned(), AttributeValue::S("secret-owner".to_owned()));
    world.put(&device_key("secret-device"), row).await;
    errors.push(registry.get(&key("secret-device"), at(1)).await.unwrap_err());

    for error in &errors {
        let mut text = format!("{error:?} {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            text += &format!(" {cause}");
            source = cause.source();
        }
        hidden(&text);
    }
}

#[track_caller]
fn hidden(text: &str) {
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
}
