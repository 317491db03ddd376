//! Where in a file the message is.
//!
//! Promises the message as its sender wrote it, whether it stands alone, in an SNS body, in an API Gateway event with such a body,
//! or in the record that SNS hands to a Lambda function. None of them is doubtful: what is around a message has a `TopicArn`, and
//! no source's own message has one.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::commands::verify::capture::Form;

/// A message as it was found.
pub(super) struct Message {
    /// Where it was.
    pub(super) origin: Origin,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The message attributes that it came with. No signature covers them.
    pub(super) attributes: Option<Value>,
}

/// Where in the file a message was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The file is the message.
    Bare,
    /// In an SNS body.
    Body,
    /// In an SNS body in an API Gateway event.
    Event,
    /// In the record of a Lambda function that is subscribed to the topic.
    Record,
}

impl Message {
    /// Takes the message out of what was captured.
    pub(super) fn find(form: Form, body: Vec<u8>) -> Self {
        if let Ok(envelope) = serde_json::from_slice(&body) {
            let origin = match form {
                Form::Body => Origin::Body,
                Form::Event => Origin::Event,
            };
            return Self::inside(envelope, origin);
        }
        if let Ok(Invocation { records: [record] }) = serde_json::from_slice(&body) {
            return Self::inside(record.sns, Origin::Record);
        }
        Self {
            origin: Origin::Bare,
            bytes: body,
            attributes: None,
        }
    }

    fn inside(envelope: Envelope, origin: Origin) -> Self {
        Self {
            origin,
            bytes: envelope.message.into_bytes(),
            attributes: envelope.message_attributes,
        }
    }
}

/// As much of an SNS body as it takes to know one.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    #[expect(dead_code, reason = "its being there is what tells a body")]
    topic_arn: IgnoredAny,
    message: String,
    message_attributes: Option<Value>,
}

/// What a Lambda function is invoked with that SNS calls directly: always one record.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Invocation {
    records: [Record; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    sns: Envelope,
}
