//! What came of the events, counted.

use std::fmt;

use inbox::{Recorded, Replayed};
use serde::Serialize;

/// What came of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It goes out again.
    Replayed,
    /// This replay had it before.
    HadBefore,
    /// It is on its way already.
    Waiting,
    /// There is no event to hand on: held, gone meanwhile, or of a message that is on record elsewhere.
    NothingToHandOn,
    /// It could not be read when it came, is filed now, and goes out for the first time.
    FiledAnew,
    /// It still cannot be read.
    StillUnreadable,
}

/// How many of each. All but the first add up to the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counters {
    pub(super) selected: u64,
    replayed: u64,
    pub(super) had_before: u64,
    waiting: u64,
    nothing_to_hand_on: u64,
    filed_anew: u64,
    still_unreadable: u64,
    illegible: u64,
}

impl Counters {
    pub(super) fn count(&mut self, outcome: Outcome) {
        self.selected += 1;
        let counter = match outcome {
            Outcome::Replayed => &mut self.replayed,
            Outcome::HadBefore => &mut self.had_before,
            Outcome::Waiting => &mut self.waiting,
            Outcome::NothingToHandOn => &mut self.nothing_to_hand_on,
            Outcome::FiledAnew => &mut self.filed_anew,
            Outcome::StillUnreadable => &mut self.still_unreadable,
        };
        *counter += 1;
    }

    /// Counts rows of which this version of the program knows nothing but that they were selected.
    pub(super) fn count_illegible(&mut self, rows: u64) {
        self.selected += rows;
        self.illegible += rows;
    }

    /// How many go out because of this replay.
    pub(super) fn go_out(&self) -> u64 {
        self.replayed + self.filed_anew
    }
}

/// A line for each counter. What should never be above zero is told only if it is.
impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in [
            ("replayed now", self.replayed),
            ("had before by this replay", self.had_before),
            ("waiting to go out anyway", self.waiting),
            ("nothing to hand on", self.nothing_to_hand_on),
            ("filed anew", self.filed_anew),
            ("still unreadable", self.still_unreadable),
        ] {
            writeln!(f, "  {name:<25}  {count}")?;
        }
        if self.illegible > 0 {
            let name = "damaged or newer, left be";
            writeln!(f, "  {name:<25}  {}", self.illegible)?;
        }
        Ok(())
    }
}

impl From<Replayed> for Outcome {
    fn from(replayed: Replayed) -> Self {
        match replayed {
            Replayed::Now => Self::Replayed,
            Replayed::Before => Self::HadBefore,
            Replayed::Waits => Self::Waiting,
            Replayed::Nothing => Self::NothingToHandOn,
        }
    }
}

/// Of a message that is filed anew.
impl From<Recorded> for Outcome {
    fn from(recorded: Recorded) -> Self {
        match recorded {
            Recorded::New | Recorded::Conflict => Self::FiledAnew,
            Recorded::Duplicate | Recorded::ConflictDuplicate => Self::NothingToHandOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_add_up_to_what_was_selected() {
        let mut counters = Counters::default();
        let outcomes = [
            (Outcome::Replayed, 6),
            (Outcome::HadBefore, 5),
            (Outcome::Waiting, 4),
            (Outcome::NothingToHandOn, 3),
            (Outcome::FiledAnew, 2),
            (Outcome::StillUnreadable, 1),
        ];
        for (outcome, times) in outcomes {
            (0..times).for_each(|_| counters.count(outcome));
        }
        counters.count_illegible(7);
        assert_eq!((counters.selected, counters.go_out()), (28, 8));
        insta::assert_snapshot!(counters, @r"
        replayed now               6
        had before by this replay  5
        waiting to go out anyway   4
        nothing to hand on         3
        filed anew                 2
        still unreadable           1
        damaged or newer, left be  7
        ");
    }
}
