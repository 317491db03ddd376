//! The function is killed at each of its waits, between the record and the topic: what it was invoked with comes again, every event
//! goes out, and each under one id.

use std::collections::{BTreeMap, BTreeSet};

use dispatch::Invocation;
use jiff::Timestamp;
use sandbox::dynamo::{Fault, StreamStart};
use sandbox::kill::killed_after;
use sandbox::sns_api;
use serde_json::Value;

use crate::world::replenishment::{NONE_FAILED, Way, order};
use crate::world::{RECORDED, World, mail};

/// More than any batch waits.
const MOST_WAITS: usize = 1_000;

#[tokio::test]
async fn every_event_goes_out_under_one_id_when_dispatch_is_killed_at_any_wait() {
    for mark in [Fault::Pass, Fault::LoseResponse] {
        let world = World::with_faults().await;
        let repetitions = killed_at_every_wait(&world, || world.faults().inject("UpdateItem", mark, 1)).await;
        let repeated = repetitions.values().filter(|times| **times > 1).count();
        assert!(repeated > 0, "no kill came between publishing and marking");
    }
}

#[tokio::test]
async fn every_event_goes_out_when_the_topic_s_answer_is_lost_as_well() {
    let world = World::with_faults().await;
    let repetitions = killed_at_every_wait(&world, || world.stack.api.script([sns_api::Fault::LoseResponse])).await;
    let most = repetitions.values().max();
    assert!(
        most.is_some_and(|times| *times > 1),
        "a call whose answer is lost is made again"
    );
}

/// Kills the function after each number of waits, on a purchase and an order of its own; how often each event went out.
async fn killed_at_every_wait(world: &World, before: impl Fn()) -> BTreeMap<String, usize> {
    let mut stream = world.stack.dynamo.stream("notifications", StreamStart::Latest).await.unwrap();
    let mut events = 0;
    for waits in 0..MOST_WAITS {
        let purchase = mail::purchase(&format!("purchase {waits}"));
        let order = order(&format!("order {waits}"));
        assert_eq!(world.deliver(&purchase).await, RECORDED);
        assert_eq!(world.bring(Way::Sns, &order).await, NONE_FAILED);
        events += 2;
        let event = stream.next(100).await.unwrap().expect("two rows are new");
        before();

        let first = killed_after(waits, run(world, &event)).await;
        world.faults().clear();
        world.stack.api.script([]);
        assert_eq!(run(world, &event).await, NONE_FAILED);

        let rows = world.rows().await;
        let due = rows.iter().filter(|row| !row.marks.contains(&"not due".to_owned()));
        assert_eq!((rows.len(), due.count()), (events, 0), "after {waits} waits");
        if first.is_some() {
            break;
        }
    }
    let mut repetitions = BTreeMap::<_, usize>::new();
    for event in world.handed_on() {
        *repetitions.entry(event["event_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(repetitions.len(), events);
    let records = world.handed_on().into_iter().map(|event| event["record"].to_string());
    assert_eq!(records.collect::<BTreeSet<_>>().len(), events, "an id for each record");
    repetitions
}

/// One invocation of a process of its own.
async fn run(world: &World, event: &Value) -> String {
    let invocation = serde_json::from_value::<Invocation>(event.clone()).unwrap();
    let answer = world.dispatch().run(invocation, Timestamp::MAX).await.unwrap();
    serde_json::to_string(&answer).unwrap()
}
