//! Subscriptions of whoever had a token are for whoever has it to end.

use std::collections::BTreeSet;

use registry::{Change, Device, Refusal, Registration, State};

use crate::world::{World, at, attempt, claim_key, device_key, done, key, number, recorded, registration};

/// A device says at a moment that this is its token, and which subscriptions hang on its endpoint.
async fn says<const N: usize>(world: &World, device: &str, token: &str, second: i64, subscriptions: [&str; N]) -> Device {
    let registration = Registration {
        subscriptions: Some(set(subscriptions)),
        ..registration(device, token, second)
    };
    let attempt = attempt(device, second.max(20));
    world.registry.register(&registration, &attempt).await.unwrap().device
}

fn set<const N: usize>(subscriptions: [&str; N]) -> BTreeSet<String> {
    subscriptions.map(str::to_owned).into()
}

/// Its own, and those that it has to end.
async fn of(world: &World, device: &str) -> String {
    let device = world.device(device).await;
    let joined = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    let (own, inherited) = (joined(&device.subscriptions), joined(&device.inherited_subscriptions));
    format!("{own} | {inherited}")
}

#[tokio::test]
async fn what_the_applications_server_says_replaces_what_is_on_record_and_silence_keeps_it() {
    let world = World::new().await;
    says(&world, "phone", "t1", 1, ["s1", "s2"]).await;
    world.says("phone", "t1", 2).await;
    assert_eq!(of(&world, "phone").await, "s1 s2 | ");
    world.says("phone", "t2", 3).await;
    assert_eq!(of(&world, "phone").await, "s1 s2 | ");
    says(&world, "phone", "t2", 4, ["s3"]).await;
    assert_eq!(of(&world, "phone").await, "s3 | ");
    // Too late.
    says(&world, "phone", "t2", 3, ["s4"]).await;
    assert_eq!(of(&world, "phone").await, "s3 | ");
    says(&world, "phone", "t2", 5, []).await;
    assert_eq!(of(&world, "phone").await, " | ");
}

#[tokio::test]
async fn they_go_with_the_token_in_whatever_order_the_confirmations_come() {
    let mut ends = BTreeSet::new();
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let world = World::new().await;
        for second in order {
            let (device, subscription) = [("phone", "p"), ("tablet", "t"), ("watch", "w")][second - 1];
            says(&world, device, "t1", i64::try_from(second).unwrap(), [subscription]).await;
        }
        assert_eq!(world.contradictions().await, [""; 0], "{order:?}");
        let mut end = Vec::new();
        for device in ["phone", "tablet", "watch"] {
            end.push(of(&world, device).await);
        }
        ends.insert(end);
    }
    assert_eq!(Vec::from_iter(ends), [[" | ", " | ", "w | p t"]]);
}

#[tokio::test]
async fn what_a_device_has_to_end_is_not_what_its_server_says_is_its_own() {
    let world = World::new().await;
    says(&world, "phone", "t1", 1, ["news", "weather"]).await;
    // The same endpoint and the same topic are the same subscription.
    says(&world, "tablet", "t1", 2, ["news"]).await;
    assert_eq!(of(&world, "tablet").await, "news | weather");
    let tablet = world.device("tablet").await;
    let own = set(["news", "weather"]);
    done(
        world
            .registry
            .subscriptions(&tablet, own, &attempt("tablet", 3))
            .await
            .unwrap(),
    );
    assert_eq!(of(&world, "tablet").await, "news weather | ");
    says(&world, "watch", "t1", 3, ["news"]).await;
    assert_eq!(of(&world, "watch").await, "news | weather");
    says(&world, "watch", "t1", 4, ["weather"]).await;
    assert_eq!(of(&world, "watch").await, "weather | ");
    says(&world, "tablet", "t1", 4, ["news", "weather"]).await;
    assert_eq!(of(&world, "watch").await, "weather | news");
    says(&world, "tablet", "t1", 5, ["news", "weather"]).await;

    // A device that takes its token back has its own to end, unless it says that it still has them.
    says(&world, "phone", "t1", 6, ["news"]).await;
    assert_eq!(of(&world, "phone").await, "news | weather");
    world.says("tablet", "t1", 7).await;
    assert_eq!(of(&world, "tablet").await, " | news weather");
}

