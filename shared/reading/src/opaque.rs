//! Identifiers that only their sender understands, and that point at a person, a device or a purchase.
//!
//! Promises text that can be part of a key, a path and a terminal line, and that no `Debug` output holds.

use std::fmt;

use serde::{Serialize, Serializer};

/// An identifier of 1 to `MAX` characters, none of them a control character. `Debug` prints `[redacted]`.
///
/// Characters, not bytes, are what Amazon's pages count. Any other character may occur, a `#` too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opaque<const MAX: usize>(String);

impl<const MAX: usize> Opaque<MAX> {
    /// The identifier in clear, for keys and for its sender; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier that this text is; nothing when it breaks the rule above.
    pub fn new(text: String) -> Option<Self> {
        let fits = (1..=MAX).contains(&text.chars().count());
        (fits && !text.contains(char::is_control)).then_some(Self(text))
    }
}

impl<const MAX: usize> fmt::Debug for Opaque<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<const MAX: usize> Serialize for Opaque<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_counted_in_characters_not_bytes() {
        for letter in ["a", "é", "日", "🔥"] {
            let longest = letter.repeat(5);
            assert_eq!(
                Opaque::<5>::new(longest.clone()).as_ref().map(Opaque::as_str),
                Some(longest.as_str())
            );
            assert_eq!(Opaque::<5>::new(letter.repeat(6)), None);
        }
        assert_eq!(Opaque::<5>::new(String::new()), None);
    }

    #[test]
    fn an_id_has_no_control_characters() {
        for text in ["a\0", "a\n", "\u{1b}[2J", "a\u{7f}", "a\u{85}"] {
            assert_eq!(Opaque::<9>::new(text.to_owned()), None, "{text:?}");
        }
        assert_eq!(
            Opaque::<9>::new("=:!1+ #%/".to_owned()).as_ref().map(Opaque::as_str),
            Some("=:!1+ #%/")
        );
    }

    #[test]
    fn an_id_is_never_printed() {
        assert_eq!(format!("{:?}", Opaque::<9>::new("secret".to_owned())), "Some([redacted])");
    }
}
