//! A message as the function gets it: a record of the event in "Using Lambda with Amazon SQS" (AWS Lambda Developer Guide).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    lambda,
    tree::{Tree, leaf, object},
};

/// A message that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The same in every receipt, and in the dead-letter queue.
    pub message_id: String,
    /// Another one in every receipt.
    pub receipt_handle: String,
    /// What was sent.
    pub body: String,
    /// Name and text of its attributes, all of the type String.
    pub attributes: Vec<(String, String)>,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was received for the first time.
    pub first_received_at: Timestamp,
}

impl Received {
    pub(crate) fn tree(&self, queue_arn: &str) -> Tree {
        let milliseconds = |at: Timestamp| leaf(at.as_millisecond().to_string());
        let mut record = object([
            ("messageId", leaf(self.message_id.as_str())),
            ("receiptHandle", leaf(self.receipt_handle.as_str())),
            ("body", leaf(self.body.as_str())),
            (
                "attributes",
                object([
                    ("ApproximateReceiveCount", leaf(self.receive_count.to_string())),
                    ("SentTimestamp", milliseconds(self.sent_at)),
                    ("SenderId", leaf(SENDER_ID)),
                    ("ApproximateFirstReceiveTimestamp", milliseconds(self.first_received_at)),
                ]),
            ),
            ("messageAttributes", self.attributes_tree()),
        ]);
        if !self.attributes.is_empty() {
            let attributes = self
                .attributes
                .iter()
                .map(|(name, text)| (name.as_str(), "String", text.as_str()));
            record.set("md5OfMessageAttributes", leaf(md5_of_attributes(attributes)));
        }
        record.set("md5OfBody", leaf(format!("{:x}", md5::compute(&self.body))));
        record.set("eventSource", leaf("aws:sqs"));
        record.set("eventSourceARN", leaf(queue_arn));
        record.set("awsRegion", leaf(lambda::part(queue_arn, 3)));
        record
    }

    /// In the shape that Lambda gives them; "reserved for future use" are the two lists ("MessageAttributeValue").
    fn attributes_tree(&self) -> Tree {
        let attributes = self.attributes.iter().map(|(name, text)| {
            let value = object([
                ("stringValue", leaf(text.as_str())),
                ("stringListValues", Tree::List(Vec::new())),
                ("binaryListValues", Tree::List(Vec::new())),
                ("dataType", leaf("String")),
            ]);
            (name.clone(), value)
        });
        Tree::Object(attributes.collect())
    }
}

/// "Calculating the MD5 message digest for message attributes" (Amazon SQS Developer Guide, "Amazon SQS message metadata"): names in
/// order, each with its length before it, its type and value likewise, and 1 before a value that is a text.
fn md5_of_attributes<'a>(attributes: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let sorted: BTreeMap<&str, (&str, &str)> = attributes.map(|(name, kind, text)| (name, (kind, text))).collect();
    let mut bytes = Vec::new();
    let mut put = |before: &[u8], text: &str| {
        bytes.extend_from_slice(before);
        // A message has a mebibyte at most.
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    for (name, (kind, text)) in sorted {
        put(&[], name);
        put(&[], kind);
        put(&[1], text);
    }
    format!("{:x}", md5::compute(&bytes))
}

/// That of AWS's page; who sent a message to a queue is not for a function to go by.
const SENDER_ID: &str = "AIDAIENQZJOLO23YVJ4VO";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_attributes_is_that_of_sqs() {
        // The attributes of the sample in "SendMessage", and what Lambda has been seen to hand on for them.
        let attributes = [
            ("Title", "String", "The Whistler"),
            ("Author", "String", "John Grisham"),
            ("WeeksOn", "Number", "6"),
        ];
        assert_eq!(md5_of_attributes(attributes.into_iter()), "d25a6aea97eb8f585bfa92d314504a92");
    }
}
