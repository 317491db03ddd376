//! The operator decides about a topic that waits: approved, what was held is recorded; rejected, it is gone.

use inbox::Released;
use intake::Approval;
use jiff::SignedDuration;
use sandbox::kill::{interrupted_after, killed_after};
use sandbox::rtn::Quirk;
use sandbox::sns_api::Fault;
use sandbox::{Notification, ids};

use crate::world::process::receive;
use crate::world::rows::{quarantined, recorded};
use crate::world::{CONFIRMED, DUPLICATE, HELD, RECORDED, STRANGER, World, clock, in_short, mail};

/// An approval that confirmed the subscription and recorded so many notifications.
fn approved(recorded: u64) -> Approval {
    Approval {
        subscription_confirmed: Some(true),
        released: Released {
            recorded,
            ..Released::default()
        },
    }
}

#[tokio::test]
async fn approved_it_is_confirmed_at_sns_and_all_that_was_held_is_recorded_as_received_when_it_was() {
    let (world, token) = World::with_waiting_topic().await;
    let (purchase, cut) = (mail::sent_to(STRANGER, "a"), Quirk::Unreadable.text("a", clock::now()));
    let other = mail::same_key_other_body(&purchase);
    let cut = mail::signed(Notification::new(STRANGER, "cut", &cut, clock::now()));
    for notification in [&purchase, &cut] {
        assert_eq!(world.deliver(notification).await, HELD);
    }
    clock::advance(SignedDuration::from_mins(1));

    assert_eq!(world.approve(STRANGER).await, approved(2));

    let tokens: Vec<_> = world
        .stack
        .api
        .confirmed()
        .into_iter()
        .map(|confirmed| confirmed.token)
        .collect();
    assert_eq!(tokens, [token]);
    assert_eq!(world.rows().await, [recorded(&purchase), quarantined(&cut, "not_json")]);
    assert_eq!(world.trust().await, ["certificate", "stranger confirmed", "waiting:"]);
    let history = world
        .stack
        .inbox
        .history(&recorded(&purchase).subject, clock::now())
        .await
        .unwrap();
    assert_eq!(history[0].received_at, clock::NOON);

    assert_eq!(world.deliver(&purchase).await, DUPLICATE);
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "later")).await, RECORDED);
    assert_eq!(in_short(&world.deliver(&other).await), "200 conflict");
    assert_eq!(
        world
            .deliver(&mail::confirmation(STRANGER, &world.stack.api.issue_token(STRANGER)))
            .await,
        CONFIRMED
    );
}

#[tokio::test]
async fn an_approval_that_is_killed_at_any_wait_can_be_given_again() {
    for waits in 0..1_000 {
        let (world, _) = World::with_waiting_topic().await;
        let (one, other) = (mail::sent_to(STRANGER, "one"), mail::sent_to(STRANGER, "other"));
        assert_eq!(world.deliver(&one).await, HELD);
        assert_eq!(world.deliver(&other).await, HELD);

        let first = killed_after(waits, world.approve(STRANGER)).await;
        let second = world.approve(STRANGER).await;

        let mut expected = [recorded(&one), recorded(&other)];
        expected.sort();
        assert_eq!(world.rows().await, expected, "after {waits} waits");
        assert_eq!(
            world.trust().await,
            ["certificate", "stranger confirmed", "waiting:"],
            "after {waits} waits"
        );
        assert!(!world.stack.api.confirmed().is_empty());
        if let Some(first) = first {
            assert_eq!(first, approved(2));
            assert_eq!(second.released, Released::default());
            break;
        }
    }
}

#[tokio::test]
async fn an_approval_while_sns_is_down_keeps_the_token_so_that_it_can_be_given_again() {
    let (world, token) = World::with_waiting_topic().await;
    world.stack.api.script([Fault::Internal; 3]);
    assert_eq!(world.approve(STRANGER).await.subscription_confirmed, Some(false));
    assert_eq!(world.stack.api.confirmed(), []);
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "a")).await, RECORDED);

    assert_eq!(world.approve(STRANGER).await.subscription_confirmed, Some(true));
    assert_eq!(world.stack.api.confirmed()[0].token, token);
    assert_eq!(world.trust().await, ["certificate", "stranger confirmed", "waiting:"]);
}

