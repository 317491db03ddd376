//! What is replenished: an item of `productInfo` or `productInfoList` ("Notification Messages (DRS)",
//! developer.amazon.com/docs/dash/notification-messages.html).
//!
//! Promises an exact quantity and a unit. Refuses a quantity that is negative or no number: what was ordered is not for us to
//! guess.

use jiff::Timestamp;
use reading::{Extra, Unreadable, list, moment, object, optional_text, rfc3339_or_null, text};
use serde::Serialize;
use serde_json::Value;

use crate::decimal::Decimal;
use crate::identity::Label;
use crate::notes::Notes;
use crate::payload::ProductInfo;
use crate::version::WireVersion;
use crate::warning::Warning;

/// A product of an order or of a slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Product {
    /// Amazon's number of the product; version 1.0 has none.
    pub asin: Option<Label>,
    /// How much of it.
    pub quantity: Decimal,
    /// Of what: `count`, `pounds` and others, in lower case.
    pub unit: Label,
    /// The unit as Amazon writes it.
    pub unit_raw: Label,
    /// When it is to arrive, if an order says so.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub estimated_delivery: Option<Timestamp>,
    /// Fields that Amazon's page does not list, as they came.
    pub extra: Extra,
}

pub(crate) fn products(names: &Names, items: Option<Value>, notes: &mut Notes) -> Result<Vec<Product>, Unreadable> {
    let items = list(names.list, items)?;
    items
        .into_iter()
        .filter_map(|item| product(names, item, notes).transpose())
        .collect()
}

/// What refusals call the fields of a product, which stands under another name in an order than in a slot.
pub(crate) struct Names {
    pub(crate) list: &'static str,
    pub(crate) item: &'static str,
    pub(crate) asin: &'static str,
    pub(crate) estimated_delivery_date: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) unit: &'static str,
}

fn product(names: &Names, item: Value, notes: &mut Notes) -> Result<Option<Product>, Unreadable> {
    let Some(info) = object(names.item, Some(item))?.filter(|info| !is_empty(info)) else {
        notes.warn(Warning::ProductEmpty);
        return Ok(None);
    };
    let asin = optional_text(names.asin, info.asin, Label::new)?;
    let estimated_delivery = optional_text(names.estimated_delivery_date, info.estimated_delivery_date, moment)?;
    if asin.is_some() || estimated_delivery.is_some() {
        notes.sign_of(WireVersion::V2);
    }
    let (unit, unit_raw) = text(names.unit, info.unit, unit)?;
    Ok(Some(Product {
        asin,
        quantity: quantity(names.quantity, info.quantity, notes)?,
        unit,
        unit_raw,
        estimated_delivery,
        extra: info.extra,
    }))
}

// Version 2.0 may keep the place of a product in a slot without one: its fields only "can be populated".
fn is_empty(info: &ProductInfo) -> bool {
    let fields = [&info.asin, &info.estimated_delivery_date, &info.quantity, &info.unit];
    fields.iter().all(|field| field.is_none()) && info.extra.0.is_empty()
}

fn quantity(field: &'static str, value: Option<Value>, notes: &mut Notes) -> Result<Decimal, Unreadable> {
    let quantity = match value {
        None => return Err(Unreadable::FieldMissing(field)),
        Some(Value::Number(number)) => Decimal::from_number(&number),
        Some(Value::String(text)) => {
            notes.warn(Warning::QuantityAsText);
            Decimal::parse(&text)
        }
        Some(_) => return Err(Unreadable::FieldType(field)),
    };
    quantity.ok_or(Unreadable::FieldValue(field))
}

