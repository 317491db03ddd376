//! Errors of our own API: RFC 9457, `application/problem+json`.
//!
//! Promises a `type` that stays what it is, so that a program can decide by it; `title` and `detail` are for people and may change. No text
//! holds a token, an owner, a device id, or anything else of a request.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::Fault;

/// Why a request was not done. Its fields are the members of the JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What kind of problem.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// This problem in words.
    pub detail: String,
    /// Every broken rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// For the header Retry-After.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

/// The kinds of problems, each with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemType {
    /// The request breaks rules; nothing was changed.
    InvalidRequest,
    /// The path is served, with another method.
    MethodNotAllowed,
    /// SNS does not let this deployment do its work: an operator must act.
    Misconfigured,
    /// The path is not served.
    NotFound,
    /// SNS does not take the token.
    RefusedBySns,
    /// The token's endpoint has another token.
    SlotConflict,
    /// The registry or SNS cannot do it now; the same request may be done later.
    Unavailable,
    /// Nobody has registered such a device.
    UnknownDevice,
}

impl Problem {
    /// The media type.
    pub const CONTENT_TYPE: &str = "application/problem+json";

    /// A problem without faults.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title(),
            status: kind.status(),
            detail: detail.into(),
            faults: Vec::new(),
            retry_after: None,
        }
    }

    /// The faults of a request.
    pub(crate) fn of_faults(faults: Vec<Fault>) -> Self {
        let detail = match faults.len() {
            1 => "one rule is broken; nothing was changed".to_owned(),
            found => format!("{found} rules are broken; nothing was changed"),
        };
        Self {
            faults,
            ..Self::new(ProblemType::InvalidRequest, detail)
        }
    }

    /// The object as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are always JSON")
    }
}

impl ProblemType {
    /// The URI reference of the kind.
    pub fn uri(self) -> &'static str {
        match self {
            Self::InvalidRequest => "/problems/devices/invalid-request",
            Self::MethodNotAllowed => "/problems/devices/method-not-allowed",
            Self::Misconfigured => "/problems/devices/misconfigured",
            Self::NotFound => "/problems/devices/not-found",
            Self::RefusedBySns => "/problems/devices/refused-by-sns",
            Self::SlotConflict => "/problems/devices/slot-conflict",
            Self::Unavailable => "/problems/devices/unavailable",
            Self::UnknownDevice => "/problems/devices/unknown-device",
        }
    }

    /// The status that goes with it. 502 says that the fault is neither the caller's nor one that passes by itself.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::RefusedBySns => 400,
            Self::NotFound | Self::UnknownDevice => 404,
            Self::MethodNotAllowed => 405,
            Self::SlotConflict => 409,
            Self::Misconfigured => 502,
            Self::Unavailable => 503,
        }
    }

    /// The code of the outcome, for logs and metrics.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::InvalidRequest | Self::MethodNotAllowed | Self::NotFound => "invalid",
            Self::Misconfigured => "misconfigured",
            Self::RefusedBySns => "refused",
            Self::SlotConflict => "slot_conflict",
            Self::Unavailable => "unavailable",
            Self::UnknownDevice => "unknown_device",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request breaks rules",
            Self::MethodNotAllowed => "There is no such method here",
            Self::Misconfigured => "This deployment may not do it",
            Self::NotFound => "There is nothing here",
            Self::RefusedBySns => "Amazon SNS does not take the token",
            Self::SlotConflict => "The endpoint of the token has another token",
            Self::Unavailable => "It cannot be finished now",
            Self::UnknownDevice => "There is no such device",
        }
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.uri())
    }
}
