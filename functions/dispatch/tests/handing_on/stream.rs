//! The stream: good records go on, strange ones are passed over, and only what may pass soon is asked for again.

use dispatch::{Invocation, StreamBatch};
use inbox::RowKey;
use sandbox::dynamo::{Fault, StreamStart};
use sandbox::sns_api::Fault as SnsFault;
use serde_json::{Value, json};

use crate::world::{EVENTS, NOON, TABLE, World, hours, seconds};

#[tokio::test]
async fn what_the_table_s_own_stream_brings_goes_out_and_the_marks_do_not_start_it_again() {
    let world = World::new().await;
    let mut stream = world.dynamo.stream(TABLE, StreamStart::TrimHorizon).await.unwrap();
    for seed in ["anna", "bert", "carl"] {
        world.purchase(seed).await;
    }

    let mut batches = 0;
    while let Some(event) = stream.next(100).await.unwrap() {
        batches += 1;
        assert_eq!(world.answer(event).await, json!({"batchItemFailures": []}));
    }

    assert_eq!(
        (world.published().len(), batches),
        (3, 2),
        "the second batch is that of the marks"
    );
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn records_that_are_not_ours_are_passed_over_and_do_not_hold_up_the_others() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    let mut strange = vec![
        json!({}),
        json!(null),
        json!("record"),
        json!({"eventSource": "aws:kinesis", "kinesis": {"data": "eA=="}}),
    ];
    let ours = record("1", "INSERT", &key, Some(json!({"due": {"S": "0"}})));
    for missing in [
        "/eventSource",
        "/dynamodb/SequenceNumber",
        "/dynamodb/Keys/subject",
        "/dynamodb/Keys/event/S",
    ] {
        let mut record = ours.clone();
        *record.pointer_mut(missing).unwrap() = Value::Null;
        strange.push(record);
    }
    let mut other_keys = ours.clone();
    other_keys["dynamodb"]["Keys"] = json!({"key": {"S": "topic#x"}});
    strange.push(other_keys);
    let mut number = ours.clone();
    number["dynamodb"]["Keys"]["subject"] = json!({"N": "1"});
    strange.push(number);
    strange.push(ours);

    assert_eq!(
        world.answer(json!({"Records": strange})).await,
        json!({"batchItemFailures": []})
    );
    assert_eq!(world.published().len(), 1);
}

#[tokio::test]
async fn only_rows_that_are_due_by_their_image_are_looked_at_and_each_once() {
    let world = World::new().await;
    let (key, other) = (world.purchase("anna").await, world.purchase("bert").await);
    let (dispatch, faults) = world.with_faults().await;
    let due = || Some(json!({"due": {"S": "0"}, "v": {"N": "2"}, "unheard": {"M": {}}}));
    let batch = json!({"Records": [
        record("1", "INSERT", &key, due()),
        record("2", "MODIFY", &key, Some(json!({"handed_on": {"N": "1"}}))),
        record("3", "MODIFY", &key, due()),
        record("4", "REMOVE", &other, None),
    ]});

    let (failures, counts) = dispatch.take(&batch_of(batch), NOON + hours(1)).await;

    assert_eq!((failures, counts.handed_on, counts.not_due), (vec![], 1, 1));
    assert_eq!(faults.calls("Query"), 1);
    // A stream of another view brings no image: the row is asked.
    let keys_only = json!({"Records": [record("5", "INSERT", &other, None)]});
    assert_eq!(world.answer(keys_only).await, json!({"batchItemFailures": []}));
    assert_eq!(world.published().len(), 2);
}

#[tokio::test]
async fn a_fault_of_the_topic_asks_for_exactly_the_records_that_did_not_go_out() {
    let world = World::new().await;
    let mut records = Vec::new();
    for n in 0..25 {
        let key = world.purchase(&format!("purchase {n}")).await;
        records.push(record(&format!("{n}"), "INSERT", &key, Some(json!({"due": {"S": "0"}}))));
    }
    let event = json!({"Records": records});
    world.api.delete_topic(EVENTS);
    let all: Vec<_> = (0..25).map(|n| json!({"itemIdentifier": n.to_string()})).collect();
    assert_eq!(world.answer(event.clone()).await, json!({"batchItemFailures": all}));

    world.api.create_topic(EVENTS);
    assert_eq!(world.answer(event.clone()).await, json!({"batchItemFailures": []}));
    assert_eq!(
        world.answer(event).await,
        json!({"batchItemFailures": []}),
        "delivered again after all"
    );
    assert_eq!(world.repetitions().into_values().collect::<Vec<_>>(), [1; 25]);
}

