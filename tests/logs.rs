//! What is logged about a delivery: one line that can be counted and understood, and at no level anything that is secret.

mod counting;
mod replenishment;
mod situations;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use sandbox::Journal;
use sandbox::dynamo::Fault;
use serde_json::{Value, json};

use self::replenishment::{bring_all, hand_on, strange_invocations};
use self::situations::{play, secrets};
use crate::world::journal::{deliveries, handing_on};
use crate::world::process::receive;
use crate::world::{RECORDED, STORE_FAILED, STRANGER, World, clock, mail};

#[tokio::test]
async fn every_delivery_leaves_one_line_that_says_what_it_was_answered_and_which_message_it_was() {
    let journal = Journal::begin();
    let world = World::with_faults().await;

    let told = play(&world).await;

    let lines = deliveries(&journal);
    assert_eq!(lines.len(), told.len());
    for (line, told) in lines.iter().zip(told) {
        let (status, body) = told.answer.split_once(' ').unwrap();
        let answer: Value = serde_json::from_str(body).unwrap();
        let field = |name| match &told.envelope {
            Some(envelope) => json!(envelope.field(name).unwrap()),
            None => Value::Null,
        };
        assert_eq!(line["level"], if status == "200" { "INFO" } else { "WARN" }, "{line}");
        assert_eq!(line["function"], "rtn", "{line}");
        assert_eq!(line["status"], status.parse::<u16>().unwrap(), "{line}");
        assert_eq!(line["outcome"], answer["outcome"], "{line}");
        assert_eq!(line["reason"], answer["reason"], "{line}");
        assert_eq!(line["message_id"], field("MessageId"), "{line}");
        assert_eq!(line["topic_arn"], field("TopicArn"), "{line}");
        assert_eq!(line["type"], field("Type"), "{line}");
        assert_eq!(line["elapsed_ms"], 0, "{line}");
        assert_eq!(line["error"].is_null(), status == "200", "{line}");
    }
}

#[tokio::test]
async fn every_notification_that_is_brought_leaves_one_line_whichever_way_it_came() {
    let journal = Journal::begin();
    let world = World::with_faults().await;

    let brought = bring_all(&world).await;

    let lines = deliveries(&journal);
    assert_eq!(lines.len(), brought.len());
    for (line, brought) in lines.iter().zip(brought) {
        assert_eq!(line["function"], "drs", "{line}");
        assert_eq!(line["route"], brought.way.name(), "{line}");
        // What is malformed has no names to tell.
        if line["reason"] != "not_a_notification" {
            assert_eq!(line["message_id"], *brought.envelope.field("MessageId").unwrap(), "{line}");
            assert_eq!(line["topic_arn"], *brought.envelope.field("TopicArn").unwrap(), "{line}");
        }
        let is_taken =
            ["recorded", "duplicate", "conflict", "quarantined", "unsubscribed"].contains(&line["outcome"].as_str().unwrap());
        assert_eq!(brought.way.is_taken(&brought.answer), is_taken, "{line} {}", brought.answer);
        assert_eq!(line["level"], if is_taken { "INFO" } else { "WARN" }, "{line}");
        assert_eq!(line["error"].is_null(), is_taken, "{line}");
        assert!(is_taken || line["reason"].is_string(), "{line}");
        // Only a request is answered with a status.
        assert_eq!(line["status"].is_null(), brought.way.name() != "https", "{line}");
    }
}

#[tokio::test]
async fn every_event_that_is_handed_on_leaves_one_line_and_a_sweep_one_more() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    clock::advance(SignedDuration::from_secs(1));
    let early = mail::event("SUBSCRIPTION_RENEWED", "a", clock::NOON - SignedDuration::from_hours(1));
    assert_eq!(world.deliver(&early).await, RECORDED);
    clock::advance(SignedDuration::from_mins(2));
    world.stack.sweep_now().await.unwrap();
    let lines = handing_on(&journal).iter().map(Value::to_string).collect::<Vec<_>>();
    assert_snapshot!(lines.join("\n"), @r#"
    {"event_id":"fadbc67173b3fec2dade6f66789f8c66","function":"dispatch","invocation_trace_id":"1-69aac1c0-8864fd16382b6be868469736","level":"INFO","message_id":"9b39d326-4889-5116-a121-6be1b0ef64ef","outcome":"handed_on","trace_id":"1-69aac1c0-f18f8ec08193f4dfecddbb1c"}
    {"event_id":"021141273381db5c0a8eb11d267ff12d","function":"dispatch","invocation_trace_id":"1-69aac239-b0eacc0a625a69bf70d3ccc7","late":true,"level":"INFO","message_id":"be700819-5eb4-5036-9878-acf41ef9b13a","outcome":"handed_on","trace_id":"1-69aac1c1-f7bb8155c020c51e9225765d"}
    {"complete":true,"dead":0,"function":"dispatch","handed_on":1,"invocation_trace_id":"1-69aac239-b0eacc0a625a69bf70d3ccc7","level":"INFO","oldest_left_seconds":0,"outcome":"swept"}
    "#);
}

