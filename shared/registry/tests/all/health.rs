//! What SNS did to an endpoint, as it is heard.

use registry::Noted;

use crate::world::{World, arn, at, attempt, key, recorded, token};

#[tokio::test]
async fn of_two_moments_the_later_one_counts_in_whatever_order_they_come() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;

    let first = registry
        .endpoint_disabled(&arn("a"), &token("t1"), at(5), &attempt("event", 6))
        .await
        .unwrap();
    assert_eq!(recorded(first).disabled_at, Some(at(5)));
    let earlier = registry.disabled(&key("phone"), at(4), &attempt("event", 6)).await.unwrap();
    assert!(matches!(earlier, Noted::Known(device) if device.disabled_at == Some(at(5))));
    let later = registry.disabled(&key("phone"), at(7), &attempt("event", 8)).await.unwrap();
    assert_eq!(recorded(later).disabled_at, Some(at(7)));

    for noted in [
        registry
            .endpoint_disabled(&arn("b"), &token("t1"), at(5), &attempt("event", 6))
            .await,
        registry.disabled(&key("tablet"), at(5), &attempt("event", 6)).await,
    ] {
        assert_eq!(noted.unwrap(), Noted::Unknown);
    }
}

#[tokio::test]
async fn an_endpoint_with_another_token_says_nothing_of_the_row() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;
    let known = registry
        .endpoint_disabled(&arn("a"), &token("t2"), at(5), &attempt("event", 6))
        .await
        .unwrap();
    assert!(matches!(known, Noted::Known(device) if device.disabled_at.is_none()));
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
        seen = world.enable(&seen, start + 5).await;
        // A moment before it was enabled says nothing of the time after.
        let before = registry
            .disabled(&seen.key, at(start + 4), &attempt("event", start + 6))
            .await
            .unwrap();
        assert!(matches!(before, Noted::Known(device) if device == seen));
    }
    assert_eq!(world.register("phone", "t2", 40).await.device.disabled_again, 0);
}
