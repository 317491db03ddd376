//! Dash Replenishment notifications to deliver, by every way that there is, stamped now.

use firepost::DRS_TOPIC;
use jiff::Timestamp;
use sandbox::drs::{Payload, Wire};
use sandbox::lambda::{self, DeadLetter};
use sandbox::{Envelope, Notification, ids};
use serde_json::Value;

use super::rows::Row;
use super::{World, clock, mail};

/// What the function answers SNS or a queue when nothing has failed.
pub(crate) const NONE_FAILED: &str = r#"{"batchItemFailures":[]}"#;

/// The order that the device `seed` places: always the same message at the same time.
pub(crate) fn order(seed: &str) -> Envelope {
    event("OrderPlacedNotification", Wire::V2, seed, clock::now())
}

/// The same, published to another topic.
pub(crate) fn sent_to(topic_arn: &str, seed: &str) -> Envelope {
    let payload = Payload::new("OrderPlacedNotification", Wire::V2, seed, clock::now());
    sent(topic_arn, seed, &payload.text(), payload.attributes())
}

/// Something that happened to the device `seed` at some time, with a MessageId of its own.
pub(crate) fn event(kind: &str, wire: Wire, seed: &str, at: Timestamp) -> Envelope {
    let payload = Payload::new(kind, wire, seed, at);
    let id = format!("{seed} {kind} {}", wire.name());
    sent(DRS_TOPIC, &id, &payload.text(), payload.attributes())
}

/// Another message about the same event of the same device, under a MessageId of its own.
pub(crate) fn same_key_other_body(envelope: &Envelope) -> Envelope {
    let text = envelope.field("Message").unwrap();
    let topic = envelope.field("TopicArn").unwrap();
    let other = text.replace("\"quantity\":12.0", "\"quantity\":6.0");
    assert_ne!(other, text);
    sent(topic, text, &other, Vec::new())
}

/// Any text under the MessageId that `seed` stands for.
pub(crate) fn message(seed: &str, text: &str) -> Envelope {
    sent(DRS_TOPIC, seed, text, Vec::new())
}

fn sent(topic_arn: &str, seed: &str, text: &str, attributes: Vec<(String, String, String)>) -> Envelope {
    mail::signed(Notification {
        attributes,
        ..Notification::new(topic_arn, seed, text, clock::now())
    })
}

/// How a notification reaches the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// SNS posts it.
    Https,
    /// SNS invokes the function.
    Sns,
    /// Lambda takes it out of a queue of dead letters, in which it has this form.
    Queue(DeadLetter),
}

impl Way {
    /// All there are.
    pub(crate) const ALL: [Self; 5] = [
        Self::Https,
        Self::Sns,
        Self::Queue(DeadLetter::Envelope),
        Self::Queue(DeadLetter::Event),
        Self::Queue(DeadLetter::Failure),
    ];

    /// One of each kind: a request, an asynchronous invocation, a batch.
    pub(crate) const KINDS: [Self; 3] = [Self::Https, Self::Sns, Self::Queue(DeadLetter::Envelope)];

    /// As the log calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Sns => "lambda",
            Self::Queue(_) => "sqs",
        }
    }

    /// Whether this is the answer to a notification that was taken.
    pub(crate) fn is_taken(self, answer: &str) -> bool {
        match self {
            Self::Https => answer.starts_with("200 "),
            Self::Sns | Self::Queue(_) => answer == NONE_FAILED,
        }
    }

    /// The event of Lambda that brings these notifications; none over HTTPS, where each is a request.
    pub(crate) fn invocation(self, envelopes: &[Envelope]) -> Option<String> {
        let topic = envelopes.first().and_then(|envelope| envelope.field("TopicArn"));
        match self {
            Self::Https => None,
            Self::Sns => Some(lambda::sns_event(
                &ids::subscription_arn(topic.unwrap_or_default()),
                envelopes,
            )),
            Self::Queue(form) => Some(lambda::dead_letters_event(QUEUE, form, envelopes)),
        }
    }

    /// The answer to a notification that is on record now.
    pub(crate) fn taken(self, outcome: &'static str) -> &'static str {
        match self {
            Self::Https => outcome,
            Self::Sns | Self::Queue(_) => NONE_FAILED,
        }
    }

    /// The answer to a notification that is not, for this reason: of the function, or of the event as a whole, or for its message
    /// in the queue.
    pub(crate) fn failed(self, envelope: &Envelope, status: u16, reason: &str) -> String {
        match self {
            Self::Https => format!("{status} {reason}"),
            Self::Sns => format!("NotRecorded: 1 of 1 records were not recorded: {reason}"),
            Self::Queue(_) => format!(
                r#"{{"batchItemFailures":[{{"itemIdentifier":"{}"}}]}}"#,
                self.queued_as(envelope)
            ),
        }
    }

    fn queued_as(self, envelope: &Envelope) -> String {
        let event = self.invocation(std::slice::from_ref(envelope)).unwrap();
        let event = serde_json::from_str::<Value>(&event).unwrap();
        event["Records"][0]["messageId"].as_str().unwrap().to_owned()
    }
}

impl World {
    /// Brings one notification to the function `drs`, by its deployed route; the answer.
    pub(crate) async fn bring(&self, way: Way, envelope: &Envelope) -> String {
        match way.invocation(std::slice::from_ref(envelope)) {
            None => self.post_to("drs", &sandbox::publisher::Post::of(envelope)).await,
            Some(event) => self.invoke("drs", event).await,
        }
    }
}

/// The row that a notification must have become, made from the message by the documented rules alone.
pub(crate) fn recorded(envelope: &Envelope) -> Row {
    let raw = envelope.field("Message").unwrap().to_owned();
    let payload: Value = serde_json::from_str(&raw).unwrap();
    let text = |pointer: &str| payload.pointer(pointer).unwrap().as_str().unwrap();
    let at = text("/notificationInfo/notificationTime").parse::<Timestamp>().unwrap();
    Row {
        subject: format!("drs#{}", text("/deviceInfo/deviceIdentifier/serialNumber")),
        event: format!(
            "{:019}#{}#{}",
            at.as_millisecond(),
            text("/notificationInfo/notificationId"),
            text("/notificationInfo/notificationType")
        ),
        message_id: envelope.field("MessageId").unwrap().to_owned(),
        raw,
        marks: Vec::new(),
    }
}

/// The row beside another one that has its key.
pub(crate) fn conflicting(envelope: &Envelope) -> Row {
    let row = recorded(envelope);
    Row {
        event: format!("{}#{}", row.event, inbox::Digest::of(&row.raw).short()),
        marks: vec!["conflict".to_owned()],
        ..row
    }
}

/// The queue that dead letters are in.
pub(crate) const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:drs-dead-letters";
