//! The attribute names of the table `notifications`, and nothing else that could drift from its template.
//!
//! Names are part of the size of an item, and one write unit holds 1 KB of it: they are short words, not sentences.

/// Partition key: what the notification is about.
pub const SUBJECT: &str = "subject";
/// Sort key: which event of the subject it is.
pub const EVENT: &str = "event";
/// Epoch second after which the row counts as absent and DynamoDB may delete it.
pub const EXPIRES_AT: &str = "expires_at";
/// Shard of the sparse index of rows not yet handed on; absent once they are.
pub const DUE: &str = "due";
/// Epoch millisecond of arrival; sort key of the index.
pub const RECEIVED_AT: &str = "received_at";
/// Name of the index over [`DUE`] and [`RECEIVED_AT`]; it holds keys only.
pub const DUE_INDEX: &str = "due";
/// How many shards [`DUE`] is spread over: their names are `"0"` to `"7"`.
pub const DUE_SHARDS: u8 = 8;
/// The partition of the index that holds what could not be handed on and waits for a person; no shard has this name.
pub const DEAD_SHARD: &str = "dead";
/// How often handing on was refused; absent until it is. The stream's filter looks for it, so that a failed attempt does not
/// start the next one.
pub const ATTEMPTS: &str = "attempts";
/// First part of the subject of notifications held for a pending topic; the rest is the topic's ARN.
pub const HELD_PREFIX: &str = "held#";

/// First part of the subject of notifications that could not be read; the rest is the topic's ARN.
pub const UNREAD_PREFIX: &str = "unread#";

pub(crate) const CONFLICT: &str = "conflict";
pub(crate) const DIGEST: &str = "digest";
/// Epoch millisecond since which a row is due that was due before: a replay, a revival. It also tells one round of handing on
/// from the next, so that the end of one cannot end another.
pub(crate) const DUE_SINCE: &str = "due_since";
pub(crate) const FAILED_AT: &str = "failed_at";
pub(crate) const FAILURE: &str = "failure";
pub(crate) const HANDED_ON: &str = "handed_on";
pub(crate) const HELD_EVENT: &str = "held_event";
pub(crate) const HELD_SUBJECT: &str = "held_subject";
pub(crate) const MESSAGE_ID: &str = "message_id";
pub(crate) const NONCE: &str = "nonce";
pub(crate) const RAW: &str = "raw";
pub(crate) const REPAIRED: &str = "repaired";
pub(crate) const REPLAY: &str = "replay";
pub(crate) const REPLAYS: &str = "replays";
/// Version of the item's shape, written by none so far: absent means 1. A program leaves newer ones alone.
pub(crate) const SHAPE: &str = "v";
pub(crate) const SIGNATURE_VERSION: &str = "signature_version";
pub(crate) const SNS_TIMESTAMP: &str = "sns_timestamp";
pub(crate) const TOPIC_ARN: &str = "topic_arn";
pub(crate) const TRACE_ID: &str = "trace_id";
pub(crate) const UNREADABLE: &str = "unreadable";
pub(crate) const WARNINGS: &str = "warnings";
