//! Messages and events that are not as they should be.

use serde_json::{Value, json};

use super::{message, run, visible_in};
use crate::world::{CLIENT_ID, World};

#[tokio::test]
async fn a_body_that_is_no_request_with_a_topic_is_refused_and_its_neighbours_are_sent() {
    let world = World::start().await;
    let bodies = [
        "",
        "hello",
        "[]",
        "null",
        r#"{"data":{}}"#,
        r#"{"topic":7,"data":{}}"#,
        r#"{"topic":"not a topic","data":{}}"#,
        r#"{"topic":"SomeTopic"}"#,
        r#"{"topic":"SomeTopic","topic":"Other","data":{}}"#,
    ];
    for body in bodies {
        world.queue.send(body, &[]);
    }
    world.queue.send(&message("good"), &[]);
    assert_eq!(run(&world).await.len(), bodies.len());
    assert_eq!(visible_in(&world), [0; 9]);
    assert_eq!((world.posts(), world.delivered()), (1, 1));
}

#[tokio::test]
async fn an_attribute_that_is_no_text_is_refused_and_not_overlooked() {
    let world = World::start().await;
    for name in ["idempotency_key", "on_unknown"] {
        world.queue.send(&message("n"), &[(name, "resend")]);
        let event = event_of_next(&world, |record| {
            record["messageAttributes"][name] = json!({
                "binaryValue": "cmVzZW5k", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"
            });
        });
        let answer = world.invoke(&world.service, &event).await.unwrap();
        assert!(answer.contains("itemIdentifier"), "{name} {answer}");
    }
    assert_eq!(world.posts(), 0);
    // Both are back at once, and not what is asked about now.
    assert_eq!(world.queue.receive(10).len(), 2);
    // Others are not ours.
    world.queue.send(&message("n"), &[("trace", "")]);
    assert_eq!(run(&world).await.len(), 0);
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_count_that_cannot_be_read_is_taken_for_the_first_and_any_other_for_what_it_is() {
    for (count, seconds) in [("4294967295", 450), ("34", 450), ("0", 15), ("-1", 15), ("", 15)] {
        let world = World::start().await;
        world.queue.send(&message("n"), &[]);
        world.amazon.rotate_secret(CLIENT_ID, "another");
        let event = event_of_next(&world, |record| {
            record["attributes"]["ApproximateReceiveCount"] = json!(count);
        });
        assert!(world.invoke(&world.service, &event).await.unwrap().contains("itemIdentifier"));
        assert_eq!(visible_in(&world), [seconds], "{count}");
    }
    let world = World::start().await;
    world.queue.send(&message("n"), &[]);
    world.amazon.rotate_secret(CLIENT_ID, "another");
    let event = event_of_next(&world, |record| {
        record["attributes"]
            .as_object_mut()
            .unwrap()
            .remove("ApproximateReceiveCount");
    });
    assert!(world.invoke(&world.service, &event).await.unwrap().contains("itemIdentifier"));
    assert_eq!(visible_in(&world), [15]);
}

#[tokio::test]
async fn an_event_that_is_no_batch_of_a_queue_fails_and_nothing_of_it_is_sent() {
    let world = World::start().await;
    world.queue.send(&message("n"), &[]);
    let good = event_of_next(&world, |_| {});
    let change = |change: &dyn Fn(&mut Value)| {
        let mut event = serde_json::from_str::<Value>(&good).unwrap();
        change(&mut event);
        event.to_string()
    };
    for event in [
        "{}".to_owned(),
        "null".to_owned(),
        r#"{"Records":[]}"#.to_owned(),
        change(&|event| event["Records"][0]["eventSource"] = json!("aws:sns")),
        change(&|event| event["Records"][0]["eventSource"] = Value::Null),
        change(&|event| event["Records"][0]["body"] = json!({})),
        change(&|event| {
            let mut other = event["Records"][0].clone();
            other["eventSource"] = json!("aws:dynamodb");
            event["Records"].as_array_mut().unwrap().push(other);
        }),
    ] {
        let refused = world.invoke(&world.service, &event).await.unwrap_err();
        assert_eq!(refused, adm::UnknownEvent, "{event}");
    }
    assert_eq!((world.posts(), world.faults.all_calls()), (0, 0));
    assert_eq!(
        world.invoke(&world.service, &good).await.unwrap(),
        r#"{"batchItemFailures":[]}"#
    );
}

/// The event of the next batch, with something changed in its first record.
fn event_of_next(world: &World, change: impl FnOnce(&mut Value)) -> String {
    let batch = world.queue.receive(1);
    let mut event = serde_json::from_str::<Value>(&world.queue.event(&batch)).unwrap();
    change(&mut event["Records"][0]);
    event.to_string()
}
