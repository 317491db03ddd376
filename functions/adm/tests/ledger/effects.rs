//! What each report does, and what it is answered.

use std::collections::BTreeMap;

use adm::LedgerOutcome;
use insta::assert_snapshot;

use crate::world::{World, failed, number, report, unregistered};

#[tokio::test]
async fn a_subscription_is_recorded_once() {
    let world = World::new().await;
    let subscribed = report("phone", "onSubscribe", "news");
    assert_snapshot!(world.record(&subscribed).await.to_json(), @r#"{"topic":"news","outcome":"subscribed"}"#);
    assert_snapshot!(world.record(&subscribed).await.to_json(), @r#"{"topic":"news","outcome":"unchanged"}"#);
    world.subscribe(["phone", "tablet"], "sport").await;

    assert_eq!(world.memberships().await, of([("news", 1), ("sport", 2)]));
}

#[tokio::test]
async fn the_end_of_a_subscription_is_recorded_once() {
    let world = World::new().await;
    world.subscribe(["phone", "tablet"], "news").await;
    let unsubscribed = report("phone", "onUnsubscribe", "news");
    assert_snapshot!(world.record(&unsubscribed).await.to_json(), @r#"{"topic":"news","outcome":"unsubscribed","left":["news"]}"#);
    assert_snapshot!(world.record(&unsubscribed).await.to_json(), @r#"{"topic":"news","outcome":"unchanged"}"#);

    assert_eq!(world.memberships().await, of([("news", 1)]));
}

#[tokio::test]
async fn the_last_one_to_leave_leaves_nothing_behind() {
    let world = World::new().await;
    world.subscribe(["phone"], "news").await;
    world.subscribe(["phone", "tablet"], "sport").await;
    assert_eq!(world.rows().await.len(), 2 * 8 + 2 + 1);

    world.record(&report("phone", "onUnsubscribe", "news")).await;
    assert_eq!(world.memberships().await, of([("sport", 2)]));
    world.record(&report("phone", "onUnsubscribe", "sport")).await;
    world.record(&report("tablet", "onUnsubscribe", "sport")).await;

    let rows = world.rows().await;
    assert_eq!(rows.keys().collect::<Vec<_>>(), ["topics"]);
    assert!(rows["topics"].is_empty());
}

#[tokio::test]
async fn errors_that_tell_a_subscription_are_believed() {
    let world = World::new().await;
    let already = failed("phone", "onSubscribeError", "news", "ALREADY_SUBSCRIBED");
    assert_snapshot!(
        world.record(&already).await.to_json(),
        @r#"{"topic":"news","outcome":"subscribed","advice":"the app should not try to subscribe again"}"#
    );
    assert_eq!(world.record(&already).await.outcome, LedgerOutcome::Unchanged);
    assert_eq!(world.memberships().await, of([("news", 1)]));

    let not = failed("phone", "onUnsubscribeError", "news", "NOT_SUBSCRIBED");
    assert_snapshot!(
        world.record(&not).await.to_json(),
        @r#"{"topic":"news","outcome":"unsubscribed","left":["news"],"advice":"the app should not try to unsubscribe again"}"#
    );
    assert_eq!(world.record(&not).await.outcome, LedgerOutcome::Unchanged);
    assert_eq!(world.memberships().await, of([]));
    assert_eq!(world.ledger.overview().await.unwrap().errors, BTreeMap::new());
}

#[tokio::test]
async fn an_instance_that_is_gone_is_on_no_topic() {
    let world = World::new().await;
    for topic in ["news", "sport", "weather"] {
        world.subscribe(["phone", "tablet"], topic).await;
    }
    let gone = failed("phone", "onSubscribeError", "traffic", "UNREGISTERED");
    assert_snapshot!(
        world.record(&gone).await.to_json(),
        @r#"{"topic":"traffic","outcome":"unsubscribed","left":["news","sport","weather"],"advice":"the app must call startRegister() and subscribe again under its new registration id"}"#
    );
    assert_eq!(world.memberships().await, of([("news", 1), ("sport", 1), ("weather", 1)]));

    assert_snapshot!(
        world.record(&unregistered("tablet")).await.to_json(),
        @r#"{"outcome":"unsubscribed","left":["news","sport","weather"]}"#
    );
    assert_snapshot!(world.record(&unregistered("tablet")).await.to_json(), @r#"{"outcome":"unchanged"}"#);
    assert_eq!(world.memberships().await, of([]));
}

#[tokio::test]
async fn an_instance_on_more_topics_than_fit_into_a_transaction_leaves_all_of_them() {
    let world = World::new().await;
    for n in 0..105 {
        // Somebody else stays on most of them.
        let instances = if n < 95 { &["phone", "tablet"][..] } else { &["phone"] };
        world.subscribe(instances.iter().copied(), &format!("t{n:03}")).await;
    }
    let (ledger, faults) = world.with_faults().await;

    let recorded = ledger.record(&unregistered("phone"), crate::world::noon()).await.unwrap();

    assert_eq!((recorded.outcome, recorded.left.len()), (LedgerOutcome::Unsubscribed, 105));
    // 95 of which one part changes and three that vanish would be 95 + 24 + 2 actions; a transaction has 100.
    assert_eq!(faults.calls("TransactWriteItems"), 2);
    let left = world.memberships().await;
    assert_eq!((left.len(), left.values().sum::<u64>()), (95, 95));
}

#[tokio::test]
async fn errors_that_tell_nothing_about_a_subscription_are_counted() {
    let world = World::new().await;
    world.subscribe(["phone"], "news").await;
    let busy = failed("phone", "onSubscribeError", "news", "TOO_MANY_REQUESTS");
    assert_snapshot!(
        world.record(&busy).await.to_json(),
        @r#"{"topic":"news","outcome":"noted","retryAfter":30,"advice":"the app subscribes and unsubscribes too often: let it try again after 30 seconds"}"#
    );
    world.record(&busy).await;
    for error in [
        "INTERNAL_ERROR",
        "INVALID_MANIFEST",
        "INVALID_TOPIC",
        "NOT_REGISTERED_WITH_TBM",
        "SERVICE_NOT_AVAILABLE",
    ] {
        let recorded = world.record(&failed("tablet", "onUnsubscribeError", "news", error)).await;
        assert_eq!(
            (recorded.outcome, recorded.advice.is_some()),
            (LedgerOutcome::Noted, true),
            "{error}"
        );
    }
    let strange = failed("phone", "onSubscribeError", "news", "STRANGE");
    assert_snapshot!(
        world.record(&strange).await.to_json(),
        @r#"{"topic":"news","outcome":"noted","warnings":[{"name":"UnknownErrorId","field":"errorId","detail":"not one of the error ids that ADM documents; it is counted, and changes nothing else"}]}"#
    );

    let counted = world.ledger.overview().await.unwrap().errors;
    let expected = [
        ("INTERNAL_ERROR", 1),
        ("INVALID_MANIFEST", 1),
        ("INVALID_TOPIC", 1),
        ("NOT_REGISTERED_WITH_TBM", 1),
        ("SERVICE_NOT_AVAILABLE", 1),
        ("STRANGE", 1),
        ("TOO_MANY_REQUESTS", 2),
    ];
    assert_eq!(counted, of(expected));
    assert_eq!(world.memberships().await, of([("news", 1)]));
}

#[tokio::test]
async fn made_up_error_ids_do_not_grow_a_row_without_end() {
    let world = World::new().await;
    let ids = ('A'..='Z').flat_map(|a| [format!("{a}_"), format!("_{a}")]);
    for id in ids {
        world.record(&failed("phone", "onSubscribeError", "news", &id)).await;
    }
    world.record(&failed("phone", "onSubscribeError", "news", "A_")).await;
    world
        .record(&failed("phone", "onSubscribeError", "news", "INTERNAL_ERROR"))
        .await;

    let rows = world.rows().await;
    let (_, row) = rows.first_key_value().unwrap();
    // Fifty, those that came too late, and the one that Amazon documents.
    assert_eq!((rows.len(), row.len()), (1, 52));
    assert_eq!(
        (number(&row["OTHER"]), number(&row["A_"]), number(&row["INTERNAL_ERROR"])),
        (2, 2, 1)
    );
}

#[tokio::test]
async fn the_last_report_to_arrive_wins() {
    let world = World::new().await;
    world.record(&report("phone", "onUnsubscribe", "news")).await;
    world.record(&report("phone", "onSubscribe", "news")).await;
    assert_eq!(world.memberships().await, of([("news", 1)]));
    world.record(&report("phone", "onSubscribe", "news")).await;
    world.record(&report("phone", "onUnsubscribe", "news")).await;
    assert_eq!(world.memberships().await, of([]));
}

fn of<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
    counts.map(|(name, count)| (name.to_owned(), count)).into()
}
