//! What is different from one sender of notifications to the next: nothing but how the message inside is read and filed.

use std::fmt;

use serde_json::Value;
use sns_webhook::{Message, Relayed};

/// A sender of notifications, as a function crate describes it.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Name of the function: its folder, its route, its log field.
    pub name: &'static str,
    /// Reads the message inside a notification that is believed, far enough to file it.
    pub read: fn(&str, Unsigned<'_>) -> Result<Filing, Unreadable>,
}

/// What came beside a message, and nobody signed. It is good for a warning, and never for a decision.
#[derive(Clone, Copy, Default)]
pub struct Unsigned<'a>(Beside<'a>);

/// Where it is looked for, if anybody asks.
#[derive(Clone, Copy, Default)]
enum Beside<'a> {
    #[default]
    Nothing,
    Attributes(&'a str),
    Message(&'a Message<'a>),
    Relayed(&'a Relayed<'a>),
}

impl<'a> Unsigned<'a> {
    /// Message attributes, as the JSON text that they came as.
    pub fn with_attributes(text: &'a str) -> Self {
        Self(Beside::Attributes(text))
    }

    pub(crate) fn of_message(message: &'a Message<'_>) -> Self {
        Self(Beside::Message(message))
    }

    pub(crate) fn of_relayed(relayed: &'a Relayed<'_>) -> Self {
        Self(Beside::Relayed(relayed))
    }

    /// The message attributes, looked for and parsed when this is called; null if there are none.
    pub fn attributes(&self) -> Value {
        let text = match self.0 {
            Beside::Nothing => None,
            Beside::Attributes(text) => Some(text),
            Beside::Message(message) => message.unsigned_attributes(),
            Beside::Relayed(relayed) => relayed.unsigned_attributes(),
        };
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

/// Attributes may hold anything.
impl fmt::Debug for Unsigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unsigned { [redacted] }")
    }
}

/// Where a message is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// What the message is about: the key of its history.
    pub subject: String,
    /// Which event of that history it is.
    pub event: String,
    /// Whether the message had to be repaired before it could be read.
    pub repaired: bool,
    /// Codes of what was odd about it.
    pub warnings: Vec<String>,
}

/// A message that is believed and cannot be read. It is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read: {reason}")]
pub struct Unreadable {
    /// Stable code of the reason, and the field it is about; never the field's content.
    pub reason: String,
}

/// `field_missing:receiptId`, or the reason alone where no field is at fault.
impl From<reading::Unreadable> for Unreadable {
    fn from(unreadable: reading::Unreadable) -> Self {
        Self {
            reason: unreadable.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sns_webhook::lenient;

    use super::*;

    #[test]
    fn attributes_are_parsed_for_whoever_asks_and_never_printed() {
        let unsigned = Unsigned::with_attributes(r#"{"version":{"Value":"secret"}}"#);
        assert_eq!(unsigned.attributes(), json!({"version": {"Value": "secret"}}));
        assert_eq!(format!("{unsigned:?}"), "Unsigned { [redacted] }");
        for unsigned in [Unsigned::default(), Unsigned::with_attributes("1e400")] {
            assert_eq!(unsigned.attributes(), Value::Null);
        }
    }

    #[test]
    fn a_reason_goes_with_the_field_it_is_about() {
        let shape = lenient::read::<()>("[]").expect_err("a list");
        for (unreadable, reason) in [
            (reading::Unreadable::FieldMissing("a.b"), "field_missing:a.b"),
            (reading::Unreadable::WrongShape(shape), "wrong_shape"),
        ] {
            let reason = reason.to_owned();
            assert_eq!(Unreadable::from(unreadable), Unreadable { reason });
        }
    }
}
