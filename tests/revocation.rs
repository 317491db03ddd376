//! Trust ends where it was given: a topic that was trusted by configuration, by approval or by accident of time does not stay so.

use sns_webhook::TrustedTopics;

use crate::world::process::receive;
use crate::world::{CONFIRMED, PENDING, RECORDED, STRANGER, TOPIC, UNSUBSCRIBED, World, in_short, mail};

#[tokio::test]
async fn a_topic_subscribed_under_a_pattern_is_unknown_once_the_pattern_is_gone() {
    let world = World::start().await;
    let token = world.stack.api.issue_token(TOPIC);
    assert_eq!(world.deliver(&mail::confirmation(TOPIC, &token)).await, CONFIRMED);
    assert_eq!(world.deliver(&mail::sent_to(TOPIC, "before")).await, RECORDED);

    let narrowed = world.process_with(|options| {
        options.trusted_topics = TrustedTopics::parse("arn:aws:sns:us-east-1:033616359524:another").unwrap();
    });

    let answer = receive(&narrowed, &mail::sent_to(TOPIC, "after"), "1").await;
    assert_eq!(in_short(&answer), "403 topic_not_admitted");
    // It may ask again, as any topic may, and then waits for the operator.
    assert_eq!(receive(&narrowed, &mail::confirmation(TOPIC, &token), "2").await, PENDING);
    assert_eq!(world.approve(TOPIC).await.subscription_confirmed, Some(true));
    assert_eq!(receive(&narrowed, &mail::sent_to(TOPIC, "approved"), "3").await, RECORDED);
}

#[tokio::test]
async fn a_rejection_outlives_the_memory_of_an_approval() {
    let (world, token) = World::with_waiting_topic().await;
    world.approve(STRANGER).await;
    let process = world.process();
    assert_eq!(receive(&process, &mail::sent_to(STRANGER, "a"), "1").await, RECORDED);

    assert_eq!(world.reject(STRANGER).await, 0);
    let confirmed = world.stack.api.confirmed().len();

    // The process still believes the approval for a minute, but does not confirm anything on the strength of it.
    let answer = receive(&process, &mail::confirmation(STRANGER, &token), "2").await;
    assert_eq!(in_short(&answer), "403 topic_not_admitted");
    assert_eq!(world.stack.api.confirmed().len(), confirmed);
    assert_eq!(world.trust().await, ["certificate", "stranger rejected", "waiting:"]);
    let answer = receive(&world.process(), &mail::sent_to(STRANGER, "b"), "3").await;
    assert_eq!(in_short(&answer), "403 topic_not_admitted");
}

#[tokio::test]
async fn a_farewell_gives_no_trust_to_a_topic_whose_record_is_gone() {
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::farewell(TOPIC)).await, UNSUBSCRIBED);

    let narrowed = world.process_with(|options| options.trusted_topics = TrustedTopics::default());

    let answer = receive(&narrowed, &mail::sent_to(TOPIC, "a"), "1").await;
    assert_eq!(in_short(&answer), "403 topic_not_admitted");
}
