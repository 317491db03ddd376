//! What is the same notification: decided by its message alone, by whichever way it comes.

use insta::assert_snapshot;
use sandbox::drs::{Payload, Quirk, Wire};
use sandbox::{Pki, SignatureVersion};

use crate::world::replenishment::{NONE_FAILED, Way, conflicting, message, order, recorded, same_key_other_body};
use crate::world::rows::{described, quarantined};
use crate::world::{CONFLICT, DUPLICATE, RECORDED, World, clock};

#[tokio::test]
async fn the_same_notification_by_every_way_is_one_row_and_one_event() {
    for first in Way::ALL {
        let world = World::start().await;
        let order = order("a");
        assert_eq!(world.bring(first, &order).await, first.taken(RECORDED), "{first:?}");
        for again in Way::ALL {
            assert_eq!(
                world.bring(again, &order).await,
                again.taken(DUPLICATE),
                "{again:?} after {first:?}"
            );
        }
        assert_eq!(world.rows().await, [recorded(&order)], "{first:?}");
        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        assert_eq!(world.stack.api.published().len(), 1, "{first:?}");
    }
}

#[tokio::test]
async fn the_same_notification_by_every_way_at_once_is_one_row() {
    let world = World::start().await;
    let order = order("a");
    let [https, sns, envelope, event, failure] = Way::ALL;
    let (https, sns, envelope, event, failure) = tokio::join!(
        world.bring(https, &order),
        world.bring(sns, &order),
        world.bring(envelope, &order),
        world.bring(event, &order),
        world.bring(failure, &order),
    );
    assert!([RECORDED, DUPLICATE].contains(&https.as_str()), "{https}");
    assert_eq!([sns, envelope, event, failure], [NONE_FAILED; 4]);
    assert_eq!(world.rows().await, [recorded(&order)]);
}

