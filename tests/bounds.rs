//! Anybody can make a topic wait here, so what waits is bounded: beyond the bounds it is 503, and nothing is lost that SNS still
//! delivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::ids;
use tokio::task::JoinSet;

use crate::world::rows::held;
use crate::world::{HELD, PENDING, RECORDED, STRANGER, World, clock, in_short, mail};

const MAX_PENDING_TOPICS: usize = 100;
const MAX_HELD: i64 = 1_000;

const PENDING_FULL: &str =
    r#"503 {"outcome":"unavailable","reason":"pending_full","detail":"too many topics wait for the operator already"}"#;
const HELD_FULL: &str = r#"503 {"outcome":"unavailable","reason":"held_full","detail":"too many notifications of this topic wait for the operator already"}"#;

async fn ask(world: &World, topic: &str) -> String {
    world.deliver(&mail::confirmation(topic, &ids::token(topic))).await
}

/// As if so many notifications of the waiting topic were held already.
async fn pretend_held(world: &World, held: i64) {
    for mut item in world.items("trust").await {
        if item.contains_key("held") {
            item.insert("held".to_owned(), AttributeValue::N(held.to_string()));
            world.put("trust", item).await;
        }
    }
}

#[tokio::test]
async fn a_hundred_topics_wait_and_no_more_until_one_is_decided_about_or_gives_up() {
    let world = World::start().await;
    let topic = |n: usize| format!("{STRANGER}{n}");
    for n in 0..MAX_PENDING_TOPICS {
        assert_eq!(ask(&world, &topic(n)).await, PENDING);
    }
    assert_eq!(ask(&world, &topic(100)).await, PENDING_FULL);
    assert_eq!(ask(&world, &topic(0)).await, PENDING, "it waits already");
    assert_eq!(
        world.stack.trust.topics(clock::now()).await.unwrap().len(),
        MAX_PENDING_TOPICS
    );
    assert_eq!(
        in_short(&world.deliver(&mail::sent_to(&topic(100), "a")).await),
        "403 topic_not_admitted"
    );

    world.approve(&topic(7)).await;
    assert_eq!(ask(&world, &topic(100)).await, PENDING);
    assert_eq!(ask(&world, &topic(101)).await, PENDING_FULL);

    clock::advance(clock::WAITING_TIME);
    assert_eq!(ask(&world, &topic(101)).await, PENDING);
    let waiting: Vec<_> = world
        .trust()
        .await
        .into_iter()
        .filter(|line| line.starts_with("waiting:"))
        .collect();
    assert_eq!(waiting, ["waiting: stranger101"]);
}

#[tokio::test]
async fn topics_that_ask_at_the_same_time_all_wait_or_are_told_to_try_again() {
    let world = Arc::new(World::start().await);
    let mut asking = JoinSet::new();
    let topics = 20;
    for n in 0..topics {
        let world = Arc::clone(&world);
        asking.spawn(async move { (n, ask(&world, &format!("{STRANGER}{n}")).await) });
    }
    for (n, answer) in asking.join_all().await {
        if answer != PENDING {
            assert_eq!(in_short(&answer), "503 standing_changed");
            assert_eq!(ask(&world, &format!("{STRANGER}{n}")).await, PENDING);
        }
    }
    assert_eq!(world.stack.trust.topics(clock::now()).await.unwrap().len(), topics);
    let list = world.trust().await.pop().unwrap();
    assert_eq!(list.split_whitespace().count(), 1 + topics, "{list}");
}

#[tokio::test]
async fn a_thousand_notifications_of_a_topic_are_held_and_no_more_until_it_is_approved() {
    let world = World::start().await;
    assert_eq!(ask(&world, STRANGER).await, PENDING);
    pretend_held(&world, MAX_HELD - 1).await;
    let (last, beyond) = (mail::sent_to(STRANGER, "last"), mail::sent_to(STRANGER, "beyond"));
    assert_eq!(world.deliver(&last).await, HELD);
    assert_eq!(world.deliver(&beyond).await, HELD_FULL);
    assert_eq!(world.deliver(&last).await, HELD, "it is held already");
    assert_eq!(world.rows().await, [held(&last)]);
    assert_eq!(world.trust().await[1], "stranger pending, 1000 held, token");

    world.approve(STRANGER).await;
    assert_eq!(world.deliver(&beyond).await, RECORDED);
    assert_eq!(in_short(&world.deliver(&last).await), "200 duplicate");
}

#[tokio::test]
async fn the_bound_of_held_notifications_is_exact_when_many_arrive_at_the_same_time() {
    let world = Arc::new(World::start().await);
    assert_eq!(ask(&world, STRANGER).await, PENDING);
    pretend_held(&world, MAX_HELD - 10).await;
    let mut deliveries = JoinSet::new();
    for n in 0..30 {
        let world = Arc::clone(&world);
        deliveries.spawn(async move { world.deliver(&mail::sent_to(STRANGER, &format!("purchase {n}"))).await });
    }
    let mut answers = BTreeMap::new();
    for answer in deliveries.join_all().await {
        *answers.entry(answer).or_default() += 1;
    }
    assert_eq!(answers, [(HELD.to_owned(), 10), (HELD_FULL.to_owned(), 20)].into());
    assert_eq!(world.rows().await.len(), 10);
    assert_eq!(world.trust().await[1], "stranger pending, 1000 held, token");
}
