//! Keys that fit into the table, whatever a publisher puts into them.
//!
//! DynamoDB refuses a partition key over 2048 bytes and a sort key over 1024
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>), and SNS would redeliver such a
//! message until it is lost. A longer key keeps its beginning and ends in the SHA-256 of the whole, the same one on every
//! write and every look-up. No key of a known message is ever that long.

use std::borrow::Cow;

use crate::digest::Digest;
use crate::table::DUE_SHARDS;

/// `subject` as it stands in the table.
pub(crate) fn subject(subject: &str) -> Cow<'_, str> {
    fitted(subject, SUBJECT_LIMIT_BYTES)
}

/// `event` as it stands in the table.
pub(crate) fn event(event: &str) -> Cow<'_, str> {
    fitted(event, EVENT_LIMIT_BYTES)
}

/// Where a Message is kept whose key is taken by another one.
pub(crate) fn beside(event: &str, digest: Digest) -> String {
    format!("{event}#{}", digest.short())
}

/// The shard of the index `due` for a subject: all events of one subject share it, and subjects spread evenly.
pub(crate) fn due_shard(subject: &str) -> String {
    let [first, ..] = *Digest::of(subject).as_bytes();
    (first % DUE_SHARDS).to_string()
}

/// The epoch millisecond that an event's key begins with; none for what could not be read, whose key is a MessageId.
pub(crate) fn occurred_at_ms(event: &str) -> Option<i64> {
    event.split_once('#').and_then(|(moment, _)| moment.parse().ok())
}

fn fitted(key: &str, limit_bytes: usize) -> Cow<'_, str> {
    if key.len() <= limit_bytes {
        return Cow::Borrowed(key);
    }
    let start = &key[..key.floor_char_boundary(limit_bytes - DIGEST_SUFFIX_BYTES)];
    Cow::Owned(format!("{start}#{}", Digest::of(key)))
}

const SUBJECT_LIMIT_BYTES: usize = 2048;
/// 1024, less the room for the suffixes of conflicts.
const EVENT_LIMIT_BYTES: usize = 960;
const DIGEST_SUFFIX_BYTES: usize = 1 + 64;

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{due_shard, event, subject};

    #[test]
    fn a_key_that_fits_is_left_alone() {
        let longest = "é".repeat(480);

        assert!(matches!(event(&longest), Cow::Borrowed(key) if key == longest));
        assert!(matches!(
            subject("rtn#com.example#receipt"),
            Cow::Borrowed("rtn#com.example#receipt")
        ));
    }

    #[test]
    fn a_longer_key_keeps_its_beginning_stays_unique_and_is_cut_between_characters() {
        let (one, other) = ("é".repeat(600) + "1", "é".repeat(600) + "2");

        let (one, other) = (event(&one).into_owned(), event(&other).into_owned());

        assert_ne!(one, other);
        assert!(one.starts_with(&"é".repeat(447)));
        assert_eq!(one.len(), 894 + 65);
        assert_eq!(event(&one), one, "a fitted key fits");
        assert!(subject(&"x".repeat(5000)).len() == 2048);
    }

    #[test]
    fn subjects_spread_over_all_shards_and_keep_theirs() {
        let mut shards: Vec<_> = (0..200).map(|n| due_shard(&format!("rtn#com.example#{n}"))).collect();
        assert_eq!(shards[7], due_shard("rtn#com.example#7"));

        shards.sort();
        shards.dedup();
        assert_eq!(shards, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    }
}
