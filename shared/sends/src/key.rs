//! What a send is found by, and what ADM may tell two messages of one send by.
//!
//! A key always fits: it is a digest, and shows nothing of what it is made of. It is made without a secret, so whoever guesses all the
//! parts can see that the guess is right: an idempotency key that cannot be guessed, such as a random UUID, prevents that.

use std::fmt;

use inbox::Digest;

use crate::idempotency_key::IdempotencyKey;

/// The key of a row of `sends`: `send#` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SendKey(String);

impl SendKey {
    /// The key of what `principal` (who was authenticated: nobody meets another's keys) asks of `route` (with everything in it
    /// that chooses a receiver, such as the topic in `POST /adm/topics/news/messages`) under this idempotency key.
    pub fn of(principal: &str, route: &str, key: &IdempotencyKey) -> Self {
        // With its length before it, no part can borrow a letter from its neighbour.
        let parts = [principal, route, key.as_str()].map(|part| format!("{}:{part}", part.len()));
        Self(format!("{PREFIX}{}", Digest::of(&parts.concat())))
    }

    /// The key of no send: no digest is empty. Whoever may read sends may ask for it.
    pub(crate) fn of_nothing() -> Self {
        Self(PREFIX.to_owned())
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// As it stands in the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes a second message replace the first where a device has not received it yet. Without one a send whose outcome is
/// unknown is never repeated. Its limits are the receiver's and are the caller's to check. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsolidationKey(String);

impl ConsolidationKey {
    /// The one that the caller's message has.
    pub fn given(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// One made from the key of the send: the same for every attempt, another for every other send; 32 hexadecimal digits.
    pub fn derived_from(key: &SendKey) -> Self {
        let mut digits = Digest::of(&format!("consolidation#{key}")).to_string();
        digits.truncate(DERIVED_DIGITS);
        Self(digits)
    }

    /// The text to put into the message.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A caller's own key may say what the message is about.
impl fmt::Debug for ConsolidationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

const PREFIX: &str = "send#";
const DERIVED_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::{ConsolidationKey, SendKey};
    use crate::idempotency_key::IdempotencyKey;

    fn key(principal: &str, route: &str, key: &str) -> SendKey {
        SendKey::of(principal, route, &IdempotencyKey::parse(key).unwrap())
    }

    #[test]
    fn a_key_is_as_long_whatever_is_in_it_and_shows_nothing_of_it() {
        let long = key(&"role/".repeat(1000), "POST /adm/topics/news/messages", "order-4711");

        assert_eq!((long.as_str().len(), &long.as_str()[..5]), (69, "send#"));
        assert_eq!(
            key("role", "POST /adm/topics/news/messages", "order-4711").to_string(),
            "send#9530d9f21f74f7cb387f8a1f00f3df54ccb076e51f9a1790c86752944f7573ff"
        );
    }

    #[test]
    fn each_part_makes_another_key_and_no_part_runs_into_the_next() {
        let keys = [
            key("a", "b", "c"),
            key("x", "b", "c"),
            key("a", "x", "c"),
            key("a", "b", "x"),
            key("ab", "", "c"),
            key("", "ab", "c"),
            key("a1:b", "", "c"),
        ];
        for (n, one) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(one), "{n}");
        }
        assert_eq!(key("a", "b", "c"), key("a", "b", "\"c\""));
    }

    #[test]
    fn a_derived_consolidation_key_belongs_to_one_send_and_does_not_show_its_key() {
        let send = key("a", "b", "c");
        let derived = ConsolidationKey::derived_from(&send);

        assert_eq!(derived, ConsolidationKey::derived_from(&key("a", "b", "c")));
        assert_ne!(derived, ConsolidationKey::derived_from(&key("a", "b", "d")));
        assert_eq!(derived.as_str().len(), 32);
        assert!(!send.as_str().contains(derived.as_str()));
        assert_eq!(format!("{:?}", ConsolidationKey::given("secret")), "[redacted]");
    }
}
