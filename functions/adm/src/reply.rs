//! What a caller is told: by a response, or by what happens to a queue's message.
//!
//! The place that turns an outcome, or how a send stands, into an answer; the status of a kind of problem is chosen in `problem`. What is
//! on record is the status and the body; the other parts are about this one request.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};
use sends::{Standing, Stored};
use serde::Serialize;

use crate::{Faults, Outcome, Problem, ProblemType, RequestId, Topic, Warning};

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The kind of problem; nothing for a success, and for an answer from the record.
    pub(crate) kind: Option<ProblemType>,
    /// The stable code of the outcome, for logs and metrics.
    pub(crate) outcome: &'static str,
    /// The stable code of the reason.
    pub(crate) reason: Option<Cow<'static, str>>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) allow: Option<&'static str>,
    pub(crate) is_replayed: bool,
    pub(crate) is_recorded: bool,
    pub(crate) body: Body,
}

/// JSON, and which kind. `Debug` prints `[redacted]`.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) json: String,
}

/// The body of a message sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentBody<'a> {
    topic: &'a str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a RequestId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

impl Reply {
    /// 200 with a JSON object.
    pub(crate) fn ok(outcome: &'static str, body: &impl Serialize) -> Self {
        Self {
            status: 200,
            kind: None,
            outcome,
            reason: None,
            request_id: None,
            retry_after: None,
            allow: None,
            is_replayed: false,
            is_recorded: true,
            body: Body {
                content_type: JSON.into(),
                json: serde_json::to_string(body).expect("texts and numbers are always JSON"),
            },
        }
    }

    /// What became of a message, as long as nobody has another opinion.
    pub(crate) fn of_outcome(outcome: Outcome, topic: &Topic, warnings: &[Warning]) -> Self {
        let reason = outcome.reason();
        match outcome.into_answer() {
            Ok(sent) => {
                let body = SentBody {
                    topic: topic.as_str(),
                    message_id: &sent.message_id,
                    request_id: sent.request_id.as_ref(),
                    warnings: &warnings[..warnings.len().min(MOST_WARNINGS)],
                };
                Self {
                    request_id: sent.request_id.clone(),
                    ..Self::ok("sent", &body)
                }
            }
            Err(problem) => Self::from(problem).because(reason),
        }
    }

    /// A message that breaks rules, its size included.
    pub(crate) fn invalid(faults: Faults) -> Self {
        Self {
            outcome: "invalid",
            ..Self::from(Problem::from(faults))
        }
    }

    /// How a send stands that somebody else has begun or ended.
    pub(crate) fn of_standing(standing: Standing) -> Self {
        let problem = |kind, detail: &str, retry_after| Problem {
            retry_after,
            ..Problem::new(kind, detail)
        };
        match standing {
            Standing::InFlight { retry_after } => Self::from(problem(
                ProblemType::InFlight,
                "it is not known yet what becomes of it; ask again, or ask with Prefer: wait=10",
                Some(retry_after),
            )),
            Standing::Mismatch => Self::from(problem(
                ProblemType::IdempotencyKeyReused,
                "under this key another message was sent, or was to be sent, to this topic; give each message a key of its own",
                None,
            )),
            Standing::Replay(stored) => Self::replay(stored),
            Standing::TooEarly { retry_after, last_error } => {
                let detail = format!("an attempt has ended with {last_error}, and it is too early for another; nothing was sent");
                Self::from(problem(ProblemType::Unavailable, &detail, Some(retry_after))).because(last_error)
            }
            Standing::Unknown => Self::from(problem(
                ProblemType::OutcomeUnknown,
                "an earlier attempt may have been delivered, or may not; nothing was sent now. On-Unknown: resend sends it again, \
                 which may deliver it twice",
                None,
            ))
            .because("earlier_attempt"),
        }
    }

    /// The answer on record.
    fn replay(stored: Stored) -> Self {
        let content_type = stored.headers().get(header::CONTENT_TYPE.as_str()).cloned();
        Self {
            status: stored.status(),
            kind: None,
            outcome: "replayed",
            reason: None,
            request_id: None,
            retry_after: None,
            allow: None,
            is_replayed: true,
            is_recorded: true,
            body: Body {
                content_type: content_type.map_or(JSON.into(), Cow::Owned),
                json: String::from_utf8_lossy(stored.body()).into_owned(),
            },
        }
    }

    /// What goes on record of it.
    pub(crate) fn to_stored(&self) -> Stored {
        let content_type = (header::CONTENT_TYPE.to_string(), self.body.content_type.to_string());
        Stored::new(self.status, [content_type].into(), self.body.json.as_str())
            .expect("a message id, a reason and the warnings are bounded, far below what a record holds")
    }

    /// The same, with the code of its reason.
    pub(crate) fn because(self, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: Some(reason.into()),
            ..self
        }
    }

    /// As an HTTP response.
    pub(crate) fn into_response(self) -> Response<String> {
        let mut response = Response::new(self.body.json);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_str(&self.body.content_type);
        headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static(JSON)));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if let Some(method) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(method));
        }
        if self.is_replayed {
            headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        if !self.is_recorded {
            headers.insert("idempotency-recorded", HeaderValue::from_static("false"));
        }
        response
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status,
            kind: Some(problem.kind),
            outcome: problem.kind.outcome(),
            reason: None,
            request_id: problem.request_id.clone(),
            retry_after: problem.retry_after,
            allow: None,
            is_replayed: false,
            is_recorded: true,
            body: Body {
                content_type: Problem::CONTENT_TYPE.into(),
                json: problem.to_json(),
            },
        }
    }
}

impl ProblemType {
    /// The code of the outcome, for logs and metrics.
    fn outcome(self) -> &'static str {
        match self {
            Self::CredentialsRefused => "credentials_refused",
            Self::IdempotencyKeyReused => "mismatch",
            Self::InFlight => "in_flight",
            Self::InvalidMessage | Self::InvalidRequest | Self::MethodNotAllowed | Self::NotFound => "invalid",
            Self::MessageTooLarge | Self::RefusedByAdm => "refused",
            Self::NotRegistered => "not_registered",
            Self::OutcomeUnknown => "unknown",
            Self::TopicFull => "topic_full",
            Self::Unavailable => "unavailable",
            Self::UnknownCaller => "unknown_caller",
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Rounded up, as the header counts.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

const JSON: &str = "application/json";
/// As many as faults.
pub(crate) const MOST_WARNINGS: usize = 50;
