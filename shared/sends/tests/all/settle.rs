//! Ending what a permit began, and what everybody is told from then on.

use std::cell::Cell;
use std::time::Duration;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::Fault;
use sends::{Settled, Standing, StoreError, Stored};

use crate::world::{LEASE_IS_LOST, World, answer, claim, evening, noon, recorded, resend, seconds, stopped};

#[tokio::test]
async fn an_answer_on_record_is_given_to_everybody_as_it_was_received() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;

    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(2)), evening()).await);

    for (claim, after) in [(claim(), seconds(2)), (resend(), LEASE_IS_LOST), (claim(), seconds(86_400))] {
        assert_eq!(world.standing(&claim, "second", after).await, Standing::Replay(answer(1)));
    }
    assert_snapshot!(world.lines().await, @r#"
    attempt N 1
    body B "{\"messageId\":\"1\"}"
    expires_at N 1772452806
    fingerprint S v1:380ae40a2067f1f8b4a5d7dcc81b7900f82cb7c10b3bf1ca278effa054983efc
    headers M {"x-amzn-requestid": S("request-1")}
    key S send#06a0eb62aaf7b7e65605090f8b61b8ccbc36d69f6d859780f9abe29a191c0f8c
    owner S first@1772366400250
    state S done
    status N 200
    "#);
}

#[tokio::test]
async fn an_answer_may_be_of_any_bytes_or_empty_and_as_long_as_one_may_be() {
    for answer in [
        Stored::new(413, [].into(), "").unwrap(),
        Stored::new(400, [("a".to_owned(), String::new())].into(), *b"\xff\x00{").unwrap(),
        Stored::new(200, [].into(), vec![b'x'; sends::ANSWER_LIMIT_BYTES]).unwrap(),
    ] {
        let world = World::new().await;
        let permit = world.permit(&claim(), "first", seconds(0)).await;

        recorded(world.sends.complete(permit, &answer, stopped(seconds(1)), evening()).await);

        let standing = world.standing(&claim(), "second", seconds(2)).await;
        assert!(standing == Standing::Replay(answer), "{standing:?}");
    }
}

#[tokio::test]
async fn what_is_left_to_the_next_is_on_record_with_its_reason() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;

    let released = world
        .sends
        .release(permit, Duration::from_secs(30), "throttled", stopped(seconds(1)), evening());
    recorded(released.await);

    assert_snapshot!(world.lines().await, @"
    attempt N 1
    expires_at N 1772452835
    fingerprint S v1:380ae40a2067f1f8b4a5d7dcc81b7900f82cb7c10b3bf1ca278effa054983efc
    key S send#06a0eb62aaf7b7e65605090f8b61b8ccbc36d69f6d859780f9abe29a191c0f8c
    last_error S throttled
    not_before N 1772366431250
    owner S first@1772366400250
    state S retryable
    ");
}

#[tokio::test]
async fn what_nobody_knows_is_on_record_as_that() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;

    recorded(world.sends.mark_unknown(permit, stopped(seconds(1)), evening()).await);

    assert_snapshot!(world.lines().await, @"
    attempt N 1
    expires_at N 1772452805
    fingerprint S v1:380ae40a2067f1f8b4a5d7dcc81b7900f82cb7c10b3bf1ca278effa054983efc
    key S send#06a0eb62aaf7b7e65605090f8b61b8ccbc36d69f6d859780f9abe29a191c0f8c
    owner S first@1772366400250
    state S unknown
    ");
}

#[tokio::test]
async fn a_write_that_fails_is_repeated_inside_the_time_that_is_left() {
    for fault in [Fault::Throttle, Fault::InternalError] {
        let world = World::new().await;
        let (sends, faults) = world.with_faults().await;
        let permit = world.permit(&claim(), "first", seconds(0)).await;
        // One operation of the SDK is three attempts.
        faults.inject("PutItem", fault, 4);

        recorded(sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);

        assert_eq!(faults.calls("PutItem"), 5);
        assert_eq!(
            world.standing(&claim(), "second", seconds(2)).await,
            Standing::Replay(answer(1))
        );
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_recorded_in_time_is_told_as_that() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::InternalError, usize::MAX);
    // Looked at when it begins and after each operation.
    let clock = ticking(seconds(60));

    let settled = sends.complete(permit, &answer(1), &clock, noon() + seconds(180)).await;

    assert!(
        matches!(settled, Settled::Unrecorded(StoreError::Unavailable(_))),
        "{settled:?}"
    );
    assert_eq!((clock(), faults.calls("PutItem")), (noon() + seconds(240), 9));
    assert_eq!(world.standing(&claim(), "second", LEASE_IS_LOST).await, Standing::Unknown);
}

#[tokio::test]
async fn a_store_that_refuses_everything_at_once_is_asked_a_few_times_only() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::Throttle, usize::MAX);

    let settled = sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await;

    assert!(
        matches!(settled, Settled::Unrecorded(StoreError::Unavailable(_))),
        "{settled:?}"
    );
    assert_eq!(faults.calls("PutItem"), 15);
}

#[tokio::test]
async fn a_store_that_stays_silent_takes_no_more_than_the_time_that_is_left() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::Hang, usize::MAX);
    // The client alone would wait for a minute.
    let clock = ticking(SignedDuration::from_millis(90));
    let until = noon() + SignedDuration::from_millis(90);

    let settled = sends.mark_unknown(permit, &clock, until).await;

    let Settled::Unrecorded(error @ StoreError::Unavailable(_)) = &settled else {
        panic!("{settled:?}")
    };
    let cause = std::error::Error::source(std::error::Error::source(error).unwrap()).unwrap();
    assert_snapshot!(cause, @"operation timeout (all attempts including retries) occurred after 90ms");
    assert_eq!(faults.calls("PutItem"), 1);
}

#[tokio::test]
async fn a_first_write_is_tried_even_when_the_time_is_over() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;

    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(9)), noon()).await);
}

#[tokio::test]
async fn a_cause_that_does_not_pass_is_not_tried_again() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::Deny, usize::MAX);

    let settled = sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await;

    assert!(matches!(settled, Settled::Unrecorded(StoreError::Denied(_))), "{settled:?}");
    assert_eq!(faults.calls("PutItem"), 1);
}

#[tokio::test]
async fn a_row_that_was_deleted_by_hand_is_not_written_anew() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    world.delete(&claim()).await;

    let settled = world.sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await;

    assert!(
        matches!(settled, Settled::Unrecorded(StoreError::OccupantHidden)),
        "{settled:?}"
    );
    assert_eq!(world.rows().await, []);
}

/// A clock that goes on by a step whenever somebody looks.
fn ticking(step: SignedDuration) -> impl Fn() -> Timestamp {
    let next = Cell::new(noon());
    move || next.replace(next.get() + step)
}
