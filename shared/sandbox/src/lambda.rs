//! The events with which Lambda invokes a function for an SNS message.
//!
//! Either SNS invokes the function itself ("Invoking Lambda functions with Amazon SNS notifications"), or it puts the message into
//! a queue from which Lambda takes it ("Using Lambda with Amazon SQS"; AWS Lambda Developer Guide). Promises the fields of those
//! pages in their order, on many lines, the same bytes for the same messages. The signature of a message is in both, and neither
//! SNS nor SQS asks anybody to verify it there.

use jiff::Timestamp;

use crate::{
    Envelope, ids,
    message::moment,
    queue::Received,
    tree::{Tree, leaf, object},
};

/// The event of a function that is subscribed to a topic: one record for each message, though SNS itself never sends two at once.
pub fn sns_event(subscription_arn: &str, envelopes: &[Envelope]) -> String {
    sns_tree(subscription_arn, envelopes).page()
}

/// The event of a function that reads a queue which is subscribed to a topic, without raw delivery: the body of each message is
/// the envelope as an HTTPS endpoint would get it, and the attributes of the message are inside.
pub fn sqs_event(queue_arn: &str, envelopes: &[Envelope]) -> String {
    dead_letters_event(queue_arn, DeadLetter::Envelope, envelopes)
}

/// How a notification lies in a queue of what could not be delivered, or not be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetter {
    /// As SNS puts it there when its deliveries fail (Amazon SNS Developer Guide, "Amazon SNS dead-letter queues").
    Envelope,
    /// The event that the function failed with, from the function's own dead-letter queue ("Adding a dead-letter queue").
    Event,
    /// The record of that failure, from the function's on-failure destination ("Capturing records of Lambda asynchronous
    /// invocations").
    Failure,
}

impl DeadLetter {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Envelope, Self::Event, Self::Failure];

    fn body(self, queue_arn: &str, envelope: &Envelope) -> String {
        let subscription = ids::subscription_arn(envelope.field("TopicArn").unwrap_or_default());
        let event = || sns_tree(&subscription, std::slice::from_ref(envelope));
        match self {
            Self::Envelope => envelope.text(),
            Self::Event => event().text(),
            Self::Failure => failure(queue_arn, envelope, event()).text(),
        }
    }
}

/// The event of a function that reads such a queue: a message for each notification.
pub fn dead_letters_event(queue_arn: &str, form: DeadLetter, envelopes: &[Envelope]) -> String {
    let records = records(envelopes, |envelope| {
        let body = form.body(queue_arn, envelope);
        let sent_at = sent_at(envelope);
        let first_receipt = Received {
            message_id: ids::queued_id(&body),
            receipt_handle: ids::opaque("receipt handle", &body),
            body,
            attributes: Vec::new(),
            receive_count: 1,
            sent_at,
            first_received_at: sent_at,
        };
        first_receipt.tree(queue_arn)
    });
    records.page()
}

/// A function that failed three times with the event, as its own error or the runtime's told.
fn failure(queue_arn: &str, envelope: &Envelope, event: Tree) -> Tree {
    let (region, account) = (part(queue_arn, 3), part(queue_arn, 4));
    let function = format!("arn:aws:lambda:{region}:{account}:function:drs:$LATEST");
    let request_id = ids::request_id(envelope.field("MessageId").unwrap_or_default());
    object([
        ("version", leaf("1.0")),
        ("timestamp", leaf(moment(sent_at(envelope)))),
        (
            "requestContext",
            object([
                ("requestId", leaf(request_id)),
                ("functionArn", leaf(function)),
                ("condition", leaf("RetriesExhausted")),
                ("approximateInvokeCount", leaf(3)),
            ]),
        ),
        ("requestPayload", event),
        (
            "responseContext",
            object([
                ("statusCode", leaf(200)),
                ("executedVersion", leaf("$LATEST")),
                ("functionError", leaf("Unhandled")),
            ]),
        ),
        (
            "responsePayload",
            object([
                ("errorType", leaf("NotRecorded")),
                ("errorMessage", leaf("1 of 1 records were not recorded: store")),
            ]),
        ),
    ])
}

fn sns_tree(subscription_arn: &str, envelopes: &[Envelope]) -> Tree {
    records(envelopes, |envelope| {
        object([
            ("EventSource", leaf("aws:sns")),
            ("EventVersion", leaf("1.0")),
            ("EventSubscriptionArn", leaf(subscription_arn)),
            ("Sns", envelope.lambda_tree()),
        ])
    })
}

/// An event of several things.
pub(crate) fn records<T>(things: &[T], record: impl Fn(&T) -> Tree) -> Tree {
    object([("Records", Tree::List(things.iter().map(record).collect()))])
}

