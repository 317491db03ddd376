//! What is the same notification and what is another one: decided by the verified message alone, never by its MessageId.

use insta::assert_snapshot;
use jiff::SignedDuration;
use sandbox::publisher::Post;
use sandbox::rtn::{Payload, Quirk};
use sandbox::{Notification, Pki, SignatureVersion};

use crate::world::rows::{Row, conflicting, described, quarantined, recorded};
use crate::world::{CONFLICT, DUPLICATE, RECORDED, TOPIC, World, clock, mail};

#[tokio::test]
async fn a_first_delivery_becomes_one_row_that_says_what_came_and_nothing_more() {
    let world = World::start().await;

    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);

    let [item] = &world.items("notifications").await[..] else {
        panic!("one row")
    };
    assert_snapshot!(described(item), @r#"
    digest B, 32 bytes
    due S 7
    event S 0000001772798400000#SUBSCRIPTION_PURCHASED
    expires_at N 1780574400
    message_id S 9b39d326-4889-5116-a121-6be1b0ef64ef
    nonce S local-1772798400000-0
    raw S {"appPackageName":"com.example.stargazer","notificationType":"SUBSCRIPTION_PURCHASED","appUserId":"udk8jYUc8ZlI_-hHQtxk9fDeOpWhdtJ_VixpzHfzP2Y=","receiptId":"eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","relatedReceipts":{},"timestamp":1772798400000,"betaProductTransaction":false}
    received_at N 1772798400000
    signature_version N 1
    sns_timestamp N 1772798400000
    subject S rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    topic_arn S arn:aws:sns:us-east-1:033616359524:LT0XA
    trace_id S 1-69aac1c0-f18f8ec08193f4dfecddbb1c
    "#);
}

#[tokio::test]
async fn a_second_delivery_is_answered_200_and_recorded_once() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.deliver(&purchase).await, DUPLICATE);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn a_message_that_was_published_again_under_a_new_message_id_is_a_duplicate() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let again = mail::message("another id", purchase.field("Message").unwrap());
    assert_ne!(again.field("MessageId"), purchase.field("MessageId"));
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.deliver(&again).await, DUPLICATE);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn another_message_under_the_same_key_is_kept_beside_the_first_and_each_redelivery_is_a_duplicate() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let other = mail::same_key_other_body(&purchase);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.deliver(&other).await, CONFLICT);
    assert_eq!(world.deliver(&other).await, DUPLICATE);
    assert_eq!(world.deliver(&purchase).await, DUPLICATE);
    assert_eq!(world.rows().await, [recorded(&purchase), conflicting(&other)]);
}

#[tokio::test]
async fn two_messages_that_share_a_message_id_are_both_recorded() {
    let world = World::start().await;
    let text = |kind| Payload::new(kind, "a", clock::now()).text();
    let one = mail::message("shared", &text("CONSUMABLE_PURCHASED"));
    let other = mail::message("shared", &text("ENTITLEMENT_PURCHASED"));
    assert_eq!(world.deliver(&one).await, RECORDED);
    assert_eq!(world.deliver(&other).await, RECORDED);
    let mut expected = [recorded(&one), recorded(&other)];
    expected.sort();
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_kept_once_under_its_message_id() {
    let world = World::start().await;
    let text = Quirk::Unreadable.text("a", clock::now());
    let (cut, cut_again) = (mail::message("a", &text), mail::message("a", &format!("{text},")));
    let kept = r#"200 {"outcome":"quarantined","reason":"not_json"}"#;
    assert_eq!(world.deliver(&cut).await, kept);
    assert_eq!(
        world.deliver(&cut).await,
        r#"200 {"outcome":"duplicate","reason":"not_json"}"#
    );
    assert_eq!(world.deliver(&cut_again).await, kept, "the same id, another message");

    let beside = quarantined(&cut_again, "not_json");
    let beside = Row {
        event: format!("{}#{}", beside.event, inbox::Digest::of(&beside.raw).short()),
        marks: [vec!["conflict".to_owned()], beside.marks].concat(),
        ..beside
    };
    assert_eq!(world.rows().await, [quarantined(&cut, "not_json"), beside]);
}

#[tokio::test]
async fn both_signature_versions_are_believed_and_tell_the_same_message() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let second_version = Pki::fixed().signer().sign_again(purchase.clone(), SignatureVersion::V2);
    assert_eq!(world.deliver(&second_version).await, RECORDED);
    assert_eq!(world.deliver(&purchase).await, DUPLICATE);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn a_subject_and_attributes_change_nothing_about_a_notification() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let with_subject = Notification {
        subject: Some("A purchase".to_owned()),
        attributes: vec![("env".to_owned(), "String".to_owned(), "live".to_owned())],
        ..Notification::new(TOPIC, "b", purchase.field("Message").unwrap(), clock::now())
    };
    assert_eq!(world.deliver(&mail::signed(with_subject)).await, RECORDED);
    assert_eq!(world.deliver(&purchase).await, DUPLICATE);
}

