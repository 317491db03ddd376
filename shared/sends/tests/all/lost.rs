//! Writes that were performed and whose answers were lost: whoever wrote recognises its own row.

use std::time::Duration;

use sandbox::dynamo::Fault;
use sends::Standing;

use crate::world::{LEASE_IS_LOST, World, answer, attempt, claim, evening, go, recorded, resend, seconds, stopped};

#[tokio::test]
async fn who_took_a_free_key_is_let_go() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    faults.inject("PutItem", Fault::LoseResponse, 1);

    let permit = go(sends.acquire(&claim(), &attempt("first", seconds(0))).await.unwrap());

    assert_eq!((permit.attempt(), faults.calls("PutItem")), (1, 2));
    recorded(sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);
}

#[tokio::test]
async fn who_took_a_lost_lease_over_is_let_go() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let _crashed = world.permit(&resend(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::Pass, 1);
    faults.inject("PutItem", Fault::LoseResponse, 1);

    let permit = go(sends.acquire(&resend(), &attempt("second", LEASE_IS_LOST)).await.unwrap());

    assert_eq!((permit.attempt(), faults.calls("PutItem")), (2, 3));
    recorded(sends.complete(permit, &answer(2), stopped(seconds(14)), evening()).await);
}

#[tokio::test]
async fn an_answer_was_recorded() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::LoseResponse, 1);

    recorded(sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);

    assert_eq!(faults.calls("PutItem"), 2);
    assert_eq!(
        world.standing(&claim(), "second", seconds(2)).await,
        Standing::Replay(answer(1))
    );
}

#[tokio::test]
async fn a_key_was_left_to_the_next() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::LoseResponse, 1);

    recorded(
        sends
            .release(permit, Duration::ZERO, "busy", stopped(seconds(1)), evening())
            .await,
    );

    assert_eq!(faults.calls("PutItem"), 2);
    assert_eq!(world.permit(&claim(), "second", seconds(1)).await.attempt(), 2);
}

#[tokio::test]
async fn an_unknown_outcome_was_recorded() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), "first", seconds(0)).await;
    faults.inject("PutItem", Fault::LoseResponse, 1);

    recorded(sends.mark_unknown(permit, stopped(seconds(1)), evening()).await);

    assert_eq!(faults.calls("PutItem"), 2);
    assert_eq!(world.standing(&claim(), "second", seconds(2)).await, Standing::Unknown);
}