#[tokio::test]
async fn rejected_it_is_refused_from_then_on_and_what_was_held_is_gone() {
    let (world, _) = World::with_waiting_topic().await;
    for seed in ["one", "other"] {
        assert_eq!(world.deliver(&mail::sent_to(STRANGER, seed)).await, HELD);
    }
    assert_eq!(world.reject(STRANGER).await, 2);

    let refused = r#"403 {"outcome":"refused","reason":"topic_not_admitted","detail":"topic arn:aws:sns:us-east-1:999999999999:stranger is not one that this receiver listens to"}"#;
    for message in [
        mail::sent_to(STRANGER, "one"),
        mail::confirmation(STRANGER, &ids::token("again")),
        mail::farewell(STRANGER),
    ] {
        assert_eq!(world.deliver(&message).await, refused);
    }
    assert_eq!(world.rows().await, []);
    assert_eq!(world.trust().await, ["certificate", "stranger rejected", "waiting:"]);
    assert_eq!(world.stack.api.calls(), []);
}

#[tokio::test]
async fn an_approval_at_any_moment_of_a_delivery_loses_nothing_and_leaves_nothing_held() {
    for waits in 0..1_000 {
        let (world, _) = World::with_waiting_topic().await;
        let process = world.process();
        let purchase = mail::sent_to(STRANGER, "a");
        let delivery = receive(&process, &purchase, "first");
        let (first, had_ended) = interrupted_after(waits, delivery, world.approve(STRANGER)).await;
        let second = receive(&process, &purchase, "second").await;

        let first = in_short(&first);
        assert!(
            ["200 held", "200 recorded", "503 standing_changed"].contains(&first.as_str()),
            "{first}"
        );
        let again = if first.starts_with("503") { RECORDED } else { DUPLICATE };
        assert_eq!(second, again, "{first} after {waits} waits");
        assert_eq!(world.rows().await, [recorded(&purchase)], "{first} after {waits} waits");
        assert_eq!(world.trust().await, ["certificate", "stranger confirmed", "waiting:"]);
        if had_ended {
            return;
        }
    }
    panic!("a delivery ends");
}

#[tokio::test]
async fn a_rejection_at_any_moment_of_a_delivery_leaves_nothing_held() {
    for waits in 0..1_000 {
        let (world, _) = World::with_waiting_topic().await;
        let process = world.process();
        let purchase = mail::sent_to(STRANGER, "a");
        let delivery = receive(&process, &purchase, "first");
        let (first, had_ended) = interrupted_after(waits, delivery, world.reject(STRANGER)).await;

        let first = in_short(&first);
        assert!(
            ["200 held", "403 topic_not_admitted", "503 standing_changed"].contains(&first.as_str()),
            "{first}"
        );
        assert_eq!(
            in_short(&receive(&process, &purchase, "second").await),
            "403 topic_not_admitted"
        );
        assert_eq!(world.rows().await, [], "{first} after {waits} waits");
        if had_ended {
            return;
        }
    }
    panic!("a delivery ends");
}

#[tokio::test]
async fn a_withdrawn_approval_confirms_nothing_at_once_and_records_nothing_after_a_minute() {
    let (world, _) = World::with_waiting_topic().await;
    world.approve(STRANGER).await;
    let purchase = mail::sent_to(STRANGER, "a");
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    world.reject(STRANGER).await;
    let calls = world.stack.api.calls();

    let asked = mail::confirmation(STRANGER, &world.stack.api.issue_token(STRANGER));
    assert_eq!(in_short(&world.deliver(&asked).await), "403 topic_not_admitted");
    assert_eq!(
        in_short(&world.deliver(&mail::farewell(STRANGER)).await),
        "403 topic_not_admitted"
    );
    assert_eq!(world.stack.api.calls(), calls);

    clock::advance(SignedDuration::from_mins(1));
    assert_eq!(
        in_short(&world.deliver(&mail::sent_to(STRANGER, "b")).await),
        "403 topic_not_admitted"
    );
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}
