//! Dash Replenishment's part of the tour: one order, told in both versions and over both routes.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use sandbox::drs::{Payload, Wire};
use sandbox::publisher::Post;
use sandbox::{Envelope, Notification, SignatureVersion, ids, lambda};
use serde_json::Value;

use super::{STRANGE_TOPIC, Step, Tour};
use crate::stack::DRS_TOPIC;

impl Tour<'_> {
    pub(super) async fn order_over_https(&self) -> Step {
        let envelope = self.order(Wire::V1, DRS_TOPIC);
        Step {
            came: self.post("drs", &Post::of(&envelope)).await,
            ..self.step("a device's OrderPlaced arrives over HTTPS, in version 1.0", "200 recorded")
        }
    }

    pub(super) async fn order_from_sns(&self) -> Step {
        let envelope = self.order(Wire::V2, DRS_TOPIC);
        let mut came = self.invoke(&envelope).await;
        // Lambda's answer only says that the function has not failed.
        if came == "200 taken" {
            let message_id = envelope.field("MessageId");
            came = match self.device_on_record().await {
                Ok(records) if records.iter().any(|record| Some(record.message_id.as_str()) == message_id) => {
                    "200 recorded".to_owned()
                }
                Ok(_) => "200 taken, but not on record".to_owned(),
                Err(error) => error,
            };
        }
        Step {
            came,
            ..self.step("the same order in version 2.0, SNS invoking the function", "200 recorded")
        }
    }

    pub(super) async fn both_orders(&self) -> Step {
        let came = match self.device_on_record().await {
            Ok(records) => {
                let facts = records.iter().map(|record| facts(&record.raw)).collect::<Vec<_>>();
                match &facts[..] {
                    [Some(first), Some(second)] if first == second => "one and the same event".to_owned(),
                    [Some(first), Some(second)] => format!("{first} and {second}"),
                    _ => format!("{} events that can be read", facts.iter().flatten().count()),
                }
            }
            Err(error) => error,
        };
        Step {
            came,
            ..self.step(
                "both as read, apart from version, notification id and ASIN",
                "one and the same event",
            )
        }
    }

    pub(super) async fn invoking_stranger(&self) -> Step {
        Step {
            came: self.invoke(&self.order(Wire::V2, STRANGE_TOPIC)).await,
            ..self.step(
                "another account's topic invokes the function",
                "200 function_error: topic_not_admitted",
            )
        }
    }

    /// The text of the order, for the keys that it is on record under.
    pub(super) fn order_text(&self) -> String {
        Payload::new(ORDER_PLACED, Wire::V1, &self.seed, self.now).text()
    }

    fn order(&self, wire: Wire, topic: &str) -> Envelope {
        let payload = Payload::new(ORDER_PLACED, wire, &self.seed, self.now);
        let seed = format!("{} {topic} {}", self.seed, wire.name());
        let mut message = Notification::new(topic, &seed, &payload.text(), self.now);
        message.attributes = payload.attributes();
        self.signer.sign(message, SignatureVersion::V1)
    }

    /// Invokes `drs` as SNS does.
    async fn invoke(&self, envelope: &Envelope) -> String {
        let topic = envelope.field("TopicArn").unwrap_or_default();
        let event = lambda::sns_event(&ids::subscription_arn(topic), std::slice::from_ref(envelope));
        let post = Post {
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
            body: Bytes::from(event),
        };
        self.post("2015-03-31/functions/drs/invocations", &post).await
    }
}

/// The event in a message, without what tells the versions apart and the id that every notification has for itself.
fn facts(raw: &str) -> Option<Value> {
    let mut event = serde_json::to_value(drs::read(raw, None).ok()?.event).ok()?;
    let fields = event.as_object_mut()?;
    fields.remove("notification_id");
    fields.remove("wire_version");
    for product in event.pointer_mut("/order/products")?.as_array_mut()? {
        product.as_object_mut()?.remove("asin");
    }
    Some(event)
}

const ORDER_PLACED: &str = "OrderPlacedNotification";
