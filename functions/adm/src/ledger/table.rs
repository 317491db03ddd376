//! The rows of the ledger in the table of sends, by key and attribute. None of them expires.
//!
//! | key | attributes |
//! | --- | --- |
//! | `instance#<SHA-256 of the registration id>` | `topics`, `changed_at`; no row when it is on no topic |
//! | `topic#<topic>#<0..7>` | `instances`: a part of the count of the topic; all eight or none |
//! | `topics` | `topics`: every topic that has its eight rows |
//! | `errors#<0..7>` | one number for each error id |

use crate::{Instance, Topic};

pub(super) const KEY: &str = "key";
/// String set: of an instance, or of all.
pub(super) const TOPICS: &str = "topics";
/// Number.
pub(super) const INSTANCES: &str = "instances";
/// Number: epoch milliseconds.
pub(super) const CHANGED_AT: &str = "changed_at";

/// DynamoDB lets one of two transactions fail that meet at a row, so the count of a topic is spread over this many.
pub(super) const STRIPES: usize = 8;

/// The row that lists all topics.
pub(super) const CATALOGUE: &str = "topics";

pub(super) fn instance(instance: &Instance) -> String {
    format!("instance#{}", instance.hex())
}

pub(super) fn counter(topic: &Topic, stripe: usize) -> String {
    format!("topic#{topic}#{stripe}")
}

pub(super) fn counters(topic: &Topic) -> impl Iterator<Item = String> {
    (0..STRIPES).map(move |stripe| counter(topic, stripe))
}

pub(super) fn errors(stripe: usize) -> String {
    format!("errors#{stripe}")
}

/// Which of the eight rows an instance changes: always the same, so that none goes below zero.
pub(super) fn stripe(instance: &Instance) -> usize {
    usize::from(instance.bytes()[0]) % STRIPES
}
