//! Taking the lease under which something is sent.
//!
//! Promises that of all who ask for a key at once one is let go, and refuses to guess: whoever is not, learns from the row in
//! the way what to answer. The first write expects a free key, which it is nearly always. If it is taken, the row decides
//! (`standing`), and a row that may be taken over is replaced only if it is still the one that was judged.

use std::fmt;
use std::time::Duration;

use inbox::StoreError;
use jiff::Timestamp;

use crate::Sends;
use crate::claim::{Attempt, Claim, OnUnknown};
use crate::condition::Condition;
use crate::key::ConsolidationKey;
use crate::row::{Owner, Row, State};
use crate::standing::{Rules, Standing, Verdict};
use crate::store::{Put, Write};

/// Whether the caller is the one to send.
#[derive(Debug)]
#[must_use = "somebody waits for an answer, and a permit that is dropped makes the outcome unknown"]
pub enum Acquired {
    /// It is, until the permit's time is over. Then hand the permit back: `complete`, `release` or `mark_unknown`.
    Go(Permit),
    /// It is not; this is how things stand.
    Held(Standing),
}

/// The right to send once, and the only thing that can end what it began. If it gets lost, the outcome is unknown.
pub struct Permit {
    pub(crate) claim: Claim,
    pub(crate) lease: Row,
    pub(crate) in_doubt: bool,
}

impl Permit {
    /// How long sending may still take: the time limit of the whole call. `None` when the time is over; send nothing then, and
    /// release the permit, or mark it unknown if it is in doubt.
    pub fn time_left(&self, now: Timestamp) -> Option<Duration> {
        let State::Sending { lease_until_ms } = self.lease.state else {
            return None;
        };
        let left_ms = lease_until_ms.saturating_sub(now.as_millisecond());
        u64::try_from(left_ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis)
    }

    /// The consolidation key that the message must have, if the request is one that may be sent again.
    pub fn consolidation_key(&self) -> Option<&ConsolidationKey> {
        match &self.claim.on_unknown {
            OnUnknown::Fail => None,
            OnUnknown::Resend(key) => Some(key),
        }
    }

    /// Which attempt at this send it is, from 1.
    pub fn attempt(&self) -> u32 {
        self.lease.attempt
    }

    /// Whether an earlier attempt may have been delivered. Only a success ends that doubt: a refusal of this attempt says nothing of
    /// the earlier one, so it is to be marked unknown, too.
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl Sends {
    /// Asks to send: one write if the key is free or held, another to take it over, and more only for every other one that is
    /// taking it over at the same moment.
    ///
    /// Everything else that can fail (reading the request, a token to send it with) comes before. An error means that nothing
    /// may be sent; asking again, with another attempt, is safe, and may find the outcome unknown.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be written or has a row that cannot be read.
    pub async fn acquire(&self, claim: &Claim, attempt: &Attempt<'_>) -> Result<Acquired, StoreError> {
        let acquisition = Acquisition::new(claim, attempt, self.retention, Rules::DEPLOYED);
        let mut write = acquisition.begin();
        loop {
            match acquisition.next(&write, self.put(&write, None).await?)? {
                Next::Answer(acquired) => return Ok(acquired),
                Next::Write(another) => write = another,
            }
        }
    }
}

/// The acquisition without the store: which write comes first, and what follows from what became of it.
pub(crate) struct Acquisition<'a> {
    claim: &'a Claim,
    now: Timestamp,
    rules: Rules,
    lease: Row,
}

/// What follows from a write.
pub(crate) enum Next {
    Answer(Acquired),
    Write(Write),
}

impl<'a> Acquisition<'a> {
    pub(crate) fn new(claim: &'a Claim, attempt: &Attempt<'_>, retention: Duration, rules: Rules) -> Self {
        let lease_ms = milliseconds(attempt.lease.min(LONGEST_LEASE));
        let lease_until_ms = attempt.now.as_millisecond().saturating_add(lease_ms);
        Self {
            claim,
            now: attempt.now,
            rules,
            lease: Row {
                key: claim.key.clone(),
                owner: Owner::of(attempt),
                attempt: 1,
                fingerprint: claim.fingerprint.clone(),
                state: State::Sending { lease_until_ms },
                expires_at: expiry(lease_until_ms, retention, rules),
            },
        }
    }

