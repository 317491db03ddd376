//! One message as a caller submits it, alone or in a batch.
//!
//! Promises a message that keeps the limits of the API Reference ("Publish", "PublishBatch"): not empty, at most 262,144 bytes with
//! its attributes, a subject in one line. What the pages leave open is taken: they name no character that a message must not have.
//! Refuses loudly what is not imitated, so that nobody takes its absence for success.

use std::collections::BTreeMap;

use super::{Call, attribute::attributes, refusal::Refusal};

/// A message within the limits that hold for it alone, but for its size.
pub(super) struct Submission {
    pub(super) message: String,
    pub(super) subject: Option<String>,
    pub(super) attributes: BTreeMap<String, String>,
    /// The body and all parts of the attributes; the subject does not count.
    pub(super) size_bytes: usize,
}

impl Submission {
    /// The message to a topic whose parameters begin with `prefix`; `entry` is its number in a batch.
    pub(super) fn read(call: &Call, prefix: &str, entry: Option<usize>) -> Result<Self, Refusal> {
        Self::without(&NOT_IMITATED, call, prefix, entry)
    }

    /// The message to a device, which may have a form for each push service.
    pub(super) fn to_device(call: &Call) -> Result<Self, Refusal> {
        Self::without(&NOT_IMITATED_FOR_DEVICES, call, "", None)
    }

    fn without(not_imitated: &[&str], call: &Call, prefix: &str, entry: Option<usize>) -> Result<Self, Refusal> {
        let part = |part: &str| call.parameter(&format!("{prefix}{part}"));
        if let Some(strange) = not_imitated.iter().find(|name| part(name).is_some()) {
            return Err(Refusal::not_imitated(strange));
        }
        let subject = part("Subject");
        if subject.is_some_and(|subject| !is_subject(subject)) {
            return Err(Refusal::invalid("Subject"));
        }
        let message = part("Message").unwrap_or_default();
        if message.is_empty() {
            return Err(Refusal::invalid("Empty message"));
        }
        let attributes = attributes(call, prefix, entry)?;
        Ok(Self {
            message: message.to_owned(),
            subject: subject.map(str::to_owned),
            size_bytes: message.len() + attributes.iter().map(|attribute| attribute.size_bytes).sum::<usize>(),
            attributes: attributes
                .into_iter()
                .map(|attribute| (attribute.name, attribute.value))
                .collect(),
        })
    }
}

/// "Subjects must be UTF-8 text with no line breaks or control characters, and less than 100 characters long."
fn is_subject(text: &str) -> bool {
    (1..100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// "The maximum allowed individual message size and the maximum total payload size […] are both 256 KB (262,144 bytes)."
pub(super) const SIZE_LIMIT_BYTES: usize = 262_144;

/// A message for each protocol, FIFO topics, fair queues, and what is not a topic.
const NOT_IMITATED: [&str; 5] = [
    "MessageStructure",
    "MessageDeduplicationId",
    "MessageGroupId",
    "PhoneNumber",
    "TargetArn",
];
/// The same, where the other one is not a device.
const NOT_IMITATED_FOR_DEVICES: [&str; 4] = ["MessageDeduplicationId", "MessageGroupId", "PhoneNumber", "TopicArn"];
