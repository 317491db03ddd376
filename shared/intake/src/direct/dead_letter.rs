//! What stands in a message of a queue that gathers undeliverable notifications.
//!
//! Promises to find the notification in each of the three forms in which AWS puts it there, so that a queue can be redriven into the
//! function as it is:
//!
//! - SNS's envelope, from a subscription whose deliveries fail (Amazon SNS Developer Guide, "Amazon SNS dead-letter queues");
//! - the event that a function failed with, from the function's dead-letter queue (AWS Lambda Developer Guide, "Adding a dead-letter
//!   queue");
//! - a record about that failure, with the event as `requestPayload`, from an on-failure destination (the same, "Capturing records of
//!   Lambda asynchronous invocations").

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::records;

/// The notifications in the body of a message, at least one: what is none of the events is taken for an envelope, and told apart
/// by its grammar.
pub(super) fn notifications(body: String) -> Vec<String> {
    match inside(&body) {
        Some(notifications) if !notifications.is_empty() => notifications,
        Some(_) | None => vec![body],
    }
}

fn inside(body: &str) -> Option<Vec<String>> {
    let letter = serde_json::from_str::<Letter<'_>>(body).ok()?;
    match (letter.request, letter.records) {
        (Some(request), _) => records::notifications(request.get()),
        (None, Some(_)) => records::notifications(body),
        (None, None) => None,
    }
}

#[derive(Deserialize)]
struct Letter<'a> {
    #[serde(borrow, rename = "requestPayload")]
    request: Option<&'a RawValue>,
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event() -> Value {
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "a"}}]})
    }

    fn check(body: &str, expected: &str) {
        assert_eq!(notifications(body.to_owned()), [expected], "{body}");
    }

    #[test]
    fn an_event_is_found_by_itself_and_in_the_record_of_its_failure() {
        check(&event().to_string(), r#"{"Message":"a"}"#);
        let failure = json!({
            "version": "1.0",
            "timestamp": "2019-11-14T18:16:05.568Z",
            "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": event(),
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "responsePayload": {"errorType": "NotRecorded", "errorMessage": "1 of 1 records were not recorded: store"},
        });
        check(&failure.to_string(), r#"{"Message":"a"}"#);
    }

    #[test]
    fn what_is_no_event_is_taken_for_an_envelope() {
        for body in [
            r#"{"Type":"Notification","Message":"a"}"#,
            "",
            "hello",
            "[]",
            r#"{"Records":[]}"#,
            r#"{"Records":[{"eventSource":"aws:s3"}]}"#,
            r#"{"requestPayload":{"Records":[]}}"#,
            r#"{"requestPayload":"hello"}"#,
            r#"{"requestPayload":{"requestPayload":{"Records":[]}}}"#,
        ] {
            check(body, body);
        }
    }
}
