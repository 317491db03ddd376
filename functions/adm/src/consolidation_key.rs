//! What makes several messages logically one.
//!
//! Promises 1 to 64 characters ("Topic Based Messaging", `consolidationKey`). Characters are counted, not bytes. The page names no least
//! length; the empty text is refused here, since a message is sent again only under a key that ADM is sure to take for one.

use std::fmt;

/// ADM may drop an earlier message with the same key in favour of the new one. `Debug` prints `[redacted]`: the text is the
/// caller's and may name a person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ConsolidationKey(String);

impl ConsolidationKey {
    /// The longest key, in characters.
    pub const MAX_CHARACTERS: usize = 64;

    /// The key that this text is; nothing when it is empty or too long.
    pub fn new(text: &str) -> Option<Self> {
        (1..=Self::MAX_CHARACTERS)
            .contains(&text.chars().count())
            .then(|| Self(text.to_owned()))
    }

    /// The key in clear, for ADM; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConsolidationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_counted_in_characters_not_bytes() {
        for letter in ["a", "\u{e9}", "\u{65e5}"] {
            assert!(ConsolidationKey::new(&letter.repeat(64)).is_some());
            assert!(ConsolidationKey::new(&letter.repeat(65)).is_none());
        }
    }

    #[test]
    fn the_empty_text_is_no_key() {
        assert_eq!(ConsolidationKey::new(""), None);
    }
}
