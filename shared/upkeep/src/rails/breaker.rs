//! Whether what was found can be true.

/// What a listing found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Endpoints.
    pub endpoints: u64,
    /// Disabled ones among them.
    pub disabled: u64,
}

/// How much may change from one run to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breakers {
    /// So many percent of the last run's endpoints must be there.
    pub least_left_percent: u64,
    /// The percentage that is disabled may grow by so many points.
    pub most_more_disabled_points: u64,
    /// Fewer endpoints than these are chance.
    pub least_endpoints: u64,
}

/// Why a run is stopped before it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breaker {
    /// What is not listed would be created anew.
    #[error("the listing has {now} endpoints, the last one had {before}")]
    Shrunk {
        /// In the last run.
        before: u64,
        /// In this one.
        now: u64,
    },
    /// So many devices do not go bad at once; a certificate does.
    #[error("{now} endpoints are disabled, {before} were in the last run")]
    DisabledJumped {
        /// In the last run.
        before: u64,
        /// In this one.
        now: u64,
    },
}

impl Default for Breakers {
    fn default() -> Self {
        Self {
            least_left_percent: 90,
            most_more_disabled_points: 10,
            least_endpoints: 20,
        }
    }
}

impl Breakers {
    /// Compares a run with the last one.
    ///
    /// # Errors
    /// [`Breaker`], the first that is open.
    pub fn check(&self, last: &Tally, this: &Tally) -> Result<(), Breaker> {
        let is_short = wide(this.endpoints) * 100 < wide(last.endpoints) * wide(self.least_left_percent);
        if is_short && last.endpoints.saturating_sub(this.endpoints) >= self.least_endpoints {
            return Err(Breaker::Shrunk {
                before: last.endpoints,
                now: this.endpoints,
            });
        }
        // disabled/endpoints > last.disabled/last.endpoints + points/100, without fractions.
        let (here, there) = (wide(this.endpoints.max(1)), wide(last.endpoints.max(1)));
        let is_more =
            wide(this.disabled) * 100 * there > (wide(last.disabled) * 100 + wide(self.most_more_disabled_points) * there) * here;
        if is_more && this.disabled.saturating_sub(last.disabled) >= self.least_endpoints {
            return Err(Breaker::DisabledJumped {
                before: last.disabled,
                now: this.disabled,
            });
        }
        Ok(())
    }
}

fn wide(count: u64) -> u128 {
    // Three factors must fit; there are no more endpoints than that.
    u128::from(count.min(1 << 40))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Breaker, Breakers, Tally};

    #[test]
    fn a_list_below_nine_tenths_of_the_last_and_a_jump_of_the_disabled_stop_a_run() {
        let tally = |endpoints, disabled| Tally { endpoints, disabled };
        let check = |last, this| Breakers::default().check(&last, &this);

        assert_eq!(check(tally(1_000, 0), tally(900, 0)), Ok(()));
        let shrunk = Breaker::Shrunk { before: 1_000, now: 899 };
        assert_eq!(check(tally(1_000, 0), tally(899, 0)), Err(shrunk));
        assert_eq!(shrunk.to_string(), "the listing has 899 endpoints, the last one had 1000");
        assert_eq!(check(tally(1_000, 50), tally(1_000, 150)), Ok(()));
        let jumped = Breaker::DisabledJumped { before: 50, now: 151 };
        assert_eq!(check(tally(1_000, 50), tally(1_000, 151)), Err(jumped));
        // A fleet that grows, with as large a part disabled.
        assert_eq!(check(tally(1_000, 50), tally(10_000, 500)), Ok(()));
    }

    #[test]
    fn fewer_than_twenty_endpoints_are_chance() {
        let tally = |endpoints, disabled| Tally { endpoints, disabled };
        let check = |last, this| Breakers::default().check(&last, &this);

        assert_eq!(check(tally(30, 0), tally(11, 0)), Ok(()));
        assert_eq!(check(tally(30, 0), tally(30, 19)), Ok(()));
        assert_eq!(
            check(tally(30, 0), tally(10, 0)),
            Err(Breaker::Shrunk { before: 30, now: 10 })
        );
        assert_eq!(
            check(tally(30, 0), tally(30, 20)),
            Err(Breaker::DisabledJumped { before: 0, now: 20 })
        );
        assert_eq!(check(tally(0, 0), tally(1_000, 10)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_numbers_are_too_large_and_the_same_again_is_fine(endpoints in any::<u64>(), disabled in any::<u64>(), other in any::<u64>()) {
            let (last, this) = (Tally { endpoints, disabled }, Tally { endpoints: other, disabled });
            let _ = Breakers::default().check(&last, &this);
            assert_eq!(Breakers::default().check(&last, &last), Ok(()));
        }
    }
}
