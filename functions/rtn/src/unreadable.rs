//! What is wrong with a message that cannot be read.
//!
//! Promises a stable reason and the name of the field at fault, and no word of what stands in it.

use sns_webhook::lenient;

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
    /// The message is JSON, but not one object that gives each of Amazon's fields at most once.
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

    /// The field at fault, by Amazon's name.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::FieldMissing(field) | Self::FieldType(field) | Self::FieldValue(field) => Some(field),
            Self::NotJson(_) | Self::WrongShape(_) => None,
        }
    }
}
