//! Who, which device, which order, which notification.
//!
//! Promises text that can be part of a key, a path and a terminal line. What points at a person, a device or an order prints as
//! `[redacted]`. Amazon's pages limit only the id of an order, to 255 characters ("Replenish Endpoint",
//! developer.amazon.com/docs/dash/replenish-endpoint.html); the same length does for all others, and keeps keys within what
//! DynamoDB allows.

use std::fmt;

use reading::{Opaque, is_key_part};
use serde::{Serialize, Serializer};

/// The device maker's name of one device: 1 to 255 characters, opaque.
pub type SerialNumber = Opaque<255>;

/// One Amazon customer, as one device maker knows them (`directedCustomerId`): 1 to 255 characters, opaque.
pub type CustomerId = Opaque<255>;

/// One order (`instanceId`): the `eventInstanceId` that the call to Replenish was answered with. 1 to 255 characters, opaque.
pub type InstanceId = Opaque<255>;

/// The application that the customer logged in to: 1 to 255 characters, opaque.
pub type LwaClientId = Opaque<255>;

/// A name that says nothing about a person: a device model, a slot of it, an ASIN, a unit. 1 to 255 characters, no control
/// character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// The name as Amazon writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(text: String) -> Option<Self> {
        let fits = (1..=255).contains(&text.chars().count());
        (fits && !text.contains(char::is_control)).then_some(Self(text))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// One notification, the same in every delivery of it: 1 to 255 bytes, no `#`, no control character.
///
/// Real ones are `amzn1.dash.notification.v1.` and a UUID, 63 bytes. The limits are as far as one can go without making
/// `milliseconds#notification#type` ambiguous or its length unbounded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(String);

impl NotificationId {
    /// The id as Amazon writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(text: String) -> Option<Self> {
        ((1..=255).contains(&text.len()) && is_key_part(&text)).then_some(Self(text))
    }
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for NotificationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_counted_in_characters_and_has_no_control_characters() {
        for text in ["my slot #1", "日本", &"🔥".repeat(255)] {
            assert_eq!(Label::new(text.to_owned()).as_ref().map(Label::as_str), Some(text));
        }
        for text in ["", "a\n", "\u{1b}[2J", "a\u{85}", &"a".repeat(256)] {
            assert_eq!(Label::new(text.to_owned()), None, "{text:?}");
        }
    }

    #[test]
    fn a_notification_id_cannot_blur_a_key() {
        for text in ["amzn1.dash.notification.v1.xxxxxxxxxxxxx13", "a b/é", &"a".repeat(255)] {
            assert_eq!(
                NotificationId::new(text.to_owned()).as_ref().map(NotificationId::as_str),
                Some(text)
            );
        }
        for text in ["", "a#b", "a\n", "a\u{7f}", &"a".repeat(256), &"é".repeat(128)] {
            assert_eq!(NotificationId::new(text.to_owned()), None, "{text:?}");
        }
    }
}