#[tokio::test]
async fn a_forgery_under_the_id_of_a_real_message_does_not_use_the_id_up() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let mismatch =
        r#"403 {"outcome":"refused","reason":"signature_mismatch","detail":"the signature does not match the message"}"#;
    for forgery in [
        mail::forged(purchase.clone()),
        mail::forged(purchase.clone().with("Message", "{}")),
        purchase.clone().with("Message", "{}"),
        purchase.clone().with("Signature", ""),
        purchase.clone().with("SignatureVersion", "2"),
    ] {
        assert_eq!(world.deliver(&forgery).await, mismatch);
    }
    assert_eq!(world.rows().await, []);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn headers_can_refuse_a_delivery_but_never_change_it() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    for (name, value, answer) in [
        (
            "x-amz-sns-message-id",
            "00000000-0000-0000-0000-000000000000",
            r#"403 {"outcome":"refused","reason":"header_mismatch","detail":"the header x-amz-sns-message-id does not agree with the signed body"}"#,
        ),
        (
            "x-amz-sns-message-type",
            "SubscriptionConfirmation",
            r#"403 {"outcome":"refused","reason":"header_mismatch","detail":"the header x-amz-sns-message-type does not agree with the signed body"}"#,
        ),
        (
            "x-amz-sns-topic-arn",
            "arn:aws:sns:us-east-1:033616359524:LT0XB",
            r#"403 {"outcome":"refused","reason":"header_mismatch","detail":"the header x-amz-sns-topic-arn does not agree with the signed body"}"#,
        ),
        (
            "x-amz-sns-rawdelivery",
            "true",
            r#"403 {"outcome":"refused","reason":"raw_delivery","detail":"raw message delivery is on for this subscription: it carries no signature; turn RawMessageDelivery off"}"#,
        ),
    ] {
        assert_eq!(world.post(&Post::of(&purchase).with_header(name, value)).await, answer);
    }
    assert_eq!(
        (world.rows().await, world.trust().await, world.fetches()),
        (vec![], vec![], vec![])
    );

    let mut bare = Post::of(&purchase);
    bare.headers.clear();
    assert_eq!(world.post(&bare).await, RECORDED);
}

#[tokio::test]
async fn a_row_past_its_time_counts_as_absent_even_before_it_is_deleted() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let again = || mail::message("again", purchase.field("Message").unwrap());
    assert_eq!(world.deliver(&purchase).await, RECORDED);

    clock::advance(clock::RETENTION - SignedDuration::from_secs(1));
    assert_eq!(world.deliver(&again()).await, DUPLICATE);
    assert_eq!(world.rows().await, [recorded(&purchase)]);

    clock::advance(SignedDuration::from_secs(1));
    assert_eq!(world.deliver(&again()).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&again())]);
    assert_eq!(world.deliver(&again()).await, DUPLICATE);
}
