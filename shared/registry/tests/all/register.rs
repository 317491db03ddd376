//! What a registration changes, and what it is answered.

use registry::{Change, Outcome, Owner, Registration, Stale, State};

use crate::world::{World, at, attempt, done, registration};

#[tokio::test]
async fn the_first_registration_writes_the_device_and_the_claim_on_its_token() {
    let world = World::new().await;
    let owned = Registration {
        owner: Some(Owner::parse("zoe").unwrap()),
        ..registration("phone", "t1", 1)
    };

    let registered = world.registry.register(&owned, &attempt("request", 1)).await.unwrap();

    assert_eq!((registered.outcome, registered.superseded), (Outcome::New, None));
    assert_eq!(world.devices().await, ["phone live t1@1"]);
    insta::assert_snapshot!(world.lines().await, @r#"
    device#app/ADM/Fire#phone
      confirmed_at N 1772366401250
      disabled_again N 0
      enables N 0
      owner S zoe
      since N 1772366401250
      state S live
      token S t1
      version N 1772366401250
      writer S request@1772366401250
    token#app/ADM/Fire#628b49d96dcde97a430dd4f597705899e09a968f793491e4b704cae33a40dc02
      confirmed_at N 1772366401250
      device S phone
    "#);
}

#[tokio::test]
async fn the_same_token_again_is_confirmed_and_a_new_chance() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    world.enable(&seen, 2).await;

    let registered = world.register("phone", "t1", 3).await;

    assert_eq!(registered.outcome, Outcome::Confirmed);
    assert_eq!(registered.device.enables_since_confirm, 0);
    assert_eq!(registered.device.enabled_at, Some(at(2)));
    assert_eq!(world.devices().await, ["phone live t1@3 a"]);
}

#[tokio::test]
async fn another_token_takes_the_place_of_the_first_and_leaves_its_history_behind() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let seen = world.enable(&seen, 2).await;
    let _ = world.registry.disabled(&seen.key, at(3), &attempt("event", 3)).await.unwrap();

    let registered = world.register("phone", "t2", 4).await;

    assert_eq!(registered.outcome, Outcome::TokenChanged);
    let device = registered.device;
    assert_eq!(
        (device.disabled_at, device.enabled_at, device.disabled_again),
        (None, None, 0)
    );
    // The endpoint is to be given the new token, in one call.
    assert_eq!(world.devices().await, ["phone live t2@4 a"]);
}

#[tokio::test]
async fn the_same_confirmation_again_changes_nothing() {
    let world = World::new().await;
    world.says("phone", "t1", 1).await;
    let before = world.rows().await;

    let registered = world.register("phone", "t1", 1).await;

    assert_eq!(
        (registered.outcome, registered.device.state),
        (Outcome::Repeated, State::Live)
    );
    assert_eq!(world.rows().await, before);
}

#[tokio::test]
async fn a_shared_token_goes_to_the_newest_confirmation_and_the_older_device_loses_its_endpoint() {
    let world = World::new().await;
    let phone = world.with_endpoint("phone", "t1", 1, "a").await;

    let registered = world.register("tablet", "t1", 2).await;

    assert_eq!((registered.outcome, registered.superseded), (Outcome::New, Some(phone)));
    assert_eq!(world.devices().await, ["phone superseded t1@1", "tablet live t1@2"]);
    // The endpoint has the token: it is the tablet's now.
    done(
        world
            .registry
            .bind(&registered.device, &crate::world::arn("a"), &attempt("tablet", 2))
            .await
            .unwrap(),
    );
    assert_eq!(world.devices().await, ["phone superseded t1@1", "tablet live t1@2 a"]);

    let back = world.register("phone", "t1", 3).await;
    assert_eq!(back.outcome, Outcome::Revived);
    assert_eq!(world.devices().await, ["phone live t1@3", "tablet superseded t1@2"]);
}

#[tokio::test]
async fn a_confirmation_that_is_older_than_the_claims_does_not_win() {
    let world = World::new().await;
    world.says("phone", "t1", 5).await;

    let registered = world.register("tablet", "t1", 4).await;

    assert_eq!(registered.outcome, Outcome::Stale(Stale::TokenTaken));
    assert!(!registered.leads_to_sns());
    assert_eq!(world.devices().await, ["phone live t1@5", "tablet superseded t1@4"]);
    assert_eq!(
        world.register("tablet", "t1", 4).await.outcome,
        Outcome::Stale(Stale::TokenTaken)
    );
}

#[tokio::test]
async fn nor_does_it_win_a_token_that_its_device_has_given_up() {
    let world = World::new().await;
    world.says("phone", "t1", 5).await;
    world.says("phone", "t2", 6).await;

    let late = world.register("tablet", "t1", 4).await;
    assert_eq!(late.outcome, Outcome::Stale(Stale::TokenTaken));
    let newer = world.register("tablet", "t1", 7).await;
    assert_eq!((newer.outcome, newer.superseded), (Outcome::Revived, None));

    assert_eq!(world.devices().await, ["phone live t2@6", "tablet live t1@7"]);
}

