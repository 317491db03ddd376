//! Counts are the memberships: with many at once, with answers that get lost, and with a store that fails.

use std::collections::BTreeMap;

use adm::LedgerOutcome;
use inbox::StoreError;
use sandbox::dynamo::Fault;
use tokio::task::JoinSet;

use crate::world::{World, failed, noon, report, unregistered};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_at_once_are_counted_two_hundred_times() {
    let world = World::new().await;
    let mut reports = JoinSet::new();
    for n in 0..200 {
        let ledger = world.ledger.clone();
        reports.spawn(async move {
            let recorded = ledger
                .record(&report(&format!("phone-{n}"), "onSubscribe", "news"), noon())
                .await;
            recorded.unwrap().outcome
        });
    }
    let outcomes = reports.join_all().await;

    assert!(outcomes.iter().all(|outcome| *outcome == LedgerOutcome::Subscribed));
    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 200)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_report_fifty_times_at_once_is_counted_once() {
    let world = World::new().await;
    world.subscribe(["tablet", "tv"], "news").await;
    world.subscribe(["tablet", "tv"], "sport").await;
    let (subscribed, unsubscribed) = (LedgerOutcome::Subscribed, LedgerOutcome::Unsubscribed);
    // To one topic and to a second, from one of two topics and from the last.
    for (event, topic, changed, news, sport) in [
        ("onSubscribe", "news", subscribed, 3, 2),
        ("onSubscribe", "sport", subscribed, 3, 3),
        ("onUnsubscribe", "news", unsubscribed, 2, 3),
        ("onUnsubscribe", "sport", unsubscribed, 2, 2),
    ] {
        let mut reports = JoinSet::new();
        for _ in 0..50 {
            let (ledger, report) = (world.ledger.clone(), report("phone", event, topic));
            reports.spawn(async move { ledger.record(&report, noon()).await.unwrap().outcome });
        }
        let outcomes = reports.join_all().await;

        let changes = outcomes.iter().filter(|outcome| **outcome == changed).count();
        let expected = BTreeMap::from([("news".to_owned(), news), ("sport".to_owned(), sport)]);
        assert_eq!((changes, world.memberships().await), (1, expected), "{event} {topic}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_empties_and_fills_at_the_same_time_keeps_its_count() {
    let world = World::new().await;
    let mut reports = JoinSet::new();
    for n in 0..20 {
        let ledger = world.ledger.clone();
        reports.spawn(async move {
            let phone = format!("phone-{n}");
            for event in ["onSubscribe", "onUnsubscribe", "onSubscribe", "onUnsubscribe"] {
                // A store in which others are always faster is not available; the caller comes back.
                while ledger.record(&report(&phone, event, "news"), noon()).await.is_err() {}
            }
        });
    }
    reports.join_all().await;

    let members = world.memberships().await;
    assert!(members.values().all(|count| *count == 0), "{members:?}");
    // Those who left at the same moment may have left an empty topic behind; the next last one does not.
    world.subscribe(["tablet"], "news").await;
    world.record(&report("tablet", "onUnsubscribe", "news")).await;
    assert_eq!(world.memberships().await, BTreeMap::new());
}

#[tokio::test]
async fn a_transaction_whose_answer_is_lost_counts_once() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    let busy = failed("phone", "onSubscribeError", "news", "TOO_MANY_REQUESTS");
    for (report, outcome) in [
        (report("phone", "onSubscribe", "news"), LedgerOutcome::Subscribed),
        (report("tablet", "onSubscribe", "news"), LedgerOutcome::Subscribed),
        (report("phone", "onUnsubscribe", "news"), LedgerOutcome::Unsubscribed),
        (busy, LedgerOutcome::Noted),
    ] {
        let before = faults.calls("TransactWriteItems");
        faults.inject("TransactWriteItems", Fault::LoseResponse, 1);
        // The SDK asks again, and is told that it is done.
        assert_eq!(ledger.record(&report, noon()).await.unwrap().outcome, outcome);
        assert_eq!(faults.calls("TransactWriteItems") - before, 2);
    }
    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 1)]));
    let errors = world.ledger.overview().await.unwrap().errors;
    assert_eq!(errors, BTreeMap::from([("TOO_MANY_REQUESTS".to_owned(), 1)]));
}

