//! What is wrong with a message that cannot be read.
//!
//! Promises a stable reason and the name of the field at fault, and no word of what stands in it.

use sns_webhook::lenient::{self, Category};

/// Why a message is not an event. The message is kept, and nothing of it is repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// A field without which there is no event is absent or null.
    #[error("field {0} is missing")]
    FieldMissing(&'static str),
    /// A field has another JSON type than documented.
    #[error("field {0} has an unexpected type")]
    FieldType(&'static str),
    /// A field has the documented type, and a value outside its rule.
    #[error("field {0} has a value outside its rule")]
    FieldValue(&'static str),
    /// The message is not JSON, even when read leniently.
    #[error("message is not JSON")]
    NotJson(#[source] lenient::Unreadable),
    /// The message is JSON, but not one object that gives each field at most once.
    #[error("message is not an object with each field once")]
    WrongShape(#[source] lenient::Unreadable),
}

impl Unreadable {
    /// The stable code.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::FieldMissing(_) => "field_missing",
            Self::FieldType(_) => "field_type",
            Self::FieldValue(_) => "field_value",
            Self::NotJson(_) => "not_json",
            Self::WrongShape(_) => "wrong_shape",
        }
    }

    /// The reason with the field it is about, as it is recorded: `field_missing:receiptId`, or the reason alone where no field is at
    /// fault.
    pub fn code(&self) -> String {
        match self.field() {
            Some(field) => format!("{}:{field}", self.reason()),
            None => self.reason().to_owned(),
        }
    }

    /// The field at fault, by the sender's name.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::FieldMissing(field) | Self::FieldType(field) | Self::FieldValue(field) => Some(field),
            Self::NotJson(_) | Self::WrongShape(_) => None,
        }
    }
}

impl From<lenient::Unreadable> for Unreadable {
    fn from(fault: lenient::Unreadable) -> Self {
        match fault.category() {
            Category::CutShort | Category::NotJson => Self::NotJson(fault),
            Category::WrongShape => Self::WrongShape(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::Fields;

    #[test]
    fn text_that_is_no_object_is_told_by_its_place_and_never_by_its_content() {
        for (text, reason, place) in [
            ("{\"a\":\"secret", "not_json", "JSON text is cut short at line 1, column 12"),
            ("secret", "not_json", "text is not JSON at line 1, column 1"),
            (
                "{\"secret\":1,\"secret\":2}",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 23",
            ),
        ] {
            let fault = lenient::read::<Fields>(text).err().expect(text);
            let unreadable = Unreadable::from(fault);
            let source = unreadable.source().map(ToString::to_string);
            assert_eq!(
                (unreadable.reason(), unreadable.field(), source.as_deref()),
                (reason, None, Some(place)),
                "{text}"
            );
            assert!(!format!("{unreadable} {unreadable:?}").contains("secret"), "{text}");
        }
    }

    #[test]
    fn a_field_at_fault_is_told_by_its_name() {
        for (unreadable, reason) in [
            (Unreadable::FieldMissing("a"), "field_missing"),
            (Unreadable::FieldType("a"), "field_type"),
            (Unreadable::FieldValue("a"), "field_value"),
        ] {
            assert_eq!((unreadable.reason(), unreadable.field()), (reason, Some("a")));
        }
    }
}
