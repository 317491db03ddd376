//! The name of a topic.
//!
//! Promises `[a-zA-Z0-9-_.~%]{1,100}` for the whole text, which is what Amazon's page "Topic Based Messaging" asks of it. A line
//! break at the end is part of the text here, although many regular expressions overlook it.

use std::fmt;

/// A topic that apps can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(String);

impl Topic {
    /// The longest name, in bytes; all characters that may occur are ASCII.
    pub const MAX_BYTES: usize = 100;

    /// What a name is, in words.
    pub(crate) const RULE: &str = "a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else";

    /// The topic of this name; nothing when the name breaks the rule above.
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&name.len());
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte);
        (fits && name.bytes().all(is_allowed)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_to_z_digits_and_five_signs() {
        for name in ["weather", "SomeTopic", "a", "-_.~%", "50%25", &"x".repeat(100)] {
            assert_eq!(Topic::new(name).as_ref().map(Topic::as_str), Some(name));
        }
    }

    #[test]
    fn anything_else_anywhere_in_the_name_is_no_topic() {
        for name in [
            "",
            " ",
            "a b",
            "a\n",
            "\na",
            "a/b",
            "news@home",
            "caf\u{e9}",
            "a\u{200b}",
            "a,b",
            "a+b",
            &"x".repeat(101),
        ] {
            assert_eq!(Topic::new(name), None, "{name:?}");
        }
    }
}