#[tokio::test]
async fn a_report_whose_every_answer_is_lost_counts_once_when_it_is_repeated() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    let subscribed = report("phone", "onSubscribe", "news");
    faults.inject("TransactWriteItems", Fault::LoseResponse, 3);

    let lost = ledger.record(&subscribed, noon()).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
    assert_eq!(
        ledger.record(&subscribed, noon()).await.unwrap().outcome,
        LedgerOutcome::Unchanged
    );

    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 1)]));
}

#[tokio::test]
async fn a_transaction_that_meets_another_one_is_tried_again() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    let busy = failed("phone", "onSubscribeError", "news", "TOO_MANY_REQUESTS");
    for (report, outcome) in [
        (report("phone", "onSubscribe", "news"), LedgerOutcome::Subscribed),
        (busy, LedgerOutcome::Noted),
        (unregistered("phone"), LedgerOutcome::Unsubscribed),
    ] {
        let before = faults.calls("TransactWriteItems");
        faults.inject("TransactWriteItems", Fault::Collide, 7);
        assert_eq!(ledger.record(&report, noon()).await.unwrap().outcome, outcome);
        assert_eq!(faults.calls("TransactWriteItems") - before, 8);
    }
    assert_eq!(world.memberships().await, BTreeMap::new());
}

#[tokio::test]
async fn one_that_always_meets_others_is_told_to_come_back() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    faults.inject("TransactWriteItems", Fault::Collide, 8);

    let collided = ledger.record(&report("phone", "onSubscribe", "news"), noon()).await;

    assert!(
        matches!(&collided, Err(error @ StoreError::Unavailable(_)) if !error.needs_operator()),
        "{collided:?}"
    );
    assert_eq!(faults.calls("TransactWriteItems"), 8);
    assert_eq!(world.rows().await.len(), 0);
}

#[tokio::test]
async fn a_store_that_fails_changes_nothing_and_says_who_must_act() {
    let world = World::new().await;
    world.subscribe(["tablet"], "news").await;
    let (ledger, faults) = world.with_faults().await;
    for (operation, fault, for_operator) in [
        ("BatchGetItem", Fault::Throttle, false),
        ("BatchGetItem", Fault::InternalError, false),
        ("BatchGetItem", Fault::Deny, true),
        ("TransactWriteItems", Fault::Throttle, false),
        ("TransactWriteItems", Fault::InternalError, false),
        ("TransactWriteItems", Fault::Deny, true),
    ] {
        for report in [
            report("phone", "onSubscribe", "news"),
            report("tablet", "onUnsubscribe", "news"),
            failed("phone", "onSubscribeError", "news", "INTERNAL_ERROR"),
        ] {
            faults.inject(operation, fault, usize::MAX);
            let error = ledger.record(&report, noon()).await.unwrap_err();
            assert_eq!(error.needs_operator(), for_operator, "{operation} {fault:?}: {error}");
            faults.clear();
        }
    }
    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 1)]));
}

#[tokio::test]
async fn a_row_that_this_program_cannot_have_written_is_an_error_and_not_a_guess() {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S, Ss};

    for (row, attribute) in [
        ([("key", S("topics".into())), ("topics", S("news".into()))], "topics"),
        (
            [("key", S("topics".into())), ("topics", Ss(vec!["no topic".into()]))],
            "topics",
        ),
        (
            [("key", S("topic#news#3".into())), ("instances", S("many".into()))],
            "instances",
        ),
        (
            [("key", S("topic#news#3".into())), ("instances", N("0.5".into()))],
            "instances",
        ),
    ] {
        let world = World::new().await;
        world.put(row).await;
        let error = world
            .ledger
            .record(&report("phone", "onSubscribe", "news"), noon())
            .await
            .unwrap_err();
        assert!(
            matches!(error, StoreError::Malformed { attribute: found } if found == attribute),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_topic_that_lost_rows_by_hand_works_again() {
    let world = World::new().await;
    world.subscribe(["phone"], "news").await;
    for key in ["topic#news#0", "topic#news#5", "topics"] {
        let key = aws_sdk_dynamodb::types::AttributeValue::S(key.to_owned());
        let delete = world.client.delete_item().table_name(crate::world::TABLE).key("key", key);
        delete.send().await.unwrap();
    }

    world.subscribe(["tablet"], "news").await;

    let rows = world.rows().await;
    assert_eq!(rows.keys().filter(|key| key.starts_with("topic#news#")).count(), 8);
    assert!(world.listed().await.contains("news"));
}
