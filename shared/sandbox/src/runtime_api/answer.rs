//! What a function answers.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;

/// An answer, and the two moments that it took the time between.
#[derive(Clone, Debug)]
pub struct Answered {
    /// When the event was handed over.
    pub handed_over_at: Instant,
    /// When the last byte of the answer had come.
    pub answered_at: Instant,
    /// The answer.
    pub answer: Answer,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `POST …/error`.
    Error(FunctionError),
    /// `POST …/response`, with its body.
    Response(Bytes),
}

/// What a function tells of a failure, or Lambda in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The header `Lambda-Runtime-Function-Error-Type`.
    pub header: Option<String>,
    /// The field `errorType`.
    pub kind: String,
    /// The field `errorMessage`.
    pub message: String,
}

impl FunctionError {
    /// The document of an error, which may lack everything.
    pub(crate) fn read(header: Option<String>, body: &[u8]) -> Self {
        let told: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Self {
            header,
            kind: field("errorType"),
            message: field("errorMessage"),
        }
    }

    /// What Lambda says of an answer that it does not carry.
    pub(super) fn too_large(most_bytes: usize) -> Self {
        Self {
            header: None,
            kind: "Function.ResponseSizeTooLarge".to_owned(),
            message: format!("Response payload size exceeded maximum allowed payload size ({most_bytes} bytes)."),
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}
