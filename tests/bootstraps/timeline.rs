//! The samples' time, as a run with the real clock lives it.
//!
//! In the tables an event comes two minutes after the one before it; here a moment after it. So a moment of an invocation that a
//! process tells is written as the samples' time of that invocation, and a time in an event as the moment that stands in the same
//! relation to the invocations: equal to what one answered, between two, or as long before the first or after now. A real time
//! that is none of these is left as it is, and no table has it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp, Unit};

use crate::events::deployment::{BETWEEN, START};

/// What has happened until now.
pub(crate) struct Timeline {
    clock: fn() -> Timestamp,
    invocations: Vec<Invocation>,
    /// The names of runs, which are seconds and can be ahead of the clock.
    runs: BTreeMap<Timestamp, Timestamp>,
    /// The moments that events were given, and the samples' times that they stand for.
    given: BTreeMap<Timestamp, Timestamp>,
}

struct Invocation {
    took: RangeInclusive<Timestamp>,
    /// The moment that it told first, if it told one.
    told: Option<Timestamp>,
}

impl Timeline {
    pub(crate) fn new(clock: fn() -> Timestamp) -> Self {
        Self {
            clock,
            invocations: Vec::new(),
            runs: BTreeMap::new(),
            given: BTreeMap::new(),
        }
    }

    /// The samples' time of the invocation that comes next.
    pub(crate) fn now(&self) -> Timestamp {
        self.of(self.invocations.len())
    }

    /// When an invocation may begin: two milliseconds after the one before it, so that a moment of one is none of another, and one
    /// is left between them.
    pub(crate) fn begin(&self) -> Timestamp {
        let before = self.invocations.last().map(|last| *last.took.end());
        let earliest = before.map(|ended| ended + 2 * MILLISECOND);
        loop {
            let now = millisecond((self.clock)());
            if earliest.is_none_or(|earliest| now >= earliest) {
                return now;
            }
            std::hint::spin_loop();
        }
    }

    /// An invocation that began then is over; its answer as the tables have it.
    pub(crate) fn end(&mut self, began: Timestamp, answer: &str) -> String {
        let (at, took) = (self.now(), began..=millisecond((self.clock)()));
        self.invocations.push(Invocation {
            took: took.clone(),
            told: None,
        });
        let mut told = None;
        each_time(answer, |before, time| {
            if before.ends_with(RUN) {
                self.runs.entry(time).or_insert(at);
            }
            if self.runs.get(&time) == Some(&at) || took.contains(&millisecond(time)) {
                told.get_or_insert(time);
            }
            None
        });
        if let Some(invocation) = self.invocations.last_mut() {
            invocation.told = told;
        }
        self.as_sampled(answer)
    }

    /// A text with the samples' times for the moments of this run.
    pub(crate) fn as_sampled(&self, text: &str) -> String {
        each_time(text, |_, time| self.sampled(time))
    }

    /// An event with moments of this run for the samples' times.
    pub(crate) fn as_lived(&mut self, event: &str) -> String {
        each_time(event, |_, time| Some(self.lived(time)))
    }

    fn sampled(&self, time: Timestamp) -> Option<Timestamp> {
        let known = self.runs.get(&time).or_else(|| self.given.get(&time)).copied();
        known.or_else(|| {
            let took = |invocation: &Invocation| invocation.took.contains(&millisecond(time));
            self.invocations.iter().position(took).map(|number| self.of(number))
        })
    }

    fn lived(&mut self, sampled: Timestamp) -> Timestamp {
        let number = sampled.duration_since(START).as_secs().div_euclid(BETWEEN.as_secs());
        let number = usize::try_from(number).ok();
        let moment = match number.and_then(|number| Some((number, self.invocations.get(number)?))) {
            Some((number, invocation)) if sampled == self.of(number) => invocation.told.unwrap_or(*invocation.took.start()),
            Some((_, invocation)) => *invocation.took.end() + MILLISECOND,
            None if sampled < START => {
                let first = self.invocations.first().map(|first| *first.took.start());
                first.unwrap_or_else(self.clock) - START.duration_since(sampled)
            }
            None => (self.clock)() + sampled.duration_since(self.now()),
        };
        let moment = millisecond(moment);
        self.given.insert(moment, sampled);
        moment
    }

    fn of(&self, number: usize) -> Timestamp {
        START + BETWEEN * i32::try_from(number).unwrap()
    }
}

/// A table in whole seconds: what passes within an invocation is the pace of a clock, and not the same here.
pub(crate) fn in_seconds(text: &str) -> String {
    each_time(text, |_, time| {
        time.round(
            jiff::TimestampRound::new()
                .smallest(Unit::Second)
                .mode(jiff::RoundMode::Floor),
        )
        .ok()
    })
}

/// Goes through all times of a text, with what is before them, and writes others where it is told to.
fn each_time(text: &str, mut other: impl FnMut(&str, Timestamp) -> Option<Timestamp>) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(CENTURY) {
        let (before, from) = rest.split_at(at);
        written += before;
        let length = from.find('Z').map_or(CENTURY.len(), |end| end + 1);
        let time = from
            .get(..length)
            .filter(|time| time.len() <= LONGEST)
            .and_then(|time| time.parse().ok());
        let (length, time) = time.map_or((CENTURY.len(), None), |time| (length, other(&written, time)));
        match time {
            Some(time) => written += &time.to_string(),
            None => written += &from[..length],
        }
        rest = &from[length..];
    }
    written + rest
}

fn millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap()
}

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);
const CENTURY: &str = "20";
const LONGEST: usize = "2026-05-01T00:00:00.000000000Z".len();
/// What is before the name of a run.
const RUN: &str = "\"run\":\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_an_invocation_are_told_as_its_time_in_the_samples_and_others_are_left() {
        let mut timeline = Timeline::new(|| Timestamp::constant(3_471_292_800, 0));
        let began = timeline.begin() - SignedDuration::from_secs(1);
        let answer =
            "{\"at\":\"2079-12-31T23:59:59.25Z\",\"run\":\"2080-01-01T00:00:03Z\",\"other\":\"2080-01-01T00:00:04Z\",\"n\":20}";
        assert_eq!(
            timeline.end(began, answer),
            "{\"at\":\"2026-05-01T00:00:00Z\",\"run\":\"2026-05-01T00:00:00Z\",\"other\":\"2080-01-01T00:00:04Z\",\"n\":20}"
        );
        assert_eq!(timeline.now().to_string(), "2026-05-01T00:02:00Z");
        for (sampled, lived) in [
            ("2026-05-01T00:00:00Z", "2079-12-31T23:59:59.25Z"),
            ("2026-05-01T00:01:00Z", "2080-01-01T00:00:00.001Z"),
            ("2026-05-01T00:03:00Z", "2080-01-01T00:01:00Z"),
            ("2026-04-30T23:00:00Z", "2079-12-31T22:59:59Z"),
        ] {
            assert_eq!(timeline.as_lived(sampled), lived);
            assert_eq!(timeline.as_sampled(lived), sampled);
        }
        assert_eq!(in_seconds("at 2026-05-01T00:02:00.112Z, 20"), "at 2026-05-01T00:02:00Z, 20");
    }
}
