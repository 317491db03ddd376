//! A topic that nobody has approved: its subscription and its notifications wait for the operator.

use inbox::Released;
use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::world::rows::{described, held};
use crate::world::{HELD, PENDING, STRANGER, World, clock, in_short, mail, topic};

#[tokio::test]
async fn its_subscription_waits_with_the_token_that_the_developer_console_asks_for() {
    let (world, token) = World::with_waiting_topic().await;
    let listed = world.stack.trust.topics(clock::now()).await.unwrap();
    let listed = serde_json::to_string_pretty(&listed).unwrap().replace(&token, "<token>");
    assert_snapshot!(listed, @r#"
    [
      {
        "topic_arn": "arn:aws:sns:us-east-1:999999999999:stranger",
        "state": "pending",
        "token": "<token>",
        "updated_at": "2026-03-06T12:00:00Z",
        "unsubscribed_at": null,
        "held": 0
      }
    ]
    "#);
    assert_eq!(world.stack.api.calls(), []);
    assert_eq!(
        world.trust().await,
        ["certificate", "stranger pending, 0 held, token", "waiting: stranger"]
    );
}

#[tokio::test]
async fn its_notifications_are_held_once_each_and_not_handed_on() {
    let (world, _) = World::with_waiting_topic().await;
    let (one, other) = (mail::sent_to(STRANGER, "one"), mail::sent_to(STRANGER, "other"));
    for purchase in [&one, &other, &one] {
        assert_eq!(world.deliver(purchase).await, HELD);
    }
    let mut expected = [held(&one), held(&other)];
    expected.sort();
    assert_eq!(world.rows().await, expected);
    assert_eq!(
        world.trust().await,
        ["certificate", "stranger pending, 2 held, token", "waiting: stranger"]
    );
    let item = &world.items("notifications").await[0];
    assert_snapshot!(described(item), @r#"
    digest B, 32 bytes
    event S 3e65a99e-b050-5b71-adfb-414caa7603cd#9166242627f5ff800abe5d67f9b97b0dff422d5788e3a2613b7740a509502bb5
    expires_at N 1773403200
    held_event S 0000001772798400000#SUBSCRIPTION_PURCHASED
    held_subject S rtn#com.example.stargazer#sw4FGohpC5-ps3j8_wW27PqfFwY9PvMtkJrwmaumxlo=:3:11
    message_id S 3e65a99e-b050-5b71-adfb-414caa7603cd
    nonce S local-1772798400000-2
    raw S {"appPackageName":"com.example.stargazer","notificationType":"SUBSCRIPTION_PURCHASED","appUserId":"sprF1AZkLWGLlmtJIIPiNyBBAJilVnoTx9sU_bmPLiE=","receiptId":"sw4FGohpC5-ps3j8_wW27PqfFwY9PvMtkJrwmaumxlo=:3:11","relatedReceipts":{},"timestamp":1772798400000,"betaProductTransaction":false}
    received_at N 1772798400000
    signature_version N 1
    sns_timestamp N 1772798400000
    subject S held#arn:aws:sns:us-east-1:999999999999:stranger
    topic_arn S arn:aws:sns:us-east-1:999999999999:stranger
    trace_id S 1-69aac1c0-def9e8602605d71607694248
    "#);
}

#[tokio::test]
async fn a_forgery_in_its_name_is_refused_and_not_held() {
    let (world, _) = World::with_waiting_topic().await;
    let purchase = mail::sent_to(STRANGER, "a");
    for forgery in [mail::forged(purchase.clone()), purchase.with("Message", "{}")] {
        assert_eq!(in_short(&world.deliver(&forgery).await), "403 signature_mismatch");
    }
    assert_eq!(world.rows().await, []);
    assert_eq!(
        world.trust().await,
        ["certificate", "stranger pending, 0 held, token", "waiting: stranger"]
    );
}

#[tokio::test]
async fn asking_again_renews_the_token_and_the_waiting_time_and_keeps_the_count() {
    let (world, first) = World::with_waiting_topic().await;
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "a")).await, HELD);
    clock::advance(clock::WAITING_TIME - SignedDuration::from_secs(1));
    let second = world.stack.api.issue_token(STRANGER);
    assert_ne!(first, second);
    assert_eq!(world.deliver(&mail::confirmation(STRANGER, &second)).await, PENDING);

    clock::advance(clock::WAITING_TIME - SignedDuration::from_secs(1));
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "b")).await, HELD);
    let record = world
        .stack
        .trust
        .topic(&topic(STRANGER), clock::now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((record.token, record.held), (Some(second), 2));
}

#[tokio::test]
async fn undecided_for_seven_days_it_is_unknown_again_and_what_was_held_counts_as_absent() {
    let (world, _) = World::with_waiting_topic().await;
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "a")).await, HELD);
    clock::advance(clock::WAITING_TIME);

    assert_eq!(
        in_short(&world.deliver(&mail::sent_to(STRANGER, "b")).await),
        "403 topic_not_admitted"
    );
    assert_eq!(world.stack.trust.topics(clock::now()).await.unwrap(), []);

    let token = world.stack.api.issue_token(STRANGER);
    assert_eq!(world.deliver(&mail::confirmation(STRANGER, &token)).await, PENDING);
    assert_eq!(
        world.trust().await,
        ["certificate", "stranger pending, 0 held, token", "waiting: stranger"]
    );
    let released = world.approve(STRANGER).await.released;
    let expired = Released {
        expired: 1,
        ..Released::default()
    };
    assert_eq!(released, expired);
    assert_eq!(world.rows().await, []);
}
