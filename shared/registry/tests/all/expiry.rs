//! Rows of devices that are done with: kept for the retention, and absent from then on.

use registry::{Outcome, Stale};

use crate::world::{RETENTION, World, at, attempt, claim_key, device_key, done, key, number, recorded};

/// The first second at which a row that was written at `second` counts as absent.
fn end(second: i64) -> i64 {
    second + i64::try_from(RETENTION.as_secs()).unwrap() + 1
}

#[tokio::test]
async fn a_row_is_kept_until_nothing_is_left_to_be_done_for_it() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let news = ["subscription".to_owned()].into();
    done(world.registry.subscriptions(&seen, news, &attempt("phone", 1)).await.unwrap());
    let expires = async || {
        let rows = world.rows().await;
        let device = number(&rows[&device_key("phone")], "expires_at");
        assert_eq!(number(&rows[&claim_key("t1")], "expires_at"), device);
        device
    };

    let seen = recorded(world.registry.opt_out(&key("phone"), at(2), &attempt("r", 2)).await.unwrap());
    assert_eq!(expires().await, None);
    let seen = done(world.registry.unbind(&seen, &attempt("sweep", 3)).await.unwrap());
    assert_eq!(expires().await, None);
    done(
        world
            .registry
            .subscriptions(&seen, [].into(), &attempt("sweep", 4))
            .await
            .unwrap(),
    );
    assert_eq!(expires().await, Some(at(end(4)).as_second()));
    // Not longer for every look at it.
    let _ = world.registry.opt_out(&key("phone"), at(9), &attempt("r", 9)).await.unwrap();
    assert_eq!(expires().await, Some(at(end(4)).as_second()));

    world.says("phone", "t1", 10).await;
    assert_eq!(expires().await, None);
    assert_eq!(world.devices().await, ["phone live t1@10"]);
}

#[tokio::test]
async fn a_tombstone_without_an_endpoint_ends_with_its_claim() {
    let world = World::new().await;
    let seen = world.register("phone", "t1", 1).await.device;

    done(world.registry.tombstone(&seen, &attempt("sweep", 2)).await.unwrap());

    let rows = world.rows().await;
    for key in [device_key("phone"), claim_key("t1")] {
        assert_eq!(number(&rows[&key], "expires_at"), Some(at(end(2)).as_second()), "{key}");
    }
}

#[tokio::test]
async fn a_row_that_is_past_its_time_counts_as_absent() {
    let world = World::new().await;
    let seen = world.register("phone", "t1", 1).await.device;
    done(world.registry.tombstone(&seen, &attempt("sweep", 2)).await.unwrap());
    let registry = &world.registry;
    let token = crate::world::token("t1");

    let last = at(end(2) - 1);
    assert!(registry.get(&key("phone"), last).await.unwrap().is_some());
    let over = at(end(2));
    assert_eq!(registry.get(&key("phone"), over).await.unwrap(), None);
    assert_eq!(
        registry.by_token(&crate::world::application(), &token, over).await.unwrap(),
        None
    );
    let noted = registry.opt_out(&key("phone"), over, &attempt("r", end(2))).await.unwrap();
    assert_eq!(noted, registry::Noted::Unknown);

    let tablet = world.register("tablet", "t1", end(2)).await;
    assert_eq!((tablet.outcome, tablet.superseded), (Outcome::New, None));
    let phone = world.register("phone", "t2", end(2)).await;
    assert_eq!(phone.outcome, Outcome::New);
    assert!(phone.device.version > seen.version);
    assert_eq!(world.devices().await.len(), 2);
}

#[tokio::test]
async fn a_claim_is_remembered_for_the_retention_after_its_device_has_another_token() {
    let world = World::new().await;
    world.says("phone", "t1", 5).await;
    world.says("phone", "t2", 6).await;
    let late = |id| crate::world::registration(id, "t1", 4);

    let attempt_in_time = attempt("tablet", end(6) - 1);
    let registered = world.registry.register(&late("tablet"), &attempt_in_time).await.unwrap();
    assert_eq!(registered.outcome, Outcome::Stale(Stale::TokenTaken));
    let registered = world
        .registry
        .register(&late("watch"), &attempt("watch", end(6)))
        .await
        .unwrap();
    assert_eq!(registered.outcome, Outcome::New);
}

#[tokio::test]
async fn a_device_whose_row_is_gone_has_its_own_claim_again() {
    let world = World::new().await;
    world.says("phone", "t1", 5).await;
    world.says("phone", "t2", 6).await;
    world.delete(&device_key("phone")).await;

    let registered = world.register("phone", "t1", 5).await;

    assert_eq!(registered.outcome, Outcome::New);
    assert_eq!(world.devices().await, ["phone live t1@5"]);
}
