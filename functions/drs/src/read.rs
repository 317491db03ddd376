//! From Amazon's message to our event: the only DRS-specific step of a delivery.
//!
//! Promises an event for every message that tells which device and customer it means, what happened and when, with a warning for
//! each oddity on the way, whichever version it has. Refuses, by field and reason, a message that leaves one of these open: it
//! comes from Amazon, so it is kept for a person to look at, and a guess would do harm where a quarantine does none. The rules
//! are those of "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html).

use reading::{Fields, Unreadable, moment, object, optional_text, required, text};
use serde_json::Value;
use sns_webhook::lenient;

use crate::device::device;
use crate::event::DrsEvent;
use crate::identity::{CustomerId, LwaClientId, NotificationId};
use crate::kind::Kind;
use crate::notes::Notes;
use crate::order::order;
use crate::payload::{CustomerInfo, NotificationInfo, Payload};
use crate::slots::slots;
use crate::version::DeclaredVersion;
use crate::warning::Warning;
use crate::wrapper;

/// Reads the `Message` of an SNS delivery that is believed.
///
/// `declared` is what the delivery's message attributes say about the version. It changes nothing but a warning.
pub fn read(message: &str, declared: Option<&DeclaredVersion>) -> Result<Reading, Unreadable> {
    let lenient::Read {
        value: mut fields,
        mut repaired,
    } = lenient::read::<Fields>(message)?;
    let mut notes = Notes::default();
    if let Some(inside) = wrapper::unwrap(&mut fields) {
        notes.warn(Warning::Wrapped);
        fields = inside.value;
        repaired |= inside.repaired;
    }
    let event = event(fields, &mut notes)?;
    if declared.is_some_and(|declared| !declared.agrees_with(event.wire_version)) {
        notes.warn(Warning::VersionMismatch);
    }
    Ok(Reading {
        event,
        repaired,
        warnings: notes.into_warnings(),
    })
}

/// An event, and how much had to be put right to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the message says.
    pub event: DrsEvent,
    /// True when the message was not JSON as it stood.
    pub repaired: bool,
    /// What else was odd, each once.
    pub warnings: Vec<Warning>,
}

fn event(fields: Fields, notes: &mut Notes) -> Result<DrsEvent, Unreadable> {
    let payload: Payload = required("Message", object("Message", Some(fields.0.into()))?)?;
    let info: NotificationInfo = required("notificationInfo", object("notificationInfo", payload.notification_info)?)?;
    let customer: CustomerInfo = required("customerInfo", object("customerInfo", payload.customer_info)?)?;
    let mut extra = payload.extra;
    extra.add("notificationInfo", info.extra);
    extra.add("customerInfo", customer.extra);
    let kind = text("notificationInfo.notificationType", info.notification_type, Kind::new)?;
    if matches!(kind, Kind::Other(_)) {
        notes.warn(Warning::TypeUnlisted);
    }
    Ok(DrsEvent {
        notification_id: text("notificationInfo.notificationId", info.notification_id, NotificationId::new)?,
        occurred_at: text("notificationInfo.notificationTime", info.notification_time, moment)?,
        lwa_client_id: lwa_client_id(info.lwa_client_id, info.lwa_client_id_older, notes)?,
        device: device(payload.device_info, &mut extra, notes)?,
        customer_id: text(
            "customerInfo.directedCustomerId",
            customer.directed_customer_id,
            CustomerId::new,
        )?,
        order: order(&kind, payload.order_info, customer.order_info, &mut extra, notes)?,
        slots: slots(&kind, payload.subscription_info, &mut extra, notes)?,
        wire_version: notes.wire_version(),
        extra,
        kind,
    })
}

