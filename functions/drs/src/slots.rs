//! Which slots are subscribed: `subscriptionInfo`.
//!
//! Promises one shape for both versions of "Notification Messages (DRS)"
//! (developer.amazon.com/docs/dash/notification-messages.html): a slot of version 1.0 is a boolean, one of 2.0 an object, and both
//! may stand side by side.

use std::collections::BTreeMap;

use reading::{Extra, Unreadable, object, required};
use serde::Serialize;
use serde_json::Value;

use crate::identity::Label;
use crate::kind::Kind;
use crate::notes::Notes;
use crate::payload::{SlotInfo, SubscriptionInfo};
use crate::product::{Names, Product, products};
use crate::version::WireVersion;
use crate::warning::Warning;

/// How one slot of a device stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Slot {
    /// Whether the slot is replenished.
    pub subscribed: bool,
    /// What it is replenished with; version 1.0 does not tell.
    pub products: Vec<Product>,
    /// True when the slot is not subscribed and the products are those that it was subscribed with before.
    pub products_are_previous: bool,
    /// Fields that Amazon's page does not list, as they came.
    pub extra: Extra,
}

/// Slots by their ids.
pub(crate) type Slots = BTreeMap<Label, Slot>;

/// The slots of a notification that must have them, or may.
pub(crate) fn slots(kind: &Kind, info: Option<Value>, extra: &mut Extra, notes: &mut Notes) -> Result<Option<Slots>, Unreadable> {
    let (mut tried, mut unlisted) = (Notes::default(), Extra::default());
    match all(info.clone(), &mut unlisted, &mut tried) {
        Ok(None) if kind.tells_slots() => Err(Unreadable::FieldMissing("subscriptionInfo")),
        Err(unreadable) if kind.tells_slots() => Err(unreadable),
        Ok(slots) => {
            notes.add(tried);
            extra.add("subscriptionInfo", unlisted);
            Ok(slots)
        }
        Err(_) => {
            notes.warn(Warning::SlotsLeftOut);
            extra.keep("subscriptionInfo", info);
            Ok(None)
        }
    }
}

fn all(info: Option<Value>, extra: &mut Extra, notes: &mut Notes) -> Result<Option<Slots>, Unreadable> {
    let Some(info) = object::<SubscriptionInfo>("subscriptionInfo", info)? else {
        return Ok(None);
    };
    *extra = info.extra;
    let slots: BTreeMap<String, Value> = required(SLOTS, object(SLOTS, info.slots_subscription_status)?)?;
    let slots = slots.into_iter().map(|(id, value)| {
        let id = Label::new(id).ok_or(Unreadable::FieldValue(SLOTS))?;
        Ok((id, slot(value, notes)?))
    });
    slots.collect::<Result<_, _>>().map(Some)
}

fn slot(value: Value, notes: &mut Notes) -> Result<Slot, Unreadable> {
    if let Value::Bool(subscribed) = value {
        notes.sign_of(WireVersion::V1);
        return Ok(Slot {
            subscribed,
            products: Vec::new(),
            products_are_previous: false,
            extra: Extra::default(),
        });
    }
    let info: SlotInfo = required(SLOT, object(SLOT, Some(value))?)?;
    notes.sign_of(WireVersion::V2);
    let subscribed = match required(SUBSCRIBED, info.subscribed)? {
        Value::Bool(subscribed) => subscribed,
        _ => return Err(Unreadable::FieldType(SUBSCRIBED)),
    };
    let products = products(&NAMES, info.product_info_list, notes)?;
    Ok(Slot {
        subscribed,
        products_are_previous: !subscribed && !products.is_empty(),
        products,
        extra: info.extra,
    })
}

