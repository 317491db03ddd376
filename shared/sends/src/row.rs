//! One row of the table, typed: who had the key last, for which request, and what became of it.

use std::fmt;

use jiff::Timestamp;

use crate::claim::Attempt;
use crate::fingerprint::Fingerprint;
use crate::key::SendKey;
use crate::stored::Stored;

/// What is on record about a send.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) key: SendKey,
    pub(crate) owner: Owner,
    /// Counts those who were let send, from 1.
    pub(crate) attempt: u32,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) state: State,
    /// Epoch second.
    pub(crate) expires_at: i64,
}

/// What became of a send. Every owner has its row in `Sending` first and in one other state at most once after it, so an owner
/// and the name of a state tell the one version of a row from every other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Answered for good.
    Done(Stored),
    /// Refused for now, or never begun.
    Retryable { not_before_ms: i64, last_error: String },
    /// Somebody may send until then, by its own clock.
    Sending { lease_until_ms: i64 },
    /// Its owner does not know.
    Unknown,
}

impl State {
    pub(crate) fn name(&self) -> StateName {
        match self {
            Self::Done(_) => StateName::Done,
            Self::Retryable { .. } => StateName::Retryable,
            Self::Sending { .. } => StateName::Sending,
            Self::Unknown => StateName::Unknown,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StateName {
    Done,
    Retryable,
    Sending,
    Unknown,
}

impl StateName {
    /// As it stands in the table.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retryable => "retryable",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
        }
    }
}

/// Who holds a key: an attempt and its moment. One process may try twice under one id; a write of its first try that arrives
/// late must not pass for one of the second.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner(String);

impl Owner {
    pub(crate) fn of(attempt: &Attempt<'_>) -> Self {
        Self(format!("{}@{}", attempt.id, attempt.now.as_millisecond()))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Row {
    /// DynamoDB deletes expired rows within days, not at once: one that is past its time counts as absent.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html>
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now.as_second()
    }

    /// It is the lease that this owner took.
    pub(crate) fn is_lease_of(&self, owner: &Owner) -> bool {
        self.owner == *owner && self.state.name() == StateName::Sending
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("key", &self.key)
            .field("owner", &self.owner)
            .field("attempt", &self.attempt)
            .field("state", &self.state.name())
            .finish_non_exhaustive()
    }
}
