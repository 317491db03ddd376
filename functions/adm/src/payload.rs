//! What a message carries: data for the app, a notification for the user, or both.
//!
//! Promises texts by name, no name twice, and 6 KB at most, counted as Amazon counts: names and values with their quotes, colons,
//! commas and the braces around, without white space ("Topic Based Messaging", `data`). That is the length of the compact JSON
//! that is sent, so what is counted here is what arrives there.

use std::fmt;

use serde::{Serialize, Serializer};

/// The payload. At least one part is there; `data` may be empty, as in a message that only says "sync".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Pairs that the app reads.
    pub(crate) data: Option<Pairs>,
    /// Pairs that ADM's SDK shows to the user.
    pub(crate) notification: Option<Pairs>,
}

/// Texts by name, in the caller's order. `Debug` prints their number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Payload {
    /// 6 KB.
    pub const MAX_BYTES: usize = 6 * 1024;

    /// The pairs that the app reads.
    pub fn data(&self) -> Option<&Pairs> {
        self.data.as_ref()
    }

    /// The pairs that ADM's SDK shows to the user.
    pub fn notification(&self) -> Option<&Pairs> {
        self.notification.as_ref()
    }

    /// Bytes of both parts together.
    pub fn size_bytes(&self) -> usize {
        [&self.data, &self.notification]
            .into_iter()
            .flatten()
            .map(Pairs::size_bytes)
            .sum()
    }
}

impl Pairs {
    /// Bytes as compact JSON.
    pub fn size_bytes(&self) -> usize {
        serde_json::to_vec(self).expect("texts are always JSON").len()
    }

    /// The names and texts, in the caller's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The caller sees to it that no name stands twice.
    pub(crate) fn push(&mut self, name: String, text: String) {
        self.0.push((name, text));
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted, {} pairs]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_sample_takes_107_bytes() {
        let data = pairs(&[("key1", "value1"), ("key2", "value2")]);
        let notification = pairs(&[
            ("title", "ADM Message Notification"),
            ("body", "We have a new offer for you!"),
        ]);
        assert_eq!((data.size_bytes(), notification.size_bytes()), (33, 74));
        let payload = Payload {
            data: Some(data),
            notification: Some(notification),
        };
        assert_eq!(payload.size_bytes(), 107);
    }

    #[test]
    fn bytes_are_counted_as_they_are_sent() {
        for (text, bytes) in [
            ("", 8),
            ("\u{e9}", 10),
            ("\u{1f525}", 12),
            ("\"", 10),
            ("\\", 10),
            ("\n", 10),
            ("\u{1}", 14),
            ("/", 9),
        ] {
            assert_eq!(pairs(&[("a", text)]).size_bytes(), bytes, "{text:?}");
        }
        assert_eq!(Pairs::default().size_bytes(), 2);
    }

    #[test]
    fn what_a_message_carries_is_never_printed() {
        let pairs = pairs(&[("from", "Sam")]);
        assert_eq!(format!("{pairs:?}"), "[redacted, 1 pairs]");
    }

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        Pairs(pairs.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect())
    }
}
