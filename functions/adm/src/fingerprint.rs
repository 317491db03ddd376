//! What a request means, as one short text: two requests are the same exactly when these are equal.
//!
//! It is made from the message, not from the request's bytes, so the order of fields, white space, escapes, the spelling of numbers
//! and a default that is written out make no difference. Everything that ADM or a device could tell apart does. The version says how
//! it is made: another way of making it has to be another version, or old requests would look changed.

use std::collections::BTreeMap;
use std::fmt;

use ring::digest::{SHA256, digest};

use crate::TopicMessage;
use crate::payload::Pairs;

/// `v1:` and 64 hexadecimal digits: the SHA-256 of the canonical message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a message.
    pub fn of(message: &TopicMessage) -> Self {
        let sorted = |pairs: Option<&Pairs>| pairs.map(|pairs| pairs.iter().collect::<BTreeMap<_, _>>()).map(to_json);
        // A JSON array of texts and nulls reads back in one way only, so no two messages share one.
        let canonical = to_json([
            Some(message.topic().as_str().to_owned()),
            sorted(message.payload().data()),
            sorted(message.payload().notification()),
            message.consolidation_key().map(|key| key.as_str().to_owned()),
            Some(message.expires_after().seconds().to_string()),
            Some(message.priority().as_str().to_owned()),
        ]);
        let hash = digest(&SHA256, canonical.as_bytes());
        let digits = hash.as_ref().iter().map(|byte| format!("{byte:02x}"));
        Self(std::iter::once("v1:".to_owned()).chain(digits).collect())
    }

    /// The text, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn to_json(value: impl serde::Serialize) -> String {
    serde_json::to_string(&value).expect("texts are always JSON")
}

#[cfg(test)]
mod tests;
