//! The pace of calls: a token bucket whose rate gives way.
//!
//! SNS's quotas are the account's, so live traffic has them too
//! (<https://docs.aws.amazon.com/general/latest/gr/sns.html>): a run takes a part of one, and half of that, and half again, whenever SNS
//! says that it is too much. It comes back by a twentieth of its part each second: additive increase, multiplicative decrease, as TCP
//! does (RFC 5681). The time is given; nothing waits in here.

use std::time::Duration;

use jiff::Timestamp;

/// The calls that a run may make of one kind.
#[derive(Clone, Debug)]
pub struct Budget {
    /// In millionths of a call per second.
    ceiling: u64,
    rate: u64,
    /// In thousand millionths of a call.
    tokens: u64,
    filled_at: Timestamp,
    gave_way_at: Option<Timestamp>,
}

/// How much of a quota is a run's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Calls per second, by the quota.
    pub quota: u32,
    /// Percent of it. Thirty are usual.
    pub percent: u8,
}

impl Budget {
    /// A budget that begins at its full rate, with nothing saved.
    pub fn new(share: Share, now: Timestamp) -> Self {
        let percent = u64::from(share.percent.clamp(1, 100));
        let ceiling = (u64::from(share.quota) * percent * 10_000).max(LEAST_RATE);
        Self {
            ceiling,
            rate: ceiling,
            tokens: 0,
            filled_at: now,
            gave_way_at: None,
        }
    }

    /// Takes one call.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        self.fill(now);
        match self.tokens.checked_sub(CALL) {
            Some(left) => {
                self.tokens = left;
                Ok(())
            }
            // Thousand millionths over millionths per second are milliseconds.
            None => Err(Duration::from_millis((CALL - self.tokens).div_ceil(self.rate))),
        }
    }

    /// SNS asked for patience. All that it says within a second is one thing: the calls were under way together.
    pub fn give_way(&mut self, now: Timestamp) {
        self.fill(now);
        let is_new = self.gave_way_at.is_none_or(|at| now.duration_since(at).as_millis() >= 1_000);
        if is_new {
            self.rate = (self.rate / 2).max(LEAST_RATE);
            self.tokens = 0;
            self.gave_way_at = Some(now);
        }
    }

    /// Calls per thousand seconds, as it stands.
    pub fn calls_per_1_000_seconds(&self) -> u64 {
        self.rate / 1_000
    }

    /// What a second brings is kept for a second, and one call always. A clock that goes back adds nothing.
    fn fill(&mut self, now: Timestamp) {
        let elapsed = now.duration_since(self.filled_at).as_millis();
        let Some(elapsed_ms) = u64::try_from(elapsed).ok().filter(|elapsed| *elapsed > 0) else {
            return;
        };
        self.filled_at = now;
        let most = self.rate.saturating_mul(1_000).max(CALL);
        self.tokens = self.tokens.saturating_add(self.rate.saturating_mul(elapsed_ms)).min(most);
        let more = self.ceiling.div_ceil(RECOVERY_MS).saturating_mul(elapsed_ms);
        self.rate = self.rate.saturating_add(more).min(self.ceiling);
    }
}

const CALL: u64 = 1_000_000_000;
/// One call in five seconds.
const LEAST_RATE: u64 = 200_000;
/// From nothing to the whole share.
const RECOVERY_MS: u64 = 20_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::{any, prop, proptest};

    use super::{Budget, Share};

    const THIRTY: Share = Share { quota: 30, percent: 30 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms)
    }

    /// Takes as often as it may from one moment to another, waiting as it is told.
    fn taken(budget: &mut Budget, from_ms: i64, until_ms: i64) -> u32 {
        let (mut now, mut taken) = (from_ms, 0);
        while now < until_ms {
            match budget.take(at(now)) {
                Ok(()) => taken += 1,
                Err(wait) => now += i64::try_from(wait.as_millis()).unwrap(),
            }
        }
        taken
    }

    #[test]
    fn a_run_takes_its_part_of_the_quota_and_says_how_long_to_wait() {
        let mut budget = Budget::new(THIRTY, at(0));

        assert_eq!(budget.take(at(0)), Err(Duration::from_millis(112)));
        assert_eq!(budget.take(at(111)), Err(Duration::from_millis(1)));
        assert_eq!(budget.take(at(112)), Ok(()));
        assert_eq!(taken(&mut budget, 112, 100_000), 898);
    }

    #[test]
    fn what_was_not_used_for_long_is_a_second_s_worth() {
        let mut budget = Budget::new(THIRTY, at(0));

        assert_eq!((0..100).filter(|_| budget.take(at(3_600_000)).is_ok()).count(), 9);
    }

    #[test]
    fn it_gives_way_by_half_once_a_second_and_comes_back_in_twenty() {
        let mut budget = Budget::new(THIRTY, at(0));

        budget.give_way(at(0));
        budget.give_way(at(999));
        assert_eq!(budget.calls_per_1_000_seconds(), 4_949);
        budget.give_way(at(1_000));
        assert_eq!(budget.calls_per_1_000_seconds(), 2_475);
        let _ = budget.take(at(11_000));
        assert_eq!(budget.calls_per_1_000_seconds(), 6_975);
        let _ = budget.take(at(16_000));
        assert_eq!(budget.calls_per_1_000_seconds(), 9_000);
    }

    #[test]
    fn it_comes_back_in_the_same_time_if_it_is_asked_each_millisecond() {
        let mut budget = Budget::new(Share { quota: 1, percent: 30 }, at(0));
        budget.give_way(at(0));

        for ms in 0..10_000 {
            let _ = budget.take(at(ms));
        }
        assert!(budget.calls_per_1_000_seconds() >= 299);
    }

    #[test]
    fn one_call_in_five_seconds_is_left_always() {
        let mut budget = Budget::new(Share { quota: 0, percent: 0 }, at(0));

        (0..100).for_each(|second| budget.give_way(at(second * 1_000)));
        assert_eq!(budget.take(at(99_000)), Err(Duration::from_secs(5)));
        assert_eq!(budget.take(at(104_000)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_clock_and_no_quota_gives_more_than_the_part(
            quota in any::<u32>(),
            percent in any::<u8>(),
            steps in prop::collection::vec((-5_000_i64..5_000, any::<bool>()), 0..200),
        ) {
            let mut budget = Budget::new(Share { quota, percent }, at(0));
            let (mut now, mut latest, mut taken) = (0, 0, 0_u64);
            for (step, is_throttled) in steps {
                now += step;
                latest = latest.max(now);
                match is_throttled {
                    true => budget.give_way(at(now)),
                    false => taken += u64::from(budget.take(at(now)).is_ok()),
                }
            }
            // A clock that goes back and forth again is counted twice, as time goes by for it.
            let most = u64::from(quota).max(1) * 5 * 200 + 200;
            assert!(taken <= most);
        }
    }
}
