//! Messages of a queue: those that are not recorded come again, and no others.

use sandbox::Envelope;
use serde_json::json;

use crate::mail::{event, queue, registered, row, text};
use crate::world::{TAKEN, World};

fn bodies(envelopes: &[Envelope]) -> Vec<String> {
    envelopes.iter().map(Envelope::text).collect()
}

#[tokio::test]
async fn two_of_three_good_messages_are_recorded_and_the_third_alone_comes_again() {
    let world = World::start().await;
    let bodies = bodies(&[registered("a"), registered("b").without("TopicArn"), registered("c")]);
    assert_eq!(
        world.invoke(&queue(&bodies)).await,
        r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#
    );
    assert_eq!(world.rows().await, [row("a"), row("c")]);
}

#[tokio::test]
async fn a_message_with_several_notifications_comes_again_until_all_are_recorded() {
    let world = World::start().await;
    let both = event(&[registered("a"), registered("b").with("Timestamp", "today")]).to_string();
    let answer = world.invoke(&queue(&[both, registered("c").text()])).await;
    assert_eq!(answer, r#"{"batchItemFailures":[{"itemIdentifier":"0"}]}"#);
    assert_eq!(world.rows().await, [row("a"), row("c")]);
}

#[tokio::test]
async fn what_is_no_notification_at_all_comes_again_until_it_is_a_dead_letter() {
    let world = World::start().await;
    let bodies = ["", "hello", "{}", "[]", r#"{"Records":[]}"#, r#"{"requestPayload":{}}"#].map(str::to_owned);
    let all = (0..bodies.len()).map(|id| json!({"itemIdentifier": id.to_string()}));
    let all = json!({"batchItemFailures": all.collect::<Vec<_>>()});
    assert_eq!(world.invoke(&queue(&bodies)).await, all.to_string());
    assert_eq!(world.rows().await, [""; 0]);
}

#[tokio::test]
async fn a_repetition_and_an_unreadable_message_do_not_come_again() {
    let world = World::start().await;
    assert_eq!(world.invoke(&event(&[registered("a")])).await, TAKEN);
    let bodies = bodies(&[registered("a"), registered("a"), text("b", "hello")]);
    assert_eq!(world.invoke(&queue(&bodies)).await, TAKEN);
    let rows = world.rows().await;
    assert_eq!((rows.len(), &rows[0]), (2, &row("a")));
    assert!(rows[1].ends_with("unreadable: not_json, not due"), "{}", rows[1]);
}

#[tokio::test]
async fn a_large_batch_is_recorded_as_a_whole() {
    let world = World::start().await;
    let seeds = (0..100).map(|n| format!("{n:03}")).collect::<Vec<_>>();
    let bodies = seeds.iter().map(|seed| registered(seed).text()).collect::<Vec<_>>();
    assert_eq!(world.invoke(&queue(&bodies)).await, TAKEN);
    assert_eq!(world.rows().await, seeds.iter().map(|seed| row(seed)).collect::<Vec<_>>());
}
