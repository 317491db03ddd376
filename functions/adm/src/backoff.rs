//! How long to wait before another attempt, if there is to be one.
//!
//! ADM's Retry-After counts; without one, full jitter: a random time up to a bound that doubles ("Exponential Backoff And Jitter",
//! aws.amazon.com/blogs/architecture). A wait that does not leave time for an attempt is not begun: the caller learns sooner that it
//! has to come back.

use std::time::Duration;

/// The wait before the attempt that follows `attempts`; nothing when there is to be none. `chance` is from 0 to 1.
pub(crate) fn next(attempts: u32, retry_after: Option<Duration>, left: Duration, chance: f64) -> Option<Duration> {
    let bound = LEAST.saturating_mul(1 << attempts.min(MOST_ATTEMPTS));
    let wait = retry_after.unwrap_or_else(|| bound.mul_f64(chance.clamp(0.0, 1.0)));
    let fits = wait.checked_add(TIME_FOR_AN_ATTEMPT).is_some_and(|needed| needed <= left);
    (attempts < MOST_ATTEMPTS && fits).then_some(wait)
}

const LEAST: Duration = Duration::from_millis(100);
/// Chance may give no wait at all; this ends it all the same. It also ends the doubling, at 1.6 s.
const MOST_ATTEMPTS: u32 = 5;
/// A message that is begun with less may be cut on its way, and then nobody knows.
pub(crate) const TIME_FOR_AN_ATTEMPT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_doubles_and_chance_chooses_below_it() {
        let plenty = Duration::from_secs(60);
        for (attempts, chance, milliseconds) in [(1, 1.0, 200), (2, 1.0, 400), (3, 0.5, 400), (4, 1.0, 1600), (1, 0.0, 0)] {
            let expected = Some(Duration::from_millis(milliseconds));
            assert_eq!(next(attempts, None, plenty, chance), expected, "{attempts} {chance}");
        }
        assert_eq!(next(5, None, plenty, 0.0), None);
    }

    #[test]
    fn adms_own_wish_counts_if_there_is_time() {
        let ten = Duration::from_secs(10);
        assert_eq!(next(1, Some(Duration::from_secs(9)), ten, 0.0), Some(Duration::from_secs(9)));
        assert_eq!(next(1, Some(Duration::from_millis(9_001)), ten, 0.0), None);
        assert_eq!(next(1, Some(Duration::MAX), ten, 0.0), None);
        assert_eq!(next(1, None, Duration::from_millis(999), 0.0), None);
    }

    proptest! {
        #[test]
        fn a_wait_always_leaves_time_for_an_attempt(
            attempts in any::<u32>(),
            retry_after in proptest::option::of(any::<u64>().prop_map(Duration::from_millis)),
            left in any::<u32>().prop_map(|milliseconds| Duration::from_millis(milliseconds.into())),
            chance in any::<f64>().prop_filter("a number", |chance| !chance.is_nan()),
        ) {
            if let Some(wait) = next(attempts, retry_after, left, chance) {
                prop_assert!(attempts < MOST_ATTEMPTS);
                prop_assert!(wait + TIME_FOR_AN_ATTEMPT <= left);
            }
        }
    }
}
