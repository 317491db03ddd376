//! Which order: `orderInfo`, beside `customerInfo` or inside it.
//!
//! Promises the ids of the order and of the slot it is for, and its products in one shape for both versions: the delivery date
//! that version 1.0 gives to the order is given to each product, as version 2.0 does.

use jiff::Timestamp;
use reading::{Extra, Unreadable, moment, object, optional_text, required, text};
use serde::Serialize;
use serde_json::Value;

use crate::identity::{InstanceId, Label};
use crate::kind::Kind;
use crate::notes::Notes;
use crate::payload::OrderInfo;
use crate::product::{Names, Product, products};
use crate::version::WireVersion;
use crate::warning::Warning;

/// One order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// The `eventInstanceId` that the call to Replenish was answered with ("Replenish Endpoint",
    /// developer.amazon.com/docs/dash/replenish-endpoint.html).
    pub instance_id: InstanceId,
    /// The slot of the device that the order is for.
    pub slot_id: Label,
    /// What was ordered; Amazon does not say it again of an order that was cancelled.
    pub products: Vec<Product>,
    /// Fields that Amazon's page does not list, as they came; and the delivery date of an order without products.
    pub extra: Extra,
}

/// The order of a notification that must have one, or may.
pub(crate) fn order(
    kind: &Kind,
    beside: Option<Value>,
    inside: Option<Value>,
    extra: &mut Extra,
    notes: &mut Notes,
) -> Result<Option<Order>, Unreadable> {
    let mut tried = Notes::default();
    match either(beside.clone(), inside.clone(), &mut tried) {
        Ok(None) if kind.tells_an_order() => Err(Unreadable::FieldMissing("orderInfo")),
        Err(unreadable) if kind.tells_an_order() => Err(unreadable),
        Ok(order) => {
            notes.add(tried);
            let has_none = order.as_ref().is_some_and(|order| order.products.is_empty());
            if has_none && matches!(kind, Kind::OrderPlaced | Kind::ItemShipped) {
                notes.warn(Warning::ProductsMissing);
            }
            Ok(order)
        }
        Err(_) => {
            notes.warn(Warning::OrderLeftOut);
            extra.keep("orderInfo", beside);
            extra.keep("customerInfo.orderInfo", inside);
            Ok(None)
        }
    }
}

/// "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html) has the order of a shipped item
/// inside `customerInfo` in its 2.0 sample, and beside it in all others and in older editions.
fn either(beside: Option<Value>, inside: Option<Value>, notes: &mut Notes) -> Result<Option<Order>, Unreadable> {
    let (chosen, other) = match (beside, inside) {
        (Some(beside), inside) => (beside, inside),
        (None, Some(inside)) => (inside, None),
        (None, None) => return Ok(None),
    };
    let order = one(chosen, notes)?;
    if other.is_some_and(|other| one(other, &mut Notes::default()).as_ref() != Ok(&order)) {
        notes.warn(Warning::OrdersDisagree);
    }
    Ok(Some(order))
}

fn one(order: Value, notes: &mut Notes) -> Result<Order, Unreadable> {
    let mut info: OrderInfo = required("orderInfo", object("orderInfo", Some(order))?)?;
    let mut products = products(&NAMES, info.product_info, notes)?;
    if let Some(date) = optional_text(DATE, info.estimated_delivery_date, moment)? {
        notes.sign_of(WireVersion::V1);
        if products.is_empty() {
            info.extra.keep("estimatedDeliveryDate", Some(format!("{date:.3}").into()));
        }
        copy_down(date, &mut products, notes);
    }
    Ok(Order {
        instance_id: text("orderInfo.instanceId", info.instance_id, InstanceId::new)?,
        slot_id: text("orderInfo.slotId", info.slot_id, Label::new)?,
        products,
        extra: info.extra,
    })
}

// A product's own date is the closer word.
fn copy_down(date: Timestamp, products: &mut [Product], notes: &mut Notes) {
    for product in products {
        if *product.estimated_delivery.get_or_insert(date) != date {
            notes.warn(Warning::DeliveryDatesDisagree);
        }
    }
}

