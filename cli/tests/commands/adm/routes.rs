//! The function's routes in the local stack, and its invocation with messages of a queue.

use insta::assert_snapshot;
use sandbox::Queue;
use sandbox::adm::{Fault, Target};

use super::{MESSAGE, SAMPLE};
use crate::world::{World, now};

#[tokio::test]
async fn every_path_below_adm_is_the_functions_and_so_is_every_method() {
    let world = World::new().await;
    let key = [("idempotency-key", "\"8e03978e\"")];
    assert_snapshot!(world.ask("POST", "/adm/topics/news/messages", &key, MESSAGE).await, @r#"200 {"topic":"news","messageId":"amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56","requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3"}"#);
    assert_snapshot!(world.ask("POST", "/adm/topics/news/messages", &key, MESSAGE).await, @r#"200 idempotent-replayed: true {"topic":"news","messageId":"amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56","requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3"}"#);
    for (method, path, expected) in [
        ("GET", "/adm/topics/news/messages", "405 allow: POST "),
        ("DELETE", "/adm/topics", "405 allow: GET "),
        ("POST", "/adm/topics/news/messages", "400 "),
        ("POST", "/adm/subscriptions", "400 "),
        ("POST", "/adm/registration", "200 "),
        ("GET", "/adm/topics", "200 "),
        ("GET", "/adm", "404 "),
        ("GET", "/adm/", "404 "),
        ("GET", "/adm/else/where", "404 "),
    ] {
        let answer = world.ask(method, path, &[], "").await;
        assert!(answer.starts_with(&format!("{expected}{{")), "{method} {path}: {answer}");
    }
    assert_eq!(world.posts(), (1, 1));
}

#[tokio::test]
async fn a_stack_on_an_older_database_has_the_same_ledger() {
    let database = crate::world::folder("adm").join("ledger.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
    let topics = async || {
        let world = World::with(|options| options.database = Some(database.clone())).await;
        world.ask("GET", "/adm/topics", &[], "").await
    };
    let first = topics().await;
    assert!(first.starts_with("200 "), "{first}");
    assert_eq!(topics().await, first);
}

#[tokio::test]
async fn messages_of_a_queue_are_taken_by_invocation_and_what_fails_is_named() {
    let world = World::new().await;
    let queue = Queue::new(now);
    queue.send(MESSAGE, &[("idempotency_key", "k")]);
    let refused = queue.send(SAMPLE, &[]);
    let unreadable = queue.send("{", &[]);
    let batch = queue.receive(10);
    let answer = world.invoke("adm", &queue.event(&batch)).await;
    let failures = [refused, unreadable]
        .map(|id| format!(r#"{{"itemIdentifier":"{id}"}}"#))
        .join(",");
    assert_eq!(answer, format!(r#"200 {{"batchItemFailures":[{failures}]}}"#));
    assert_eq!(world.posts(), (2, 1));

    // Delivered once more by the queue, it is not sent once more.
    let event = queue.event(&batch[..1]);
    assert_eq!(world.invoke("adm", &event).await, r#"200 {"batchItemFailures":[]}"#);
    assert_eq!(world.posts(), (2, 1));
    world.stack.adm.script(Target::Send, [Fault::Unavailable(Some("600"))]);
    let later = queue.send(MESSAGE, &[]);
    let answer = world.invoke("adm", &queue.event(&queue.receive(10))).await;
    assert_eq!(
        answer,
        format!(r#"200 {{"batchItemFailures":[{{"itemIdentifier":"{later}"}}]}}"#)
    );
}

#[tokio::test]
async fn an_event_of_an_api_is_answered_and_anything_else_is_an_error() {
    let world = World::new().await;
    let sample = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../events/adm-topics.json")).unwrap();
    let answer = world.invoke("adm", &sample).await;
    assert!(answer.starts_with(r#"200 {"statusCode":200,"#), "{answer}");
    assert_eq!(
        world.invoke("adm", "{}").await,
        r#"200 {"errorType":"UnknownEvent","errorMessage":"the event is neither a request by API Gateway or a function URL nor messages of SQS"}"#
    );
}
