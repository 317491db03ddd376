//! The answer of Login with Amazon's token endpoint.
//!
//! Its errors are OAuth's: `{"error", "error_description"}` (RFC 6749, section 5.2), not ADM's `reason`. Only `error` decides, and only
//! if it is one of the RFC's codes. `error_description` is left unread on purpose: it is free text that may repeat what was sent.

use http::{HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{BEARER, TokenError};
use crate::https::Reply;
use crate::{RequestId, retry_after};

/// The value of the header Authorization, and how long the token lives.
pub(super) fn read(reply: &Reply, now: Timestamp) -> Result<(HeaderValue, SignedDuration), TokenError> {
    let body = reply.body.as_deref().unwrap_or_default();
    let request_id = RequestId::of(&reply.headers);
    let error = match reply.status {
        StatusCode::OK => match grant(body) {
            Some(grant) => return Ok(grant),
            None => None,
        },
        _ => oauth_error(body),
    };
    Err(match error {
        Some("invalid_client") if reply.status.is_client_error() => TokenError::InvalidClient { request_id },
        Some("invalid_scope") if reply.status.is_client_error() => TokenError::InvalidScope { request_id },
        error => TokenError::Unavailable {
            status: Some(reply.status.as_u16()),
            error,
            retry_after: retry_after::of(&reply.headers, now),
            request_id,
        },
    })
}

fn grant(body: &[u8]) -> Option<(HeaderValue, SignedDuration)> {
    let granted: Granted = serde_json::from_slice(body).ok()?;
    let is_bearer = granted.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let token = Zeroizing::new(granted.access_token);
    // RFC 6750, section 2.1: a token is visible ASCII. Anything else would be another header by the time it is sent.
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let lives = (1..=LONGEST_LIFE_SECONDS).contains(&granted.expires_in);
    if !(is_bearer && is_token && lives) {
        return None;
    }
    let mut bearer = HeaderValue::from_str(&format!("{BEARER}{}", *token)).ok()?;
    bearer.set_sensitive(true);
    Some((bearer, SignedDuration::from_secs(granted.expires_in)))
}

fn oauth_error(body: &[u8]) -> Option<&'static str> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    CODES.into_iter().find(|code| *code == refusal.error)
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// RFC 6749, sections 4.1.2.1 and 5.2.
const CODES: [&str; 8] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
];
/// Amazon's tokens live an hour; one that claims more than a day is not believed.
const LONGEST_LIFE_SECONDS: i64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    #[test]
    fn amazons_answer_is_a_token_of_an_hour() {
        let body = r#"{"access_token":"Atc|MQEWYJxEnP3I1ND03ZzbY_NxQkA7Kn7Aioev","expires_in":3600,"scope":"messaging:push","token_type":"bearer"}"#;
        let (bearer, lifetime) = answered(200, body).unwrap();
        assert_eq!(bearer.to_str().unwrap(), "Bearer Atc|MQEWYJxEnP3I1ND03ZzbY_NxQkA7Kn7Aioev");
        assert!(bearer.is_sensitive());
        assert_eq!(lifetime, SignedDuration::from_hours(1));
    }

    #[test]
    fn an_answer_without_a_usable_token_is_not_now_rather_than_never() {
        for body in [
            "",
            "null",
            "<html>",
            r#"{"access_token":"","expires_in":3600}"#,
            r#"{"access_token":"a b","expires_in":3600}"#,
            r#"{"access_token":"a\r\nX: y","expires_in":3600}"#,
            r#"{"access_token":"a","expires_in":0}"#,
            r#"{"access_token":"a","expires_in":86401}"#,
            r#"{"access_token":"a","expires_in":"soon"}"#,
            r#"{"access_token":"a","expires_in":3600,"token_type":"mac"}"#,
            r#"{"error":"invalid_client"}"#,
        ] {
            assert_eq!(answered(200, body).unwrap_err(), unavailable(200, None), "{body}");
        }
    }

    #[test]
    fn only_two_errors_are_final_and_they_are_read_from_error() {
        let request_id = None;
        for (status, body, expected) in [
            (
                401,
                r#"{"error":"invalid_client","error_description":"x"}"#,
                TokenError::InvalidClient { request_id: None },
            ),
            (
                400,
                r#"{"error":"invalid_client"}"#,
                TokenError::InvalidClient { request_id: None },
            ),
            (400, r#"{"error":"invalid_scope"}"#, TokenError::InvalidScope { request_id }),
            (400, r#"{"reason":"invalid_client"}"#, unavailable(400, None)),
            (
                400,
                r#"{"error":"invalid_request"}"#,
                unavailable(400, Some("invalid_request")),
            ),
            (
                400,
                r#"{"error":"unauthorized_client"}"#,
                unavailable(400, Some("unauthorized_client")),
            ),
            (503, r#"{"error":"invalid_client"}"#, unavailable(503, Some("invalid_client"))),
            (500, "", unavailable(500, None)),
            (429, r#"{"error":"hunter2"}"#, unavailable(429, None)),
        ] {
            assert_eq!(answered(status, body).unwrap_err(), expected, "{status} {body}");
        }
    }

    fn answered(status: u16, body: &'static str) -> Result<(HeaderValue, SignedDuration), TokenError> {
        let reply = Reply {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Some(Bytes::from_static(body.as_bytes())),
        };
        read(&reply, Timestamp::UNIX_EPOCH)
    }

    fn unavailable(status: u16, error: Option<&'static str>) -> TokenError {
        TokenError::Unavailable {
            status: Some(status),
            error,
            retry_after: None,
            request_id: None,
        }
    }
}
