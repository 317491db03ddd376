//! The answers of both services, in the shapes of their pages.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderValue, Response, header};
use serde_json::{Value, json};

use super::{Call, Fault};
use crate::listener::response;

/// An answer before it has its request id.
pub(super) struct Reply {
    status: u16,
    body: String,
    retry_after: Option<&'static str>,
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string(),
            retry_after: None,
        }
    }

    pub(super) fn token(token: &str, lifetime: Duration) -> Self {
        let body = json!({
            "access_token": token, "expires_in": lifetime.as_secs(), "scope": "messaging:push", "token_type": "Bearer"
        });
        Self::json(200, &body)
    }

    pub(super) fn oauth_error(status: u16, error: &str) -> Self {
        Self::json(
            status,
            &json!({ "error": error, "error_description": "Something about the request" }),
        )
    }

    pub(super) fn reason(status: u16, reason: &str) -> Self {
        Self::json(status, &json!({ "reason": reason }))
    }

    pub(super) fn message(message: &str) -> Self {
        Self::json(200, &json!({ "message": message }))
    }

    pub(super) fn message_id(message_id: &str) -> Self {
        Self::json(200, &json!({ "messageId": message_id }))
    }

    pub(super) fn nothing_here() -> Self {
        Self::json(404, &json!({ "message": "Not Found" }))
    }

    /// The answer of a scripted fault; one that has no answer, or a real one, is the caller's to see to.
    pub(super) fn of_fault(fault: Fault, call: &Call) -> Self {
        let later = |status, body: &Value, retry_after| Self {
            retry_after,
            ..Self::json(status, body)
        };
        match fault {
            Fault::Answer(status, body) => Self {
                status,
                body: body.to_owned(),
                retry_after: None,
            },
            Fault::Echo => {
                let headers = call.headers.values().filter_map(|value| value.to_str().ok());
                let headers: Vec<_> = headers.collect();
                Self::reason(400, &format!("{} {}", headers.join(" "), String::from_utf8_lossy(&call.body)))
            }
            Fault::Internal(retry_after) => later(500, &json!({}), retry_after),
            Fault::Malformed => Self {
                status: 200,
                body: "{\"messageId\":\"amzn1.adm".to_owned(),
                retry_after: None,
            },
            Fault::Reason(status, reason) => Self::reason(status, reason),
            Fault::TooMany(retry_after) => later(429, &json!({ "reason": "MaxRateExceeded" }), retry_after),
            Fault::Unavailable(retry_after) => later(503, &json!({}), retry_after),
            Fault::Hang | Fault::HangUp | Fault::LoseResponse | Fault::Pass => Self::nothing_here(),
        }
    }

    #[cfg(test)]
    pub(super) fn into_parts(self) -> (u16, Value) {
        (self.status, serde_json::from_str(&self.body).unwrap_or_default())
    }

    /// "X-Amzn-RequestId: A value created by ADM uniquely identifies the request", on every answer.
    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        let mut answer = response(self.status, "application/json", self.body);
        let request_id = request_id.parse().expect("request ids are hexadecimal");
        answer.headers_mut().insert("x-amzn-requestid", request_id);
        if let Some(retry_after) = self.retry_after {
            let retry_after = HeaderValue::from_static(retry_after);
            answer.headers_mut().insert(header::RETRY_AFTER, retry_after);
        }
        answer
    }
}
