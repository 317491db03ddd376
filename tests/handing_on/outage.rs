//! The stream stands still, or the topic is gone: everything waits on record, and goes out once when it can.

use std::collections::BTreeSet;

use firepost::EVENTS_TOPIC;
use jiff::SignedDuration;

use crate::world::replenishment::{NONE_FAILED, Way, order};
use crate::world::{RECORDED, World, clock, mail};

/// Purchases and orders, by all routes.
async fn recorded(world: &World, each: usize) -> usize {
    for n in 0..each {
        assert_eq!(world.deliver(&mail::purchase(&format!("purchase {n}"))).await, RECORDED);
        let way = Way::ALL[n % Way::ALL.len()];
        assert_eq!(world.bring(way, &order(&format!("order {n}"))).await, way.taken(RECORDED));
    }
    2 * each
}

fn ids(world: &World) -> BTreeSet<String> {
    let events = world.handed_on();
    events
        .iter()
        .map(|event| event["event_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_stream_that_is_off_for_25_hours_loses_nothing_and_its_late_records_repeat_nothing() {
    let world = World::start().await;
    let all = recorded(&world, 30).await;
    clock::advance(SignedDuration::from_hours(25));

    let swept = world.stack.sweep_now().await.unwrap();
    assert_eq!(
        (swept.counts.handed_on, swept.complete, swept.oldest_left_seconds),
        (all as u64, true, 0)
    );
    assert_eq!((world.stack.api.published().len(), ids(&world).len()), (all, all));

    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 0);
    assert_eq!(world.stack.api.published().len(), all);
}

#[tokio::test]
async fn what_has_just_arrived_is_the_stream_s_and_no_sweep_takes_it_first() {
    let world = World::start().await;
    let all = recorded(&world, 2).await;
    clock::advance(SignedDuration::from_secs(59));
    assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 0);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.stack.api.published().len(), all);
}

#[tokio::test]
async fn a_topic_that_is_gone_for_a_day_costs_no_event_an_attempt_and_all_go_out_once() {
    let world = World::start().await;
    let all = recorded(&world, 3).await;
    world.stack.api.delete_topic(EVENTS_TOPIC);
    assert_eq!(world.stack.hand_on_now().await.unwrap().len(), all, "each is to come again");
    for _ in 0..24 {
        clock::advance(SignedDuration::from_hours(1));
        let stopped = world.stack.sweep_now().await.unwrap_err();
        assert!(
            stopped.to_string().starts_with("nothing can be handed on: topic_missing"),
            "{stopped}"
        );
    }
    assert_eq!(world.stack.inbox.dead(clock::now()).await.unwrap(), []);

    world.stack.api.create_topic(EVENTS_TOPIC);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!((world.stack.api.published().len(), ids(&world).len()), (all, all));
    assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 0);
}

#[tokio::test]
async fn the_schedule_s_own_event_sweeps() {
    let world = World::start().await;
    assert_eq!(world.bring(Way::Sns, &order("a")).await, NONE_FAILED);
    clock::advance(SignedDuration::from_mins(2));
    let scheduled = r#"{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#;
    insta::assert_snapshot!(world.invoke("dispatch", scheduled).await, @r#"{"handed_on":1,"late":0,"unmarked":0,"not_due":0,"newer":0,"refused":0,"dead":0,"faults":0,"young":0,"complete":true,"oldest_left_seconds":0}"#);
    assert_eq!(world.stack.api.published().len(), 1);
}
