//! The records of a Lambda event, taken apart.
//!
//! Promises the notifications that AWS relayed with it, each as the text that it came as, and knows for each the queue's message that
//! it came in. Refuses as a whole an event that has other records, or none.

use std::fmt;

use inbox::TraceId;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::dead_letter;
use crate::log::Route;

/// The records of one event: SNS's own, or messages of a queue that SNS or Lambda wrote to.
pub struct Records {
    pub(super) route: Route,
    pub(super) all: Vec<Record>,
}

/// One notification, or what came in the place of one.
pub(super) struct Record {
    /// The JSON object that SNS relayed, unread.
    pub(super) notification: String,
    /// The id of the queue's message that it came in.
    pub(super) queue_message: Option<String>,
    /// The trace that the queue's message is a part of, if it has one of its own.
    pub(super) trace_id: Option<TraceId>,
}

/// An event that has no records of SNS or SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event has no records of SNS or SQS")]
pub struct NotRecords;

impl Records {
    /// Takes an event apart that is SNS's or a queue's.
    ///
    /// Sources: AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications" and "Using Lambda with Amazon
    /// SQS". The key that names the source is spelled in two ways.
    ///
    /// # Errors
    /// [`NotRecords`] if it is neither.
    pub fn read(event: &str) -> Result<Self, NotRecords> {
        let Event { records } = serde_json::from_str(event).map_err(|_| NotRecords)?;
        let (route, all) = match of_sns(&records) {
            Some(all) => (Route::Lambda, all),
            None => (Route::Sqs, of_sqs(&records).ok_or(NotRecords)?),
        };
        if all.is_empty() {
            Err(NotRecords)
        } else {
            Ok(Self { route, all })
        }
    }
}

/// The notifications of an event of SNS; nothing if one of its records is another's.
pub(super) fn notifications(event: &str) -> Option<Vec<String>> {
    let Event { records } = serde_json::from_str(event).ok()?;
    Some(of_sns(&records)?.into_iter().map(|record| record.notification).collect())
}

fn of_sns(records: &[&RawValue]) -> Option<Vec<Record>> {
    let read = records.iter().map(|record| {
        let record = serde_json::from_str::<SnsRecord<'_>>(record.get()).ok()?;
        (record.source == "aws:sns").then(|| Record {
            notification: record.notification.get().to_owned(),
            queue_message: None,
            trace_id: None,
        })
    });
    read.collect()
}

fn of_sqs(records: &[&RawValue]) -> Option<Vec<Record>> {
    let mut all = Vec::new();
    for record in records {
        let record = serde_json::from_str::<SqsRecord>(record.get()).ok()?;
        if record.source != "aws:sqs" {
            return None;
        }
        let trace_id = record.attributes["AWSTraceHeader"].as_str().and_then(TraceId::of_header);
        all.extend(
            dead_letter::notifications(record.body)
                .into_iter()
                .map(|notification| Record {
                    notification,
                    queue_message: Some(record.message_id.clone()),
                    trace_id,
                }),
        );
    }
    Some(all)
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct SnsRecord<'a> {
    #[serde(rename = "EventSource")]
    source: String,
    #[serde(borrow, rename = "Sns")]
    notification: &'a RawValue,
}

#[derive(Deserialize)]
struct SqsRecord {
    #[serde(rename = "eventSource")]
    source: String,
    #[serde(rename = "messageId")]
    message_id: String,
    body: String,
    /// What SQS says of the message: AWS X-Ray Developer Guide, "Amazon SQS and AWS X-Ray".
    #[serde(default)]
    attributes: Value,
}

/// What records hold points at people and devices.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Records {{ {} by {:?} }}", self.all.len(), self.route)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The route, and a line for each notification.
    fn read(records: Value) -> Result<(Route, Vec<String>), NotRecords> {
        let records = Records::read(&json!({"Records": records}).to_string())?;
        let line = |record: Record| match record.queue_message {
            Some(id) => format!("{id}: {}", record.notification),
            None => record.notification,
        };
        Ok((records.route, records.all.into_iter().map(line).collect()))
    }

    fn sns(message: &str) -> Value {
        json!({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": message}})
    }

    fn sqs(id: &str, body: &str) -> Value {
        json!({"messageId": id, "receiptHandle": "h", "body": body, "eventSource": "aws:sqs"})
    }

    #[test]
    fn the_records_of_sns_are_its_notifications() {
        let all = [r#"{"Message":"a"}"#, r#"{"Message":"b"}"#].map(str::to_owned);
        assert_eq!(read(json!([sns("a"), sns("b")])), Ok((Route::Lambda, all.into())));
    }

    #[test]
    fn the_messages_of_a_queue_are_known_by_their_ids() {
        let both = json!({"Records": [sns("a"), sns("b")]}).to_string();
        let all = [r#"1: {"Message":"a"}"#, r#"1: {"Message":"b"}"#, "2: hello"].map(str::to_owned);
        let read = read(json!([sqs("1", &both), sqs("2", "hello")]));
        assert_eq!(read, Ok((Route::Sqs, all.into())));
    }

    #[test]
    fn a_message_of_a_queue_may_have_a_trace_of_its_own() {
        let id = "1-5759e988-bd862e3fe1be46a994272793";
        let both = json!({"Records": [sns("a"), sns("b")]}).to_string();
        let traces = |attributes: Value| {
            let mut record = sqs("1", &both);
            record["attributes"] = attributes;
            let records = Records::read(&json!({"Records": [record]}).to_string()).unwrap();
            let traces = records.all.iter().map(|record| record.trace_id);
            traces.map(|id| id.map(|id| id.to_string())).collect::<Vec<_>>()
        };
        let header = format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1");
        assert_eq!(traces(json!({"AWSTraceHeader": header})), [0; 2].map(|_| Some(id.to_owned())));
        for none in [
            json!({}),
            json!(null),
            json!({"AWSTraceHeader": "Root=s3cr3t"}),
            json!({"AWSTraceHeader": 1}),
        ] {
            assert_eq!(traces(none), [None, None]);
        }
    }

    #[test]
    fn an_event_of_others_or_of_nobody_has_no_records() {
        for records in [
            json!(null),
            json!({}),
            json!([]),
            json!([1]),
            json!([{"eventSource": "aws:s3", "s3": {}}]),
            json!([{"EventSource": "aws:sns"}]),
            json!([{"EventSource": "aws:ses", "Sns": {}}]),
            json!([{"eventSource": "aws:sqs", "body": "no id"}]),
            json!([{"eventSource": "aws:sqs", "messageId": "1", "body": {}}]),
            json!([{"eventSource": "aws:kinesis", "messageId": "1", "body": "b"}]),
            json!([sns("a"), sqs("1", "b")]),
            json!([sqs("1", "b"), sns("a")]),
        ] {
            assert_eq!(read(records.clone()), Err(NotRecords), "{records}");
        }
        for event in ["", "[]", "{}", r#"{"records":[]}"#, r#"{"httpMethod":"POST","body":"{}"}"#] {
            assert_eq!(Records::read(event).map(|_| ()), Err(NotRecords), "{event}");
        }
    }

    #[test]
    fn debug_prints_no_content() {
        let records = Records::read(&json!({"Records": [sns("secret")]}).to_string()).unwrap();
        assert_eq!(format!("{records:?}"), "Records { 1 by Lambda }");
    }
}