#[tokio::test]
async fn nothing_secret_is_logged_by_us_at_any_level_nor_by_a_dependency_down_to_debug() {
    let journal = Journal::begin();
    let world = World::with_faults().await;
    play(&world).await;
    bring_all(&world).await;
    strange_invocations(&world).await;
    hand_on(&world).await;
    world.reject(STRANGER).await;

    // At TRACE the SDK prints whole responses. No function can be told to log at that level.
    let lines = journal.lines();
    let is_sdk_trace = |line: &Value| line["level"] == "TRACE" && line["target"].as_str().unwrap().starts_with("aws_");
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| !is_sdk_trace(line))
        .map(ToString::to_string)
        .collect();
    assert!(lines.len() > 1_000, "{}", lines.len());
    for outcome in ["dead", "fault", "handed_on", "not_ours", "refused", "stopped", "swept"] {
        let told = format!("\"outcome\":\"{outcome}\"");
        let is_told = |line: &&String| line.contains("\"function\":\"dispatch\"") && line.contains(&told);
        assert!(lines.iter().any(|line| is_told(&line)), "{outcome} has not been met");
    }
    for secret in secrets().into_iter().chain(replenishment::secrets()) {
        assert_eq!(lines.iter().find(|line| line.contains(&secret)), None, "{secret}");
    }
}

#[tokio::test]
async fn the_line_of_a_notification_has_what_the_metrics_are_counted_from() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let [line] = &deliveries(&journal)[..] else {
        panic!("one line")
    };
    assert_snapshot!(line, @r#"{"certificate":"chained","elapsed_ms":0,"function":"rtn","level":"INFO","message_id":"9b39d326-4889-5116-a121-6be1b0ef64ef","outcome":"recorded","route":"https","status":200,"subject_hash":"0fd555be","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","trace_id":"1-69aac1c0-f18f8ec08193f4dfecddbb1c","type":"Notification"}"#);
}

#[tokio::test]
async fn the_line_of_a_fault_tells_the_whole_chain_of_causes() {
    let journal = Journal::begin();
    let world = World::with_faults().await;
    assert_eq!(world.deliver(&mail::purchase("warms up")).await, RECORDED);
    for fault in [Fault::Deny, Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
        world.faults().inject("PutItem", fault, usize::MAX);
        assert_eq!(world.deliver(&mail::purchase("a")).await, STORE_FAILED);
        world.faults().clear();
    }
    let lines = deliveries(&journal);
    let errors: Vec<_> = lines[1..].iter().map(|line| line["error"].as_str().unwrap()).collect();
    assert_snapshot!(errors.join("\n"), @"
    the store does not let us in: PutItem was answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/sandbox/sandbox is not authorized to perform this action (request SANDBOXFAULT)
    the store is not available: PutItem was answered InternalServerError (request SANDBOXFAULT)
    the store is not available: PutItem got no answer: other: client error (SendRequest): connection closed before message completed
    the store is not available: PutItem was answered ProvisionedThroughputExceededException (request SANDBOXFAULT)
    ");
}

#[tokio::test]
async fn a_clock_that_is_set_back_meanwhile_does_not_make_a_delivery_take_ages() {
    fn set_back() -> Timestamp {
        clock::advance(SignedDuration::from_secs(-1));
        clock::now()
    }
    let journal = Journal::begin();
    let world = World::start().await;
    let process = world.process_with(|options| options.clock = set_back);
    assert_eq!(receive(&process, &mail::purchase("a"), "attempt").await, RECORDED);
    assert_eq!(deliveries(&journal)[0]["elapsed_ms"], 0);
}