fn sent_at(envelope: &Envelope) -> Timestamp {
    let sent = envelope.field("Timestamp").and_then(|text| text.parse().ok());
    sent.unwrap_or_default()
}

/// A part of an ARN.
pub(crate) fn part(arn: &str, number: usize) -> &str {
    arn.split(':').nth(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Notification, Pki, SignatureVersion, drs};

    #[test]
    fn sns_invokes_a_function_with_the_message_under_its_own_spelling() {
        let envelopes = [envelope("a"), envelope("b")];
        let text = sns_event("arn:aws:sns:us-east-1:123456789012:drs:21be56ed", &envelopes);
        let start = "{
  \"Records\": [
    {
      \"EventSource\": \"aws:sns\",
      \"EventVersion\": \"1.0\",
      \"EventSubscriptionArn\": \"arn:aws:sns:us-east-1:123456789012:drs:21be56ed\",
      \"Sns\": {
        \"Type\": \"Notification\",
        \"MessageId\": ";
        assert!(text.starts_with(start) && text.ends_with("\n}\n"), "{text}");
        let event: Value = serde_json::from_str(&text).unwrap();
        for (record, envelope) in event["Records"].as_array().unwrap().iter().zip(&envelopes) {
            let told: Value = serde_json::from_str(&envelope.lambda_text()).unwrap();
            assert_eq!(record["Sns"], told);
            assert_eq!(
                record["Sns"]["MessageAttributes"]["version"],
                json!({"Type": "String", "Value": "2.0"})
            );
        }
        assert_eq!(event["Records"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_queue_holds_the_body_of_an_https_delivery() {
        let (queue, envelopes) = ("arn:aws:sqs:us-east-2:123456789012:drs", [envelope("a"), envelope("b")]);
        let text = sqs_event(queue, &envelopes);
        assert_eq!(text, sqs_event(queue, &envelopes));
        let event: Value = serde_json::from_str(&text).unwrap();
        let [first, second] = [0, 1].map(|at| &event["Records"][at]);
        assert_eq!(
            (first["body"].as_str(), second["body"].as_str()),
            (Some(envelopes[0].text().as_str()), Some(envelopes[1].text().as_str()))
        );
        for name in ["messageId", "receiptHandle", "md5OfBody"] {
            assert_ne!(first[name], second[name]);
        }
        let sent = "1480712998689";
        let attributes = json!({
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent,
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": sent,
        });
        assert_eq!((&first["attributes"], &first["messageAttributes"]), (&attributes, &json!({})));
        let source = ["eventSource", "eventSourceARN", "awsRegion"].map(|name| first[name].clone());
        assert_eq!(source, [json!("aws:sqs"), json!(queue), json!("us-east-2")]);
    }

    #[test]
    fn a_dead_letter_is_the_event_of_sns_or_the_record_of_its_failure() {
        let envelopes = [envelope("a")];
        let topic = envelopes[0].field("TopicArn").unwrap();
        let event: Value = serde_json::from_str(&sns_event(&ids::subscription_arn(topic), &envelopes)).unwrap();
        let [_, bare, record] = DeadLetter::ALL.map(|form| {
            let text = dead_letters_event("arn:aws:sqs:us-east-2:123456789012:drs", form, &envelopes);
            let queued: Value = serde_json::from_str(&text).unwrap();
            let body = queued["Records"][0]["body"].as_str().unwrap();
            assert_eq!(queued["Records"][0]["md5OfBody"], format!("{:x}", md5::compute(body)));
            serde_json::from_str::<Value>(body).unwrap_or_default()
        });
        assert_eq!(bare, event);
        assert_eq!(record["requestPayload"], event);
        assert_eq!(
            record["requestContext"]["functionArn"],
            "arn:aws:lambda:us-east-2:123456789012:function:drs:$LATEST"
        );
        assert_eq!(record["timestamp"], "2016-12-02T21:09:58.689Z");
    }

    #[test]
    fn the_digest_of_a_body_is_md5() {
        // The sample of AWS's page: the body "Test message." and its digest.
        assert_eq!(
            format!("{:x}", md5::compute("Test message.")),
            "e4e68fb7bd0e697a0ae8f1bb342846b3"
        );
    }

    fn envelope(seed: &str) -> Envelope {
        let at = "2016-12-02T21:09:58.689Z".parse().unwrap();
        let payload = drs::Payload::new(drs::TYPES[0], drs::Wire::V2, seed, at);
        let mut notification = Notification::new("arn:aws:sns:us-east-1:123456789012:drs", seed, &payload.text(), at);
        notification.attributes = payload.attributes();
        Pki::fixed().signer().sign(notification, SignatureVersion::V2)
    }
}
