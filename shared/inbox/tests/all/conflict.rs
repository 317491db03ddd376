//! Two messages under one key: both are kept, whatever happens around it.

use std::collections::HashMap;

use inbox::{Attempt, Digest, Recorded};
use sandbox::dynamo::Fault;

use crate::world::{RETENTION, World, attempt, message, noon, told};

#[tokio::test]
async fn another_message_under_the_same_key_is_kept_beside_it_once() {
    let world = World::new().await;
    let (one, other) = (message().raw("one"), message().raw("other"));

    let mut recorded = Vec::new();
    for (message, id) in [(&one, "1"), (&other, "2"), (&other, "3"), (&one, "4")] {
        recorded.push(world.inbox.record(&message.entry(), &attempt(id)).await.unwrap());
    }

    assert_eq!(
        recorded,
        [
            Recorded::New,
            Recorded::Conflict,
            Recorded::ConflictDuplicate,
            Recorded::Duplicate
        ]
    );
    let history = world.inbox.history(&one.subject, noon()).await.unwrap();
    assert_eq!(
        told(&history),
        [(&*one.event, "one", false), (&*other.beside(), "other", true)]
    );
    assert_eq!(world.due().await, 2, "both are due to be handed on");
}

#[tokio::test]
async fn conflicts_whose_digests_begin_alike_are_both_kept() {
    let world = World::new().await;
    let (one, other) = two_texts_with_the_same_short_digest();

    let mut recorded = Vec::new();
    for (id, raw) in ["first", &one, &other, &other, &one].iter().enumerate() {
        recorded.push(
            world
                .inbox
                .record(&message().raw(*raw).entry(), &attempt(&id.to_string()))
                .await
                .unwrap(),
        );
    }

    let again = Recorded::ConflictDuplicate;
    assert_eq!(
        recorded,
        [Recorded::New, Recorded::Conflict, Recorded::Conflict, again, again]
    );
    let history = world.inbox.history(&message().subject, noon()).await.unwrap();
    assert_eq!(
        history.iter().map(|record| record.raw.as_str()).collect::<Vec<_>>(),
        ["first", &one, &other]
    );
}

#[tokio::test]
async fn an_event_whose_key_looks_like_a_conflict_pushes_nothing_out() {
    let world = World::new().await;
    let (one, other) = (message().raw("one"), message().raw("other"));
    let look_alike = message().event(other.beside()).raw("look-alike");

    for (message, id) in [(&one, "1"), (&look_alike, "2"), (&other, "3")] {
        world.inbox.record(&message.entry(), &attempt(id)).await.unwrap();
    }

    let history = world.inbox.history(&one.subject, noon()).await.unwrap();
    assert_eq!(
        told(&history).iter().map(|(_, raw, _)| *raw).collect::<Vec<_>>(),
        ["one", "look-alike", "other"]
    );
}

#[tokio::test]
async fn a_conflict_whose_answer_was_lost_is_a_first_conflict() {
    let world = World::new().await;
    let (inbox, faults) = world.with_faults().await;
    inbox.record(&message().raw("one").entry(), &attempt("1")).await.unwrap();
    // The first write is refused by the condition; lost is the answer to the second.
    faults.inject("PutItem", Fault::Pass, 1);
    faults.inject("PutItem", Fault::LoseResponse, 1);

    let recorded = inbox.record(&message().raw("other").entry(), &attempt("2")).await.unwrap();

    assert_eq!((recorded, faults.calls("PutItem")), (Recorded::Conflict, 1 + 3));
    assert_eq!(world.items().await.len(), 2);
}

#[tokio::test]
async fn an_expired_conflict_counts_as_absent_too() {
    let world = World::new().await;
    let (one, other) = (message().raw("one"), message().raw("other"));
    world.inbox.record(&one.entry(), &attempt("1")).await.unwrap();
    world.inbox.record(&other.entry(), &attempt("2")).await.unwrap();
    let expiry = noon() + RETENTION;
    world
        .inbox
        .record(&one.entry(), &Attempt { id: "3", now: expiry })
        .await
        .unwrap();

    let recorded = world
        .inbox
        .record(&other.entry(), &Attempt { id: "4", now: expiry })
        .await
        .unwrap();

    assert_eq!(recorded, Recorded::Conflict);
    assert_eq!(world.inbox.history(&one.subject, expiry).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_row_of_unknown_shape_is_not_taken_for_a_duplicate_and_not_overwritten() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();
    let mut item = world.items().await.remove(0);
    item.remove("digest");
    world.put(item.clone()).await;

    let recorded = world.inbox.record(&message().entry(), &attempt("second")).await.unwrap();

    assert_eq!(recorded, Recorded::Conflict);
    assert!(world.items().await.contains(&item), "the strange row is as it was");
}

/// By the birthday paradox, some 80,000 tries for 32 bits.
fn two_texts_with_the_same_short_digest() -> (String, String) {
    let mut seen = HashMap::new();
    for n in 0.. {
        let text = format!("conflict {n}");
        if let Some(earlier) = seen.insert(Digest::of(&text).short(), text.clone()) {
            return (earlier, text);
        }
    }
    unreachable!("the range has no end")
}