// A refusal never repeats content, and the id of a slot is content.
const SLOTS: &str = "subscriptionInfo.slotsSubscriptionStatus";
const SLOT: &str = "subscriptionInfo.slotsSubscriptionStatus.*";
const SUBSCRIBED: &str = "subscriptionInfo.slotsSubscriptionStatus.*.subscribed";
const NAMES: Names = Names {
    list: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList",
    item: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList[]",
    asin: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList[].asin",
    estimated_delivery_date: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList[].estimatedDeliveryDate",
    quantity: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList[].quantity",
    unit: "subscriptionInfo.slotsSubscriptionStatus.*.productInfoList[].unit",
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::read;
    use crate::sample::{DEVICE_REGISTERED, SUBSCRIPTION_CHANGED_V1, SUBSCRIPTION_CHANGED_V2, read_changed};

    #[test]
    fn a_slot_of_version_1_is_a_boolean() {
        insta::assert_snapshot!(slots_in(SUBSCRIPTION_CHANGED_V1), @r#"
        {
          "myFirstSlot": {
            "subscribed": true,
            "products": [],
            "products_are_previous": false,
            "extra": {}
          },
          "mySecondSlot": {
            "subscribed": true,
            "products": [],
            "products_are_previous": false,
            "extra": {}
          }
        }
        "#);
    }

    #[test]
    fn a_slot_of_version_2_tells_its_products_even_when_they_are_previous_ones() {
        insta::assert_snapshot!(slots_in(SUBSCRIPTION_CHANGED_V2), @r#"
        {
          "SlotId1": {
            "subscribed": true,
            "products": [
              {
                "asin": "myAsinNumber",
                "quantity": "1",
                "unit": "count",
                "unit_raw": "count",
                "estimated_delivery": null,
                "extra": {}
              }
            ],
            "products_are_previous": false,
            "extra": {}
          },
          "SlotId2": {
            "subscribed": false,
            "products": [
              {
                "asin": "myAsinNumber",
                "quantity": "1",
                "unit": "count",
                "unit_raw": "count",
                "estimated_delivery": null,
                "extra": {}
              }
            ],
            "products_are_previous": true,
            "extra": {}
          }
        }
        "#);
    }

    #[test]
    fn slots_of_both_versions_may_stand_side_by_side() {
        let mixed = json!({"a": true, "b": false, "c": {"subscribed": true}, "d": {"subscribed": false, "productInfoList": [], "reason": 1}});
        let reading = read_changed(SUBSCRIPTION_CHANGED_V2, &[(STATUS, mixed)]).expect("slots");
        assert_eq!(
            (reading.event.wire_version, reading.warnings.as_slice()),
            (WireVersion::V2, [Warning::VersionsMixed].as_slice())
        );
        insta::assert_snapshot!(json!(reading.event.slots), @r#"{"a":{"extra":{},"products":[],"products_are_previous":false,"subscribed":true},"b":{"extra":{},"products":[],"products_are_previous":false,"subscribed":false},"c":{"extra":{},"products":[],"products_are_previous":false,"subscribed":true},"d":{"extra":{"reason":1},"products":[],"products_are_previous":false,"subscribed":false}}"#);
    }

    #[test]
    fn what_is_unlisted_beside_the_slots_is_kept_by_its_path() {
        let reading = read_changed(SUBSCRIPTION_CHANGED_V1, &[("/subscriptionInfo/reason", json!("paused"))]).expect("slots");
        assert_eq!(json!(reading.event.extra), json!({"subscriptionInfo.reason": "paused"}));
    }

    #[test]
    fn no_slots_at_all_are_slots_too() {
        let reading = read_changed(SUBSCRIPTION_CHANGED_V2, &[(STATUS, json!({}))]).expect("slots");
        assert_eq!(
            (reading.event.slots, reading.event.wire_version),
            (Some(Slots::new()), WireVersion::Any)
        );
    }

    #[test]
    fn slots_that_cannot_be_read_are_refused_only_where_they_are_needed() {
        for (slots, unreadable) in [
            (Value::Null, Unreadable::FieldMissing(SLOTS)),
            (json!([true]), Unreadable::FieldType(SLOTS)),
            (json!({"": true}), Unreadable::FieldValue(SLOTS)),
            (json!({"s".repeat(256): true}), Unreadable::FieldValue(SLOTS)),
            (json!({"s": null}), Unreadable::FieldMissing(SLOT)),
            (json!({"s": "true"}), Unreadable::FieldType(SLOT)),
            (json!({"s": {}}), Unreadable::FieldMissing(SUBSCRIBED)),
            (json!({"s": {"subscribed": "true"}}), Unreadable::FieldType(SUBSCRIBED)),
            (
                json!({"s": {"subscribed": true, "productInfoList": {}}}),
                Unreadable::FieldType(NAMES.list),
            ),
            (
                json!({"s": {"subscribed": true, "productInfoList": [1]}}),
                Unreadable::FieldType(NAMES.item),
            ),
            (
                json!({"s": {"subscribed": true, "productInfoList": [{"quantity": -1, "unit": "count"}]}}),
                Unreadable::FieldValue(NAMES.quantity),
            ),
        ] {
            let changed = read_changed(SUBSCRIPTION_CHANGED_V1, &[(STATUS, slots.clone())]);
            assert_eq!(changed, Err(unreadable), "{slots}");
            let info = json!({"slotsSubscriptionStatus": slots});
            let other = read_changed(DEVICE_REGISTERED, &[("/subscriptionInfo", info.clone())]).expect("a device");
            assert_eq!(
                (other.event.slots, other.warnings.as_slice()),
                (None, [Warning::SlotsLeftOut].as_slice()),
                "{info}"
            );
            assert_eq!(json!(other.event.extra), json!({"subscriptionInfo": info}));
        }
        let missing = read_changed(SUBSCRIPTION_CHANGED_V2, &[("/subscriptionInfo", Value::Null)]);
        assert_eq!(missing, Err(Unreadable::FieldMissing("subscriptionInfo")));
    }

    fn slots_in(sample: &str) -> String {
        let reading = read(sample, None).expect("Amazon's sample");
        serde_json::to_string_pretty(&reading.event.slots).expect("slots are JSON")
    }

    const STATUS: &str = "/subscriptionInfo/slotsSubscriptionStatus";
}
