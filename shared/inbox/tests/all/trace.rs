//! The trace of a delivery stays with what it brought.

use aws_sdk_dynamodb::types::AttributeValue;
use inbox::{Recorded, RowKey, TraceId};

use crate::world::{Message, TOPIC, TRACE, World, attempt, message, noon, seconds, text, text_value};

const OTHER: &str = "1-58406520-a006649127e371903a2de979";

#[tokio::test]
async fn a_row_has_the_trace_of_the_delivery_that_was_first_and_a_conflict_its_own() {
    let world = World::new().await;
    let other = Message {
        trace_id: TraceId::parse(OTHER),
        ..message()
    };
    world.record(&message().traced()).await;
    world.record(&other).await;
    let conflict = other.raw("another");
    let recorded = world.inbox.record(&conflict.entry(), &attempt("conflict")).await.unwrap();

    assert_eq!(recorded, Recorded::Conflict);
    let history = world.inbox.history(&message().subject, noon()).await.unwrap();
    let traces = history.iter().map(|record| record.trace_id.map(|id| id.to_string()));
    assert_eq!(traces.collect::<Vec<_>>(), [TRACE, OTHER].map(|trace| Some(trace.to_owned())));
    assert_eq!(text(&world.items().await[0], "trace_id"), TRACE);
}

#[tokio::test]
async fn what_was_brought_in_no_trace_has_none() {
    let world = World::new().await;
    world.record(&message()).await;
    assert_eq!(world.row(&message()).await.trace_id, None);
    assert!(!world.items().await[0].contains_key("trace_id"));
}

#[tokio::test]
async fn a_held_notification_that_is_released_keeps_its_trace() {
    let world = World::new().await;
    let until = noon() + seconds(7 * 24 * 3600);
    world.hold(&message().traced(), &attempt("hold"), until).await.unwrap();
    assert_eq!(text(&world.items().await[0], "trace_id"), TRACE);

    world.inbox.release(TOPIC, &attempt("approval")).await.unwrap();

    assert_eq!(world.row(&message()).await.trace_id, TraceId::parse(TRACE));
}

#[tokio::test]
async fn a_quarantined_message_that_is_filed_anew_keeps_its_trace() {
    let world = World::new().await;
    let unread = Message {
        unreadable: Some("not_json".to_owned()),
        ..message().traced().subject("unread#topic").event("id")
    };
    world.record(&unread).await;
    let row = world.row(&unread).await;
    assert_eq!(row.trace_id, TraceId::parse(TRACE));

    let keys = RowKey {
        subject: message().subject,
        event: message().event,
    };
    let refiled = world
        .inbox
        .refile(&row, keys, false, vec![], &attempt("refile"))
        .await
        .unwrap();

    assert_eq!(refiled, Recorded::New);
    assert_eq!(world.row(&message()).await.trace_id, TraceId::parse(TRACE));
}

#[tokio::test]
async fn a_row_whose_trace_is_none_is_read_all_the_same() {
    let world = World::new().await;
    world.record(&message().traced()).await;
    let item = world.items().await.remove(0);
    for odd in [text_value("1-x"), text_value(""), AttributeValue::Bool(true)] {
        let mut item = item.clone();
        item.insert("trace_id".to_owned(), odd);
        world.put(item).await;
        let row = world.row(&message()).await;
        assert_eq!((row.trace_id, row.raw), (None, message().raw));
    }
}
