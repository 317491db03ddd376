//! Which messages of a batch have failed, by the function's answer.
//!
//! "Implementing partial batch responses" (AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda"), with
//! ReportBatchItemFailures on. A complete success: "an empty batchItemFailures list, a null batchItemFailures list, an empty
//! EventResponse, a null EventResponse". A complete failure: "an invalid JSON response, an empty string itemIdentifier, a null
//! itemIdentifier, an itemIdentifier with a bad key name, an itemIdentifier value with a message ID that doesn't exist". The page
//! does not say what a text, a number or a list is; here it is a failure, since nothing is lost by one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Received;

/// The ids of the messages that have failed.
pub(super) fn failed<'a>(batch: &'a [Received], answer: &str) -> BTreeSet<&'a str> {
    let all: BTreeSet<&str> = batch.iter().map(|message| message.message_id.as_str()).collect();
    let known = |reported: &Vec<String>| reported.iter().all(|id| all.contains(id.as_str()));
    match reported(answer).filter(known) {
        Some(reported) => all.into_iter().filter(|id| reported.iter().any(|one| one == id)).collect(),
        None => all,
    }
}

/// The ids that an answer reports, if it is one.
fn reported(answer: &str) -> Option<Vec<String>> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    match &answer {
        Value::Null => Some(Vec::new()),
        Value::Object(members) => match members.get("batchItemFailures") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(identifier).collect(),
            Some(_) => None,
        },
        _ => None,
    }
}

fn identifier(item: &Value) -> Option<String> {
    item.get("itemIdentifier")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_a_success_a_failure_or_a_list_of_what_failed() {
        let batch = ["a", "b", "c"].map(message);
        let check = |answer: &str, expect: &[&str]| {
            let failed: Vec<&str> = failed(&batch, answer).into_iter().collect();
            assert_eq!(failed, expect, "{answer}");
        };
        for success in [
            "null",
            "{}",
            r#"{"batchItemFailures":null}"#,
            r#"{"batchItemFailures":[]}"#,
            r#"{"failures":[{"itemIdentifier":"a"}]}"#,
        ] {
            check(success, &[]);
        }
        for failure in [
            "",
            "{",
            "done",
            r#""done""#,
            "[]",
            r#"{"batchItemFailures":"a"}"#,
            r#"{"batchItemFailures":["a"]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"d"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"messageId":"b"}]}"#,
        ] {
            check(failure, &["a", "b", "c"]);
        }
        check(&reporting(&["b"]), &["b"]);
        check(&reporting(&["c", "a", "c"]), &["a", "c"]);
    }

    fn reporting(ids: &[&str]) -> String {
        let items: Vec<Value> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        json!({ "batchItemFailures": items }).to_string()
    }

    fn message(id: &str) -> Received {
        Received {
            message_id: id.to_owned(),
            receipt_handle: String::new(),
            body: String::new(),
            attributes: Vec::new(),
            receive_count: 1,
            sent_at: Timestamp::UNIX_EPOCH,
            first_received_at: Timestamp::UNIX_EPOCH,
        }
    }
}
