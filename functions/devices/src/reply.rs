//! What a caller is told, as a response.

use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::Problem;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The stable code of the outcome, for logs and metrics.
    pub(crate) outcome: &'static str,
    /// The stable code of the reason.
    pub(crate) reason: Option<&'static str>,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    content_type: &'static str,
    json: String,
}

impl Reply {
    /// 200 with a JSON object.
    pub(crate) fn ok(outcome: &'static str, body: &impl Serialize) -> Self {
        Self {
            status: 200,
            outcome,
            reason: None,
            retry_after: None,
            allow: None,
            content_type: "application/json",
            json: serde_json::to_string(body).expect("texts and numbers are always JSON"),
        }
    }

    /// The same, with the code of its reason.
    pub(crate) fn because(self, reason: impl Into<Option<&'static str>>) -> Self {
        Self {
            reason: reason.into(),
            ..self
        }
    }

    /// The same, with the methods that there are.
    pub(crate) fn allowing(self, methods: &'static str) -> Self {
        Self {
            allow: Some(methods),
            ..self
        }
    }

    /// As an HTTP response.
    pub(crate) fn into_response(self) -> Response<String> {
        let mut response = Response::new(self.json);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        response
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status,
            outcome: problem.kind.outcome(),
            reason: None,
            retry_after: problem.retry_after,
            allow: None,
            content_type: Problem::CONTENT_TYPE,
            json: problem.to_json(),
        }
    }
}
