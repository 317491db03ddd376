//! What a row means to somebody who asks: the one place that decides whether something may be sent.
//!
//! Promises that nothing is sent while somebody else holds a lease that may still be used, by any clock; that what may have been
//! delivered is not sent again unless the request says so; and that a key stands for one request. Who asks late is told the
//! truth, not an error: *unknown* is an answer.
//!
//! It does not promise that a call is over which its owner has given up. Under `Resend` an unknown outcome is free at once, and
//! the call that was cut may be on its way for another second: the consolidation key is what makes sending again safe then.

use std::time::Duration;

use jiff::Timestamp;

use crate::claim::{Claim, OnUnknown};
use crate::row::{Row, State};
use crate::stored::Stored;

/// How things stand with a send that the caller may not do itself. Each is something to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody is sending it, or had taken it over. Asked again after this time, in whole seconds, the answer will be another.
    InFlight {
        /// The rest of the lease and its margin; a second if whoever took it over is gone.
        retry_after: Duration,
    },
    /// The key stands for another request.
    Mismatch,
    /// It has been answered; this is the answer.
    Replay(Stored),
    /// It was refused for now, and the time to try again has not come.
    TooEarly {
        /// How long it still is, in whole seconds.
        retry_after: Duration,
        /// Why it was refused, as the reason code that was given to `release`.
        last_error: String,
    },
    /// It may or may not have been delivered, and the request does not want it sent again.
    Unknown,
}

/// What follows from a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The key may be taken over from whoever had it.
    Free,
    /// It may not.
    Held(Standing),
}

/// How long after a lease has run out, by one's own clock, it has run out by every clock and nothing is under way any more.
///
/// Two clocks differ by two seconds at most, and a call that is cut at the end of its lease ends within a second. Lambda's
/// hosts keep time to well below a second (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html>). The model finds
/// a broken promise with 2.5 s, with 2 s and with none. It is for leases that nobody ended; a call that its owner has given up is
/// not waited for.
pub const MARGIN: Duration = Duration::from_millis(MARGIN_MS as u64);

const MARGIN_MS: i64 = SKEW_MS + OVERRUN_MS;
const SKEW_MS: i64 = 2_000;
const OVERRUN_MS: i64 = 1_000;

/// How careful to be. The model tries other values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) margin_ms: i64,
}

impl Rules {
    pub(crate) const DEPLOYED: Self = Self { margin_ms: MARGIN_MS };

    /// What `row` means to `claim`.
    pub(crate) fn judge(self, row: &Row, claim: &Claim, now: Timestamp) -> Verdict {
        let now_ms = now.as_millisecond();
        if row.is_expired(now) {
            return Verdict::Free;
        }
        if row.fingerprint != claim.fingerprint {
            return Verdict::Held(Standing::Mismatch);
        }
        match &row.state {
            State::Done(answer) => Verdict::Held(Standing::Replay(answer.clone())),
            State::Retryable { not_before_ms, .. } if *not_before_ms <= now_ms => Verdict::Free,
            State::Retryable {
                not_before_ms,
                last_error,
            } => Verdict::Held(Standing::TooEarly {
                retry_after: whole_seconds(not_before_ms.saturating_sub(now_ms)),
                last_error: last_error.clone(),
            }),
            State::Sending { lease_until_ms } => {
                let over_ms = lease_until_ms.saturating_add(self.margin_ms);
                if over_ms < now_ms {
                    unknown(&claim.on_unknown)
                } else {
                    let retry_after = whole_seconds(over_ms.saturating_sub(now_ms).saturating_add(1));
                    Verdict::Held(Standing::InFlight { retry_after })
                }
            }
            State::Unknown => unknown(&claim.on_unknown),
        }
    }
}

/// Nothing is written down here: should the owner still be there and know better, its answer is welcome. Should the call that it
/// gave up still be on its way, the consolidation key of both messages is what makes the second one safe.
fn unknown(on_unknown: &OnUnknown) -> Verdict {
    match on_unknown {
        OnUnknown::Fail => Verdict::Held(Standing::Unknown),
        OnUnknown::Resend(_) => Verdict::Free,
    }
}

