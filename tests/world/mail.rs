//! Signed messages to deliver, stamped now.

use jiff::Timestamp;
use sandbox::rtn::Payload;
use sandbox::{Envelope, Message, Notification, Pki, SignatureVersion, SubscriptionConfirmation, UnsubscribeConfirmation, ids};

use super::{TOPIC, clock};

/// The purchase that `seed` stands for, as SNS delivers it: always the same message at the same time.
pub(crate) fn purchase(seed: &str) -> Envelope {
    sent_to(TOPIC, seed)
}

/// A purchase that was published to another topic.
pub(crate) fn sent_to(topic_arn: &str, seed: &str) -> Envelope {
    let payload = Payload::new("SUBSCRIPTION_PURCHASED", seed, clock::now());
    signed(Notification::new(topic_arn, seed, &payload.text(), clock::now()))
}

/// Something that happened to the purchase `seed` at some time, with a MessageId of its own.
pub(crate) fn event(notification_type: &str, seed: &str, at: Timestamp) -> Envelope {
    let text = Payload::new(notification_type, seed, at).text();
    message(&format!("{seed} {notification_type}"), &text)
}

/// Another message about the same event of the same purchase, under a MessageId of its own.
pub(crate) fn same_key_other_body(envelope: &Envelope) -> Envelope {
    let text = envelope.field("Message").unwrap();
    let topic = envelope.field("TopicArn").unwrap();
    let other = text.replace("\"betaProductTransaction\":false", "\"betaProductTransaction\":true");
    assert_ne!(other, text);
    signed(Notification::new(topic, text, &other, clock::now()))
}

/// Any text under the MessageId that `seed` stands for.
pub(crate) fn message(seed: &str, text: &str) -> Envelope {
    signed(Notification::new(TOPIC, seed, text, clock::now()))
}

/// SNS asks whether the subscription to a topic is wanted.
pub(crate) fn confirmation(topic_arn: &str, token: &str) -> Envelope {
    signed(SubscriptionConfirmation::new(topic_arn, token, clock::now()))
}

/// SNS says that the subscription to a topic has ended.
pub(crate) fn farewell(topic_arn: &str) -> Envelope {
    signed(UnsubscribeConfirmation::new(topic_arn, &ids::token("farewell"), clock::now()))
}

/// Signed as SNS signs by default.
pub(crate) fn signed(message: impl Into<Message>) -> Envelope {
    Pki::fixed().signer().sign(message, SignatureVersion::V1)
}

/// Signed again after it was changed: what only SNS could do.
pub(crate) fn signed_again(envelope: Envelope) -> Envelope {
    Pki::fixed().signer().sign_again(envelope, SignatureVersion::V1)
}

/// Signed with another key, under the name of SNS's certificate.
pub(crate) fn forged(envelope: Envelope) -> Envelope {
    Pki::fixed().forger().sign_again(envelope, SignatureVersion::V1)
}

/// Where SNS's host has the certificate that all of these name.
pub(crate) fn certificate_path() -> String {
    Pki::fixed().signer().certificate_path()
}
