//! From Amazon's message to our event: the only RTN-specific step of a delivery.
//!
//! Promises an event for every message that tells which purchase it means, what happened and when, with a warning for each
//! oddity on the way. Refuses, by field and reason, a message that leaves one of these open: it comes from Amazon, so it is
//! kept for a person to look at, and a guess would do harm where a quarantine does none. The rules are those of "Understanding
//! Real-Time Notifications" (developer.amazon.com/docs/in-app-purchasing/real-time-notifications.html).

use reading::{Unreadable, text};
use sns_webhook::lenient;

use crate::environment::Environment;
use crate::event::RtnEvent;
use crate::field::occurred_at;
use crate::identity::{AppUserId, PackageName, ReceiptId};
use crate::kind::Kind;
use crate::payload::Payload;
use crate::related_receipts::cancelled_receipt;
use crate::warning::Warning;

/// Reads the `Message` of a verified SNS delivery.
pub fn read(message: &str) -> Result<Reading, Unreadable> {
    let lenient::Read {
        value: payload,
        repaired,
    } = lenient::read(message)?;
    let mut warnings = Vec::new();
    let event = event(payload, &mut warnings)?;
    Ok(Reading {
        event,
        repaired,
        warnings,
    })
}

/// An event, and how much had to be put right to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the message says.
    pub event: RtnEvent,
    /// True when the message was not JSON as it stood.
    pub repaired: bool,
    /// What else was odd, each once.
    pub warnings: Vec<Warning>,
}

