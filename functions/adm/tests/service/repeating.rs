//! The same request again, and another one under its key.

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use sandbox::dynamo;

use crate::world::{MESSAGE, Terms, World};

#[tokio::test]
async fn a_repetition_has_the_same_answer_and_sends_nothing() {
    let world = World::start().await;
    let first = world.send("key", MESSAGE).await;
    world.clock.pass(29 * 86_400);
    let second = world.send("\"key\"", MESSAGE).await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    assert_eq!(
        second.headers,
        ["content-type: application/json", "idempotent-replayed: true"]
    );
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_refusal_that_comes_from_the_record_is_a_problem_like_the_first_one() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::Reason(400, "InvalidData")]);
    let first = world.send("key", MESSAGE).await;
    let second = world.send("key", MESSAGE).await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    assert_eq!(
        second.headers,
        ["content-type: application/problem+json", "idempotent-replayed: true"]
    );
}

#[tokio::test]
async fn another_spelling_is_the_same_message_and_another_message_is_refused() {
    let world = World::start().await;
    let first = world.send("key", r#"{"data":{"a":"1","b":"é"},"expiresAfter":604800}"#).await;
    for same in [
        r#" { "data" : { "b" : "\u00e9", "a" : "1" } } "#,
        r#"{"priority":"normal","expiresAfter":6048e2,"data":{"a":"1","b":"é"},"topic":"SomeTopic"}"#,
    ] {
        let second = world.send("key", same).await;
        assert_eq!((second.status, &second.body), (200, &first.body), "{same}");
    }
    assert_snapshot!(world.send("key", r#"{"data":{"a":"2","b":"é"}}"#).await, @r#"
    422
    content-type: application/problem+json
    {"detail":"under this key another message was sent, or was to be sent, to this topic; give each message a key of its own","status":422,"title":"The idempotency key stands for another request","type":"/problems/adm/idempotency-key-reused"}
    "#);
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_key_is_its_topics() {
    let world = World::start().await;
    world
        .amazon
        .subscribe(crate::world::CLIENT_ID, "instance-1", "Other")
        .unwrap();
    assert_eq!(world.send("key", MESSAGE).await.status, 200);
    let other = world
        .post("/adm/topics/Other/messages", &[("idempotency-key", "key")], MESSAGE)
        .await;
    assert_eq!((other.status, world.delivered()), (200, 2));
}

#[tokio::test]
async fn an_answer_on_record_needs_no_token() {
    let world = World::start().await;
    assert_eq!(world.send("key", MESSAGE).await.status, 200);
    // A cold start, while Login with Amazon is out of order.
    let cold = world.restarted(&Terms::default());
    cold.amazon.script(Target::Token, vec![Fault::Unavailable(None); 4]);
    assert_snapshot!(cold.send("key", MESSAGE).await.in_brief(), @"200 - idempotent-replayed: true");
    assert_snapshot!(cold.send("new", MESSAGE).await.in_brief(), @"503 unavailable retry-after: 5");
}

#[tokio::test]
async fn a_store_that_is_away_sends_nothing() {
    let world = World::start().await;
    world.faults.inject("PutItem", dynamo::Fault::Throttle, 3);
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"the record of what was sent cannot be reached; nothing was sent now","status":503,"title":"Amazon Device Messaging cannot take the message now","type":"/problems/adm/unavailable"}
    "#);
    assert_eq!(world.posts(), 0);
    assert_eq!(world.send("key", MESSAGE).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_cannot_be_put_on_record_says_so() {
    let world = World::start().await;
    let faults = [dynamo::Fault::Pass, dynamo::Fault::Deny];
    for fault in faults {
        world.faults.inject("PutItem", fault, 1);
    }
    let answer = world.send("key", MESSAGE).await;
    assert_snapshot!(answer.in_brief(), @"200 - idempotency-recorded: false");
    assert_eq!(world.delivered(), 1);
    // The lease still stands, and then nobody knows.
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"409 in-flight retry-after: 26");
    world.clock.pass(60);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"504 outcome-unknown");
    assert_eq!(world.posts(), 1);
}
