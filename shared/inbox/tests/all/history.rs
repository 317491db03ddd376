//! What the record tells, in order and in full.

use inbox::{Attempt, Filter, late};
use sandbox::dynamo::NOTIFICATIONS;

use crate::world::{RETENTION, World, attempt, message, noon, seconds, told};

#[tokio::test]
async fn a_history_is_in_event_order_with_a_conflict_right_after_its_event() {
    let world = World::new().await;
    let deliveries = [
        message().event("0003#RENEWED").raw("c"),
        message().event("0001#PURCHASED").raw("a"),
        message().event("0002#RENEWED").raw("b"),
        message().event("0001#PURCHASED").raw("a'"),
        message().event("0001#PURCHASED_").raw("a_"),
        message().subject("rtn#another").event("0001#PURCHASED").raw("elsewhere"),
    ];
    for (n, message) in deliveries.iter().enumerate() {
        world.inbox.record(&message.entry(), &attempt(&n.to_string())).await.unwrap();
    }

    let history = world.inbox.history(&message().subject, noon()).await.unwrap();

    let conflict = deliveries[3].beside();
    assert_eq!(
        told(&history),
        [
            ("0001#PURCHASED", "a", false),
            (&*conflict, "a'", true),
            ("0001#PURCHASED_", "a_", false),
            ("0002#RENEWED", "b", false),
            ("0003#RENEWED", "c", false),
        ]
    );
}

#[tokio::test]
async fn a_history_of_more_than_a_page_is_complete() {
    let world = World::new().await;
    // A page ends at 1 MB.
    for n in 0..9 {
        let big = message().event(format!("{n}")).raw(n.to_string().repeat(250_000));
        world.inbox.record(&big.entry(), &attempt("big")).await.unwrap();
    }
    let (inbox, faults) = world.with_faults().await;

    let history = inbox.history(&message().subject, noon()).await.unwrap();

    assert_eq!(
        history.iter().map(|record| record.event.as_str()).collect::<String>(),
        "012345678"
    );
    assert!(faults.calls("Query") > 1, "one page is no test");
}

#[tokio::test]
async fn expired_rows_are_left_out_everywhere() {
    let world = World::new().await;
    world
        .inbox
        .record(&message().event("1").entry(), &attempt("1"))
        .await
        .unwrap();
    world
        .inbox
        .record(
            &message().event("2").entry(),
            &Attempt {
                id: "2",
                now: noon() + seconds(60),
            },
        )
        .await
        .unwrap();
    let now = noon() + RETENTION;

    let history = world.inbox.history(&message().subject, now).await.unwrap();
    let listed = world.inbox.list(&everything(), now).await.unwrap();
    let shown = world.inbox.show(&message().subject, "1", now).await.unwrap();

    assert_eq!(history.iter().map(|record| record.event.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(listed, history);
    assert_eq!(shown, None);
}

#[tokio::test]
async fn a_list_is_newest_first_up_to_its_limit_and_through_its_filter() {
    let world = World::new().await;
    for (minute, subject) in ["rtn#a", "drs#b", "rtn#c", "unread#d", "rtn#e"].iter().enumerate() {
        let now = noon() + seconds(60 * minute as i64);
        world
            .inbox
            .record(&message().subject(*subject).entry(), &Attempt { id: "list", now })
            .await
            .unwrap();
    }
    let subjects = async |filter: Filter<'_>| {
        let records = world.inbox.list(&filter, noon()).await.unwrap();
        records.into_iter().map(|record| record.subject).collect::<Vec<_>>()
    };

    assert_eq!(subjects(everything()).await, ["rtn#e", "unread#d", "rtn#c", "drs#b", "rtn#a"]);
    assert_eq!(
        subjects(Filter {
            limit: 2,
            ..everything()
        })
        .await,
        ["rtn#e", "unread#d"]
    );
    assert_eq!(
        subjects(Filter {
            source: Some("rtn#"),
            limit: 2,
            ..everything()
        })
        .await,
        ["rtn#e", "rtn#c"]
    );
    let since = Some(noon() + seconds(120));
    assert_eq!(
        subjects(Filter { since, ..everything() }).await,
        ["rtn#e", "unread#d", "rtn#c"]
    );
    assert_eq!(
        subjects(Filter {
            since,
            source: Some("rtn#c"),
            ..everything()
        })
        .await,
        ["rtn#c"]
    );
}

#[tokio::test]
async fn a_list_reads_every_page_before_it_says_what_is_newest() {
    let world = World::new().await;
    for n in 0..9 {
        let big = message().subject(n.to_string()).raw(n.to_string().repeat(250_000));
        let now = noon() + seconds((n * 7) % 9);
        world.inbox.record(&big.entry(), &Attempt { id: "big", now }).await.unwrap();
    }
    let (inbox, faults) = world.with_faults().await;

    let newest = inbox
        .list(
            &Filter {
                limit: 3,
                ..everything()
            },
            noon(),
        )
        .await
        .unwrap();

    let seconds: Vec<_> = newest
        .iter()
        .map(|record| record.received_at.duration_since(noon()).as_secs())
        .collect();
    assert_eq!(seconds, [8, 7, 6]);
    assert!(faults.calls("Scan") > 1, "one page is no test");
}

#[tokio::test]
async fn late_is_what_arrived_after_a_newer_event_was_there() {
    let world = World::new().await;
    let deliveries = [
        (0, "0000000000000002#RENEWED"),
        (1, "0000000000000001#PURCHASED"),
        (2, "0000000000000002#AUTO_RENEWAL_ON"),
        (3, "0000000000000009#EXPIRED"),
        (3, "0000000000000008#RENEWED"),
        (4, "0000000000000007#RENEWED"),
        (5, "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"),
    ];
    for (second, event) in deliveries {
        let now = noon() + seconds(second);
        world
            .inbox
            .record(&message().event(event).entry(), &Attempt { id: "late", now })
            .await
            .unwrap();
    }

    let history = world.inbox.history(&message().subject, noon()).await.unwrap();

    let late: Vec<_> = late(&history).into_iter().map(|record| record.event.as_str()).collect();
    assert_eq!(late, ["0000000000000001#PURCHASED", "0000000000000007#RENEWED"]);
}

#[test]
fn the_store_is_keyed_by_the_names_that_are_written() {
    let index = NOTIFICATIONS.index.unwrap();

    assert_eq!(
        [NOTIFICATIONS.hash.0, NOTIFICATIONS.range.unwrap().0, NOTIFICATIONS.expires_by],
        [inbox::table::SUBJECT, inbox::table::EVENT, inbox::table::EXPIRES_AT]
    );
    assert_eq!(
        [index.name, index.hash.0, index.range.0],
        [inbox::table::DUE_INDEX, inbox::table::DUE, inbox::table::RECEIVED_AT]
    );
}

fn everything() -> Filter<'static> {
    Filter {
        source: None,
        since: None,
        limit: 100,
    }
}
