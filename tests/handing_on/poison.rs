//! What cannot be handed on is put aside where a person sees it, and holds nothing else up.

use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::dynamo::StreamStart;
use serde_json::json;

use crate::world::replenishment::{NONE_FAILED, Way, order};
use crate::world::rows::Item;
use crate::world::{RECORDED, World, clock, mail};

/// Records fifty purchases and fifty orders, and makes one of the rows what `spoil` makes of it.
async fn a_hundred_of_which_one_is(world: &World, spoil: impl Fn(&mut Item)) {
    for n in 0..50 {
        assert_eq!(world.deliver(&mail::purchase(&format!("purchase {n}"))).await, RECORDED);
        assert_eq!(world.bring(Way::Sns, &order(&format!("order {n}"))).await, NONE_FAILED);
    }
    let mut items = world.items("notifications").await;
    assert_eq!(items.len(), 100);
    let item = items
        .iter_mut()
        .find(|item| item["subject"].as_s().unwrap().starts_with("drs#"))
        .unwrap();
    spoil(item);
    world.put("notifications", item.clone()).await;
}

#[tokio::test]
async fn one_message_in_a_hundred_that_nobody_can_read_any_more_is_dead_and_the_others_go_out() {
    let world = World::start().await;
    a_hundred_of_which_one_is(&world, |item| {
        item.insert("raw".to_owned(), AttributeValue::S(r#"{"notificationInfo":7}"#.to_owned()));
    })
    .await;

    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);

    assert_eq!(world.stack.api.published().len(), 99);
    let dead = world.stack.inbox.dead(clock::now()).await.unwrap();
    let [dead] = &dead[..] else { panic!("one is dead") };
    assert_eq!(
        dead.failure.as_ref().unwrap().reason,
        "unreadable:field_type:notificationInfo"
    );
    clock::advance(jiff::SignedDuration::from_hours(1));
    let swept = world.stack.sweep_now().await.unwrap();
    assert_eq!(
        (swept.counts.handed_on, swept.counts.dead, swept.complete),
        (0, 0, true),
        "no sweep meets it again"
    );
}

#[tokio::test]
async fn a_row_that_this_program_cannot_have_written_is_dead_and_the_others_go_out() {
    let world = World::start().await;
    a_hundred_of_which_one_is(&world, |item| {
        item.remove("digest");
    })
    .await;
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    let swept = world.stack.sweep_now().await.unwrap();
    assert_eq!((world.stack.api.published().len(), swept.complete), (99, true));
}

#[tokio::test]
async fn a_row_of_a_newer_version_is_left_to_it_and_the_others_go_out() {
    let world = World::start().await;
    a_hundred_of_which_one_is(&world, |item| {
        item.insert("v".to_owned(), AttributeValue::N("2".to_owned()));
    })
    .await;
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.stack.api.published().len(), 99);
    clock::advance(jiff::SignedDuration::from_hours(1));
    let swept = world.stack.sweep_now().await.unwrap();
    assert_eq!((swept.counts.newer, swept.oldest_left_seconds), (1, 3_600), "it stays due");
}

#[tokio::test]
async fn strange_records_in_a_batch_are_passed_over_and_the_others_go_out() {
    let world = World::start().await;
    let mut stream = world.stack.dynamo.stream("notifications", StreamStart::Latest).await.unwrap();
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let event = stream.next(100).await.unwrap().unwrap();
    let ours = &event["Records"][0];
    let records = [
        json!(null),
        json!({"eventSource": "aws:kinesis"}),
        ours.clone(),
        json!([]),
        ours.clone(),
    ];

    let answer = world.invoke("dispatch", json!({"Records": records}).to_string()).await;

    assert_eq!(answer, NONE_FAILED);
    assert_eq!(world.stack.api.published().len(), 1);
}
