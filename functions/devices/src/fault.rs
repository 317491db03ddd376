//! What is wrong with a request: the rule, the field, and what to do.
//!
//! Promises that nothing of the request is repeated, not even the name of a field that is not known: who puts a token in the wrong place
//! must not find it in an answer, or in a log of answers.

use serde::{Serialize, Serializer};

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which rule.
    pub name: FaultName,
    /// The field, by our name for it; empty for the request as a whole, and for a field that is not known.
    pub field: &'static str,
    /// What to do, in a sentence.
    pub detail: String,
}

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultName {
    /// A field stands twice, and two readers could each believe another value.
    DuplicateField,
    /// No platform application, or one that is not served here.
    InvalidApplication,
    /// Not a moment.
    InvalidConfirmedAt,
    /// Not a device id.
    InvalidDevice,
    /// The request is not a JSON object.
    InvalidJson,
    /// Not an owner.
    InvalidOwner,
    /// Not ARNs of subscriptions in the application's account and region.
    InvalidSubscriptions,
    /// Not a token of the application's platform.
    InvalidToken,
    /// More bytes than any registration has.
    RequestTooLarge,
    /// A field that there is not, most likely a misspelt one.
    UnknownField,
}

impl FaultName {
    /// The name as it is answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateField => "DuplicateField",
            Self::InvalidApplication => "InvalidApplication",
            Self::InvalidConfirmedAt => "InvalidConfirmedAt",
            Self::InvalidDevice => "InvalidDevice",
            Self::InvalidJson => "InvalidJson",
            Self::InvalidOwner => "InvalidOwner",
            Self::InvalidSubscriptions => "InvalidSubscriptions",
            Self::InvalidToken => "InvalidToken",
            Self::RequestTooLarge => "RequestTooLarge",
            Self::UnknownField => "UnknownField",
        }
    }
}

impl Serialize for FaultName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One broken rule.
pub(crate) fn fault(name: FaultName, field: &'static str, detail: impl Into<String>) -> Fault {
    Fault {
        name,
        field,
        detail: detail.into(),
    }
}