fn event(mut payload: Payload, warnings: &mut Vec<Warning>) -> Result<RtnEvent, Unreadable> {
    let kind = text("notificationType", payload.notification_type.take(), Kind::new)?;
    if matches!(kind, Kind::Other(_)) {
        warnings.push(Warning::TypeUnlisted);
    }
    Ok(RtnEvent {
        package: text("appPackageName", payload.app_package_name.take(), PackageName::new)?,
        app_user_id: text("appUserId", payload.app_user_id.take(), AppUserId::new)?,
        receipt_id: text("receiptId", payload.receipt_id.take(), ReceiptId::new)?,
        cancelled_receipt_id: cancelled_receipt(&mut payload, &kind, warnings)?,
        occurred_at: occurred_at(payload.timestamp.take(), warnings)?,
        environment: Environment::read(&mut payload, warnings)?,
        extra: payload.extra,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::btree_map;
    use proptest::prelude::*;
    use proptest::sample::select;
    use reading::Extra;
    use serde_json::{Value, json};

    use super::*;
    use crate::sample::{CONSUMABLE, ENTITLEMENT, MODIFIED_IMMEDIATE, SUBSCRIPTION, read_changed, read_with};

    #[test]
    fn the_subscription_sample_is_read_as_it_stands() {
        let reading = read(SUBSCRIPTION).expect("Amazon's sample");
        assert_eq!((reading.repaired, reading.warnings.as_slice()), (false, [].as_slice()));
        insta::assert_snapshot!(pretty(&reading.event), @r#"
        {
          "kind": "SUBSCRIPTION_PURCHASED",
          "family": "subscription",
          "package": "com.example.amazonsdkapivalidator3",
          "app_user_id": "io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=",
          "receipt_id": "koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11",
          "cancelled_receipt_id": null,
          "occurred_at": "2020-09-21T15:19:29.824Z",
          "environment": "production",
          "extra": {}
        }
        "#);
        insta::assert_snapshot!(reading.event.subject(), @"rtn#com.example.amazonsdkapivalidator3#koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11");
        insta::assert_snapshot!(reading.event.event_key(), @"0000001600701569824#SUBSCRIPTION_PURCHASED");
    }

    #[test]
    fn the_consumable_sample_is_repaired_of_its_trailing_comma() {
        let reading = read(CONSUMABLE).expect("Amazon's sample");
        assert_eq!((reading.repaired, reading.warnings.as_slice()), (true, [].as_slice()));
        insta::assert_snapshot!(pretty(&reading.event), @r#"
        {
          "kind": "CONSUMABLE_PURCHASED",
          "family": "consumable",
          "package": "com.playrix.gardenscapes.amazon",
          "app_user_id": "kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=",
          "receipt_id": "bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+",
          "cancelled_receipt_id": null,
          "occurred_at": "2020-04-28T15:16:07.189Z",
          "environment": "production",
          "extra": {}
        }
        "#);
    }

    #[test]
    fn the_entitlement_sample_is_repaired_of_its_trailing_comma() {
        let reading = read(ENTITLEMENT).expect("Amazon's sample");
        let consumable = read(CONSUMABLE).expect("Amazon's sample").event;
        let event = RtnEvent {
            kind: Kind::EntitlementPurchased,
            ..consumable
        };
        assert_eq!(
            reading,
            Reading {
                event,
                repaired: true,
                warnings: vec![]
            }
        );
    }

    #[test]
    fn two_samples_that_share_receipt_and_time_have_two_keys() {
        let [consumable, entitlement] = [CONSUMABLE, ENTITLEMENT].map(|sample| read(sample).expect("Amazon's sample").event);
        assert_eq!(consumable.subject(), entitlement.subject());
        insta::assert_snapshot!(consumable.event_key(), @"0000001588086967189#CONSUMABLE_PURCHASED");
        insta::assert_snapshot!(entitlement.event_key(), @"0000001588086967189#ENTITLEMENT_PURCHASED");
    }

    #[test]
    fn an_immediate_change_names_the_receipt_that_it_cancels() {
        let reading = read(MODIFIED_IMMEDIATE).expect("Amazon's sample");
        assert_eq!((reading.repaired, reading.warnings.as_slice()), (false, [].as_slice()));
        insta::assert_snapshot!(pretty(&reading.event), @r#"
        {
          "kind": "SUBSCRIPTION_MODIFIED_IMMEDIATE",
          "family": "subscription",
          "package": "com.example.amazonsdkapivalidator3",
          "app_user_id": "io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=",
          "receipt_id": "R4TWNm8Uspo4Ujio51B5_7xBnRFzr4B2k9Bv48_7mRY=:3:11",
          "cancelled_receipt_id": "IgThFebRSngPTn9JntrLMby52NqMjyMMQnrUFlczwV0=:3:11",
          "occurred_at": "2025-07-15T12:56:06.563Z",
          "environment": "production",
          "extra": {}
        }
        "#);
    }

    #[test]
    fn a_deferred_change_may_bring_an_empty_list() {
        let changes = [
            ("notificationType", json!("SUBSCRIPTION_MODIFIED_DEFERRED")),
            ("relatedReceipts", json!([])),
        ];
        let reading = read_changed(&changes).expect("as documented");
        assert_eq!((reading.event.cancelled_receipt_id, reading.warnings), (None, vec![]));
    }

    #[test]
    fn every_documented_type_is_read() {
        for kind in Kind::ALL {
            let related = json!({"cancelledReceiptId": "old"});
            let reading =
                read_changed(&[("notificationType", json!(kind)), ("relatedReceipts", related)]).expect("a documented type");
            assert_eq!((&reading.event.kind, reading.warnings.as_slice()), (kind, [].as_slice()));
            assert_eq!(reading.event.event_key(), format!("0000001600701569824#{kind}"));
        }
    }

    #[test]
    fn an_unlisted_type_is_kept_and_flagged() {
        let reading = read_with("notificationType", json!("SUBSCRIPTION_PAUSED")).expect("Amazon may add types");
        assert_eq!(reading.event.kind, Kind::Other("SUBSCRIPTION_PAUSED".to_owned()));
        assert_eq!(reading.warnings, [Warning::TypeUnlisted]);
    }

    #[test]
    fn unlisted_fields_are_kept() {
        let reading =
            read_changed(&[("region", json!("US")), ("nested", json!({"a": [1, 2.5]}))]).expect("Amazon may add fields");
        assert_eq!(
            reading.event.extra,
            Extra(BTreeMap::from([
                ("nested".to_owned(), json!({"a": [1, 2.5]})),
                ("region".to_owned(), json!("US"))
            ]))
        );
        assert_eq!(reading.warnings, []);
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        for (message, reason, place) in [
            ("", "not_json", "JSON text is cut short at line 1, column 0"),
            ("Hello", "not_json", "text is not JSON at line 1, column 1"),
            (
                "{\"receiptId\":\"secret\" \"",
                "not_json",
                "text is not JSON at line 1, column 23",
            ),
            (
                "[\"secret\"]",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 0",
            ),
            (
                "\"secret\"",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 8",
            ),
            (
                "{\"receiptId\":\"secret\",\"receiptId\":\"b\"}",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 33",
            ),
        ] {
            let unreadable = read(message).expect_err(message);
            let source = std::error::Error::source(&unreadable).map(ToString::to_string);
            assert_eq!(
                (unreadable.reason(), unreadable.field(), source.as_deref()),
                (reason, None, Some(place)),
                "{message}"
            );
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_never_its_content() {
        let unreadable = read_with("receiptId", json!("secret\n")).expect_err("a control character");
        assert_eq!((unreadable.reason(), unreadable.field()), ("field_value", Some("receiptId")));
        insta::assert_snapshot!(format!("{unreadable}; {unreadable:?}"), @r#"field receiptId has a value outside its rule; FieldValue("receiptId")"#);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".*", field in select(FIELDS), value in any_value()) {
            let _ = read(&text);
            let _ = read_with(field, value.clone());
            let _ = read_with("relatedReceipts", json!({"cancelledReceiptId": value}));
        }

        #[test]
        fn a_message_is_read_back_to_its_facts(
            kind in prop_oneof![select(Kind::ALL.as_slice()), "[A-Z_]{1,128}".prop_map(Kind::Other)],
            package in "[A-Za-z0-9._-]{1,255}",
            user in "[^\\p{Cc}]{1,128}",
            receipt in "[^\\p{Cc}]{1,200}",
            cancelled in proptest::option::of("[^\\p{Cc}]{1,200}"),
            milliseconds in 0..=253_402_207_200_000_i64,
            beta: bool,
            trailing_comma: bool,
            extra in btree_map("x[a-z]{1,5}", any_value(), 0..3),
        ) {
            let mut fields = json!({
                "appPackageName": package, "appUserId": user, "notificationType": kind, "receiptId": receipt, "timestamp": milliseconds,
                "betaProductTransaction": beta, "relatedReceipts": cancelled.as_ref().map(|id| json!({"cancelledReceiptId": id})),
            });
            fields.as_object_mut().expect("an object").extend(extra.clone());
            let mut message = fields.to_string();
            if trailing_comma {
                message.insert(message.len() - 1, ',');
            }
            let Reading { event, repaired, .. } = read(&message).expect("within the rules");
            prop_assert_eq!(repaired, trailing_comma);
            prop_assert_eq!(event.package.as_str(), package.as_str());
            prop_assert_eq!(event.app_user_id.as_str(), user.as_str());
            prop_assert_eq!(event.cancelled_receipt_id.as_ref().map(ReceiptId::as_str), cancelled.as_deref());
            prop_assert_eq!(event.occurred_at.as_millisecond(), milliseconds);
            prop_assert_eq!(event.environment == Environment::LiveAppTest, beta);
            prop_assert_eq!(event.subject(), format!("rtn#{package}#{receipt}"));
            prop_assert_eq!(event.event_key(), format!("{milliseconds:019}#{kind}"));
            prop_assert_eq!(event.receipt_id.as_str(), receipt.as_str());
            prop_assert_eq!((event.kind, event.extra), (kind, Extra(extra)));
        }
    }

    fn pretty(event: &RtnEvent) -> String {
        serde_json::to_string_pretty(event).expect("an event is JSON")
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,5}".prop_map(Value::from),
            Just(json!([])),
            Just(json!({"a": [1]})),
        ]
    }

    const FIELDS: &[&str] = &[
        "appPackageName",
        "appUserId",
        "betaProduct",
        "betaProductTransaction",
        "notificationType",
        "receiptId",
        "relatedReceipts",
        "timestamp",
    ];
}
