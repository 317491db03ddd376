//! A key that is used again when its time is over: what was sent under it is forgotten, and it is sent anew.

use aws_sdk_dynamodb::types::AttributeValue;
use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};

use crate::world::{MESSAGE, World};

const DAY: u64 = 86_400;
/// Kept by whole seconds, the margin of a lease included.
const ROUNDING: u64 = 4;

/// The rows of the store, whether their time is over or not.
async fn rows(world: &World) -> Vec<String> {
    let scan = world.faults.client().scan().table_name("sends").send().await.unwrap();
    let rows = scan.items().iter().map(|row| match &row["state"] {
        AttributeValue::S(state) => state.clone(),
        other => panic!("{other:?}"),
    });
    rows.collect()
}

#[tokio::test]
async fn until_its_time_is_over_a_key_stands_for_its_message_and_then_for_the_next_one() {
    let world = World::start().await;
    let first = world.send("key", MESSAGE).await;
    world.clock.pass(30 * DAY);
    assert_eq!(world.send("key", MESSAGE).await.body, first.body);
    let other = r#"{"data":{"another":"matter"}}"#;
    assert_eq!(world.send("key", other).await.status, 422);

    world.clock.pass(ROUNDING);
    // DynamoDB deletes within days: the row is still there, and counts as absent.
    assert_eq!(rows(&world).await, ["done"]);
    let second = world.send("key", other).await;
    assert_eq!((second.in_brief().as_str(), world.delivered()), ("200 -", 2));
    assert_ne!(second.body["messageId"], first.body["messageId"]);
    assert_eq!(rows(&world).await, ["done"]);

    // Its own time begins anew.
    world.clock.pass(30 * DAY);
    assert_eq!(world.send("key", other).await.body, second.body);
    assert_eq!(world.send("key", MESSAGE).await.status, 422);
    assert_eq!(world.posts(), 2);
}

#[tokio::test]
async fn the_same_message_is_sent_anew_too() {
    let world = World::start().await;
    let first = world.send("key", MESSAGE).await;
    world.clock.pass(30 * DAY + ROUNDING);
    let second = world.send("key", MESSAGE).await;
    assert_eq!((second.in_brief().as_str(), world.delivered()), ("200 -", 2));
    assert_ne!(second.body, first.body);
}

#[tokio::test]
async fn a_doubt_is_forgotten_like_an_answer_and_not_before() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    assert_eq!(world.send("key", MESSAGE).await.status, 504);
    world.clock.pass(30 * DAY);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"504 outcome-unknown");
    world.clock.pass(ROUNDING);
    assert_eq!(rows(&world).await, ["unknown"]);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"200 -");
    assert_eq!((world.posts(), world.delivered()), (2, 2));
}

#[tokio::test]
async fn what_waits_for_its_time_is_remembered_from_that_time_on() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::TooMany(Some("86400"))]);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"503 unavailable retry-after: 86400");
    world.clock.pass(30 * DAY + ROUNDING);
    let other = r#"{"data":{"another":"matter"}}"#;
    assert_snapshot!(world.send("key", other).await.in_brief(), @"422 idempotency-key-reused");
    world.clock.pass(DAY);
    assert_snapshot!(world.send("key", other).await.in_brief(), @"200 -");
}