// Amazon's samples write both "count" and "Count".
fn unit(raw: String) -> Option<(Label, Label)> {
    let unit = Label::new(raw.trim().to_lowercase())?;
    Some((unit, Label::new(raw)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{ORDER_PLACED_V2, read_changed};

    #[test]
    fn a_quantity_may_be_an_integer_a_fraction_or_a_numeric_text() {
        for quantity in [json!(12), json!(12.0), json!("12"), json!("12.00"), json!("1.2e1")] {
            let warnings: &[_] = if quantity.is_string() {
                &[Warning::QuantityAsText]
            } else {
                &[]
            };
            check(&json!({"quantity": quantity, "unit": "count"}), "12 count count", warnings);
        }
        check(&json!({"quantity": 0.5, "unit": "pounds"}), "0.5 pounds pounds", &[]);
        check(&json!({"quantity": 0, "unit": "count"}), "0 count count", &[]);
    }

    #[test]
    fn a_quantity_that_is_negative_or_no_number_is_refused() {
        for quantity in [
            json!(-1),
            json!(-0.5),
            json!("-1"),
            json!("NaN"),
            json!("Infinity"),
            json!("-Infinity"),
            json!("1e999"),
            json!(1e300),
            json!(""),
            json!("a dozen"),
        ] {
            check_refused(
                &json!({"quantity": quantity, "unit": "count"}),
                Unreadable::FieldValue("orderInfo.productInfo[].quantity"),
            );
        }
        for quantity in [json!(true), json!([1]), json!({"value": 1})] {
            check_refused(
                &json!({"quantity": quantity, "unit": "count"}),
                Unreadable::FieldType("orderInfo.productInfo[].quantity"),
            );
        }
    }

    #[test]
    fn a_number_that_json_cannot_say_makes_the_message_no_json() {
        for number in ["NaN", "Infinity", "1e999"] {
            let message = ORDER_PLACED_V2.replace("1.0", number);
            assert_eq!(crate::read(&message, None).expect_err(number).reason(), "not_json");
        }
    }

    #[test]
    fn a_unit_is_compared_in_lower_case_and_kept_as_it_came() {
        check(&json!({"quantity": 1, "unit": "Count"}), "1 count Count", &[]);
        check(&json!({"quantity": 1, "unit": " FL OZ "}), "1 fl oz  FL OZ ", &[]);
        for unit in [json!(""), json!(" "), json!("a\nb"), json!("u".repeat(256))] {
            check_refused(
                &json!({"quantity": 1, "unit": unit}),
                Unreadable::FieldValue("orderInfo.productInfo[].unit"),
            );
        }
    }

    #[test]
    fn a_product_that_says_nothing_is_left_out() {
        let empty = json!({"asin": null, "quantity": null, "unit": null, "estimatedDeliveryDate": null});
        for product in [json!({}), Value::Null, empty] {
            check(&product, "", &[Warning::ProductEmpty, Warning::ProductsMissing]);
        }
    }

    #[test]
    fn what_is_no_product_is_refused() {
        let whole = json!({"quantity": 1, "unit": "count"});
        for (field, value, unreadable) in [
            (
                "quantity",
                Value::Null,
                Unreadable::FieldMissing("orderInfo.productInfo[].quantity"),
            ),
            ("unit", Value::Null, Unreadable::FieldMissing("orderInfo.productInfo[].unit")),
            ("unit", json!(1), Unreadable::FieldType("orderInfo.productInfo[].unit")),
            ("asin", json!(1), Unreadable::FieldType("orderInfo.productInfo[].asin")),
            ("asin", json!("a\n"), Unreadable::FieldValue("orderInfo.productInfo[].asin")),
            (
                "estimatedDeliveryDate",
                json!(1),
                Unreadable::FieldType("orderInfo.productInfo[].estimatedDeliveryDate"),
            ),
            (
                "estimatedDeliveryDate",
                json!("soon"),
                Unreadable::FieldValue("orderInfo.productInfo[].estimatedDeliveryDate"),
            ),
        ] {
            let mut product = whole.clone();
            product[field] = value;
            check_refused(&product, unreadable);
        }
        check_refused(&json!({"price": 5}), Unreadable::FieldMissing("orderInfo.productInfo[].unit"));
        check_refused(&json!("soap"), Unreadable::FieldType("orderInfo.productInfo[]"));
    }

    #[test]
    fn an_asin_or_a_delivery_date_is_a_sign_of_version_2() {
        for (field, value, version) in [
            ("asin", json!("A"), WireVersion::V2),
            ("estimatedDeliveryDate", json!("2016-12-09T07:59:59Z"), WireVersion::V2),
            ("asin", json!(""), WireVersion::Any),
            ("price", json!(5), WireVersion::Any),
        ] {
            let product = json!({"quantity": 1, "unit": "count", field: value});
            let reading = read_changed(ORDER_PLACED_V2, &[("/orderInfo/productInfo", json!([product]))]).expect("an order");
            assert_eq!(reading.event.wire_version, version, "{product}");
        }
    }

    #[test]
    fn unlisted_fields_stay_with_their_product() {
        let product = json!({"quantity": 1, "unit": "count", "price": {"amount": 5}});
        let order = read_changed(ORDER_PLACED_V2, &[("/orderInfo/productInfo", json!([product]))])
            .expect("an order")
            .event
            .order;
        insta::assert_snapshot!(json!(order.expect("an order").products[0].extra), @r#"{"price":{"amount":5}}"#);
    }

    fn check(product: &Value, read: &str, warnings: &[Warning]) {
        let reading = read_changed(ORDER_PLACED_V2, &[("/orderInfo/productInfo", json!([product]))]).expect("an order");
        let products = reading.event.order.expect("an order").products;
        let products: String = products
            .iter()
            .map(|product| format!("{} {} {}", product.quantity, product.unit, product.unit_raw))
            .collect();
        assert_eq!(
            (products.as_str(), reading.warnings.as_slice()),
            (read, warnings),
            "{product}"
        );
    }

    fn check_refused(product: &Value, unreadable: Unreadable) {
        let changes = [("/orderInfo/productInfo", json!([product]))];
        assert_eq!(read_changed(ORDER_PLACED_V2, &changes), Err(unreadable), "{product}");
    }
}
