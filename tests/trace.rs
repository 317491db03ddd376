//! One trace from the delivery to the event: in the log of who received it, on record, in what is handed on, and in the log of who
//! handed it on.

use inbox::{Filter, Repetition, TraceId};
use jiff::SignedDuration;
use sandbox::Journal;
use sandbox::lambda::DeadLetter;
use serde_json::Value;

use crate::world::journal::{deliveries, handing_on};
use crate::world::replenishment::{Way, order};
use crate::world::{HELD, RECORDED, STRANGER, World, clock, mail};

/// A trace as it is told in JSON; it must be there, and be one.
#[track_caller]
fn trace(told: &Value, name: &str) -> String {
    let id = told[name].as_str().unwrap_or_else(|| panic!("{name} of {told}"));
    assert!(TraceId::parse(id).is_some(), "{id}");
    id.to_owned()
}

/// What is on record, newest first.
async fn traces_on_record(world: &World) -> Vec<Option<String>> {
    let all = Filter {
        source: None,
        since: None,
        limit: 100,
    };
    let records = world.stack.inbox.list(&all, clock::now()).await.unwrap();
    records
        .iter()
        .map(|record| record.trace_id.map(|id| id.to_string()))
        .collect()
}

#[tokio::test]
async fn a_deliverys_trace_is_in_the_log_on_record_and_in_the_event_of_every_source() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    clock::advance(SignedDuration::from_secs(1));
    let ways = [Way::Https, Way::Sns, Way::Queue(DeadLetter::Failure)];
    for (way, seed) in ways.into_iter().zip(["a", "b", "c"]) {
        world.bring(way, &order(seed)).await;
        clock::advance(SignedDuration::from_secs(1));
    }
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);

    let received: Vec<_> = deliveries(&journal).iter().map(|line| trace(line, "trace_id")).collect();
    let [a, b, c, d] = &received[..] else {
        panic!("four deliveries")
    };
    assert!(a != b && b != c && c != d, "each invocation has a trace of its own");
    let mut on_record: Vec<_> = traces_on_record(&world).await.into_iter().map(Option::unwrap).collect();
    on_record.reverse();
    assert_eq!(on_record, received);
    let events: Vec<_> = world.handed_on().iter().map(|event| trace(event, "trace_id")).collect();
    assert_eq!(events, received);
    let lines = handing_on(&journal);
    let handed_on: Vec<_> = lines.iter().map(|line| trace(line, "trace_id")).collect();
    assert_eq!(handed_on, received);
    for line in &lines {
        assert!(!received.contains(&trace(line, "invocation_trace_id")), "{line}");
    }
}

#[tokio::test]
async fn a_duplicate_is_told_under_its_own_trace_and_the_event_has_that_of_the_first() {
    let journal = Journal::begin();
    let world = World::start().await;
    for _ in 0..2 {
        world.deliver(&mail::purchase("a")).await;
    }
    world.stack.hand_on_now().await.unwrap();
    let received: Vec<_> = deliveries(&journal).iter().map(|line| trace(line, "trace_id")).collect();
    assert_ne!(received[0], received[1]);
    let events: Vec<_> = world.handed_on().iter().map(|event| trace(event, "trace_id")).collect();
    assert_eq!(events, received[..1]);
}

#[tokio::test]
async fn a_sweep_and_a_replay_hand_on_under_the_deliverys_trace_and_log_their_own() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let received = trace(&deliveries(&journal)[0], "trace_id");
    clock::advance(SignedDuration::from_mins(2));
    world.stack.sweep_now().await.unwrap();
    let all = Filter {
        source: None,
        since: None,
        limit: 1,
    };
    let row = world.stack.inbox.list(&all, clock::now()).await.unwrap().remove(0);
    let replay = world.stack.inbox.replay(&row, "march", Repetition::Never, clock::now());
    replay.await.unwrap();
    world.stack.hand_on_now().await.unwrap();

    let events = world.handed_on();
    assert_eq!((events.len(), events[1]["replay"].as_str()), (2, Some("march")));
    for event in &events {
        assert_eq!(trace(event, "trace_id"), received);
    }
    let lines = handing_on(&journal);
    let [swept, over, streamed] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        [swept, streamed].map(|line| trace(line, "trace_id")),
        [received.clone(), received]
    );
    let own = [swept, over, streamed].map(|line| trace(line, "invocation_trace_id"));
    assert!(own[0] == own[1] && own[1] != own[2], "{own:?}");
    assert_eq!(over["trace_id"], Value::Null, "{over}");
}

#[tokio::test]
async fn a_held_notification_that_is_released_goes_out_under_the_trace_of_its_delivery() {
    let journal = Journal::begin();
    let (world, _) = World::with_waiting_topic().await;
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "a")).await, HELD);
    let received = trace(&deliveries(&journal)[1], "trace_id");
    world.approve(STRANGER).await;
    world.stack.hand_on_now().await.unwrap();
    let events: Vec<_> = world.handed_on().iter().map(|event| trace(event, "trace_id")).collect();
    assert_eq!(events, [received]);
}

#[tokio::test]
async fn what_is_refused_is_told_under_its_trace_as_well() {
    let journal = Journal::begin();
    let world = World::start().await;
    world.deliver(&mail::forged(mail::purchase("a"))).await;
    world.deliver(&mail::purchase("a").without("MessageId")).await;
    for line in deliveries(&journal) {
        assert_eq!(line["outcome"], "refused");
        trace(&line, "trace_id");
    }
}