#[tokio::test]
async fn a_row_whose_store_does_not_answer_is_asked_for_again_and_the_others_go_out() {
    let world = World::new().await;
    let (first, second) = (world.purchase("anna").await, world.purchase("bert").await);
    let (dispatch, faults) = world.with_faults().await;
    faults.inject("Query", Fault::Deny, 1);
    let due = || Some(json!({"due": {"S": "0"}}));
    let batch = json!({"Records": [record("7", "INSERT", &first, due()), record("8", "INSERT", &second, due())]});

    let (failures, counts) = dispatch.take(&batch_of(batch), NOON + hours(1)).await;

    assert_eq!((failures.len(), counts.handed_on, counts.faults), (1, 1, 1));
}

#[tokio::test]
async fn records_that_time_does_not_suffice_for_come_again() {
    let world = World::new().await;
    let mut records = Vec::new();
    for n in 0..60 {
        let key = world.purchase(&format!("purchase {n}")).await;
        records.push(record(&format!("{n}"), "INSERT", &key, Some(json!({"due": {"S": "0"}}))));
    }
    let event = json!({"Records": records});

    // Each look at the clock takes a second: one for the first few, two for each of them.
    let (failures, counts) = world
        .with_ticking_clock()
        .take(&batch_of(event.clone()), NOON + seconds(10))
        .await;

    let again = failures
        .iter()
        .map(|failure| failure.item_identifier.parse::<usize>().unwrap())
        .collect::<Vec<_>>();
    assert_eq!((counts.handed_on, again), (25, (25..60).collect()));
    assert_eq!(world.answer(event).await, json!({"batchItemFailures": []}));
    assert_eq!(world.repetitions().into_values().collect::<Vec<_>>(), [1; 60]);
}

#[tokio::test]
async fn a_stream_that_is_off_for_25_hours_loses_nothing_and_its_late_records_repeat_nothing() {
    let world = World::new().await;
    let mut records = Vec::new();
    for n in 0..60 {
        let key = world.purchase(&format!("purchase {n}")).await;
        records.push(record(&format!("{n}"), "INSERT", &key, Some(json!({"due": {"S": "0"}}))));
    }
    world.api.script([SnsFault::Unauthorized; 3]);
    crate::world::advance(hours(25));

    let ends_at = crate::world::now() + hours(1);
    let scheduled = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    for _ in 0..3 {
        let invocation = serde_json::from_value::<Invocation>(scheduled.clone()).unwrap();
        world.dispatch.run(invocation, ends_at).await.map(|_| ()).unwrap_err();
    }
    let invocation = serde_json::from_value::<Invocation>(scheduled).unwrap();
    let answer = world.dispatch.run(invocation, ends_at).await.unwrap();
    insta::assert_snapshot!(serde_json::to_string(&answer).unwrap(), @r#"{"handed_on":60,"late":0,"unmarked":0,"not_due":0,"newer":0,"refused":0,"dead":0,"faults":0,"young":0,"complete":true,"oldest_left_seconds":0}"#);

    assert_eq!(
        world.answer(json!({"Records": records})).await,
        json!({"batchItemFailures": []})
    );
    assert_eq!(world.repetitions().into_values().collect::<Vec<_>>(), [1; 60]);
}

impl World {
    /// Invokes the function with an event of the stream.
    async fn answer(&self, event: Value) -> Value {
        let invocation = serde_json::from_value::<Invocation>(event).unwrap();
        let answer = self.dispatch.run(invocation, crate::world::now() + hours(1)).await.unwrap();
        serde_json::to_value(answer).unwrap()
    }
}

fn batch_of(event: Value) -> StreamBatch {
    serde_json::from_value(event).unwrap()
}

/// "Example event" of "Using AWS Lambda with Amazon DynamoDB".
fn record(sequence_number: &str, name: &str, key: &RowKey, image: Option<Value>) -> Value {
    let keys = json!({"subject": {"S": key.subject}, "event": {"S": key.event}});
    let mut record = json!({
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_772_798_400,
            "Keys": keys,
            "SequenceNumber": sequence_number,
            "SizeBytes": 26,
            "StreamViewType": "NEW_IMAGE"
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/notifications/stream/2026-03-01T00:00:00.000"
    });
    if let Some(image) = image {
        record["dynamodb"]["NewImage"] = image;
    }
    record
}
