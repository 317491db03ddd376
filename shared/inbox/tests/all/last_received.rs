//! When each topic was last heard of.

use std::collections::HashMap;

use inbox::Attempt;

use crate::world::{RETENTION, TOPIC, World, attempt, message, noon, seconds};

#[tokio::test]
async fn the_newest_record_of_a_topic_tells_when_it_was_last_heard_of() {
    let world = World::new().await;
    let (first, second) = (noon(), noon() + seconds(60));
    for (event, now) in [("2", second), ("1", first)] {
        let message = message().event(event);
        world
            .inbox
            .record(&message.entry(), &Attempt { id: event, now })
            .await
            .unwrap();
    }
    let held = message().topic(PENDING).event("3");
    world.hold(&held, &attempt("held"), noon() + seconds(3600)).await.unwrap();

    let heard = world.inbox.last_received(second).await.unwrap();

    let expected = [(TOPIC.to_owned(), second), (PENDING.to_owned(), first)];
    assert_eq!(heard, HashMap::from(expected));
}

#[tokio::test]
async fn a_record_past_its_time_does_not_count() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("a")).await.unwrap();

    let heard = world.inbox.last_received(noon() + RETENTION).await.unwrap();

    assert_eq!(heard, HashMap::new());
}

#[tokio::test]
async fn topics_of_more_than_a_page_are_all_there() {
    let world = World::new().await;
    // A page ends at 1 MB, before the projection.
    for n in 0..9 {
        let topic = format!("arn:aws:sns:us-east-1:033616359524:{n}");
        let big = message().topic(topic).event(n.to_string()).raw("x".repeat(250_000));
        world.inbox.record(&big.entry(), &attempt("big")).await.unwrap();
    }
    let (inbox, faults) = world.with_faults().await;

    let heard = inbox.last_received(noon()).await.unwrap();

    assert_eq!(heard.len(), 9);
    assert!(faults.calls("Scan") > 1, "one page is no test");
}

const PENDING: &str = "arn:aws:sns:us-east-1:999999999999:mine";
