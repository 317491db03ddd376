//! Waiting for somebody else's answer, for callers that would rather wait than come back.
//!
//! RFC 7240, section 4.3 (<https://www.rfc-editor.org/rfc/rfc7240#section-4.3>): `Prefer: wait=n` asks for an answer within `n`
//! seconds. It is a wish: more than ten seconds are taken for ten, and what cannot be read for no wish at all.

use std::time::Duration;

use inbox::StoreError;
use jiff::Timestamp;

use crate::Sends;
use crate::acquire::Acquired;
use crate::claim::{Attempt, Claim, OnUnknown};
use crate::standing::{Rules, Standing, Verdict};

/// How long to wait: up to ten seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait(Duration);

impl Wait {
    /// So many seconds, and ten at most.
    pub fn seconds(seconds: u64) -> Self {
        Self(LONGEST.min(Duration::from_secs(seconds)))
    }

    /// The same, but no longer than the caller has.
    pub fn at_most(self, time: Duration) -> Self {
        Self(self.0.min(time))
    }

    /// The wish in a header `Prefer`; zero seconds if there is none. Of several the first counts, as the RFC says.
    pub fn from_prefer(field: &str) -> Self {
        let preferences = field.split(',').filter_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            name.trim().eq_ignore_ascii_case("wait").then_some(value.trim())
        });
        let seconds = preferences.map(|value| value.trim_matches('"').parse()).next();
        Self::seconds(seconds.and_then(Result::ok).unwrap_or_default())
    }
}

impl Sends {
    /// [`Sends::acquire`], which waits while somebody else is sending: until that one has ended, or the wait has. It asks every
    /// quarter of a second with a read, which costs less than the refused write of an `acquire`. `sleep` is the caller's.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written.
    pub async fn acquire_within<S>(
        &self,
        claim: &Claim,
        attempt: &Attempt<'_>,
        wait: Wait,
        clock: impl Fn() -> Timestamp,
        sleep: impl Fn(Duration) -> S,
    ) -> Result<Acquired, StoreError>
    where
        S: Future<Output = ()>,
    {
        let mut acquired = self.acquire(claim, attempt).await?;
        loop {
            let Acquired::Held(Standing::InFlight { .. }) = acquired else {
                return Ok(acquired);
            };
            let waited = Duration::try_from(clock().duration_since(attempt.now)).unwrap_or_default();
            let Some(left) = wait.0.checked_sub(waited).filter(|left| !left.is_zero()) else {
                return Ok(acquired);
            };
            sleep(left.min(PAUSE)).await;
            let now = clock();
            let waited = Duration::try_from(now.duration_since(attempt.now)).unwrap_or_default();
            let later = Attempt {
                now,
                // It ends when it would have: waiting gives nobody more time to send.
                lease: attempt.lease.saturating_sub(waited),
                ..*attempt
            };
            let row = self.read(&claim.key).await?;
            acquired = match row.map(|row| Rules::DEPLOYED.judge(&row, claim, now)) {
                Some(Verdict::Held(standing)) => Acquired::Held(standing),
                Some(Verdict::Free) | None => self.acquire(claim, &later).await?,
            };
        }
    }
}

impl Sends {
    /// How things stand, without asking to send: nothing if the key is free and nobody has left a doubt. For when nothing could be sent
    /// anyway, and an answer on record still is one. What is unknown is [`Standing::Unknown`] here, also to who wants it sent again.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn standing(&self, claim: &Claim, now: Timestamp) -> Result<Option<Standing>, StoreError> {
        let row = self.read(&claim.key).await?;
        let claim = &Claim {
            on_unknown: OnUnknown::Fail,
            ..claim.clone()
        };
        Ok(row.and_then(|row| match Rules::DEPLOYED.judge(&row, claim, now) {
            Verdict::Free => None,
            Verdict::Held(standing) => Some(standing),
        }))
    }
}

const LONGEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::Wait;

    #[test]
    fn the_wish_to_wait_is_found_among_others() {
        for (field, seconds) in [
            ("wait=5", 5),
            ("WAIT = 5", 5),
            ("respond-async, wait=7; foo=bar", 7),
            ("wait=\"3\"", 3),
            ("wait=1, wait=9", 1),
            ("wait=10", 10),
            ("wait=11", 10),
            ("wait=18446744073709551615", 10),
            ("wait=0", 0),
            ("wait", 0),
            ("wait=", 0),
            ("wait=-1", 0),
            ("wait=1.5", 0),
            ("await=4", 0),
            ("return=minimal; wait=4", 0),
            ("", 0),
        ] {
            assert_eq!(Wait::from_prefer(field), Wait::seconds(seconds), "{field}");
        }
    }
}
