//! What ADM asks of a message ("Topic Based Messaging", sections "Header fields" and "Message body parameters").

use jiff::Timestamp;
use serde_json::Value;

use super::{Call, profile::is_topic, reply::Reply};

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Its name.
    pub message_id: String,
    /// Where it went.
    pub topic: String,
    /// The request's body, as it was sent.
    pub body: Value,
    /// How many app instances are subscribed.
    pub instances: usize,
    /// When.
    pub at: Timestamp,
}

/// The message of a call, still without name and readers, or the refusal.
pub(super) fn check(call: &Call) -> Result<Delivered, Reply> {
    for (name, value) in HEADERS {
        if call.header(name) != Some(value) {
            return Err(Reply::reason(400, "InvalidType"));
        }
    }
    let body = call.json();
    let (data, notification) = (body.get("data"), body.get("notification"));
    let parts: Vec<&Value> = [data, notification].into_iter().flatten().collect();
    // "Whitespaces between key/value pairs are not included in the calculation of the payload size."
    let size_bytes: usize = parts.iter().map(|part| part.to_string().len()).sum();
    let is_of_texts = |part: &&Value| part.as_object().is_some_and(|pairs| pairs.values().all(Value::is_string));
    if size_bytes > LIMIT_BYTES {
        return Err(Reply::reason(413, "MessageTooLarge"));
    }
    if parts.is_empty() || !parts.iter().all(is_of_texts) {
        return Err(Reply::reason(400, "InvalidData"));
    }
    let key = body.get("consolidationKey");
    if key.is_some_and(|key| key.as_str().is_none_or(|key| key.chars().count() > 64)) {
        return Err(Reply::reason(400, "InvalidConsolidationKey"));
    }
    let expires = body.get("expiresAfter");
    if expires.is_some_and(|seconds| seconds.as_u64().is_none_or(|seconds| !(1..=2_678_400).contains(&seconds))) {
        return Err(Reply::reason(400, "InvalidExpiration"));
    }
    match body.get("topic").and_then(Value::as_str).filter(|topic| is_topic(topic)) {
        Some(topic) => Ok(Delivered {
            message_id: String::new(),
            topic: topic.to_owned(),
            body: body.clone(),
            instances: 0,
            at: Timestamp::UNIX_EPOCH,
        }),
        None => Err(Reply::reason(
            400,
            "The topic value does not satisfy the regex pattern [a-zA-Z0-9-_.~%]{1,100}",
        )),
    }
}

const HEADERS: [(&str, &str); 4] = [
    ("content-type", "application/json"),
    ("accept", "application/json"),
    ("x-amzn-type-version", "com.amazon.device.messaging.ADMMessage@1.0"),
    ("x-amzn-accept-type", "com.amazon.device.messaging.ADMSendResult@1.0"),
];
/// 6 KB for data and notification together.
const LIMIT_BYTES: usize = 6 * 1024;
