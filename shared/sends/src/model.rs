//! Every order of events: two and three workers, clocks that differ, calls that overrun, crashes, lost answers.
//!
//! The model runs the decisions of this crate (`Acquisition`, `Settlement`, `Rules`) as they are; only the store is a variable,
//! whose conditions are those of `Condition::holds`, and the receiver is a counter. It visits every state that can be reached,
//! shortest ways first, so that a promise which does not hold comes with the shortest story that breaks it.

mod setup;
mod world;

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use insta::assert_snapshot;

use self::setup::Setup;
use self::world::World;

/// What the search found.
struct Search {
    states: usize,
    happened: BTreeSet<&'static str>,
    /// The shortest story that breaks a promise, and the promise.
    broken: Option<String>,
}

fn search(setup: &Setup) -> Search {
    let mut known = HashSet::new();
    let mut happened = BTreeSet::new();
    let begin = World::new(setup);
    known.insert(digest(&begin));
    // Of a state that has been left only the way to it is kept: the number of the one before, and what happened.
    let mut ways = vec![(0, "", "")];
    let mut waiting = VecDeque::from([(begin, 0)]);
    let mut broken = None;
    while let (None, Some((world, number))) = (&broken, waiting.pop_front()) {
        for (who, what, after) in world.events(setup) {
            happened.insert(what);
            match after {
                Ok(after) => {
                    if known.insert(digest(&after)) {
                        waiting.push_back((after, ways.len()));
                        ways.push((number, who, what));
                    }
                }
                Err(promise) => {
                    broken = Some(format!("{}{who}{what}: {promise}", story(&ways, number)));
                    break;
                }
            }
        }
    }
    Search {
        states: known.len(),
        happened,
        broken,
    }
}

/// Two states with one digest would be taken for one; among some million that does not happen.
fn digest(world: &World) -> u128 {
    let [left, right] = [0_u8, 1].map(|half| {
        let mut hasher = DefaultHasher::new();
        half.hash(&mut hasher);
        world.hash(&mut hasher);
        hasher.finish()
    });
    u128::from(left) << 64 | u128::from(right)
}

fn story(ways: &[(usize, &str, &str)], mut number: usize) -> String {
    let mut lines = Vec::new();
    while number > 0 {
        let (before, who, what) = ways[number];
        lines.push(format!("{who}{what}\n"));
        number = before;
    }
    lines.into_iter().rev().collect()
}

#[track_caller]
fn assert_holds(setup: &Setup) -> usize {
    let search = search(setup);
    assert_eq!(search.broken, None, "{setup:?}");
    search.states
}

/// All differences of two clocks, in seconds.
const SKEWS: [i64; 5] = [-2, -1, 0, 1, 2];

#[test]
fn two_workers_send_once_and_tell_the_truth_whatever_happens_when() {
    let mut states = 0;
    for skew in SKEWS {
        for overrun in [0, 1] {
            for setup in [Setup::fail(), Setup::resend()] {
                states += assert_holds(&setup.skews(&[0, skew]).overrun(overrun));
            }
        }
    }
    assert!(states > 100_000, "{states}");
}

#[test]
fn two_mishaps_in_one_story_break_nothing_either() {
    for setup in [Setup::fail(), Setup::resend()] {
        assert_holds(&setup.skews(&[0, 2]).overrun(1).mishaps(2).prompt());
    }
}

#[test]
fn three_workers_send_once_and_tell_the_truth_whatever_happens_when() {
    let mut states = 0;
    for skews in [[0, 2, 2], [0, 0, -2]] {
        for setup in [Setup::fail(), Setup::resend()] {
            states += assert_holds(&setup.skews(&skews).overrun(1).mishaps(0).prompt());
        }
    }
    assert!(states > 100_000, "{states}");
}

#[test]
fn the_promises_hold_at_every_half_second_and_not_with_half_a_second_less() {
    for setup in [Setup::fail(), Setup::resend()] {
        let worst = setup.skews(&[0, 2]).overrun(1).half_seconds().prompt();

        assert_holds(&worst);
        assert!(search(&worst.margin_ms(2_500)).broken.is_some());
    }
}

#[test]
fn a_second_less_is_two_messages_at_once() {
    let search = search(&Setup::resend().skews(&[0, 2]).overrun(1).margin_ms(2_000));

    assert_snapshot!(search.broken.unwrap_or_default(), @"
    a comes
    time passes
    time passes
    a asks
    b comes
    b asks
    b asks
    a sends: it no longer holds the lease
    ");
}

#[test]
fn a_second_less_is_an_unknown_outcome_of_a_message_that_is_still_to_be_sent() {
    let search = search(&Setup::fail().skews(&[0, 2]).overrun(1).margin_ms(2_000));

    assert_snapshot!(search.broken.unwrap_or_default(), @"
    a comes
    time passes
    time passes
    a asks
    b comes
    b asks: it may still be sent
    ");
}

#[test]
fn the_margin_is_the_difference_of_the_clocks_and_the_overrun_and_nothing_else() {
    for setup in [Setup::fail(), Setup::resend()] {
        let setup = setup.margin_ms(2_000);

        assert_holds(&setup.clone().skews(&[0, 2]).overrun(0));
        assert_holds(&setup.skews(&[0, 1]).overrun(1));
    }
}

#[test]
fn a_row_that_expires_as_early_as_it_may_takes_no_lease_away() {
    for skew in SKEWS {
        assert_holds(&Setup::fail().skews(&[0, skew]).overrun(1).forgetful());
    }
    let search = search(&Setup::fail().skews(&[0, 2]).overrun(1).forgetful().margin_ms(0));
    assert!(search.broken.is_some());
}

#[test]
fn the_model_knows_every_event() {
    let happened = |setup: Setup| search(&setup.skews(&[0, 2]).overrun(1)).happened;

    let all = happened(Setup::fail());
    assert_eq!(all, happened(Setup::resend()));
    let all: Vec<_> = all.into_iter().map(str::trim).collect();
    assert_snapshot!(all.join("\n"), @"
    asks
    asks, and the answer is lost
    cannot settle
    comes
    crashes before it sends
    crashes while it sends
    gets no answer
    is answered
    is refused for now
    is too late to send
    sends
    settles
    settles, and the answer is lost
    time passes
    ");
}