// Messages of 2015 have the older spelling.
fn lwa_client_id(current: Option<Value>, older: Option<Value>, notes: &mut Notes) -> Result<Option<LwaClientId>, Unreadable> {
    let current = optional_text("notificationInfo.lwaClientId", current, LwaClientId::new)?;
    let older = optional_text("notificationInfo.LWAClientId", older, LwaClientId::new)?;
    if let (Some(current), Some(older)) = (&current, &older)
        && current != older
    {
        notes.warn(Warning::LwaClientIdsDisagree);
    }
    Ok(current.or(older))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{DEVICE_REGISTERED, ORDER_PLACED_V1, ORDER_PLACED_V2, SUBSCRIPTION_CHANGED_V1, read_changed};
    use crate::version::WireVersion;

    #[test]
    fn every_documented_type_is_read_and_an_unlisted_one_is_kept_and_flagged() {
        for kind in Kind::ALL {
            let changes = [
                ("/notificationInfo/notificationType", json!(kind)),
                ("/subscriptionInfo", json!({"slotsSubscriptionStatus": {"s": true}})),
                (
                    "/orderInfo",
                    json!({"instanceId": "i", "slotId": "s", "productInfo": [{"quantity": 1, "unit": "count"}]}),
                ),
            ];
            let reading = read_changed(DEVICE_REGISTERED, &changes).expect("a documented type");
            assert_eq!((&reading.event.kind, reading.warnings.as_slice()), (kind, [].as_slice()));
        }
        let changes = [("/notificationInfo/notificationType", json!("OrderDelayedNotification"))];
        let reading = read_changed(ORDER_PLACED_V2, &changes).expect("Amazon may add types");
        assert_eq!(reading.event.kind, Kind::Other("OrderDelayedNotification".to_owned()));
        assert_eq!(reading.warnings, [Warning::TypeUnlisted]);
        assert_eq!(
            reading.event.order,
            read(ORDER_PLACED_V2, None).expect("Amazon's sample").event.order
        );
    }

    #[test]
    fn the_application_has_an_older_spelling() {
        let check = |current: Value, older: Value, id: Option<&str>, warnings: &[Warning]| {
            let changes = [
                ("/notificationInfo/lwaClientId", current),
                ("/notificationInfo/LWAClientId", older),
            ];
            let reading = read_changed(DEVICE_REGISTERED, &changes).expect("an application or none");
            assert_eq!(reading.event.lwa_client_id.as_ref().map(LwaClientId::as_str), id);
            assert_eq!(reading.warnings, warnings);
        };
        check(json!("a"), Value::Null, Some("a"), &[]);
        check(Value::Null, json!("a"), Some("a"), &[]);
        check(json!("a"), json!("a"), Some("a"), &[]);
        check(json!("a"), json!("b"), Some("a"), &[Warning::LwaClientIdsDisagree]);
        check(Value::Null, json!(""), None, &[]);
    }

    #[test]
    fn a_declared_version_can_only_contradict() {
        let check = |sample: &str, value: Value, version: WireVersion, warned: bool| {
            let declared = DeclaredVersion::from_attributes(&json!({"version": {"Type": "String", "Value": value}}));
            let reading = read(sample, declared.as_ref()).expect("Amazon's sample");
            assert_eq!(
                (
                    reading.event.wire_version,
                    reading.warnings.contains(&Warning::VersionMismatch)
                ),
                (version, warned)
            );
        };
        check(ORDER_PLACED_V2, json!("2.0"), WireVersion::V2, false);
        check(ORDER_PLACED_V2, json!(2.0), WireVersion::V2, false);
        check(ORDER_PLACED_V2, json!("1.0"), WireVersion::V2, true);
        check(ORDER_PLACED_V1, json!("2.0"), WireVersion::V1, true);
        check(SUBSCRIPTION_CHANGED_V1, json!("1.00"), WireVersion::V1, false);
        check(DEVICE_REGISTERED, json!("2.0"), WireVersion::Any, false);
        check(DEVICE_REGISTERED, json!("1.0"), WireVersion::Any, false);
    }

    #[test]
    fn unlisted_fields_are_kept_by_their_path() {
        let changes = [
            ("/region", json!("US")),
            ("/notificationInfo/a", json!(1)),
            ("/deviceInfo/b", json!("b")),
            ("/deviceInfo/deviceIdentifier/b", json!([2])),
            ("/customerInfo/c", json!({"d": null})),
            ("/orderInfo/e", json!(true)),
        ];
        let reading = read_changed(ORDER_PLACED_V2, &changes).expect("Amazon may add fields");
        insta::assert_snapshot!(json!([reading.event.extra, reading.event.order.map(|order| order.extra)]), @r#"[{"customerInfo.c":{"d":null},"deviceInfo.b":"b","deviceInfo.deviceIdentifier.b":[2],"notificationInfo.a":1,"region":"US"},{"e":true}]"#);
        assert_eq!(reading.warnings, []);
    }

    #[test]
    fn a_field_that_an_event_cannot_do_without_is_missed() {
        for (place, unreadable) in [
            ("/notificationInfo", Unreadable::FieldMissing("notificationInfo")),
            (
                "/notificationInfo/notificationType",
                Unreadable::FieldMissing("notificationInfo.notificationType"),
            ),
            (
                "/notificationInfo/notificationId",
                Unreadable::FieldMissing("notificationInfo.notificationId"),
            ),
            (
                "/notificationInfo/notificationTime",
                Unreadable::FieldMissing("notificationInfo.notificationTime"),
            ),
            ("/customerInfo", Unreadable::FieldMissing("customerInfo")),
            (
                "/customerInfo/directedCustomerId",
                Unreadable::FieldMissing("customerInfo.directedCustomerId"),
            ),
        ] {
            assert_eq!(read_changed(DEVICE_REGISTERED, &[(place, Value::Null)]), Err(unreadable));
        }
    }

    #[test]
    fn a_field_of_another_type_or_value_is_refused_by_its_name_and_never_by_its_content() {
        for (place, value, reason) in [
            ("/notificationInfo", json!("secret"), "field_type"),
            ("/notificationInfo/notificationType", json!(["secret"]), "field_type"),
            ("/notificationInfo/notificationType", json!("secret#"), "field_value"),
            ("/notificationInfo/notificationId", json!("secret#"), "field_value"),
            (
                "/notificationInfo/notificationTime",
                json!(1_480_712_998_689_i64),
                "field_type",
            ),
            (
                "/notificationInfo/notificationTime",
                json!("2016-12-02T21:09:58"),
                "field_value",
            ),
            ("/notificationInfo/lwaClientId", json!({"secret": 1}), "field_type"),
            ("/notificationInfo/LWAClientId", json!("secret\n"), "field_value"),
            ("/customerInfo", json!(["secret"]), "field_type"),
            ("/customerInfo/directedCustomerId", json!("secret\n"), "field_value"),
        ] {
            let unreadable = read_changed(DEVICE_REGISTERED, &[(place, value)]).expect_err(place);
            let field = place.trim_start_matches('/').replace('/', ".");
            assert_eq!((unreadable.reason(), unreadable.field()), (reason, Some(field.as_str())));
            assert!(!format!("{unreadable} {unreadable:?}").contains("secret"));
        }
    }

    #[test]
    fn what_is_no_object_with_each_field_once_is_refused_with_its_place() {
        for (message, reason, place) in [
            ("", "not_json", "JSON text is cut short at line 1, column 0"),
            ("Hello", "not_json", "text is not JSON at line 1, column 1"),
            (
                "[\"secret\"]",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 0",
            ),
            (
                "{\"orderInfo\":{\"slotId\":\"secret\",\"slotId\":\"b\"}}",
                "wrong_shape",
                "JSON value has an unexpected shape at line 1, column 45",
            ),
        ] {
            let unreadable = read(message, None).expect_err(message);
            let source = std::error::Error::source(&unreadable).map(ToString::to_string);
            assert_eq!(
                (unreadable.reason(), unreadable.field(), source.as_deref()),
                (reason, None, Some(place)),
                "{message}"
            );
        }
    }
}
