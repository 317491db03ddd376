use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::*;

#[test]
fn every_documented_answer_is_sorted_by_status_then_by_reason() {
    let not_registered = "Security profile amzn1.application.0 is not registered for TopicBasedMessaging.";
    for (status, reason, expected) in [
        (400, "InvalidData", refused(400, Some(Code::InvalidData), "InvalidData")),
        (400, "InvalidType", refused(400, Some(Code::InvalidType), "InvalidType")),
        (400, "Something new", refused(400, None, "Something new")),
        // A status is a promise, a reason is a hint.
        (
            400,
            "MaxRateExceeded",
            refused(400, Some(Code::MaxRateExceeded), "MaxRateExceeded"),
        ),
        (
            400,
            not_registered,
            Outcome::NotRegistered {
                code: Some(Code::NotRegistered),
                reason: Reason::new(not_registered, &[]),
                request_id: id(),
            },
        ),
        (401, "AccessTokenExpired", Outcome::Unauthorised { request_id: id() }),
        (401, "InvalidData", Outcome::Unauthorised { request_id: id() }),
        (413, "MessageTooLarge", Outcome::TooLarge { request_id: id() }),
        (429, "MaxRateExceeded", later(429)),
        (429, "InvalidData", later(429)),
        (500, "", later(500)),
        (503, "", later(503)),
    ] {
        let body = serde_json::json!({ "reason": reason }).to_string();
        assert_eq!(answered(status, &body), expected, "{status} {reason}");
    }
}

#[test]
fn an_answer_that_no_page_describes_is_refused_or_unknown_by_whose_fault_it_says_it_is() {
    for status in [301, 302, 402, 403, 404, 409, 415, 418, 499] {
        let outcome = answered(status, "");
        let expected = Outcome::Refused {
            status,
            code: None,
            reason: None,
            request_id: id(),
        };
        assert_eq!(outcome, expected);
    }
    for status in [201, 202, 204, 501, 502, 504, 599] {
        let outcome = answered(status, r#"{"messageId":"a"}"#);
        assert_eq!(outcome, unknown(Doubt::Status(status)), "{status}");
    }
}

#[test]
fn a_200_that_names_no_message_is_unknown_and_not_sent() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        r#"{"messageId":"#,
        r#"{"messageId":null}"#,
        r#"{"messageId":7}"#,
        r#"{"messageId":""}"#,
        r#"{"messageId":"a\nb"}"#,
    ] {
        assert_eq!(answered(200, body), unknown(Doubt::MalformedAnswer), "{body}");
    }
    let broken_off = Reply {
        body: None,
        ..reply(200, "")
    };
    assert_eq!(of(broken_off), unknown(Doubt::MalformedAnswer));
    assert_eq!(
        answered(200, r#"{"messageId":"amzn1.adm","other":1}"#),
        Outcome::Sent {
            message_id: "amzn1.adm".into(),
            request_id: id(),
        }
    );
}

#[test]
fn an_unreadable_reason_hides_no_status() {
    for (status, expected) in [
        (429, later(429)),
        (500, later(500)),
        (413, Outcome::TooLarge { request_id: id() }),
    ] {
        for body in ["", "<html>", "{\"reason\":7}"] {
            assert_eq!(answered(status, body), expected);
        }
        assert_eq!(
            of(Reply {
                body: None,
                ..reply(status, "")
            }),
            expected
        );
    }
}

#[test]
fn a_registration_names_the_profile_it_is_about() {
    let profile = "amzn1.application.0123456789abcdef0123456789abcdef";
    let sentence = format!(r#"{{"message":"The security profile {profile} is registered with TopicBasedMessaging."}}"#);
    for (body, expected) in [
        (sentence.as_str(), Some(profile)),
        ("{\"message\":\"amzn1.application.0 is registered\"}", None),
        ("", None),
    ] {
        assert_eq!(
            Registration::of(Ok(reply(200, body)), Timestamp::UNIX_EPOCH, &[]),
            Registration::Registered {
                security_profile: expected.map(str::to_owned),
                request_id: id(),
            }
        );
    }
}

#[test]
fn a_registration_without_an_answer_may_simply_be_repeated() {
    for no_reply in [NoReply::NotSent(Obstacle::Connect), NoReply::Unanswered(Obstacle::Deadline)] {
        assert_eq!(
            Registration::of(Err(no_reply), Timestamp::UNIX_EPOCH, &[]),
            Registration::RetryLater {
                status: None,
                retry_after: None,
                request_id: None,
            }
        );
    }
}

fn answered(status: u16, body: &str) -> Outcome {
    of(reply(status, body))
}

fn of(reply: Reply) -> Outcome {
    Outcome::of(Ok(reply), Timestamp::UNIX_EPOCH, &[])
}

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([
            ("x-amzn-requestid".parse().unwrap(), HeaderValue::from_static("request-1")),
            ("retry-after".parse().unwrap(), HeaderValue::from_static("7")),
        ]),
        body: Some(Bytes::copy_from_slice(body.as_bytes())),
    }
}

fn id() -> Option<RequestId> {
    RequestId::new("request-1")
}

fn refused(status: u16, code: Option<Code>, reason: &str) -> Outcome {
    Outcome::Refused {
        status,
        code,
        reason: Reason::new(reason, &[]),
        request_id: id(),
    }
}

fn later(status: u16) -> Outcome {
    Outcome::RetryLater {
        status: Some(status),
        retry_after: Some(Duration::from_secs(7)),
        request_id: id(),
    }
}

fn unknown(doubt: Doubt) -> Outcome {
    Outcome::Unknown { doubt, request_id: id() }
}
