//! What keeps a run from doing much harm, whatever it believes.
//!
//! Promises to refuse rather than to repair: a listing that is short, a fleet that was disabled all at once, a plan that is not the one
//! that was approved, a wave that did badly. Each is one comparison with the run before.

mod breaker;
mod plan_hash;
mod wave;

pub use breaker::{Breaker, Breakers, Tally};
pub use plan_hash::PlanHash;
pub use wave::{Turn, WaveResult, next_wave};

use crate::plan::Mode;

/// The mode of a run. The first one over an application changes nothing, whatever is asked for: there is nothing to compare it with.
pub fn mode(asked: Mode, last: Option<&Tally>) -> Mode {
    match last {
        Some(_) => asked,
        None => Mode::Plan,
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, mode};
    use crate::plan::Mode;

    #[test]
    fn the_first_run_changes_nothing_whatever_is_asked_for() {
        let last = Tally {
            endpoints: 1,
            disabled: 0,
        };

        assert_eq!(mode(Mode::Apply, None), Mode::Plan);
        assert_eq!(mode(Mode::Apply, Some(&last)), Mode::Apply);
    }
}
