//! Records of SNS: all are recorded, or the invocation fails and says how many are not and why.

use serde_json::{Value, json};

use crate::mail::{event, ordered, registered, row, text};
use crate::world::{TAKEN, World, invoke};

#[tokio::test]
async fn a_notification_is_recorded_and_a_repetition_of_it_is_not() {
    let world = World::start().await;
    let event = event(&[registered("a")]);
    assert_eq!(event["Records"][0]["Sns"]["Subject"], Value::Null);
    assert_eq!(world.invoke(&event).await, TAKEN);
    assert_eq!(invoke(&world.process(), &event, "another request").await, TAKEN);
    assert_eq!(world.rows().await, [row("a")]);
}

#[tokio::test]
async fn both_spellings_of_the_url_keys_are_taken_and_a_signature_is_not_looked_at() {
    let world = World::start().await;
    let mut event = event(&[registered("a"), registered("b"), registered("c")]);
    for (record, key, value) in [
        (0, "SigningCertUrl", json!("https://example.com/any.pem")),
        (1, "SigningCertURL", json!("https://example.com/any.pem")),
        (2, "SignatureVersion", json!("3")),
    ] {
        let sns = event["Records"][record]["Sns"].as_object_mut().unwrap();
        sns.remove("SigningCertUrl");
        sns.remove("Signature");
        sns.insert(key.to_owned(), value);
    }
    assert_eq!(world.invoke(&event).await, TAKEN);
    assert_eq!(world.rows().await, [row("a"), row("b"), row("c")]);
}

#[tokio::test]
async fn a_dead_letter_of_any_age_is_taken() {
    let world = World::start().await;
    let old = registered("a").with("Timestamp", "2015-10-01T02:23:52.747Z");
    assert_eq!(world.invoke(&event(&[old])).await, TAKEN);
    assert_eq!(world.rows().await, [row("a")]);
}

#[tokio::test]
async fn attributes_that_contradict_the_structure_are_a_warning_on_record() {
    let world = World::start().await;
    let event = event(&[ordered("a", "2.0"), ordered("b", "1.0")]);
    assert_eq!(world.invoke(&event).await, TAKEN);
    insta::assert_snapshot!(world.rows().await.join("\n"), @"
    drs#mySerialNumber 0000001443730779959#a#OrderPlacedNotification signature 0, repaired, warned: version_mismatch
    drs#mySerialNumber 0000001443730779959#b#OrderPlacedNotification signature 0, repaired
    ");
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_kept_and_does_not_fail() {
    let world = World::start().await;
    assert_eq!(world.invoke(&event(&[text("a", "Hello from SNS!")])).await, TAKEN);
    insta::assert_snapshot!(world.rows().await.join("\n"), @"unread#arn:aws:sns:us-east-1:123456789012:replenishment 9b39d326-4889-5116-a121-6be1b0ef64ef signature 0, unreadable: not_json, not due");
}

#[tokio::test]
async fn a_malformed_record_fails_the_invocation_and_the_good_ones_are_recorded() {
    let world = World::start().await;
    let event = event(&[
        registered("a"),
        registered("b").without("Message"),
        registered("c").with("MessageId", "1"),
        registered("d").with("Type", "SubscriptionConfirmation"),
    ]);
    insta::assert_snapshot!(world.invoke(&event).await, @"NotRecorded: 3 of 4 records were not recorded: grammar, missing_field, not_a_notification");
    assert_eq!(world.rows().await, [row("a")]);
}

#[tokio::test]
async fn an_event_of_nobody_we_know_is_an_error_that_says_so_and_repeats_nothing() {
    let world = World::start().await;
    for event in [
        json!({}),
        json!("secret"),
        json!({"Records": []}),
        json!({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "secret"}}}]}),
    ] {
        assert_eq!(
            world.invoke(&event).await,
            "UnknownEvent: the event is neither a request by API Gateway or a function URL nor records of SNS or SQS",
            "{event}"
        );
    }
}
