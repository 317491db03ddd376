//! The three messages that SNS sends to an HTTPS endpoint, with the fields and the wording of its documentation.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Envelope, ids};

/// Any of the three types (Amazon SNS Developer Guide, "HTTP/HTTPS headers": `x-amz-sns-message-type`).
#[derive(Clone, Debug)]
pub enum Message {
    /// Something was published.
    Notification(Notification),
    /// Somebody subscribed this endpoint.
    SubscriptionConfirmation(SubscriptionConfirmation),
    /// Somebody ended this endpoint's subscription.
    UnsubscribeConfirmation(UnsubscribeConfirmation),
}

/// "HTTP/HTTPS notification JSON format".
#[derive(Clone, Debug)]
pub struct Notification {
    /// The topic that it was published to.
    pub topic_arn: String,
    /// Its identity; see [`ids::message_id`].
    pub message_id: String,
    /// Signed when there is one.
    pub subject: Option<String>,
    /// What was published.
    pub message: String,
    /// When it was published.
    pub timestamp: Timestamp,
    /// Name, data type and value; never signed.
    pub attributes: Vec<(String, String, String)>,
}

/// "HTTP/HTTPS subscription confirmation JSON format".
#[derive(Clone, Debug)]
pub struct SubscriptionConfirmation {
    /// The topic that was subscribed to.
    pub topic_arn: String,
    /// Its identity; see [`ids::message_id`].
    pub message_id: String,
    /// What ConfirmSubscription asks for; see [`ids::token`] and [`crate::SnsApi::issue_token`].
    pub token: String,
    /// When it was sent.
    pub timestamp: Timestamp,
}

/// "HTTP/HTTPS unsubscribe confirmation JSON format".
#[derive(Clone, Debug)]
pub struct UnsubscribeConfirmation {
    /// The topic whose subscription ended.
    pub topic_arn: String,
    /// Its identity; see [`ids::message_id`].
    pub message_id: String,
    /// What would subscribe the endpoint again.
    pub token: String,
    /// When it was sent.
    pub timestamp: Timestamp,
}

impl Notification {
    /// A notification without subject or attributes, its MessageId made from `seed`.
    pub fn new(topic_arn: &str, seed: &str, message: &str, timestamp: Timestamp) -> Self {
        Self {
            topic_arn: topic_arn.into(),
            message_id: ids::message_id(seed),
            subject: None,
            message: message.into(),
            timestamp,
            attributes: Vec::new(),
        }
    }
}

impl SubscriptionConfirmation {
    /// A confirmation for a token, its MessageId made from the token.
    pub fn new(topic_arn: &str, token: &str, timestamp: Timestamp) -> Self {
        Self {
            topic_arn: topic_arn.into(),
            message_id: ids::message_id(token),
            token: token.into(),
            timestamp,
        }
    }
}

impl UnsubscribeConfirmation {
    /// A farewell with a token, its MessageId made from the token.
    pub fn new(topic_arn: &str, token: &str, timestamp: Timestamp) -> Self {
        Self {
            topic_arn: topic_arn.into(),
            message_id: ids::message_id(token),
            token: token.into(),
            timestamp,
        }
    }
}

impl From<Notification> for Message {
    fn from(message: Notification) -> Self {
        Self::Notification(message)
    }
}

impl From<SubscriptionConfirmation> for Message {
    fn from(message: SubscriptionConfirmation) -> Self {
        Self::SubscriptionConfirmation(message)
    }
}

impl From<UnsubscribeConfirmation> for Message {
    fn from(message: UnsubscribeConfirmation) -> Self {
        Self::UnsubscribeConfirmation(message)
    }
}

/// The host of SNS in a topic's region and partition ("Amazon Simple Notification Service endpoints and quotas").
pub fn sns_host(topic_arn: &str) -> String {
    let region = topic_arn.split(':').nth(3).unwrap_or("us-east-1");
    match region {
        _ if region.starts_with("cn-") => format!("sns.{region}.amazonaws.com.cn"),
        _ if region.starts_with("eusc-") => format!("sns.{region}.amazonaws.eu"),
        _ => format!("sns.{region}.amazonaws.com"),
    }
}

/// Every field in SNS's order, the three of the signature still empty.
pub(crate) fn unsigned(message: &Message) -> Envelope {
    match message {
        Message::Notification(notification) => unsigned_notification(notification),
        Message::SubscriptionConfirmation(SubscriptionConfirmation {
            topic_arn,
            message_id,
            token,
            timestamp,
        }) => {
            let text = format!(
                "You have chosen to subscribe to the topic {topic_arn}.\n\
                 To confirm the subscription, visit the SubscribeURL included in this message."
            );
            unsigned_confirmation("SubscriptionConfirmation", [message_id, token, topic_arn, &text], *timestamp)
        }
        Message::UnsubscribeConfirmation(UnsubscribeConfirmation {
            topic_arn,
            message_id,
            token,
            timestamp,
        }) => {
            let text = format!(
                "You have chosen to deactivate subscription {}.\n\
                 To cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
                ids::subscription_arn(topic_arn)
            );
            unsigned_confirmation("UnsubscribeConfirmation", [message_id, token, topic_arn, &text], *timestamp)
        }
    }
}

fn unsigned_notification(notification: &Notification) -> Envelope {
    let Notification {
        topic_arn,
        message_id,
        subject,
        message,
        timestamp,
        attributes,
    } = notification;
    let unsubscribe = format!(
        "https://{}/?Action=Unsubscribe&SubscriptionArn={}",
        sns_host(topic_arn),
        ids::subscription_arn(topic_arn)
    );
    let envelope = Envelope::of([
        ("Type", json!("Notification")),
        ("MessageId", json!(message_id)),
        ("TopicArn", json!(topic_arn)),
        ("Subject", json!(subject)),
        ("Message", json!(message)),
        ("Timestamp", json!(moment(*timestamp))),
        ("SignatureVersion", json!("")),
        ("Signature", json!("")),
        ("SigningCertURL", json!("")),
        ("UnsubscribeURL", json!(unsubscribe)),
    ]);
    let envelope = if subject.is_none() {
        envelope.without("Subject")
    } else {
        envelope
    };
    if attributes.is_empty() {
        return envelope;
    }
    let attributes: serde_json::Map<String, Value> = attributes
        .iter()
        .map(|(name, kind, value)| (name.clone(), json!({"Type": kind, "Value": value})))
        .collect();
    envelope.with("MessageAttributes", attributes)
}

fn unsigned_confirmation(kind: &str, [message_id, token, topic_arn, text]: [&str; 4], timestamp: Timestamp) -> Envelope {
    let subscribe = format!(
        "https://{}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}",
        sns_host(topic_arn)
    );
    Envelope::of([
        ("Type", kind),
        ("MessageId", message_id),
        ("Token", token),
        ("TopicArn", topic_arn),
        ("Message", text),
        ("SubscribeURL", &subscribe),
        ("Timestamp", &moment(timestamp)),
        ("SignatureVersion", ""),
        ("Signature", ""),
        ("SigningCertURL", ""),
    ])
}

/// `2026-03-06T19:55:38.903Z`: always UTC, always milliseconds.
pub(crate) fn moment(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
