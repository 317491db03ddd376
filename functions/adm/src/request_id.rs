//! Amazon's name of one request.
//!
//! "A value created by ADM uniquely identifies the request" ("Topic Based Messaging", section "Response header fields"): the one thing
//! that Amazon's support asks for. Kept with every outcome.

use std::fmt;

use http::HeaderMap;
use serde::{Serialize, Serializer};

/// The header `X-Amzn-RequestId`: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// The id that an answer bears; nothing when it bears none, or one that could break a line of a log.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let id = headers.get("x-amzn-requestid")?.to_str().ok()?;
        Self::new(id)
    }

    /// The id that this text is.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
