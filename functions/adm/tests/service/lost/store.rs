//! The store: each write of a send, and each of its faults.

use std::time::Duration;

use futures_util::future::join_all;
use insta::assert_snapshot;
use sandbox::adm::{self, Target};
use sandbox::dynamo::Fault;

use super::{in_time, is_transient, line, worlds};
use crate::world::{MESSAGE, Terms};

/// As often as the SDK asks for one operation; a write at the end is asked for in five operations.
const ATTEMPTS: usize = 3;
const FAULTS: [Fault; 5] = [
    Fault::Deny,
    Fault::Hang,
    Fault::InternalError,
    Fault::LoseResponse,
    Fault::Throttle,
];

fn impatient() -> Terms {
    Terms {
        // The time of a hang is the test's own.
        store: [Duration::from_millis(300), Duration::from_secs(4)],
        ..Terms::default()
    }
}

/// Each fault, met by the write after `passing` others: once, and without end. The same request follows at once, and later.
async fn met_by_write(passing: usize, amazons: Option<adm::Fault>, attempts: usize) -> String {
    let met = FAULTS.iter().flat_map(|fault| [1, attempts].map(|times| (*fault, times)));
    let worlds = worlds(met, impatient).await.into_iter();
    let lines = worlds.map(|((fault, times), world)| {
        world.amazon.script(Target::Send, amazons.clone());
        world.faults.inject("PutItem", Fault::Pass, passing);
        world.faults.inject("PutItem", fault, times);
        async move {
            let headers = [("idempotency-key", "key")];
            let first = in_time(&world, &headers, MESSAGE).await;
            world.faults.clear();
            let at_once = in_time(&world, &headers, MESSAGE).await;
            world.clock.pass(60);
            let later = in_time(&world, &headers, MESSAGE).await;
            for answer in [&first, &at_once, &later] {
                assert!(is_transient(answer), "{fault:?}: {answer}");
            }
            line(&(fault, times), &[&first, &at_once, &later], &world)
        }
    });
    join_all(lines).await.concat()
}

#[tokio::test]
async fn when_the_lease_cannot_be_taken_nothing_is_sent() {
    assert_snapshot!(met_by_write(0, None, ATTEMPTS).await, @r#"
    (Deny, 1): 503 unavailable retry-after: 5, then 200 -, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Deny, 3): 503 unavailable retry-after: 5, then 200 -, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Hang, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Hang, 3): 503 unavailable retry-after: 5, then 200 -, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (InternalError, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (InternalError, 3): 503 unavailable retry-after: 5, then 200 -, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (LoseResponse, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (LoseResponse, 3): 503 unavailable retry-after: 5, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 0, delivered 0
    (Throttle, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Throttle, 3): 503 unavailable retry-after: 5, then 200 -, then 200 - idempotent-replayed: true; sent 1, delivered 1
    "#);
}

#[tokio::test]
async fn when_the_answer_cannot_be_recorded_it_is_given_all_the_same_and_says_so() {
    assert_snapshot!(met_by_write(1, None, 5 * ATTEMPTS).await, @r#"
    (Deny, 1): 200 - idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (Deny, 15): 200 - idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (Hang, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Hang, 15): 200 - idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (InternalError, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (InternalError, 15): 200 - idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (LoseResponse, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (LoseResponse, 15): 200 - idempotency-recorded: false, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Throttle, 1): 200 -, then 200 - idempotent-replayed: true, then 200 - idempotent-replayed: true; sent 1, delivered 1
    (Throttle, 15): 200 - idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    "#);
}

#[tokio::test]
async fn when_the_key_cannot_be_given_back_it_is_free_later_or_in_doubt() {
    let later = adm::Fault::TooMany(Some("30"));
    assert_snapshot!(met_by_write(1, Some(later), 5 * ATTEMPTS).await, @r#"
    (Deny, 1): 503 unavailable idempotency-recorded: false, retry-after: 30, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 0
    (Deny, 15): 503 unavailable idempotency-recorded: false, retry-after: 30, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 0
    (Hang, 1): 503 unavailable retry-after: 30, then 503 unavailable retry-after: 30, then 200 -; sent 2, delivered 1
    (Hang, 15): 503 unavailable idempotency-recorded: false, retry-after: 30, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 0
    (InternalError, 1): 503 unavailable retry-after: 30, then 503 unavailable retry-after: 30, then 200 -; sent 2, delivered 1
    (InternalError, 15): 503 unavailable idempotency-recorded: false, retry-after: 30, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 0
    (LoseResponse, 1): 503 unavailable retry-after: 30, then 503 unavailable retry-after: 30, then 200 -; sent 2, delivered 1
    (LoseResponse, 15): 503 unavailable idempotency-recorded: false, retry-after: 30, then 503 unavailable retry-after: 30, then 200 -; sent 2, delivered 1
    (Throttle, 1): 503 unavailable retry-after: 30, then 503 unavailable retry-after: 30, then 200 -; sent 2, delivered 1
    (Throttle, 15): 503 unavailable idempotency-recorded: false, retry-after: 30, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 0
    "#);
}

#[tokio::test]
async fn when_a_doubt_cannot_be_recorded_it_is_one_all_the_same() {
    assert_snapshot!(met_by_write(1, Some(adm::Fault::LoseResponse), 5 * ATTEMPTS).await, @r#"
    (Deny, 1): 504 outcome-unknown idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (Deny, 15): 504 outcome-unknown idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (Hang, 1): 504 outcome-unknown, then 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    (Hang, 15): 504 outcome-unknown idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (InternalError, 1): 504 outcome-unknown, then 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    (InternalError, 15): 504 outcome-unknown idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    (LoseResponse, 1): 504 outcome-unknown, then 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    (LoseResponse, 15): 504 outcome-unknown idempotency-recorded: false, then 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    (Throttle, 1): 504 outcome-unknown, then 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    (Throttle, 15): 504 outcome-unknown idempotency-recorded: false, then 409 in-flight retry-after: 26, then 504 outcome-unknown; sent 1, delivered 1
    "#);
}

#[tokio::test]
async fn who_waits_and_cannot_look_is_told_that_nothing_was_sent() {
    let worlds = worlds(FAULTS, impatient).await.into_iter();
    let lines = join_all(worlds.map(|(fault, world)| async move {
        for fault in [Fault::Pass, Fault::Deny] {
            world.faults.inject("PutItem", fault, 1);
        }
        let patient = [("idempotency-key", "key"), ("prefer", "wait=3")];
        assert!(!in_time(&world, &patient, MESSAGE).await.is_recorded());
        world.faults.inject("GetItem", fault, ATTEMPTS);
        let waiter = in_time(&world, &patient, MESSAGE).await;
        world.faults.clear();
        let again = in_time(&world, &patient, MESSAGE).await;
        line(&fault, &[&waiter, &again], &world)
    }));
    assert_snapshot!(lines.await.concat(), @r#"
    Deny: 503 unavailable retry-after: 5, then 409 in-flight retry-after: 22; sent 1, delivered 1
    Hang: 503 unavailable retry-after: 5, then 409 in-flight retry-after: 22; sent 1, delivered 1
    InternalError: 503 unavailable retry-after: 5, then 409 in-flight retry-after: 22; sent 1, delivered 1
    LoseResponse: 503 unavailable retry-after: 5, then 409 in-flight retry-after: 22; sent 1, delivered 1
    Throttle: 503 unavailable retry-after: 5, then 409 in-flight retry-after: 22; sent 1, delivered 1
    "#);
}
