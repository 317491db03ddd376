//! Who may send: decided by one write, or by the row in its way.

use std::time::Duration;

use insta::assert_snapshot;
use jiff::SignedDuration;
use sends::{Attempt, Standing, StoreError};

use crate::world::{
    LEASE_IS_LOST, World, another, answer, attempt, claim, evening, go, in_flight, key, noon, recorded, resend, seconds, stopped,
};

#[tokio::test]
async fn the_first_who_asks_may_send_until_its_lease_is_over() {
    let world = World::new().await;

    let permit = world.permit(&claim(), "first", seconds(0)).await;

    assert_eq!((permit.attempt(), permit.consolidation_key()), (1, None));
    assert_eq!(permit.time_left(noon()), Some(Duration::from_secs(10)));
    let last = noon() + SignedDuration::from_millis(9_999);
    assert_eq!(permit.time_left(last), Some(Duration::from_millis(1)));
    assert_eq!(permit.time_left(noon() + seconds(10)), None);
    assert_eq!(permit.time_left(noon() + seconds(20)), None);
    assert_snapshot!(world.lines().await, @"
    attempt N 1
    expires_at N 1772452814
    fingerprint S v1:380ae40a2067f1f8b4a5d7dcc81b7900f82cb7c10b3bf1ca278effa054983efc
    key S send#06a0eb62aaf7b7e65605090f8b61b8ccbc36d69f6d859780f9abe29a191c0f8c
    lease_until N 1772366410250
    owner S first@1772366400250
    state S sending
    ");
}

#[tokio::test]
async fn a_lease_is_no_longer_than_a_function_can_live() {
    let world = World::new().await;
    let for_ever = Attempt {
        lease: Duration::MAX,
        ..attempt("first", seconds(0))
    };

    let permit = go(world.sends.acquire(&claim(), &for_ever).await.unwrap());

    assert_eq!(permit.time_left(noon()), Some(Duration::from_secs(900)));
}

#[tokio::test]
async fn whoever_else_asks_meanwhile_is_told_when_to_come_back_and_changes_nothing() {
    let world = World::new().await;
    let _permit = world.permit(&claim(), "first", seconds(0)).await;
    let before = world.rows().await;

    for claim in [claim(), resend()] {
        assert_eq!(world.standing(&claim, "second", seconds(0)).await, in_flight(14));
        assert_eq!(world.standing(&claim, "second", seconds(10)).await, in_flight(4));
        assert_eq!(world.standing(&claim, "second", seconds(13)).await, in_flight(1));
    }
    assert_eq!(world.rows().await, before);
}

#[tokio::test]
async fn one_process_that_tries_twice_under_one_id_is_two_who_ask() {
    let world = World::new().await;
    let _permit = world.permit(&claim(), "the same", seconds(0)).await;

    assert_eq!(world.standing(&claim(), "the same", seconds(1)).await, in_flight(13));
    assert_eq!(world.standing(&another(), "the same", seconds(0)).await, Standing::Mismatch);
}

#[tokio::test]
async fn an_attempt_that_has_ended_does_not_begin_again() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "the same", seconds(0)).await;
    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(0)), evening()).await);

    assert_eq!(
        world.standing(&claim(), "the same", seconds(0)).await,
        Standing::Replay(answer(1))
    );
}

#[tokio::test]
async fn a_key_stands_for_one_request_whatever_became_of_it() {
    let world = World::new().await;
    let mismatch = async || world.standing(&another(), "other", LEASE_IS_LOST).await;

    let permit = world.permit(&claim(), "first", seconds(0)).await;
    assert_eq!(world.standing(&another(), "other", seconds(1)).await, Standing::Mismatch);
    assert_eq!(mismatch().await, Standing::Mismatch);

    let (clock, until) = (stopped(seconds(1)), evening());
    recorded(world.sends.release(permit, Duration::ZERO, "busy", &clock, until).await);
    assert_eq!(mismatch().await, Standing::Mismatch);

    let permit = world.permit(&claim(), "second", seconds(2)).await;
    recorded(world.sends.mark_unknown(permit, &clock, until).await);
    assert_eq!(mismatch().await, Standing::Mismatch);

    let permit = world.permit(&resend(), "third", seconds(3)).await;
    recorded(world.sends.complete(permit, &answer(3), &clock, until).await);
    assert_eq!(mismatch().await, Standing::Mismatch);
    assert_eq!(
        world.standing(&claim(), "fourth", seconds(4)).await,
        Standing::Replay(answer(3))
    );
}

