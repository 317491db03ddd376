//! The one line that a send, or another request, leaves in the log.
//!
//! It is written where the outcome is known. It holds the topic, Amazon's id of the request, the id of the trace, and stable codes; never a message, a key,
//! a token or an app instance. The deployment's metrics are counted from its fields, so their names are stable.

use inbox::TraceId;
use jiff::Timestamp;

use crate::reply::Reply;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// As a request over HTTP.
    Http,
    /// As a message of the queue.
    Sqs,
}

/// What is known of a request before it is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) route: Door,
    /// What was asked for: `send`, `register`, `report`, `assign`, `topics`; `other` if nothing that is served.
    pub(crate) request: &'static str,
    /// Empty where there is none, or none that is valid.
    pub(crate) topic: &'a str,
    /// The id of the queue's message.
    pub(crate) message_id: Option<&'a str>,
    /// The trace that the request, or the queue's message, is a part of.
    pub(crate) trace_id: Option<TraceId>,
    pub(crate) since: Timestamp,
}

impl Line<'_> {
    /// Writes it.
    pub(crate) fn write(&self, reply: &Reply, now: Timestamp) {
        let elapsed_ms = i64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(i64::MAX);
        let reason = reply.reason.as_deref();
        let status = reply.status;
        let trace_id = self.trace_id.map(|id| id.to_string());
        let (outcome, request_id) = (reply.outcome, reply.request_id.as_ref().map(|id| id.as_str()));
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    function = FUNCTION,
                    outcome,
                    reason,
                    route = self.route.as_str(),
                    request = self.request,
                    topic = (!self.topic.is_empty()).then_some(self.topic),
                    message_id = self.message_id,
                    status,
                    request_id,
                    recorded = (!reply.is_recorded).then_some(false),
                    elapsed_ms,
                    trace_id,
                    "{} {outcome}",
                    self.request
                )
            };
        }
        if status < 400 { line!(info) } else { line!(warn) }
    }
}

impl Door {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sqs => "sqs",
        }
    }
}

pub(crate) const FUNCTION: &str = "adm";
