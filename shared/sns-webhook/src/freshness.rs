//! How old a message may be.
//!
//! SNS gives up on a delivery after an hour at the most, so an older message is a replay of a captured one. `Timestamp` is
//! signed, so nobody but SNS can renew it.

use jiff::{SignedDuration, Timestamp};

use crate::PolicyRefusal;

/// The window of time that a message's `Timestamp` must fall into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Greatest accepted age.
    pub max_age: SignedDuration,
    /// How far ahead of the clock here a message may be stamped.
    pub max_ahead: SignedDuration,
}

impl Freshness {
    /// A window with another greatest age and the usual allowance for a clock that is behind.
    pub fn with_max_age(max_age: SignedDuration) -> Self {
        Self {
            max_age,
            ..Self::default()
        }
    }

    /// Refuses a message stamped outside the window.
    ///
    /// # Errors
    /// [`PolicyRefusal::Stale`] or [`PolicyRefusal::FromFuture`], with the figures.
    pub fn check(&self, timestamp: Timestamp, now: Timestamp) -> Result<(), PolicyRefusal> {
        let age = now.duration_since(timestamp);
        if age > self.max_age {
            return Err(PolicyRefusal::Stale {
                age_seconds: age.as_secs(),
                limit_seconds: self.max_age.as_secs(),
            });
        }
        if -age > self.max_ahead {
            return Err(PolicyRefusal::FromFuture {
                ahead_seconds: -age.as_secs(),
                limit_seconds: self.max_ahead.as_secs(),
            });
        }
        Ok(())
    }
}

/// An hour of retries, the 15 s that the last of them may take, and 5 minutes of clock difference either way.
///
/// Source: Amazon SNS Developer Guide, "Amazon SNS message delivery retries": a delivery policy for HTTP/S may take 3,600 s in
/// all, and a request times out after 15 s.
impl Default for Freshness {
    fn default() -> Self {
        Self {
            max_age: SignedDuration::from_secs(3_600 + 15 + 300),
            max_ahead: SignedDuration::from_secs(300),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_fresh_up_to_its_limits_and_not_beyond() {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let check = |age_ms: i64| Freshness::default().check(now - SignedDuration::from_millis(age_ms), now);
        assert_eq!(check(0), Ok(()));
        assert_eq!(check(3_915_000), Ok(()));
        assert_eq!(
            check(3_915_001),
            Err(PolicyRefusal::Stale {
                age_seconds: 3_915,
                limit_seconds: 3_915
            })
        );
        assert_eq!(check(-300_000), Ok(()));
        assert_eq!(
            check(-300_001),
            Err(PolicyRefusal::FromFuture {
                ahead_seconds: 300,
                limit_seconds: 300
            })
        );
    }
}