#[tokio::test]
async fn what_another_asks_under_the_same_words_is_another_send() {
    let world = World::new().await;
    let _permit = world.permit(&claim(), "first", seconds(0)).await;
    let mut others = claim();
    others.key = key("another");

    let permit = world.permit(&others, "second", seconds(0)).await;

    assert_eq!((permit.attempt(), world.rows().await.len()), (1, 2));
}

#[tokio::test]
async fn a_lease_that_ran_out_is_an_unknown_outcome_and_is_sent_again_only_if_the_request_says_so() {
    let world = World::new().await;
    let _crashed = world.permit(&claim(), "first", seconds(0)).await;
    let before = world.rows().await;

    assert_eq!(world.standing(&claim(), "second", LEASE_IS_LOST).await, Standing::Unknown);
    assert_eq!(world.rows().await, before);

    let permit = world.permit(&resend(), "third", LEASE_IS_LOST).await;
    let consolidation_key = permit.consolidation_key().map(|key| key.as_str().to_owned());
    assert_eq!((permit.attempt(), consolidation_key.as_deref()), (2, Some("news")));
    assert_eq!(world.standing(&resend(), "fourth", LEASE_IS_LOST).await, in_flight(14));
}

#[tokio::test]
async fn an_outcome_on_record_as_unknown_stays_so_unless_the_request_wants_it_sent_again() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    recorded(world.sends.mark_unknown(permit, stopped(seconds(5)), evening()).await);

    for after in [seconds(5), LEASE_IS_LOST, seconds(3_600)] {
        assert_eq!(world.standing(&claim(), "second", after).await, Standing::Unknown);
    }
    assert_eq!(world.permit(&resend(), "third", seconds(6)).await.attempt(), 2);
}

#[tokio::test]
async fn what_was_refused_for_now_may_be_tried_again_when_its_time_has_come() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    let released = world
        .sends
        .release(permit, Duration::from_secs(30), "throttled", stopped(seconds(1)), evening());
    recorded(released.await);

    assert_eq!(
        world.standing(&claim(), "second", seconds(2)).await,
        Standing::TooEarly {
            retry_after: Duration::from_secs(29),
            last_error: "throttled".to_owned()
        }
    );
    assert_eq!(world.permit(&claim(), "third", seconds(31)).await.attempt(), 2);
}

#[tokio::test]
async fn a_row_that_is_past_its_time_or_deleted_counts_as_absent() {
    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);

    // The retention of a day from the second second on, the margin, and the rest of that second.
    let last = SignedDuration::from_millis(86_400_000 + 4_749);
    assert_eq!(world.standing(&another(), "second", last).await, Standing::Mismatch);
    let permit = world.permit(&another(), "third", last + SignedDuration::from_millis(1)).await;
    assert_eq!(permit.attempt(), 1);

    world.delete(&claim()).await;
    assert_eq!(world.permit(&claim(), "fourth", seconds(3)).await.attempt(), 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_error_that_names_the_attribute_only() {
    use aws_sdk_dynamodb::types::AttributeValue::{Bool, N, S};

    let world = World::new().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    let leased = world.row().await;
    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);
    let done = world.row().await;
    let of = |row: &std::collections::BTreeMap<_, _>, state: &str| {
        let mut row = row.clone();
        row.insert("state".to_owned(), S(state.to_owned()));
        row
    };

    for (row, attribute, value) in [
        (&leased, "state", S("secret".to_owned())),
        (&leased, "lease_until", S("secret".to_owned())),
        (&leased, "lease_until", N("9".repeat(30))),
        (&leased, "owner", N("1".to_owned())),
        (&leased, "attempt", N("-1".to_owned())),
        (&leased, "fingerprint", Bool(true)),
        (&done, "status", N("65536".to_owned())),
        (&done, "headers", S("secret".to_owned())),
        (&done, "body", S("secret".to_owned())),
        (&of(&leased, "retryable"), "not_before", S("secret".to_owned())),
        (&of(&leased, "done"), "status", S("secret".to_owned())),
    ] {
        let mut row = row.clone();
        row.insert(attribute.to_owned(), value);
        world.put(row).await;

        let error = world
            .sends
            .acquire(&claim(), &attempt("second", seconds(2)))
            .await
            .unwrap_err();

        assert_eq!(error.to_string(), format!("a row has no readable `{attribute}`"));
        assert!(matches!(error, StoreError::Malformed { .. }) && error.needs_operator());
    }
}
