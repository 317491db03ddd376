//! Notifications as SNS relays them, and the events that they come in.

use jiff::Timestamp;
use sandbox::{Envelope, Message, Notification, Pki, SignatureVersion};
use serde_json::{Value, json};

/// The device maker's own topic: trusted.
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:replenishment";
/// A topic that nobody has decided about.
pub(crate) const STRANGER: &str = "arn:aws:sns:us-east-1:999999999999:stranger";
/// When every test takes place.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_772_798_400, 0);

const ORDER_PLACED_V1: &str = include_str!("../../src/sample/order-placed-v1.txt");
const DEVICE_REGISTERED: &str = include_str!("../../src/sample/device-registered.txt");

/// A device was registered: always the same notification for the same `seed`.
pub(crate) fn registered(seed: &str) -> Envelope {
    sent_to(TOPIC, seed)
}

/// The same, published to another topic.
pub(crate) fn sent_to(topic_arn: &str, seed: &str) -> Envelope {
    signed(Notification::new(topic_arn, seed, &told_by(DEVICE_REGISTERED, seed), NOON))
}

/// An order was placed, told in version 1.0, under message attributes that say something else.
pub(crate) fn ordered(seed: &str, declared: &str) -> Envelope {
    let attribute = ("version".to_owned(), "String".to_owned(), declared.to_owned());
    signed(Notification {
        attributes: vec![attribute],
        ..Notification::new(TOPIC, seed, &told_by(ORDER_PLACED_V1, seed), NOON)
    })
}

/// A notification with any text.
pub(crate) fn text(seed: &str, text: &str) -> Envelope {
    signed(Notification::new(TOPIC, seed, text, NOON))
}

/// Signed as SNS signs by default.
pub(crate) fn signed(message: impl Into<Message>) -> Envelope {
    Pki::fixed().signer().sign(message, SignatureVersion::V1)
}

/// What is on record of [`registered`] and [`sent_to`], when it was relayed.
pub(crate) fn row(seed: &str) -> String {
    format!("drs#mySerialNumber 0000001443666232747#{seed}#DeviceRegisteredNotification signature 0")
}

/// The event that SNS invokes a function with.
pub(crate) fn event(envelopes: &[Envelope]) -> Value {
    let records = envelopes.iter().map(|envelope| {
        json!({
            "EventVersion": "1.0",
            "EventSubscriptionArn": format!("{TOPIC}:21be56ed-a058-49f5-8c98-aedd2564c486"),
            "EventSource": "aws:sns",
            "Sns": serde_json::from_str::<Value>(&envelope.lambda_text()).unwrap(),
        })
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

/// The event with messages of a queue, which are known as `0`, `1` and so on.
pub(crate) fn queue(bodies: &[String]) -> Value {
    let records = bodies.iter().enumerate().map(|(id, body)| {
        json!({
            "messageId": id.to_string(),
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:dead-letters",
            "awsRegion": "us-east-1",
        })
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

/// A sample of Amazon's with a notification id of its own: all samples have the same.
fn told_by(sample: &str, seed: &str) -> String {
    let told = sample.replace("amzn1.dash.notification.v1.xxxxxxxxxxxxx13", seed);
    assert_ne!(told, sample);
    told
}
