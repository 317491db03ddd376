//! What errors and debug output say: enough to act on, and never what a message, a row or a setting holds.

mod replenishment;

use std::error::Error;

use http::HeaderMap;
use inbox::{Attempt, Entry, Filter};
use intake::{Settings, Unsigned};
use jiff::Timestamp;
use sandbox::dynamo::Fault;
use sandbox::rtn::{Payload, Quirk};
use sandbox::{Envelope, Notification, ids};
use serde_json::json;
use sns_webhook::{Confirmation, SigningCertUrl, TopicArn, Unverified};

use crate::world::{HELD, PENDING, RECORDED, STRANGER, TOPIC, World, clock, mail, topic};

const SECRET: &str = "s3cr3t";

/// A notification whose every text that is nobody's business is the secret.
fn secretive(topic_arn: &str) -> Envelope {
    let payload = Payload::new("SUBSCRIPTION_PURCHASED", "a", clock::NOON)
        .with("receiptId", SECRET)
        .with("appUserId", SECRET)
        .with("appPackageName", SECRET)
        .with("note", SECRET);
    mail::signed(Notification::new(topic_arn, "a", &payload.text(), clock::NOON))
}

#[track_caller]
fn assert_says_nothing(text: &str) {
    assert!(!text.contains(SECRET), "{text}");
}

/// The error, in any form, and all its causes.
#[track_caller]
fn assert_error_says_nothing(error: &(dyn Error + 'static)) {
    assert_says_nothing(&format!("{error:?} {error:#?} {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        assert_says_nothing(&format!("{error:?} {error}"));
        cause = error.source();
    }
}

#[test]
fn a_refusal_does_not_repeat_the_delivery() {
    let (purchase, asked) = (secretive(TOPIC), mail::confirmation(TOPIC, "00"));
    let text = purchase.text();
    let with = |field, value: &str| purchase.clone().with(field, value).text();
    for body in [
        text.replace('{', "["),
        text[..text.len() - 20].to_owned(),
        text.replacen('{', "{\"s3cr3t\":1,\"s3cr3t\":1,", 1),
        with("Type", SECRET),
        with("MessageId", SECRET),
        with("TopicArn", SECRET),
        with("Timestamp", SECRET),
        with("Subject", "s3cr3t\n"),
        with("Signature", "s3cr3t!"),
        with("SignatureVersion", SECRET),
        asked.clone().with("Token", SECRET).text(),
        asked.with("SubscribeURL", "s3cr3t\0").text(),
        SECRET.to_owned(),
    ] {
        let refused = Unverified::parse(&HeaderMap::new(), body.as_bytes()).map(|_| ());
        assert_error_says_nothing(&refused.unwrap_err());
    }
    for url in [
        SECRET,
        "https://s3cr3t/",
        "https://sns.us-east-1.amazonaws.com/s3cr3t.pem?s3cr3t",
    ] {
        assert_error_says_nothing(&SigningCertUrl::parse(url, topic(TOPIC).region()).unwrap_err());
    }
    assert_error_says_nothing(&TopicArn::parse(SECRET).unwrap_err());
}

#[test]
fn an_unreadable_message_is_described_by_its_field_and_not_by_its_content() {
    let payload = Payload::new("SUBSCRIPTION_PURCHASED", SECRET, clock::NOON).with("receiptId", SECRET);
    for text in [
        Quirk::Unreadable.text("a", clock::NOON).replace("receiptId", SECRET),
        payload.clone().with("timestamp", SECRET).text(),
        payload.clone().with("timestamp", json!({ SECRET: SECRET })).text(),
        payload.clone().with("notificationType", "s3cr3t#").text(),
        payload.clone().with("betaProductTransaction", SECRET).text(),
        payload.with("receiptId", SECRET.repeat(100)).text(),
        SECRET.to_owned(),
    ] {
        assert_error_says_nothing(&rtn::read(&text).map(|_| ()).unwrap_err());
        assert_error_says_nothing(&(rtn::SOURCE.read)(&text, Unsigned::default()).unwrap_err());
    }
}

#[test]
fn a_bad_setting_is_named_and_not_repeated() {
    for bad in [
        "TRUSTED_TOPICS",
        "PINNED_SIGNING_CERTS",
        "CHAIN_POLICY",
        "MAX_AGE_SECONDS",
        "RETENTION_DAYS",
        "AWS_CA_BUNDLE",
    ] {
        for value in [SECRET, "{\"s3cr3t\":\"s3cr3t\"}"] {
            let read = Settings::read(|name| match name {
                "NOTIFICATIONS_TABLE" | "TRUST_TABLE" => Some("table".to_owned()),
                name => (name == bad).then(|| value.to_owned()),
            });
            let error = read.map(|_| ()).unwrap_err();
            assert_eq!(error.name, bad);
            assert_error_says_nothing(&error);
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_store_does_not_repeat_the_row() {
    let world = World::with_faults().await;
    let raw = secretive(TOPIC).field("Message").unwrap().to_owned();
    let record = async |raw: &str| {
        let entry = Entry {
            subject: SECRET.to_owned(),
            event: SECRET.to_owned(),
            message_id: "id",
            topic_arn: TOPIC,
            sns_timestamp: Timestamp::UNIX_EPOCH,
            signature_version: 1,
            repaired: false,
            warnings: Vec::new(),
            raw,
            unreadable: None,
            trace_id: None,
        };
        assert_says_nothing(&format!("{entry:?}"));
        let attempt = Attempt {
            id: "attempt",
            now: clock::NOON,
        };
        world.stack.inbox.record(&entry, &attempt).await
    };
    for fault in [Fault::Deny, Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
        world.faults().inject("PutItem", fault, usize::MAX);
        assert_error_says_nothing(&record(&raw).await.unwrap_err());
        world.faults().clear();
    }
    // An item beyond DynamoDB's limit.
    assert_error_says_nothing(&record(&raw.repeat(5_000)).await.unwrap_err());
}

#[tokio::test]
async fn what_is_kept_does_not_show_in_debug_output() {
    let world = World::start().await;
    let token = ids::token("a");
    assert_eq!(world.deliver(&mail::confirmation(STRANGER, &token)).await, PENDING);
    assert_eq!(world.deliver(&secretive(STRANGER)).await, HELD);
    assert_eq!(world.deliver(&secretive(TOPIC)).await, RECORDED);
    let everything = Filter {
        source: None,
        since: None,
        limit: 10,
    };
    let records = world.stack.inbox.list(&everything, clock::now()).await.unwrap();
    assert_eq!(records.len(), 2);
    let topics = world.stack.trust.topics(clock::now()).await.unwrap();
    let confirmation = Confirmation::recorded(topic(STRANGER), &token).unwrap();
    let text = secretive(TOPIC).text();
    let unverified = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
    let event = rtn::read(secretive(TOPIC).field("Message").unwrap()).unwrap().event;

    assert_says_nothing(&format!(
        "{records:?} {unverified:?} {:?} {:?}",
        event.receipt_id, event.app_user_id
    ));
    let debug = format!("{topics:?} {confirmation:?} {:?}", world.process());
    assert!(!debug.contains(&token), "{debug}");
}
