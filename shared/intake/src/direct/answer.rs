//! What Lambda is told about the records of an event: the only place that decides which of them come again.
//!
//! A queue takes a list of the messages that failed, and sends only those again (AWS Lambda Developer Guide, "Handling errors for an
//! SQS event source in Lambda"; the mapping must have `ReportBatchItemFailures`). An asynchronous invocation knows no part of an event:
//! it fails as a whole, is repeated, and at last goes to the failure destination (the same, "Invoking a Lambda function
//! asynchronously"). What had been recorded is recognised then.

use std::collections::BTreeSet;

use serde::Serialize;

use super::records::Record;
use crate::log::Route;
use crate::outcome::{Outcome, Refused};

/// What an invocation with records is answered with: the messages of the queue that are to come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// Why an invocation by SNS fails: not all of its records were recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failed} of {all} records were not recorded: {reasons}")]
pub struct NotRecorded {
    failed: usize,
    all: usize,
    /// The codes of the refusals, each once.
    reasons: String,
}

pub(super) fn answer(route: Route, ended: &[(&Record, Result<Outcome, Refused>)]) -> Result<Answer, NotRecorded> {
    let failed = ended
        .iter()
        .filter_map(|(record, outcome)| Some((record, outcome.as_ref().err()?)))
        .collect::<Vec<_>>();
    match route {
        Route::Sqs => {
            let mut messages = failed
                .iter()
                .filter_map(|(record, _)| record.queue_message.clone())
                .collect::<Vec<_>>();
            // The records of one message stand together.
            messages.dedup();
            let failures = messages.into_iter().map(|item_identifier| Failure { item_identifier });
            Ok(Answer {
                batch_item_failures: failures.collect(),
            })
        }
        Route::Https | Route::Lambda if failed.is_empty() => Ok(Answer {
            batch_item_failures: Vec::new(),
        }),
        Route::Https | Route::Lambda => {
            let reasons = failed.iter().map(|(_, refused)| refused.reason()).collect::<BTreeSet<_>>();
            Err(NotRecorded {
                failed: failed.len(),
                all: ended.len(),
                reasons: reasons.into_iter().collect::<Vec<_>>().join(", "),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use inbox::Recorded;
    use sns_webhook::Rejection;

    use super::*;

    fn record(queue_message: Option<&str>) -> Record {
        Record {
            notification: "secret".to_owned(),
            queue_message: queue_message.map(str::to_owned),
            trace_id: None,
        }
    }

    fn taken() -> Result<Outcome, Refused> {
        Ok(Outcome::Recorded(Recorded::New))
    }

    fn malformed() -> Result<Outcome, Refused> {
        Err(Rejection::SignatureVersion.into())
    }

    #[test]
    fn a_queue_is_told_each_message_that_failed_and_no_other() {
        let records = ["a", "b", "b", "c", "d"].map(|id| record(Some(id)));
        let outcomes = [taken(), malformed(), Err(Refused::Deadline), taken(), malformed()];
        let ended = records.iter().zip(outcomes).collect::<Vec<_>>();
        let answer = answer(Route::Sqs, &ended).unwrap();
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"d"}]}"#
        );
    }

    #[test]
    fn an_invocation_by_sns_fails_with_the_number_and_the_reasons() {
        let records = [0; 4].map(|_| record(None));
        let outcomes = [taken(), malformed(), Err(Refused::Deadline), malformed()];
        let ended = records.iter().zip(outcomes).collect::<Vec<_>>();
        let error = answer(Route::Lambda, &ended).unwrap_err();
        assert_eq!(
            error.to_string(),
            "3 of 4 records were not recorded: deadline, signature_version"
        );
        assert!(!format!("{error:?}").contains("secret"));
    }

    #[test]
    fn an_invocation_without_a_failure_is_answered_with_none() {
        for (route, record) in [(Route::Lambda, record(None)), (Route::Sqs, record(Some("a")))] {
            let answer = answer(route, &[(&record, taken())]).unwrap();
            assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"batchItemFailures":[]}"#);
        }
    }
}
