//! A store that throttles, fails, hangs or refuses: an error in time, and nothing is sent.

use std::future::ready;
use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use sandbox::dynamo::Fault;
use sends::{Sends, Settled, StoreError, Wait};

use crate::world::{World, answer, attempt, claim, evening, go, held, in_flight, noon, seconds, sends, stopped};

#[tokio::test]
async fn a_store_that_keeps_failing_is_an_error_within_the_sdks_timeouts_whatever_is_asked() {
    for fault in [Fault::Throttle, Fault::InternalError, Fault::Hang] {
        let world = World::new().await;
        let faults = world.dynamo.with_faults().await.unwrap();
        let sends = sends(&faults.client_with(impatient()));
        let permit = world.permit(&claim(), "first", seconds(0)).await;

        faults.inject("GetItem", fault, usize::MAX);
        let (claim, second) = (claim(), attempt("second", seconds(0)));
        let read = sends.acquire_within(&claim, &second, Wait::seconds(1), stopped(seconds(0)), |_| ready(()));
        let read = read.await.unwrap_err();
        faults.inject("PutItem", fault, usize::MAX);
        let acquired = sends.acquire(&claim, &attempt("third", seconds(0))).await.unwrap_err();
        let settled = sends.complete(permit, &answer(1), stopped(seconds(0)), noon()).await;

        let Settled::Unrecorded(settled) = settled else {
            panic!("{settled:?}")
        };
        for error in [read, acquired, settled] {
            assert!(matches!(error, StoreError::Unavailable(_)), "{fault:?}: {error}");
            assert!(!error.needs_operator());
        }
    }
}

#[tokio::test]
async fn one_failure_is_repeated_by_the_sdk_and_not_seen() {
    for fault in [Fault::Throttle, Fault::InternalError] {
        let world = World::new().await;
        let (sends, faults) = world.with_faults().await;
        faults.inject("PutItem", fault, 1);

        let permit = go(sends.acquire(&claim(), &attempt("first", seconds(0))).await.unwrap());

        assert_eq!((permit.attempt(), faults.calls("PutItem")), (1, 2));
    }
}

#[tokio::test]
async fn who_could_not_ask_may_ask_again() {
    let world = World::new().await;
    let faults = world.dynamo.with_faults().await.unwrap();
    let sends = sends(&faults.client_with(impatient()));
    faults.inject("PutItem", Fault::Hang, 3);
    sends.acquire(&claim(), &attempt("first", seconds(0))).await.unwrap_err();

    // Nothing was written.
    let again = world.permit(&claim(), "second", seconds(1)).await;

    assert_eq!(again.attempt(), 1);
    assert_eq!(
        held(world.sends.acquire(&claim(), &attempt("third", seconds(1))).await.unwrap()),
        in_flight(14)
    );
}

#[tokio::test]
async fn a_missing_table_and_a_missing_permission_need_an_operator() {
    let world = World::new().await;
    let elsewhere = Sends::new(world.client.clone(), "elsewhere", Duration::from_secs(60));
    let error = elsewhere.acquire(&claim(), &attempt("first", seconds(0))).await.unwrap_err();
    assert!(
        matches!(error, StoreError::TableMissing(_)) && error.needs_operator(),
        "{error}"
    );

    let (sends, faults) = world.with_faults().await;
    faults.inject("PutItem", Fault::Deny, 1);
    let error = sends.acquire(&claim(), &attempt("first", seconds(0))).await.unwrap_err();
    assert!(matches!(error, StoreError::Denied(_)) && error.needs_operator(), "{error}");

    let permit = world.permit(&claim(), "second", seconds(0)).await;
    let settled = elsewhere.complete(permit, &answer(1), stopped(seconds(0)), evening()).await;
    assert!(
        matches!(settled, Settled::Unrecorded(StoreError::TableMissing(_))),
        "{settled:?}"
    );
}

/// Timeouts small enough to be waited for.
fn impatient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(100))
        .operation_timeout(Duration::from_secs(4))
        .build()
}
