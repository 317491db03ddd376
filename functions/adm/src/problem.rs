//! Errors of our own API: RFC 9457, `application/problem+json`.
//!
//! Promises a `type` that stays what it is, so that a program can decide by it; `title` and `detail` are for people and may change. The
//! types are listed in the README. A problem is for the caller who wrote the message: it names the caller's fields, and `detail` may be
//! ADM's reason in ADM's words, which may repeat something of the message. It holds no token and no secret. What is for the caller only
//! is not for logs: `Debug` shows the kind, the status and Amazon's id of the request.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::{Code, Fault, Faults, RequestId};

/// Why a request was not done. Its fields are the members of the JSON object. `Debug` leaves out what is for the caller only.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
    /// ADM's reason as a code, if it is a documented one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Amazon's id of the request that it refused, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// For the header Retry-After.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

/// The kinds of problems, each with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemType {
    /// Amazon does not accept our credentials: an operator must act.
    CredentialsRefused,
    /// The key stands for another request; nothing was sent.
    IdempotencyKeyReused,
    /// The same request is being answered.
    InFlight,
    /// The message breaks rules; nothing was sent.
    InvalidMessage,
    /// The message is larger than 6 KB; nothing was sent.
    MessageTooLarge,
    /// The report, or the question, breaks rules; nothing was changed.
    InvalidRequest,
    /// The path is served, with another method.
    MethodNotAllowed,
    /// The path is not served.
    NotFound,
    /// The security profile cannot be registered for topics: an operator must act.
    NotRegistered,
    /// Nobody knows whether ADM has the message.
    OutcomeUnknown,
    /// ADM refused the message.
    RefusedByAdm,
    /// Every shard of a topic has as many app instances as ADM allows.
    TopicFull,
    /// ADM does not have the message; the same request may be accepted later.
    Unavailable,
    /// An authoriser let the caller in and does not say who it is.
    UnknownCaller,
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
            code: None,
            request_id: None,
            retry_after: None,
        }
    }

    /// The faults of a request that is not for a message.
    pub fn of_request(faults: &Faults) -> Self {
        Self::of_faults(ProblemType::InvalidRequest, faults, "changed")
    }

    fn of_faults(kind: ProblemType, faults: &Faults, done: &str) -> Self {
        let (found, listed) = (faults.found(), faults.listed().len());
        let detail = match found {
            1 => format!("one rule is broken; nothing was {done}"),
            found if found > listed => format!("{found} rules are broken, of which {listed} are listed; nothing was {done}"),
            found => format!("{found} rules are broken; nothing was {done}"),
        };
        Self {
            faults: faults.listed().to_vec(),
            ..Self::new(kind, detail)
        }
    }

    /// The object as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are always JSON")
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// Of a message.
impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        let kind = match faults.is_size_only() {
            true => ProblemType::MessageTooLarge,
            false => ProblemType::InvalidMessage,
        };
        Self::of_faults(kind, &faults, "sent")
    }
}

