//! Which shard an instance is told to subscribe to.

use std::collections::BTreeMap;

use adm::{Instance, Problem, Shards, Topic, Unassigned};
use inbox::StoreError;
use insta::assert_snapshot;
use sandbox::dynamo::Fault;

use crate::world::{World, report};

#[tokio::test]
async fn a_topic_that_is_not_split_is_its_own_answer_and_asks_nobody() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    let shards = Shards::parse("weather=4").unwrap();
    for name in ["news", "weather.2"] {
        let topic = Topic::new(name).unwrap();
        let assignment = ledger
            .assign(&shards, &topic, &Instance::new("phone").unwrap())
            .await
            .unwrap();
        assert_eq!(assignment.subscribe_to, name);
    }
    assert_eq!(faults.all_calls(), 0);
}

#[tokio::test]
async fn an_instance_gets_the_same_answer_before_and_after_it_has_subscribed() {
    let world = World::new().await;
    let (shards, topic) = (Shards::parse("weather=4").unwrap(), Topic::new("weather").unwrap());
    let assignment = world
        .ledger
        .assign(&shards, &topic, &Instance::new("phone").unwrap())
        .await
        .unwrap();
    assert_snapshot!(serde_json::to_string(&assignment).unwrap(), @r#"{"topic":"weather","subscribeTo":"weather.2"}"#);
    let shard = assignment.subscribe_to;
    assert_eq!(world.assigned("weather=4", "weather", "phone").await, shard);
    world.subscribe(["phone"], &shard).await;
    assert_eq!(world.assigned("weather=4", "weather", "phone").await, shard);
}

#[tokio::test]
async fn more_shards_move_nobody_who_is_on_one() {
    let world = World::new().await;
    let mut before = BTreeMap::new();
    for n in 0..40 {
        let phone = format!("phone-{n}");
        let shard = world.assigned("weather=2+", "weather", &phone).await;
        world.subscribe([phone.as_str()], &shard).await;
        before.insert(phone, shard);
    }
    for (phone, shard) in &before {
        assert_eq!(world.assigned("weather=20", "weather", phone).await, *shard);
    }
    assert_eq!(before.values().collect::<std::collections::BTreeSet<_>>().len(), 2);
}

#[tokio::test]
async fn an_instance_keeps_a_shard_that_is_not_its_first_choice_or_is_full() {
    let world = World::new().await;
    for shard in ["weather.0", "weather.1", "weather.2"] {
        world.fill(shard, 10_000).await;
        world.subscribe(["phone"], shard).await;
        assert_eq!(world.assigned("weather=3", "weather", "phone").await, shard);
        world.record(&report("phone", "onUnsubscribe", shard)).await;
        world.fill(shard, 0).await;
    }
}

#[tokio::test]
async fn a_shard_that_is_not_sent_to_any_more_is_not_kept() {
    let world = World::new().await;
    world.subscribe(["phone"], "weather.3").await;
    assert_eq!(world.assigned("weather=4", "weather", "phone").await, "weather.3");
    assert_ne!(world.assigned("weather=3", "weather", "phone").await, "weather.3");
}

#[tokio::test]
async fn the_topic_itself_is_for_those_who_are_on_it() {
    let world = World::new().await;
    world.subscribe(["old"], "weather").await;
    // With the plus it gets every message there, and a shard on top would bring it twice.
    assert_eq!(world.assigned("weather=2+", "weather", "old").await, "weather");
    assert!(world.assigned("weather=2", "weather", "old").await.starts_with("weather."));
    for n in 0..20 {
        let new = world.assigned("weather=1+", "weather", &format!("new-{n}")).await;
        assert_eq!(new, "weather.0");
    }
    world.subscribe(["old"], "weather.1").await;
    assert_eq!(world.assigned("weather=2+", "weather", "old").await, "weather.1");
}

#[tokio::test]
async fn a_shard_that_is_nearly_full_is_left_alone() {
    let world = World::new().await;
    let first = world.assigned("weather=3", "weather", "phone").await;
    world.fill(&first, 9_499).await;
    assert_eq!(world.assigned("weather=3", "weather", "phone").await, first);

    world.fill(&first, 9_500).await;
    let others: Vec<_> = ["weather.0", "weather.1", "weather.2"]
        .into_iter()
        .filter(|shard| *shard != first)
        .collect();
    for (fuller, emptier) in [(others[0], others[1]), (others[1], others[0])] {
        world.fill(fuller, 6_000).await;
        world.fill(emptier, 5_999).await;
        assert_eq!(world.assigned("weather=3", "weather", "phone").await, emptier);
    }

    // Room is used up to the last place.
    world.fill(&first, 9_999).await;
    world.fill(others[0], 10_000).await;
    world.fill(others[1], 10_001).await;
    assert_eq!(world.assigned("weather=3", "weather", "phone").await, first);
}

#[tokio::test]
async fn when_every_shard_is_full_the_problem_says_what_to_do() {
    let world = World::new().await;
    for shard in ["weather.0", "weather.1"] {
        world.fill(shard, 10_000).await;
    }
    let (shards, topic) = (Shards::parse("weather=2+").unwrap(), Topic::new("weather").unwrap());
    let who = Instance::new("phone").unwrap();

    let full = world.ledger.assign(&shards, &topic, &who).await.unwrap_err();

    let Unassigned::Full(full) = full else { panic!("{full:?}") };
    let problem = Problem::from(full);
    assert_eq!(problem.status, 409);
    assert_snapshot!(problem.to_json(), @r#"{"type":"/problems/adm/topic-full","title":"The topic has no room for another app instance","status":409,"detail":"each of the 2 shards of weather has 10000 app instances, as many as ADM allows: raise its number in ADM_SHARDS"}"#);
    assert_eq!(world.assigned("weather=3", "weather", "phone").await, "weather.2");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_assigns_nothing() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    faults.inject("BatchGetItem", Fault::InternalError, usize::MAX);
    let (shards, topic) = (Shards::parse("weather=2").unwrap(), Topic::new("weather").unwrap());

    let failed = ledger.assign(&shards, &topic, &Instance::new("phone").unwrap()).await;

    assert!(
        matches!(&failed, Err(Unassigned::Store(error @ StoreError::Unavailable(_))) if !error.needs_operator()),
        "{failed:?}"
    );
}
