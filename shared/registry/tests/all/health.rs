//! What SNS did to an endpoint, and the one time it may be enabled.

use registry::{Change, Noted, Refusal};

use crate::world::{World, arn, at, attempt, done, key, recorded};

#[tokio::test]
async fn of_two_moments_the_later_one_counts_in_whatever_order_they_come() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;

    let first = registry
        .endpoint_disabled(&arn("a"), at(5), &attempt("event", 6))
        .await
        .unwrap();
    assert_eq!(recorded(first).disabled_at, Some(at(5)));
    let earlier = registry.disabled(&key("phone"), at(4), &attempt("event", 6)).await.unwrap();
    assert!(matches!(earlier, Noted::Known(device) if device.disabled_at == Some(at(5))));
    let later = registry.disabled(&key("phone"), at(7), &attempt("event", 8)).await.unwrap();
    assert_eq!(recorded(later).disabled_at, Some(at(7)));

    for noted in [
        registry.endpoint_disabled(&arn("b"), at(5), &attempt("event", 6)).await,
        registry.disabled(&key("tablet"), at(5), &attempt("event", 6)).await,
    ] {
        assert_eq!(noted.unwrap(), Noted::Unknown);
    }
}

#[tokio::test]
async fn an_endpoint_is_enabled_once_for_each_confirmation() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;

    let enabled = done(registry.enabling(&seen, &attempt("sweep", 2)).await.unwrap());
    assert_eq!((enabled.enables_since_confirm, enabled.enabled_at), (1, Some(at(2))));
    let again = registry.enabling(&enabled, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(again, Change::Refused(Refusal::AlreadyEnabled));
    // Another one, who has seen what the first one saw.
    let other = registry.enabling(&seen, &attempt("other", 2)).await.unwrap();
    assert_eq!(other, Change::Overtaken(Some(enabled)));

    let confirmed = world.register("phone", "t1", 4).await.device;
    let enabled = done(registry.enabling(&confirmed, &attempt("sweep", 5)).await.unwrap());
    assert_eq!(enabled.enabled_at, Some(at(5)));
}

#[tokio::test]
async fn each_time_that_an_endpoint_is_disabled_again_is_counted_once() {
    let world = World::new().await;
    let mut seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;
    for round in 0..3 {
        let start = 10 * round;
        for second in [start + 2, start + 3] {
            seen = recorded(
                registry
                    .disabled(&seen.key, at(second), &attempt("event", second))
                    .await
                    .unwrap(),
            );
            assert_eq!(i64::from(seen.disabled_again), round, "{second}");
        }
        seen = world.register("phone", "t1", start + 4).await.device;
        seen = done(registry.enabling(&seen, &attempt("sweep", start + 5)).await.unwrap());
        // A moment before it was enabled says nothing of the time after.
        let before = registry
            .disabled(&seen.key, at(start + 4), &attempt("event", start + 6))
            .await
            .unwrap();
        assert_eq!(i64::from(recorded(before).disabled_again), round);
        seen = world.device("phone").await;
    }
    assert_eq!(world.register("phone", "t2", 40).await.device.disabled_again, 0);
}
