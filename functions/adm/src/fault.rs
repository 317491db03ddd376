//! What is wrong with a request: the rule by Amazon's name, the field, and what to do.
//!
//! Promises that no value of the request is repeated, only the names of its fields. Names inside `data` are the caller's, too, so
//! `Debug` leaves them out.

use std::fmt;

use serde::{Serialize, Serializer};

/// One broken rule. `Debug` does not show the field.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which rule.
    pub name: FaultName,
    /// The field, such as `data.key1`; empty for the request as a whole.
    pub field: String,
    /// What to do, in a sentence.
    pub detail: String,
}

/// The rules. Those that ADM answers by a code have the code's name ("Topic Based Messaging", section "ADM error status codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultName {
    /// Ours: a field stands twice, and two readers could each believe another value.
    DuplicateField,
    /// ADM's: the key is longer than 64 characters. Ours: it is empty.
    InvalidConsolidationKey,
    /// ADM's: neither data nor notification, or one of them is not made of texts.
    InvalidData,
    /// Ours: an error id is missing, surplus, or not of the form of Amazon's.
    InvalidErrorId,
    /// Ours: not the name of a callback.
    InvalidEvent,
    /// ADM's: less than 1 or greater than 2678400.
    InvalidExpiration,
    /// Ours: the header or attribute is missing, or no key.
    InvalidIdempotencyKey,
    /// Ours: not a registration id.
    InvalidInstance,
    /// Ours: the request is not a JSON object.
    InvalidJson,
    /// Ours: the header or attribute is neither `fail` nor `resend`.
    InvalidOnUnknown,
    /// Ours: the page gives no code for a priority that does not exist.
    InvalidPriority,
    /// Ours: ADM answers 400 without a code.
    InvalidTopic,
    /// ADM's, 413: more than 6 KB.
    MessageTooLarge,
    /// Ours: a field that the API does not have, most likely a misspelt one.
    UnknownField,
}

/// All that is wrong with one request; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message breaks {} rules", .found)]
pub struct Faults {
    listed: Vec<Fault>,
    found: usize,
}

impl Faults {
    /// At most 50 are listed: a request of nonsense should not be answered with ten times as much.
    pub(crate) fn of(mut listed: Vec<Fault>) -> Option<Self> {
        let found = listed.len();
        listed.truncate(MOST_LISTED);
        (found > 0).then_some(Self { listed, found })
    }

    /// These and more, which come first.
    pub(crate) fn after(more: Vec<Fault>, faults: Option<Self>) -> Option<Self> {
        let more_found = more.len();
        let (listed, found) = faults.map_or_else(Default::default, |faults| (faults.listed, faults.found));
        let mut all = Self::of(more.into_iter().chain(listed).collect())?;
        all.found = more_found + found;
        Some(all)
    }

    /// The faults, in the order of the request.
    pub fn listed(&self) -> &[Fault] {
        &self.listed
    }

    /// How many there are; more than are listed when there are more than 50.
    pub fn found(&self) -> usize {
        self.found
    }

    /// Size is all that is wrong.
    pub fn is_size_only(&self) -> bool {
        self.listed.iter().all(|fault| fault.name == FaultName::MessageTooLarge)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("name", &self.name)
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

impl FaultName {
    /// The name as it is answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateField => "DuplicateField",
            Self::InvalidConsolidationKey => "InvalidConsolidationKey",
            Self::InvalidData => "InvalidData",
            Self::InvalidErrorId => "InvalidErrorId",
            Self::InvalidEvent => "InvalidEvent",
            Self::InvalidExpiration => "InvalidExpiration",
            Self::InvalidIdempotencyKey => "InvalidIdempotencyKey",
            Self::InvalidInstance => "InvalidInstance",
            Self::InvalidJson => "InvalidJson",
            Self::InvalidOnUnknown => "InvalidOnUnknown",
            Self::InvalidPriority => "InvalidPriority",
            Self::InvalidTopic => "InvalidTopic",
            Self::MessageTooLarge => "MessageTooLarge",
            Self::UnknownField => "UnknownField",
        }
    }
}

impl fmt::Display for FaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FaultName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The path of a field inside another one. Names are the caller's, so a very long one is cut.
pub(crate) fn path(parent: &str, name: &str) -> String {
    let cut = name.char_indices().nth(LONGEST_NAME).map_or(name.len(), |(at, _)| at);
    let ellipsis = if cut < name.len() { "\u{2026}" } else { "" };
    match parent {
        "" => format!("{}{ellipsis}", &name[..cut]),
        parent => format!("{parent}.{}{ellipsis}", &name[..cut]),
    }
}

const LONGEST_NAME: usize = 64;
const MOST_LISTED: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(path("data", "key1"), "data.key1");
        assert_eq!(path("", "key1"), "key1");
        assert_eq!(path("", &"\u{e9}".repeat(64)), "\u{e9}".repeat(64));
        assert_eq!(path("", &"\u{e9}".repeat(65)), format!("{}\u{2026}", "\u{e9}".repeat(64)));
    }
}
