//! What a finished send is answered with, the first time and every other time.
//!
//! Promises the same status, headers and bytes, and an answer that always fits into its row: one that does not is refused
//! before it is written, while its caller can still choose what to say instead.

use std::collections::BTreeMap;
use std::fmt;

/// An answer on record. `Debug` prints its status alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Stored {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// An answer that is not kept, because it is longer than any that a sender needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an answer of {bytes} bytes is not kept: {ANSWER_LIMIT_BYTES} is the most")]
pub struct TooLarge {
    /// The size of its headers and its body.
    pub bytes: usize,
}

/// The most that the headers and the body of a recorded answer may have. ADM's answers have a few hundred bytes, an item may
/// have 400 KB (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>), and each KB is a write
/// unit at every repetition.
pub const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

impl Stored {
    /// An answer as it will be given: the status, those headers that belong to it (the receiver's own request id), the body.
    ///
    /// # Errors
    /// [`TooLarge`] beyond [`ANSWER_LIMIT_BYTES`]. Record another answer then, and give that one.
    pub fn new(status: u16, headers: BTreeMap<String, String>, body: impl Into<Vec<u8>>) -> Result<Self, TooLarge> {
        let body = body.into();
        let header_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let bytes = header_bytes + body.len();
        if bytes > ANSWER_LIMIT_BYTES {
            return Err(TooLarge { bytes });
        }
        Ok(Self { status, headers, body })
    }

    pub(crate) fn from_stored(status: u16, headers: BTreeMap<String, String>, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers, by name.
    pub fn headers(&self) -> &BTreeMap<String, String> {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Stored, TooLarge};

    #[test]
    fn an_answer_beyond_the_limit_is_refused_before_anything_is_written() {
        let headers = BTreeMap::from([("id".to_owned(), "12345".to_owned())]);
        let longest = "x".repeat(64 * 1024 - 7);

        assert!(Stored::new(200, headers.clone(), longest.clone()).is_ok());

        let error = Stored::new(200, headers, longest + "x").unwrap_err();
        assert_eq!(error, TooLarge { bytes: 65_537 });
        assert_eq!(error.to_string(), "an answer of 65537 bytes is not kept: 65536 is the most");
    }

    #[test]
    fn an_answer_is_shown_by_its_status_only() {
        let headers = BTreeMap::from([("secret".to_owned(), "secret".to_owned())]);

        let stored = Stored::new(200, headers, "secret").unwrap();

        assert_eq!(format!("{stored:?}"), "Stored { status: 200, .. }");
    }
}
