//! What is known of a token goes with it, from one device to another.

use jiff::Timestamp;
use registry::{Device, Noted};

use crate::world::{World, arn, at, attempt, claim_key, device_key, key, number, recorded, token};

/// A phone whose token was enabled at 2 and disabled again at 3.
async fn phone(world: &World) -> Device {
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    world.enable(&seen, 2).await;
    let noted = world
        .registry
        .endpoint_disabled(&arn("a"), &token("t1"), at(3), &attempt("event", 3))
        .await;
    recorded(noted.unwrap())
}

fn known(device: &Device) -> (Option<Timestamp>, Option<Timestamp>, u32) {
    (device.disabled_at, device.enabled_at, device.disabled_again)
}

#[tokio::test]
async fn whoever_takes_a_token_takes_over_what_is_known_of_it_and_nothing_is_left_behind() {
    let world = World::new().await;
    let all = known(&phone(&world).await);
    assert_eq!(all, (Some(at(3)), Some(at(2)), 1));

    let registered = world.register("tablet", "t1", 4).await;

    assert_eq!(known(&registered.device), all);
    assert_eq!(known(&registered.superseded.unwrap()), all);
    assert_eq!(known(&world.device("phone").await), (None, None, 0));
    // The count is of the confirmation, not of the token.
    assert_eq!((registered.device.enables_since_confirm, registered.device.ticket), (0, None));
}

#[tokio::test]
async fn whoever_takes_it_back_has_what_happened_meanwhile() {
    let world = World::new().await;
    phone(&world).await;
    let tablet = world.register("tablet", "t1", 4).await.device;
    world.enable(&tablet, 5).await;

    let back = world.register("phone", "t1", 6).await.device;

    assert_eq!(known(&back), (None, Some(at(5)), 1));
}

#[tokio::test]
async fn a_token_that_nobody_has_is_remembered_by_its_claim_until_that_ends() {
    let world = World::new().await;
    let all = known(&phone(&world).await);
    world.says("phone", "t2", 4).await;
    let row = world.rows().await.remove(&claim_key("t1")).unwrap();
    assert_eq!(number(&row, "disabled_at"), Some(at(3).as_millisecond()));
    assert_eq!(number(&row, "enabled_at"), Some(at(2).as_millisecond()));
    assert_eq!(number(&row, "disabled_again"), Some(1));

    // Another one, and it comes back.
    let tablet = world.register("tablet", "t1", 5).await.device;
    assert_eq!(known(&tablet), all);
    let row = world.rows().await.remove(&claim_key("t1")).unwrap();
    assert_eq!((number(&row, "disabled_at"), number(&row, "disabled_again")), (None, None));
    world.says("tablet", "t3", 6).await;
    assert_eq!(known(&world.register("tablet", "t1", 7).await.device), all);
    world.says("tablet", "t3", 8).await;

    let later = 8 + i64::try_from(crate::world::RETENTION.as_secs()).unwrap() + 1;
    assert_eq!(known(&world.register("watch", "t1", later).await.device), (None, None, 0));
}

#[tokio::test]
async fn a_late_confirmation_takes_what_is_known_from_a_device_to_the_claim() {
    let world = World::new().await;
    world.says("watch", "t2", 9).await;
    let all = known(&phone(&world).await);

    // At 5 the watch had the token; by now it has another one, and nobody has this.
    world.says("watch", "t1", 5).await;
    assert_eq!(known(&world.device("phone").await), (None, None, 0));
    assert_eq!(known(&world.device("watch").await), (None, None, 0));

    assert_eq!(known(&world.register("phone", "t1", 6).await.device), all);
}

#[tokio::test]
async fn a_late_confirmation_of_who_has_opted_out_takes_it_to_its_row() {
    let world = World::new().await;
    let all = known(&phone(&world).await);
    world.says("tablet", "t1", 4).await;
    recorded(world.registry.opt_out(&key("phone"), at(9), &attempt("r", 9)).await.unwrap());

    // Later than the tablet's, and no change of mind.
    world.says("phone", "t1", 5).await;

    assert_eq!(known(&world.device("phone").await), all);
    assert_eq!(world.devices().await, ["phone opted_out t1@1", "tablet superseded t1@4"]);
    assert_eq!(known(&world.register("tablet", "t1", 10).await.device), all);
}

#[tokio::test]
async fn what_is_heard_of_a_superseded_device_is_known_of_whoever_has_its_token() {
    let world = World::new().await;
    world.says("phone", "t1", 1).await;
    world.says("tablet", "t1", 2).await;
    let disabled = async |second| {
        let attempt = attempt("event", second);
        world.registry.disabled(&key("phone"), at(second), &attempt).await.unwrap()
    };

    let tablet = recorded(disabled(3).await);
    assert_eq!((&tablet.key, tablet.disabled_at), (&key("tablet"), Some(at(3))));
    assert_eq!(disabled(3).await, Noted::Known(tablet));
    assert_eq!(world.device("phone").await.disabled_at, None);

    // Nobody has it.
    world.says("tablet", "t2", 4).await;
    assert_eq!(disabled(5).await, Noted::Known(world.device("phone").await));
}

#[tokio::test]
async fn a_superseded_device_whose_heir_is_gone_does_not_lose_what_was_heard_since() {
    for (token, holder) in [("t1", "phone"), ("t2", "watch")] {
        let world = World::new().await;
        world.says("phone", "t1", 5).await;
        world.says("tablet", "t1", 6).await;
        for key in [claim_key("t1"), device_key("tablet")] {
            world.delete(&key).await;
        }
        world.says("watch", "t1", 3).await;
        recorded(
            world
                .registry
                .disabled(&key("watch"), at(4), &attempt("event", 4))
                .await
                .unwrap(),
        );
        // Repeated: it is superseded all the same, and nobody has the token.
        world.says("phone", "t1", 5).await;
        assert_eq!(world.devices().await, ["phone superseded t1@5", "watch superseded t1@3"]);

        world.says("phone", token, 7).await;
        world.says(holder, "t1", 8).await;

        assert_eq!(world.device(holder).await.disabled_at, Some(at(4)), "{token}");
    }
}