    pub(crate) fn begin(&self) -> Write {
        Write {
            row: self.lease.clone(),
            condition: Condition::Free { now: self.now },
        }
    }

    /// Ends: every further write follows a change that somebody else has made in between.
    pub(crate) fn next(&self, write: &Write, put: Put) -> Result<Next, StoreError> {
        let row = match (put, &write.condition) {
            (Put::Done, _) => return Ok(Next::Answer(self.go(write, write.row.clone()))),
            (Put::Refused(Some(row)), _) => row,
            // Deleted since it was seen: as at the beginning.
            (Put::Refused(None), Condition::Seen { .. }) => return Ok(Next::Write(self.begin())),
            // A store that keeps the row in the way to itself leaves the question open: an error, not a guess.
            (Put::Refused(None), Condition::Free { .. }) => return Err(StoreError::OccupantHidden),
        };
        // The write had succeeded, and the SDK has repeated it because the answer got lost.
        if row.is_lease_of(&self.lease.owner) && row.fingerprint == self.lease.fingerprint {
            return Ok(Next::Answer(self.go(write, row)));
        }
        Ok(match self.rules.judge(&row, self.claim, self.now) {
            Verdict::Held(standing) => Next::Answer(Acquired::Held(standing)),
            Verdict::Free => Next::Write(Write {
                row: Row {
                    attempt: row.attempt.saturating_add(1),
                    ..self.lease.clone()
                },
                condition: Condition::Seen {
                    state: row.state.name(),
                    owner: row.owner,
                },
            }),
        })
    }

    fn go(&self, write: &Write, lease: Row) -> Acquired {
        Acquired::Go(Permit {
            claim: self.claim.clone(),
            lease,
            in_doubt: write.condition.takes_over_a_doubt(),
        })
    }
}

/// The epoch second from which a row counts as absent: by no clock before the retention is over, and never while the lease or
/// its margin lasts.
pub(crate) fn expiry(from_ms: i64, retention: Duration, rules: Rules) -> i64 {
    let until_ms = from_ms
        .saturating_add(milliseconds(retention))
        .saturating_add(rules.margin_ms);
    until_ms.div_euclid(1_000).saturating_add(1)
}

/// As far as an `i64` reaches, which is farther than time does.
fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

const LONGEST_LEASE: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use inbox::StoreError;
    use jiff::Timestamp;

    use super::{Acquisition, Next};
    use crate::claim::{Attempt, Claim, OnUnknown};
    use crate::fingerprint::Fingerprint;
    use crate::key::{ConsolidationKey, SendKey};
    use crate::row::{Owner, Row, State};
    use crate::standing::Rules;
    use crate::store::Put;

    #[test]
    fn a_row_that_is_gone_when_it_is_to_be_taken_over_is_a_free_key_and_one_that_is_not_shown_is_an_error() {
        let key = SendKey::from_stored("send#1".to_owned());
        let claim = Claim {
            on_unknown: OnUnknown::Resend(ConsolidationKey::derived_from(&key)),
            fingerprint: Fingerprint::of(&"request").unwrap(),
            key,
        };
        let attempt = Attempt {
            id: "second",
            now: Timestamp::UNIX_EPOCH,
            lease: Duration::from_secs(10),
        };
        let acquisition = Acquisition::new(&claim, &attempt, Duration::from_secs(60), Rules::DEPLOYED);
        let begin = acquisition.begin();
        let unknown = Row {
            owner: Owner::from_stored("first@0".to_owned()),
            state: State::Unknown,
            ..begin.row.clone()
        };

        let Next::Write(takes_over) = acquisition.next(&begin, Put::Refused(Some(unknown))).unwrap() else {
            panic!("it may be taken over")
        };
        assert_ne!(takes_over, begin);
        let Next::Write(again) = acquisition.next(&takes_over, Put::Refused(None)).unwrap() else {
            panic!("nobody holds it")
        };
        assert_eq!(again, begin);

        let hidden = acquisition.next(&begin, Put::Refused(None)).err();
        assert!(matches!(hidden, Some(StoreError::OccupantHidden)), "{hidden:?}");
    }
}
