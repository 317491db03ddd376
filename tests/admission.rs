//! What is let in before anybody is asked: topics that are listened to, messages that are fresh, certificates that are pinned.

use jiff::SignedDuration;
use sandbox::{Pki, ids};
use sns_webhook::{Freshness, PinnedCerts, TrustedTopics};

use crate::world::rows::recorded;
use crate::world::{RECORDED, STRANGER, TOPIC, World, clock, in_short, mail};

#[tokio::test]
async fn a_topic_never_seen_is_refused_and_nobody_is_asked() {
    let world = World::start().await;
    for topic in [
        STRANGER,
        "arn:aws:sns:us-east-1:033616359525:LT0XA",
        "arn:aws:sns:us-west-2:033616359524:LT0XA",
        "arn:aws-us-gov:sns:us-gov-west-1:033616359524:LT0XA",
        "arn:aws-cn:sns:cn-north-1:033616359524:LT0XA",
    ] {
        for message in [
            mail::sent_to(topic, "a"),
            mail::farewell(topic),
            mail::forged(mail::sent_to(topic, "a")),
        ] {
            assert_eq!(
                world.deliver(&message).await,
                format!(
                    "403 {{\"outcome\":\"refused\",\"reason\":\"topic_not_admitted\",\"detail\":\"topic {topic} is not one that this \
                     receiver listens to\"}}"
                )
            );
        }
    }
    world.assert_untouched().await;
}

#[tokio::test]
async fn topics_are_trusted_one_by_one_or_by_account_and_region() {
    let world = World::with(|options| {
        let list = format!(" {STRANGER} , arn:aws:sns:us-west-2:123456789012:*");
        options.trusted_topics = TrustedTopics::parse(&list).unwrap();
    });
    let world = world.await;
    for (topic, answer) in [
        (STRANGER, "200 recorded"),
        ("arn:aws:sns:us-west-2:123456789012:any", "200 recorded"),
        ("arn:aws:sns:us-east-1:999999999999:strangers", "403 topic_not_admitted"),
        ("arn:aws:sns:us-east-1:123456789012:any", "403 topic_not_admitted"),
        (TOPIC, "403 topic_not_admitted"),
    ] {
        assert_eq!(
            in_short(&world.deliver(&mail::sent_to(topic, topic)).await),
            answer,
            "{topic}"
        );
    }
    assert_eq!(world.rows().await.len(), 2);
}

#[tokio::test]
async fn a_message_too_old_or_too_far_ahead_is_refused_and_nobody_is_asked() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let (max_age, max_ahead) = (Freshness::default().max_age, Freshness::default().max_ahead);
    let a_bit = SignedDuration::from_millis(1);
    clock::set(clock::NOON + max_age + a_bit);
    let stale = r#"403 {"outcome":"refused","reason":"stale","detail":"the message is 3915 s old; at most 3915 s are accepted"}"#;
    assert_eq!(world.deliver(&purchase).await, stale);
    clock::set(clock::NOON - max_ahead - a_bit);
    let ahead = r#"403 {"outcome":"refused","reason":"from_future","detail":"the message is stamped 300 s in the future; at most 300 s are accepted"}"#;
    assert_eq!(world.deliver(&purchase).await, ahead);
    world.assert_untouched().await;

    clock::set(clock::NOON + max_age);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    clock::set(clock::NOON - max_ahead);
    assert_eq!(in_short(&world.deliver(&purchase).await), "200 duplicate");
}

#[tokio::test]
async fn a_subscription_that_is_stale_or_forged_makes_no_topic_wait() {
    let world = World::start().await;
    let asked = mail::confirmation(STRANGER, &ids::token("a"));
    assert_eq!(
        in_short(&world.deliver(&mail::forged(asked.clone())).await),
        "403 signature_mismatch"
    );
    clock::advance(SignedDuration::from_hours(2));
    assert_eq!(in_short(&world.deliver(&asked).await), "403 stale");
    assert_eq!(world.trust().await, ["certificate"]);
}

#[tokio::test]
async fn a_pinned_certificate_needs_no_fetch_and_every_other_check_applies() {
    let emulator = "http://127.0.0.1:4566/_aws/sns/SimpleNotificationService-1.pem";
    let world = World::with(|options| {
        let mut pins = PinnedCerts::default();
        pins.pin(emulator, Pki::fixed().signing_cert_pem()).unwrap();
        options.pinned_certs = pins;
    });
    let mut world = world.await;
    world.stack.hosts.down().await;
    let pinned = |envelope: sandbox::Envelope| envelope.with("SigningCertURL", emulator);
    let purchase = pinned(mail::purchase("a"));
    assert_eq!(
        in_short(&world.deliver(&pinned(mail::forged(mail::purchase("a")))).await),
        "403 signature_mismatch"
    );
    assert_eq!(
        in_short(&world.deliver(&pinned(mail::sent_to(STRANGER, "a"))).await),
        "403 topic_not_admitted"
    );
    let beside = mail::purchase("a").with("SigningCertURL", format!("{emulator}?"));
    assert_eq!(in_short(&world.deliver(&beside).await), "403 cert_url");

    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
    assert_eq!((world.trust().await, world.fetches()), (vec![], vec![]));
}