/// Rounded up, as the header `Retry-After` counts (<https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>).
fn whole_seconds(ms: i64) -> Duration {
    Duration::from_secs(u64::try_from(ms).unwrap_or_default().div_ceil(1_000))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Rules, Standing, Verdict};
    use crate::claim::{Claim, OnUnknown};
    use crate::fingerprint::Fingerprint;
    use crate::key::{ConsolidationKey, SendKey};
    use crate::row::{Owner, Row, State};
    use crate::stored::Stored;

    #[track_caller]
    fn check(state: &State, now_ms: i64, fail: Verdict, resend: Verdict) {
        let row = Row {
            key: SendKey::from_stored("send#1".to_owned()),
            owner: Owner::from_stored("a@0".to_owned()),
            attempt: 1,
            fingerprint: Fingerprint::of(&"request").unwrap(),
            state: state.clone(),
            expires_at: 1_000,
        };
        let claim = |on_unknown| Claim {
            key: row.key.clone(),
            fingerprint: row.fingerprint.clone(),
            on_unknown,
        };
        let now = Timestamp::from_millisecond(now_ms).unwrap();
        let again = OnUnknown::Resend(ConsolidationKey::derived_from(&row.key));

        assert_eq!(Rules::DEPLOYED.judge(&row, &claim(OnUnknown::Fail), now), fail, "{now}");
        assert_eq!(Rules::DEPLOYED.judge(&row, &claim(again.clone()), now), resend, "{now}");

        for on_unknown in [OnUnknown::Fail, again] {
            let other = Claim {
                fingerprint: Fingerprint::of(&"another").unwrap(),
                ..claim(on_unknown)
            };
            let expected = match now_ms < 1_000_000 {
                true => Verdict::Held(Standing::Mismatch),
                false => Verdict::Free,
            };
            assert_eq!(Rules::DEPLOYED.judge(&row, &other, now), expected, "{now}");
        }
    }

    fn in_flight(seconds: u64) -> Verdict {
        let retry_after = Duration::from_secs(seconds);
        Verdict::Held(Standing::InFlight { retry_after })
    }

    fn too_early(seconds: u64) -> Verdict {
        Verdict::Held(Standing::TooEarly {
            retry_after: Duration::from_secs(seconds),
            last_error: "busy".to_owned(),
        })
    }

    #[test]
    fn a_lease_is_in_flight_until_its_margin_is_over_and_unknown_from_then_on() {
        let state = State::Sending { lease_until_ms: 10_000 };

        check(&state, 0, in_flight(14), in_flight(14));
        check(&state, 10_000, in_flight(4), in_flight(4));
        check(&state, 12_001, in_flight(1), in_flight(1));
        check(&state, 13_000, in_flight(1), in_flight(1));
        check(&state, 13_001, Verdict::Held(Standing::Unknown), Verdict::Free);
    }

    #[test]
    fn who_comes_back_when_told_is_told_something_else() {
        let state = State::Sending { lease_until_ms: 10_250 };
        for now_ms in [0, 1, 249, 250, 251, 999, 12_345, 13_250] {
            let over_ms = 13_251 - now_ms;
            let seconds = u64::try_from(over_ms).unwrap().div_ceil(1_000);

            check(&state, now_ms, in_flight(seconds), in_flight(seconds));
            let then_ms = now_ms + i64::try_from(seconds).unwrap() * 1_000;
            check(&state, then_ms, Verdict::Held(Standing::Unknown), Verdict::Free);
        }
    }

    #[test]
    fn an_answer_is_replayed_until_it_expires() {
        let answer = Stored::new(413, [].into(), "{}").unwrap();
        let replay = || Verdict::Held(Standing::Replay(answer.clone()));

        check(&State::Done(answer.clone()), 0, replay(), replay());
        check(&State::Done(answer.clone()), 999_999, replay(), replay());
        check(&State::Done(answer.clone()), 1_000_000, Verdict::Free, Verdict::Free);
    }

    #[test]
    fn what_was_refused_for_now_is_free_when_its_time_has_come() {
        let state = State::Retryable {
            not_before_ms: 10_000,
            last_error: "busy".to_owned(),
        };

        check(&state, 0, too_early(10), too_early(10));
        check(&state, 9_999, too_early(1), too_early(1));
        check(&state, 10_000, Verdict::Free, Verdict::Free);
    }

    #[test]
    fn the_unknown_stays_unknown_unless_the_request_wants_it_sent_again() {
        check(&State::Unknown, 0, Verdict::Held(Standing::Unknown), Verdict::Free);
        check(&State::Unknown, 1_000_000, Verdict::Free, Verdict::Free);
    }
}