#[tokio::test]
async fn a_row_says_what_came_and_which_signature_was_verified_if_one_was() {
    let mut versions = Vec::new();
    for way in Way::KINDS {
        let world = World::start().await;
        world.bring(way, &order("a")).await;
        let [item] = &world.items("notifications").await[..] else {
            panic!("one row")
        };
        versions.push(item["signature_version"].as_n().unwrap().clone());
        if way == Way::Sns {
            assert_snapshot!(described(item), @r#"
            digest B, 32 bytes
            due S 6
            event S 0000001772798400000#amzn1.dash.notification.v1.f2ebe05b7a793b80a7d15560ff7afcd8#OrderPlacedNotification
            expires_at N 1780574400
            message_id S 5c2bcdda-f367-5a0a-97f7-77f66f20e445
            nonce S local-1772798400000-0-0
            raw S {"notificationInfo":{"notificationType":"OrderPlacedNotification","lwaClientId":"amzn1.application-oa2-client.bd290c9db1e836ffc0a467aebe580b0b","notificationTime":"2026-03-06T12:00:00.000Z","notificationId":"amzn1.dash.notification.v1.f2ebe05b7a793b80a7d15560ff7afcd8","version":"2015-06-05"},"deviceInfo":{"deviceIdentifier":{"serialNumber":"WM-1DF85665C0A8B4A0"},"productIdentifier":{"modelId":"ExampleWasher"}},"customerInfo":{"directedCustomerId":"amzn1.account.AH22B2751B5878AE70296E6E8C68"},"orderInfo":{"instanceId":"amzn1.dash.v2.o.4f9f2b892840ec8438100113","slotId":"firstSlot","productInfo":[{"quantity":12.0,"unit":"count","asin":"B00EXAMPLE","estimatedDeliveryDate":"2026-03-13T07:59:59Z"}]}}
            received_at N 1772798400000
            signature_version N 0
            sns_timestamp N 1772798400000
            subject S drs#WM-1DF85665C0A8B4A0
            topic_arn S arn:aws:sns:us-east-1:123456789012:drs
            trace_id S 1-69aac1c0-f18f8ec08193f4dfecddbb1c
            "#);
        }
    }
    assert_eq!(versions, ["1", "0", "0"]);
}

#[tokio::test]
async fn a_notification_that_was_published_again_is_a_duplicate() {
    let world = World::start().await;
    let order = order("a");
    let again = message("another id", order.field("Message").unwrap());
    assert_ne!(again.field("MessageId"), order.field("MessageId"));
    for way in Way::KINDS {
        world.bring(way, &order).await;
        assert_eq!(world.bring(way, &again).await, way.taken(DUPLICATE));
    }
    assert_eq!(world.rows().await, [recorded(&order)]);
}

#[tokio::test]
async fn another_message_under_the_same_key_is_kept_beside_the_first_and_both_are_handed_on() {
    for way in Way::KINDS {
        let world = World::start().await;
        let order = order("a");
        let other = same_key_other_body(&order);
        assert_eq!(world.bring(way, &order).await, way.taken(RECORDED));
        assert_eq!(world.bring(way, &other).await, way.taken(CONFLICT));
        assert_eq!(world.bring(way, &other).await, way.taken(DUPLICATE));
        assert_eq!(world.bring(way, &order).await, way.taken(DUPLICATE));
        assert_eq!(world.rows().await, [recorded(&order), conflicting(&other)]);

        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        let conflicts = world.handed_on().into_iter().map(|event| event["conflict"] == true);
        assert_eq!(conflicts.collect::<Vec<_>>(), [false, true]);
    }
}

#[tokio::test]
async fn notifications_that_share_an_id_are_told_apart_by_device_time_and_type() {
    let world = World::start().await;
    let same_id = |kind: &str, seed: &str, at| {
        let payload = Payload::new(kind, Wire::V2, seed, at).with("notificationInfo.notificationId", "amzn1.dash.one");
        message(&format!("{kind} {seed} {at}"), &payload.text())
    };
    let noon = clock::NOON;
    let notifications = [
        same_id("OrderPlacedNotification", "a", noon),
        same_id("OrderPlacedNotification", "b", noon),
        same_id("OrderPlacedNotification", "a", noon - jiff::SignedDuration::from_millis(1)),
        same_id("ItemShippedNotification", "a", noon),
    ];
    for notification in &notifications {
        assert_eq!(world.bring(Way::Https, notification).await, RECORDED);
    }
    let mut expected = notifications.map(|notification| recorded(&notification));
    expected.sort();
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_kept_once_and_not_handed_on() {
    for first in Way::KINDS {
        let world = World::start().await;
        let cut = message("cut", &Quirk::Unreadable.text("a", clock::now()));
        let kept = r#"200 {"outcome":"quarantined","reason":"not_json"}"#;
        assert_eq!(world.bring(first, &cut).await, first.taken(kept));
        for again in Way::KINDS {
            let known = r#"200 {"outcome":"duplicate","reason":"not_json"}"#;
            assert_eq!(world.bring(again, &cut).await, again.taken(known));
        }
        assert_eq!(world.rows().await, [quarantined(&cut, "not_json")]);
        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        assert_eq!(world.handed_on(), Vec::<serde_json::Value>::new());
    }
}

#[tokio::test]
async fn what_the_attributes_declare_is_remarked_and_changes_nothing_about_what_is_read() {
    let world = World::start().await;
    let payload = Payload::new("OrderPlacedNotification", Wire::V1, "a", clock::now());
    let text = payload.text();
    let declared = |seed: &str, version: &str| {
        let plain = message(seed, &text);
        let attributes = serde_json::json!({"version": {"Type": "String", "Value": version}});
        plain.with("MessageAttributes", attributes)
    };
    // Changed on its way, and not refused: nobody signs attributes.
    assert_eq!(world.bring(Way::Https, &declared("a", "2.0")).await, RECORDED);
    assert_eq!(world.bring(Way::Sns, &declared("a", "1.0")).await, NONE_FAILED);
    assert_eq!(world.bring(Way::Https, &message("b", &text)).await, DUPLICATE);

    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    let [event] = &world.handed_on()[..] else {
        panic!("one event")
    };
    assert_eq!(event["warnings"], serde_json::json!(["version_mismatch"]));
    assert_eq!(event["data"]["wire_version"], "v1");
}

#[tokio::test]
async fn both_signature_versions_are_believed_and_tell_the_same_notification() {
    let world = World::start().await;
    let order = order("a");
    let second_version = Pki::fixed().signer().sign_again(order.clone(), SignatureVersion::V2);
    assert_eq!(world.bring(Way::Https, &second_version).await, RECORDED);
    assert_eq!(world.bring(Way::Https, &order).await, DUPLICATE);
}
