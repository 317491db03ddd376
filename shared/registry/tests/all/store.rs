//! A store that throttles, fails, hangs or refuses: an error in time.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use registry::{Grounds, Outcome, Registry, StoreError};
use sandbox::dynamo::{DEVICES, Fault};

use crate::world::{RETENTION, World, at, attempt, key, registration, registry, ticket};

#[tokio::test]
async fn a_store_that_keeps_failing_is_an_error_within_the_sdks_timeouts() {
    for fault in [Fault::Throttle, Fault::InternalError, Fault::Hang] {
        let world = World::new().await;
        let faults = world.dynamo.with_faults().await.unwrap();
        let registry = registry(&faults.client_with(impatient()));
        let seen = world.register("phone", "t1", 1).await.device;
        let one = attempt("one", 2);

        faults.inject("PutItem", fault, usize::MAX);
        let put = registry
            .enabling(&seen, ticket(1), Grounds::Confirmed, &one)
            .await
            .map(|_| ());
        faults.inject("TransactWriteItems", fault, usize::MAX);
        let transaction = registry.register(&registration("phone", "t2", 2), &one).await.map(|_| ());
        faults.inject("GetItem", fault, usize::MAX);
        let read = registry.get(&key("phone"), at(2)).await.map(|_| ());

        for result in [put, transaction, read] {
            let error = result.unwrap_err();
            assert!(matches!(error, StoreError::Unavailable(_)), "{fault:?}: {error}");
            assert!(!error.needs_operator());
        }
        assert_eq!(world.devices().await, ["phone live t1@1"]);
    }
}

#[tokio::test]
async fn one_failure_is_repeated_and_not_seen() {
    for fault in [Fault::Throttle, Fault::InternalError, Fault::Collide] {
        let world = World::new().await;
        let (registry, faults) = world.with_faults().await;
        faults.inject("TransactWriteItems", fault, 1);

        let registered = registry.register(&registration("phone", "t1", 1), &attempt("one", 1)).await;

        assert_eq!(registered.unwrap().outcome, Outcome::New);
        assert_eq!(faults.calls("TransactWriteItems"), 2);
    }
}

#[tokio::test]
async fn who_is_overtaken_again_and_again_is_told_to_come_back() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    faults.inject("TransactWriteItems", Fault::Collide, usize::MAX);

    let registered = registry.register(&registration("phone", "t1", 1), &attempt("one", 1)).await;

    assert!(matches!(registered, Err(StoreError::Unavailable(_))), "{registered:?}");
    assert_eq!(faults.calls("TransactWriteItems"), 8);
    assert!(world.rows().await.is_empty());
}

#[tokio::test]
async fn a_missing_table_and_a_missing_permission_need_an_operator() {
    let world = World::new().await;
    let elsewhere = Registry::new(world.client.clone(), "elsewhere", RETENTION);
    let error = elsewhere
        .register(&registration("phone", "t1", 1), &attempt("one", 1))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::TableMissing(_)) && error.needs_operator(),
        "{error}"
    );

    let (registry, faults) = world.with_faults().await;
    faults.inject("TransactWriteItems", Fault::Deny, 1);
    let error = registry
        .register(&registration("phone", "t1", 1), &attempt("one", 1))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Denied(_)) && error.needs_operator(), "{error}");
}

#[test]
fn the_table_is_the_one_that_the_crate_names() {
    assert_eq!(
        (DEVICES.hash.0, DEVICES.range, DEVICES.index, DEVICES.expires_by),
        (registry::table::KEY, None, None, registry::table::EXPIRES_AT)
    );
}

/// Timeouts small enough to be waited for.
fn impatient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(100))
        .operation_timeout(Duration::from_secs(4))
        .build()
}
