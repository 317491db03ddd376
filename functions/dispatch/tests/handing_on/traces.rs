//! An event has the trace of the delivery that brought it, whatever hands it on; the log has that of the invocation, too.

use inbox::{Repetition, RowKey, TraceId};
use sandbox::Journal;
use serde_json::Value;

use crate::world::{World, advance, entry, hours, now, purchase, seconds};

const DELIVERY: &str = "1-5759e988-bd862e3fe1be46a994272793";
const INVOCATION: &str = "1-58406520-a006649127e371903a2de979";

async fn delivered(world: &World, seed: &str, trace: Option<&str>) -> RowKey {
    let raw = purchase(seed).text();
    let event = ::rtn::read(&raw).unwrap().event;
    let mut entry = entry(event.subject(), event.event_key(), &raw);
    entry.trace_id = trace.and_then(TraceId::parse);
    world.record(&entry).await
}

/// Outcome, the delivery's trace and the invocation's, of each line.
fn lines(journal: &Journal) -> Vec<String> {
    let lines = journal.steady(|line| line["function"] == "dispatch" && line["level"] != "DEBUG");
    let trace = |line: &Value, name: &str| line[name].as_str().unwrap_or("-").to_owned();
    let lines = lines.iter().map(|line| {
        let (own, of_delivery) = (trace(line, "invocation_trace_id"), trace(line, "trace_id"));
        format!("{} {of_delivery} {own}", line["outcome"].as_str().unwrap())
    });
    lines.collect()
}

#[tokio::test]
async fn an_event_has_the_trace_of_its_delivery_also_by_a_sweep_and_in_a_replay() {
    let journal = Journal::begin();
    let world = World::new().await;
    let dispatch = world.dispatch.in_trace(TraceId::parse(INVOCATION));
    let key = delivered(&world, "a", Some(DELIVERY)).await;
    dispatch.hand_on(std::slice::from_ref(&key)).await;

    let row = world.row(&key).await;
    world.inbox.replay(&row, "march", Repetition::Never, now()).await.unwrap();
    advance(seconds(120));
    dispatch.sweep(seconds(60), now() + hours(1)).await.unwrap();

    let bodies = world.bodies();
    let told = bodies.iter().map(|body| (&body["trace_id"], &body["replay"]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(&DELIVERY.into(), &Value::Null), (&DELIVERY.into(), &Value::from("march"))]
    );
    let handed_on = format!("handed_on {DELIVERY} {INVOCATION}");
    assert_eq!(
        lines(&journal),
        [handed_on.clone(), handed_on, format!("swept - {INVOCATION}")]
    );
}

#[tokio::test]
async fn an_event_without_a_trace_has_no_such_field() {
    let journal = Journal::begin();
    let world = World::new().await;
    let key = delivered(&world, "a", None).await;
    assert_eq!(world.hand_on(&key).await, "handed on");
    assert_eq!(world.bodies()[0].get("trace_id"), None);
    assert_eq!(lines(&journal), ["handed_on - -"]);
}

#[tokio::test]
async fn what_goes_wrong_with_an_event_is_told_under_its_trace() {
    let journal = Journal::begin();
    let world = World::new().await;
    let raw = "{}";
    let mut unread = entry("rtn#com.example.app#r".to_owned(), "0001#X".to_owned(), raw);
    unread.trace_id = TraceId::parse(DELIVERY);
    let key = world.record(&unread).await;
    let dispatch = world.dispatch.in_trace(TraceId::parse(INVOCATION));
    dispatch.hand_on(&[key]).await;
    assert_eq!(lines(&journal), [format!("dead {DELIVERY} {INVOCATION}")]);
}
