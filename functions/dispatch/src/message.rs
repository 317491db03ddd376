//! The SNS message of an event: body, attributes, and their size.
//!
//! Attributes are what subscribers filter by: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html>.

use crate::event::{Data, Event};
use crate::event_id::EventId;

/// An event as SNS takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's id.
    pub event_id: EventId,
    /// The event as JSON.
    pub body: String,
    /// Names and values of the attributes, all of data type `String`.
    pub attributes: Vec<(&'static str, String)>,
}

impl Message {
    /// The whole event if it fits into an SNS message, or else the event without its data.
    pub fn of(event: Event) -> Self {
        let whole = Self::render(&event);
        if whole.size_bytes() <= MAX_BATCH_BYTES {
            return whole;
        }
        Self {
            body: json(&event.without_data()),
            ..whole
        }
    }

    fn render(event: &Event) -> Self {
        let mut attributes = vec![
            ("event_id", event.event_id.to_string()),
            ("source", event.source.as_str().to_owned()),
            ("type", event.r#type.clone()),
            ("late", event.late.to_string()),
        ];
        match &event.data {
            Some(Data::Drs(drs)) => {
                attributes.extend(drs.device.model_id.as_ref().map(|model| ("model", model.as_str().to_owned())));
            }
            Some(Data::Rtn(rtn)) => attributes.push(("package", rtn.package.as_str().to_owned())),
            None => {}
        }
        attributes.extend(event.replay.as_ref().map(|name| ("replay", name.clone())));
        attributes.retain(|(_, value)| is_allowed(value));
        Self {
            event_id: event.event_id.clone(),
            body: json(event),
            attributes,
        }
    }

    /// What SNS counts: the body, and name, data type and value of each attribute.
    ///
    /// Source: SNS API Reference, `Publish` and `PublishBatch`.
    pub fn size_bytes(&self) -> usize {
        let attribute = |(name, value): &(&str, String)| name.len() + "String".len() + value.len();
        self.body.len() + self.attributes.iter().map(attribute).sum::<usize>()
    }
}

/// The body holds receipts, and ids of persons and devices.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("event_id", &self.event_id)
            .finish_non_exhaustive()
    }
}

/// SQS does not take the two non-characters of the first plane (SQS API Reference, `SendMessage`), so a subscribed queue would
/// never see such a message. They can only stand in texts, where JSON can escape them.
fn json(event: &Event) -> String {
    let text = serde_json::to_string(event).expect("an event has no map with keys that are not text");
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff")
    } else {
        text
    }
}

/// An attribute cannot be escaped, and one refused attribute would keep the whole event back: such a value is left out.
fn is_allowed(value: &str) -> bool {
    let refused = |character: char| character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}');
    !value.is_empty() && !value.contains(refused)
}

/// Most bytes in a message and in a whole batch: 256 KB (SNS API Reference, `PublishBatch`).
pub const MAX_BATCH_BYTES: usize = 262_144;