impl ProblemType {
    /// The URI reference of the kind.
    pub fn uri(self) -> &'static str {
        match self {
            Self::CredentialsRefused => "/problems/adm/credentials-refused",
            Self::IdempotencyKeyReused => "/problems/adm/idempotency-key-reused",
            Self::InFlight => "/problems/adm/in-flight",
            Self::InvalidMessage => "/problems/adm/invalid-message",
            Self::InvalidRequest => "/problems/adm/invalid-request",
            Self::MessageTooLarge => "/problems/adm/message-too-large",
            Self::MethodNotAllowed => "/problems/adm/method-not-allowed",
            Self::NotFound => "/problems/adm/not-found",
            Self::NotRegistered => "/problems/adm/not-registered",
            Self::OutcomeUnknown => "/problems/adm/outcome-unknown",
            Self::RefusedByAdm => "/problems/adm/refused-by-adm",
            Self::TopicFull => "/problems/adm/topic-full",
            Self::Unavailable => "/problems/adm/unavailable",
            Self::UnknownCaller => "/problems/adm/unknown-caller",
        }
    }

    /// The status that goes with it. 502 says that the fault is neither the caller's nor one that passes by itself.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidMessage | Self::InvalidRequest | Self::RefusedByAdm => 400,
            Self::UnknownCaller => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::InFlight | Self::TopicFull => 409,
            Self::MessageTooLarge => 413,
            Self::IdempotencyKeyReused => 422,
            Self::CredentialsRefused | Self::NotRegistered => 502,
            Self::Unavailable => 503,
            Self::OutcomeUnknown => 504,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::CredentialsRefused => "Amazon does not accept the credentials of this deployment",
            Self::IdempotencyKeyReused => "The idempotency key stands for another request",
            Self::InFlight => "The same request is being answered",
            Self::InvalidMessage => "The message breaks rules of Amazon Device Messaging",
            Self::InvalidRequest => "The request breaks rules",
            Self::MessageTooLarge => "The message is larger than Amazon Device Messaging carries",
            Self::MethodNotAllowed => "There is no such method here",
            Self::NotFound => "There is nothing here",
            Self::NotRegistered => "The security profile is not registered for Topic Based Messaging",
            Self::OutcomeUnknown => "It is not known whether Amazon Device Messaging has the message",
            Self::RefusedByAdm => "Amazon Device Messaging refused the message",
            Self::TopicFull => "The topic has no room for another app instance",
            Self::Unavailable => "Amazon Device Messaging cannot take the message now",
            Self::UnknownCaller => "It is not known who asks",
        }
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.uri())
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::TopicMessage;

    #[test]
    fn a_message_that_breaks_rules_is_answered_with_all_of_them() {
        let faults = TopicMessage::read("t", br#"{"data":{"n":1},"expiresAfter":0}"#).unwrap_err();
        assert_snapshot!(
            Problem::from(faults).to_json(),
            @r#"{"type":"/problems/adm/invalid-message","title":"The message breaks rules of Amazon Device Messaging","status":400,"detail":"2 rules are broken; nothing was sent","faults":[{"name":"InvalidData","field":"data.n","detail":"must be a text: put the value in quotes, since ADM carries nothing else"},{"name":"InvalidExpiration","field":"expiresAfter","detail":"must be a whole number of seconds from 1 to 2678400 (31 days)"}]}"#
        );
    }

    #[test]
    fn no_debug_output_shows_what_is_for_the_caller_only() {
        let body = br#"{"data":{"Sam":1},"notification":{"Sam":"a"},"Sam":1}"#;
        let faults = TopicMessage::read("t", body).unwrap_err();
        let mut problem = Problem::from(faults.clone());
        assert!(problem.to_json().contains("Sam"));
        problem.detail = "Sam has no active subscriptions".to_owned();
        let warned = TopicMessage::read("t", br#"{"notification":{"Sam":"a"}}"#).unwrap();
        assert_eq!(warned.warnings[0].field, "notification.Sam");
        let shown = format!("{problem:?} {faults:?} {warned:?}");
        assert!(!shown.contains("Sam"), "{shown}");
        assert_snapshot!(
            format!("{problem:?}"),
            @"Problem { kind: InvalidMessage, status: 400, request_id: None, .. }"
        );
    }

    #[test]
    fn size_alone_is_answered_413() {
        let body = format!(r#"{{"data":{{"a":"{}"}}}}"#, "x".repeat(6137));
        let problem = Problem::from(TopicMessage::read("t", body.as_bytes()).unwrap_err());
        assert_eq!((problem.status, problem.kind), (413, ProblemType::MessageTooLarge));
        let body = body.replace("}}", "},\"priority\":1}");
        let problem = Problem::from(TopicMessage::read("t", body.as_bytes()).unwrap_err());
        assert_eq!((problem.status, problem.kind), (400, ProblemType::InvalidMessage));
    }
}