#[tokio::test]
async fn a_late_confirmation_does_not_change_its_device_but_may_be_news_for_the_token() {
    let world = World::new().await;
    world.says("phone", "t2", 9).await;
    let tablet = world.with_endpoint("tablet", "t1", 3, "b").await;

    // At 5 the phone had the token that the tablet had had at 3.
    let late = world.register("phone", "t1", 5).await;

    assert_eq!((late.outcome, late.leads_to_sns()), (Outcome::Stale(Stale::Older), false));
    assert_eq!(late.superseded, Some(tablet));
    assert_eq!(world.devices().await, ["phone live t2@9", "tablet superseded t1@3"]);
}

#[tokio::test]
async fn a_device_whose_new_token_is_taken_is_superseded_and_loses_its_endpoint() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    world.says("tablet", "t2", 9).await;

    let registered = world.register("phone", "t2", 5).await;

    assert_eq!(registered.outcome, Outcome::Stale(Stale::TokenTaken));
    assert_eq!(world.devices().await, ["phone superseded t2@5", "tablet live t2@9"]);
    // Nobody has the first token any more.
    assert_eq!(world.register("watch", "t1", 6).await.superseded, None);
}

#[tokio::test]
async fn two_devices_that_swap_their_tokens_have_them_swapped() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    world.with_endpoint("tablet", "t2", 1, "b").await;

    let first = world.register("phone", "t2", 2).await;
    assert_eq!(first.outcome, Outcome::TokenChanged);
    assert_eq!(first.superseded.unwrap().endpoint, Some(crate::world::arn("b")));
    assert_eq!(world.devices().await, ["phone live t2@2 a", "tablet superseded t2@1"]);

    let second = world.register("tablet", "t1", 3).await;
    assert_eq!((second.outcome, second.superseded), (Outcome::TokenChanged, None));
    assert_eq!(world.devices().await, ["phone live t2@2 a", "tablet live t1@3"]);
}

#[tokio::test]
async fn of_two_at_the_same_moment_the_same_one_wins_in_either_order() {
    for order in [["phone", "tablet"], ["tablet", "phone"]] {
        let world = World::new().await;
        for device in order {
            world.says(device, "t1", 1).await;
        }
        assert_eq!(world.devices().await, ["phone superseded t1@1", "tablet live t1@1"]);
    }
}

#[tokio::test]
async fn a_confirmation_of_the_future_counts_as_one_of_now() {
    let world = World::new().await;
    let early = registration("phone", "t1", 1_000);

    let registered = world.registry.register(&early, &attempt("phone", 1)).await.unwrap();

    assert_eq!(registered.device.confirmed_at, at(1));
    world.says("tablet", "t1", 2).await;
    assert_eq!(world.devices().await, ["phone superseded t1@1", "tablet live t1@2"]);
}

#[tokio::test]
async fn a_quarantined_device_stays_so_until_its_token_is_another() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    done(world.registry.quarantine(&seen, &attempt("sweep", 2)).await.unwrap());

    let same = world.register("phone", "t1", 3).await;
    assert_eq!((same.outcome, same.device.state), (Outcome::Confirmed, State::Quarantined));
    assert!(!same.leads_to_sns());
    assert_eq!(same.device.since, at(2));

    let other = world.register("phone", "t2", 4).await;
    assert_eq!((other.outcome, other.device.state), (Outcome::TokenChanged, State::Live));
    assert_eq!(world.devices().await, ["phone live t2@4 a"]);
}

#[tokio::test]
async fn a_device_that_was_quarantined_by_mistake_is_live_again_and_nothing_is_held_against_it() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let seen = done(
        world
            .registry
            .note_disabled(&seen, at(2), true, &attempt("sweep", 2))
            .await
            .unwrap(),
    );
    let quarantined = done(world.registry.quarantine(&seen, &attempt("sweep", 2)).await.unwrap());

    let absolved = done(world.registry.absolve(&quarantined, &attempt("sweep", 3)).await.unwrap());
    assert_eq!((absolved.state, absolved.since), (State::Live, at(3)));
    assert_eq!((absolved.disabled_again, absolved.disabled_at), (0, Some(at(2))));
    assert_eq!(world.devices().await, ["phone live t1@1 a"]);
    // Over the version that was seen, and no other.
    let late = world.registry.absolve(&quarantined, &attempt("another", 4)).await.unwrap();
    assert!(matches!(late, Change::Overtaken(Some(device)) if device == absolved));
}

#[tokio::test]
async fn the_newest_registration_says_whose_a_device_is() {
    let world = World::new().await;
    for (second, owner) in [(1, Some("zoe")), (2, Some("kim")), (3, None)] {
        let owner = owner.map(|owner| Owner::parse(owner).unwrap());
        let registration = Registration {
            owner: owner.clone(),
            ..registration("phone", "t1", second)
        };
        let registered = world
            .registry
            .register(&registration, &attempt("phone", second))
            .await
            .unwrap();
        assert_eq!(registered.device.owner, owner);
        assert_eq!(world.device("phone").await.owner, owner);
    }
}