const DATE: &str = "orderInfo.estimatedDeliveryDate";
const NAMES: Names = Names {
    list: "orderInfo.productInfo",
    item: "orderInfo.productInfo[]",
    asin: "orderInfo.productInfo[].asin",
    estimated_delivery_date: "orderInfo.productInfo[].estimatedDeliveryDate",
    quantity: "orderInfo.productInfo[].quantity",
    unit: "orderInfo.productInfo[].unit",
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::{Reading, read};
    use crate::sample::{
        DEVICE_REGISTERED, ITEM_SHIPPED_V1, ITEM_SHIPPED_V2, ORDER_CANCELLED, ORDER_PLACED_V1, ORDER_PLACED_V2, read_changed,
    };

    #[test]
    fn the_order_of_version_1_gives_its_date_to_each_product() {
        insta::assert_snapshot!(order_in(ORDER_PLACED_V1), @r#"{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":null,"quantity":"12","unit":"count","unit_raw":"count","estimated_delivery":"2015-10-07T06:59:59.000Z","extra":{}}],"extra":{}}"#);
        insta::assert_snapshot!(order_in(ITEM_SHIPPED_V1), @r#"{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":null,"quantity":"12","unit":"count","unit_raw":"Count","estimated_delivery":"2015-10-07T06:59:59.000Z","extra":{}}],"extra":{}}"#);
    }

    #[test]
    fn the_order_of_version_2_is_found_beside_the_customer_or_inside() {
        insta::assert_snapshot!(order_in(ORDER_PLACED_V2), @r#"{"instance_id":"amzn1.dash.v2.o.ci45xxxxxxxxxxx","slot_id":"myProduct","products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":"2016-12-09T07:59:59.000Z","extra":{}}],"extra":{}}"#);
        insta::assert_snapshot!(order_in(ITEM_SHIPPED_V2), @r#"{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":"2016-11-16T07:59:59.000Z","extra":{}}],"extra":{}}"#);
    }

    #[test]
    fn a_cancelled_order_has_no_products() {
        insta::assert_snapshot!(order_in(ORDER_CANCELLED), @r#"{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[],"extra":{}}"#);
    }

    #[test]
    fn an_order_that_stands_twice_is_read_beside_the_customer_and_flagged_if_it_differs() {
        let inside = json!({"instanceId": "i", "slotId": "s", "productInfo": [{"quantity": 12, "unit": "count", "estimatedDeliveryDate": "2015-10-07T06:59:59Z"}]});
        let mut beside = json!({"instanceId": "i", "slotId": "s", "productInfo": [{"quantity": "12.0", "unit": "count"}], "estimatedDeliveryDate": "2015-10-07T06:59:59.000Z"});
        let read_both = |beside: &Value, inside: &Value| {
            let changes = [("/orderInfo", beside.clone()), ("/customerInfo/orderInfo", inside.clone())];
            read_changed(ITEM_SHIPPED_V1, &changes).expect("an order")
        };
        assert_eq!(
            slot_and_warnings(&read_both(&beside, &inside)),
            ("s", &[Warning::QuantityAsText][..])
        );
        beside["slotId"] = json!("other");
        let warnings = [Warning::QuantityAsText, Warning::OrdersDisagree];
        assert_eq!(slot_and_warnings(&read_both(&beside, &inside)), ("other", &warnings[..]));
        assert_eq!(
            slot_and_warnings(&read_both(&beside, &json!("nonsense"))),
            ("other", &warnings[..])
        );
        assert_eq!(slot_and_warnings(&read_both(&Value::Null, &inside)), ("s", &[][..]));
    }

    #[test]
    fn a_products_own_date_is_closer_than_that_of_its_order() {
        let products = json!([{"quantity": 1, "unit": "count", "estimatedDeliveryDate": "2016-12-09T07:59:59Z"}, {"quantity": 2, "unit": "count"}]);
        let order_date = json!("2016-12-10T00:00:00Z");
        let changes = [
            ("/orderInfo/productInfo", products),
            ("/orderInfo/estimatedDeliveryDate", order_date),
        ];
        let reading = read_changed(ORDER_PLACED_V1, &changes).expect("an order");
        assert_eq!(
            (reading.event.wire_version, reading.warnings.as_slice()),
            (
                WireVersion::V2,
                [Warning::VersionsMixed, Warning::DeliveryDatesDisagree].as_slice()
            )
        );
        let dates = reading.event.order.map(|order| {
            order
                .products
                .into_iter()
                .filter_map(|product| product.estimated_delivery)
                .collect::<Vec<_>>()
        });
        insta::assert_snapshot!(format!("{dates:?}"), @"Some([2016-12-09T07:59:59Z, 2016-12-10T00:00:00Z])");
    }

    #[test]
    fn an_order_placed_or_shipped_without_products_is_flagged_and_keeps_its_date() {
        for sample in [ORDER_PLACED_V1, ITEM_SHIPPED_V1] {
            let reading = read_changed(sample, &[("/orderInfo/productInfo", json!([]))]).expect("an order");
            assert_eq!(reading.warnings, [Warning::ProductsMissing]);
            assert_eq!(reading.event.wire_version, WireVersion::V1);
            let extra = reading.event.order.map(|order| order.extra);
            assert_eq!(json!(extra), json!({"estimatedDeliveryDate": "2015-10-07T06:59:59.000Z"}));
        }
    }

    #[test]
    fn an_order_that_cannot_be_read_is_refused_only_where_it_is_needed() {
        for (order, unreadable) in [
            (json!([]), Unreadable::FieldType("orderInfo")),
            (json!({"slotId": "s"}), Unreadable::FieldMissing("orderInfo.instanceId")),
            (
                json!({"instanceId": "i".repeat(256), "slotId": "s"}),
                Unreadable::FieldValue("orderInfo.instanceId"),
            ),
            (json!({"instanceId": "i"}), Unreadable::FieldMissing("orderInfo.slotId")),
            (
                json!({"instanceId": "i", "slotId": ""}),
                Unreadable::FieldValue("orderInfo.slotId"),
            ),
            (
                json!({"instanceId": "i", "slotId": "s", "productInfo": {}}),
                Unreadable::FieldType("orderInfo.productInfo"),
            ),
            (
                json!({"instanceId": "i", "slotId": "s", "estimatedDeliveryDate": 5}),
                Unreadable::FieldType(DATE),
            ),
            (
                json!({"instanceId": "i", "slotId": "s", "estimatedDeliveryDate": "soon"}),
                Unreadable::FieldValue(DATE),
            ),
        ] {
            for sample in [ORDER_PLACED_V2, ORDER_CANCELLED, ITEM_SHIPPED_V1] {
                assert_eq!(
                    read_changed(sample, &[("/orderInfo", order.clone())]),
                    Err(unreadable),
                    "{order}"
                );
            }
            for (place, path) in [
                ("/orderInfo", "orderInfo"),
                ("/customerInfo/orderInfo", "customerInfo.orderInfo"),
            ] {
                let other = read_changed(DEVICE_REGISTERED, &[(place, order.clone())]).expect("a device");
                assert_eq!(
                    (other.event.order, other.warnings),
                    (None, vec![Warning::OrderLeftOut]),
                    "{order}"
                );
                assert_eq!(json!(other.event.extra), json!({path: order}));
            }
        }
        let missing = read_changed(ORDER_PLACED_V2, &[("/orderInfo", Value::Null)]);
        assert_eq!(missing, Err(Unreadable::FieldMissing("orderInfo")));
    }

    fn order_in(sample: &str) -> String {
        let reading = read(sample, None).expect("Amazon's sample");
        serde_json::to_string(&reading.event.order).expect("an order is JSON")
    }

    fn slot_and_warnings(reading: &Reading) -> (&str, &[Warning]) {
        let order = reading.event.order.as_ref().expect("an order");
        (order.slot_id.as_str(), &reading.warnings)
    }
}
