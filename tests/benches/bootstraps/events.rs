//! The events, each with a message of its own: the samples of `events/`, with the number `n` where they differ.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;
use sandbox::drs::Wire;
use sandbox::{Envelope, Notification, Pki, SignatureVersion, drs, ids, lambda, rtn};
use serde_json::{Value, json};

/// A file of the folder.
pub(crate) fn sample(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A subscription is renewed: posted by SNS, signed.
pub(crate) fn renewed(seed: &str, now: Timestamp) -> Bytes {
    let payload = rtn::Payload::new("SUBSCRIPTION_RENEWED", seed, now);
    posted(
        "rtn-subscription-renewed.json",
        &signed(Notification::new(RTN_TOPIC, seed, &payload.text(), now)),
    )
}

/// An order is placed: posted by SNS, signed.
pub(crate) fn ordered(n: usize, now: Timestamp) -> Bytes {
    posted("drs-order-placed-v2.json", &order(&format!("posted {n}"), now))
}

/// An order is placed: SNS invokes the function.
pub(crate) fn ordered_by_sns(n: usize, now: Timestamp) -> Bytes {
    let order = order(&format!("invoked {n}"), now);
    lambda::sns_event(&ids::subscription_arn(DRS_TOPIC), &[order]).into()
}

/// A message is to be sent, under a key of its own.
pub(crate) fn send(n: usize) -> Bytes {
    let mut event = sample("adm-send.json");
    set_header(&mut event, "Idempotency-Key", &format!("\"message {n}\""));
    event.to_string().into()
}

/// A device confirms its token: one of ten, one after the other.
pub(crate) fn registration(n: usize) -> Bytes {
    let mut event = sample("devices-register.json");
    let device = ids::message_id(&format!("device {}", n % DEVICES));
    event["path"] = format!("/devices/{device}").into();
    event["requestContext"]["path"] = format!("/live/devices/{device}").into();
    event["requestContext"]["requestId"] = ids::message_id(&format!("registration {n}")).into();
    event["pathParameters"]["id"] = device.as_str().into();
    let mut body = serde_json::from_str::<Value>(event["body"].as_str().unwrap()).unwrap();
    body["token"] = format!("amzn1.adm-registration.v3.{device}").into();
    event["body"] = body.to_string().into();
    event.to_string().into()
}

/// The rule of sweeps ticks.
pub(crate) fn tick(n: usize) -> Bytes {
    let mut event = sample("reconcile-scheduled.json");
    event["id"] = ids::message_id(&format!("tick {n}")).into();
    event.to_string().into()
}

fn order(seed: &str, now: Timestamp) -> Envelope {
    let payload = drs::Payload::new("OrderPlacedNotification", Wire::V2, seed, now);
    let attributes = payload.attributes();
    signed(Notification {
        attributes,
        ..Notification::new(DRS_TOPIC, seed, &payload.text(), now)
    })
}

fn signed(notification: Notification) -> Envelope {
    Pki::fixed().signer().sign(notification, SignatureVersion::V1)
}

/// A sample of a delivery over HTTPS with another envelope.
fn posted(file: &str, envelope: &Envelope) -> Bytes {
    let mut event = sample(file);
    event["body"] = envelope.text().into();
    set_header(&mut event, "x-amz-sns-message-id", envelope.field("MessageId").unwrap());
    event.to_string().into()
}

fn set_header(event: &mut Value, name: &str, value: &str) {
    event["headers"][name] = value.into();
    event["multiValueHeaders"][name] = json!([value]);
}

/// More than one, so that no two confirmations of a device are of one millisecond.
pub(crate) const DEVICES: usize = 10;
/// The topics that the samples' environment trusts.
const RTN_TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
const DRS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:drs";
