//! Ending what a permit began: with an answer, with "try again", or with "nobody knows".
//!
//! Promises that only who holds the lease changes the row. A late owner, whom somebody else has replaced, changes nothing,
//! whether it succeeded or failed, and learns what to answer instead, so that all callers of one send are told the same. A
//! write that fails is repeated inside the time that is left; then the caller answers what it knows and says that it is not
//! on record.

use std::time::Duration;

use inbox::StoreError;
use jiff::Timestamp;

use crate::Sends;
use crate::acquire::{Permit, expiry};
use crate::condition::Condition;
use crate::row::{Row, State, StateName};
use crate::standing::{Rules, Standing, Verdict};
use crate::store::{Put, Write};
use crate::stored::Stored;

/// What became of the end of a send.
#[derive(Debug)]
#[must_use = "somebody waits for an answer"]
pub enum Settled {
    /// It is on record: answer with what was handed in.
    Recorded,
    /// Somebody else has taken the send over: answer with how things stand now. What was handed in changed nothing.
    Superseded(Standing),
    /// The store did not take it: answer with what was handed in, and with `Idempotency-Recorded: false`. Who asks again will be
    /// told that the outcome is unknown.
    Unrecorded(StoreError),
}

impl Sends {
    /// Puts the answer on record, which every repetition of the request is given from now on. `until` ends the caller's time;
    /// the first write is tried even after it.
    pub async fn complete(&self, permit: Permit, answer: &Stored, clock: impl Fn() -> Timestamp, until: Timestamp) -> Settled {
        self.settle(permit, State::Done(answer.clone()), clock, until).await
    }

    /// Leaves the key to the next who asks, once `after` is over: for what certainly was not delivered, because the receiver said
    /// so or nothing was sent. `last_error` is a reason code; no text from outside belongs here.
    ///
    /// A permit that is in doubt leaves the doubt: what became of this attempt says nothing of the one before.
    pub async fn release(
        &self,
        permit: Permit,
        after: Duration,
        last_error: &'static str,
        clock: impl Fn() -> Timestamp,
        until: Timestamp,
    ) -> Settled {
        let after_ms = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        let state = match permit.in_doubt {
            true => State::Unknown,
            false => State::Retryable {
                not_before_ms: clock().as_millisecond().saturating_add(after_ms),
                last_error: last_error.to_owned(),
            },
        };
        self.settle(permit, state, clock, until).await
    }

    /// Says that nobody knows: the message may have been delivered, and no answer came.
    pub async fn mark_unknown(&self, permit: Permit, clock: impl Fn() -> Timestamp, until: Timestamp) -> Settled {
        self.settle(permit, State::Unknown, clock, until).await
    }

    async fn settle(&self, permit: Permit, state: State, clock: impl Fn() -> Timestamp, until: Timestamp) -> Settled {
        let mut now = clock();
        let settlement = Settlement::new(permit, state, now, self.retention, Rules::DEPLOYED);
        let mut operations = OPERATIONS;
        loop {
            let limit = Duration::try_from(until.duration_since(now))
                .ok()
                .filter(|left| !left.is_zero());
            operations -= 1;
            let put = self.put(&settlement.write, limit).await;
            now = clock();
            match put {
                Ok(put) => return settlement.end(put, now),
                Err(error) if error.needs_operator() || operations == 0 || until <= now => return Settled::Unrecorded(error),
                Err(_) => {}
            }
        }
    }
}

/// The end of a send without the store: the one write, and what follows from what became of it.
pub(crate) struct Settlement {
    pub(crate) permit: Permit,
    pub(crate) write: Write,
    pub(crate) rules: Rules,
}

impl Settlement {
    pub(crate) fn new(permit: Permit, state: State, now: Timestamp, retention: Duration, rules: Rules) -> Self {
        let from_ms = match &state {
            State::Retryable { not_before_ms, .. } => *not_before_ms,
            State::Done(_) | State::Sending { .. } | State::Unknown => now.as_millisecond(),
        };
        let write = Write {
            row: Row {
                state,
                expires_at: expiry(from_ms, retention, rules),
                ..permit.lease.clone()
            },
            condition: Condition::Seen {
                owner: permit.lease.owner.clone(),
                state: StateName::Sending,
            },
        };
        Self { permit, write, rules }
    }

    pub(crate) fn end(&self, put: Put, now: Timestamp) -> Settled {
        let row = match put {
            Put::Done => return Settled::Recorded,
            Put::Refused(Some(row)) => row,
            // Deleted by hand, or not shown.
            Put::Refused(None) => return Settled::Unrecorded(StoreError::OccupantHidden),
        };
        // Nobody else writes as this owner, and this is its one write after the lease: it had succeeded, and the SDK has repeated it
        // because the answer got lost.
        if row.owner == self.write.row.owner {
            return Settled::Recorded;
        }
        match self.rules.judge(&row, &self.permit.claim, now) {
            Verdict::Held(standing) => Settled::Superseded(standing),
            // Whoever came after is gone as well. The time of this caller is over, and its next request will find the key free. That
            // nothing was sent is not what it can be told: it may have sent it.
            Verdict::Free => Settled::Superseded(Standing::InFlight {
                retry_after: Duration::from_secs(1),
            }),
        }
    }
}

/// A store that fails at once is asked no more often than this; the SDK repeats each operation with pauses of its own.
const OPERATIONS: u32 = 5;