#[tokio::test]
async fn a_late_confirmation_takes_them_too() {
    let world = World::new().await;
    world.says("phone", "t2", 9).await;
    says(&world, "tablet", "t1", 3, ["t"]).await;
    let seen = world.device("phone").await;

    world.says("phone", "t1", 5).await;

    assert_eq!(
        (of(&world, "phone").await, of(&world, "tablet").await),
        (" | t".into(), " | ".into())
    );
    assert_eq!(world.device("phone").await.version, seen.version + 1);
    assert_eq!(world.devices().await, ["phone live t2@9", "tablet superseded t1@3"]);
}

#[tokio::test]
async fn who_loses_its_token_and_finds_nobody_who_has_it_ends_them_itself() {
    let world = World::new().await;
    says(&world, "phone", "t1", 1, ["p"]).await;
    says(&world, "tablet", "t2", 9, []).await;
    recorded(world.registry.opt_out(&key("tablet"), at(9), &attempt("r", 9)).await.unwrap());
    assert!(world.rows().await[&device_key("tablet")].contains_key("expires_at"));

    // The tablet's row may be gone any day.
    world.says("phone", "t2", 5).await;

    assert_eq!(
        (of(&world, "phone").await, of(&world, "tablet").await),
        (" | p".into(), " | ".into())
    );
    assert_eq!(number(&world.rows().await[&device_key("phone")], "expires_at"), None);
}

#[tokio::test]
async fn what_has_ended_is_taken_out_of_whatever_the_row_has_become() {
    let world = World::new().await;
    says(&world, "phone", "t1", 1, ["p1", "p2"]).await;
    let seen = says(&world, "tablet", "t1", 2, ["t1", "t2"]).await;
    says(&world, "watch", "t2", 1, ["w"]).await;
    world.says("tablet", "t2", 3).await;
    assert_eq!(of(&world, "tablet").await, "t1 t2 | p1 p2 w");

    let ended = world
        .registry
        .ended(&seen, &set(["p1", "t2", "w"]), &attempt("sweep", 4))
        .await;
    let device = done(ended.unwrap());
    assert_eq!(of(&world, "tablet").await, "t1 | p2");
    assert_eq!((device.confirmed_at, &device), (at(3), &world.device("tablet").await));

    let superseded = world.device("watch").await;
    let own = world
        .registry
        .subscriptions(&superseded, set(["w"]), &attempt("watch", 4))
        .await
        .unwrap();
    assert_eq!(own, Change::Refused(Refusal::State(State::Superseded)));

    // Once more is nothing more.
    let again = world
        .registry
        .ended(&device, &set(["p1"]), &attempt("sweep", 5))
        .await
        .unwrap();
    assert_eq!(done(again), device);
    let again = world.registry.ended(&seen, &set(["p1"]), &attempt("sweep", 5)).await.unwrap();
    assert_eq!(done(again), device);
    world.delete(&device_key("tablet")).await;
    let gone = world.registry.ended(&seen, &set(["p2"]), &attempt("sweep", 6)).await.unwrap();
    assert_eq!(gone, Change::Overtaken(None));
}

#[tokio::test]
async fn a_row_is_kept_until_what_it_has_to_end_has_ended() {
    let world = World::new().await;
    says(&world, "phone", "t1", 1, ["p"]).await;
    world.says("tablet", "t1", 2).await;
    let out = world.registry.opt_out(&key("tablet"), at(3), &attempt("r", 3)).await.unwrap();
    let tablet = recorded(out);
    let expires = async |key: String| number(&world.rows().await[&key], "expires_at").is_some();
    assert!(expires(device_key("phone")).await);
    assert!(!expires(device_key("tablet")).await);

    done(
        world
            .registry
            .ended(&tablet, &set(["p"]), &attempt("sweep", 4))
            .await
            .unwrap(),
    );

    assert!(expires(device_key("tablet")).await);
    assert!(expires(claim_key("t1")).await);
}
