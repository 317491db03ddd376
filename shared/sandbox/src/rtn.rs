//! What the Appstore publishes: the inner Message of a Real-Time Notification.
//!
//! Seven fields, the same for all sixteen types, in the order and spelling of the Appstore's page "Real-Time Notification
//! Examples". Ids are made from a seed; one seed is one purchase, so a renewal keeps its receipt and a modification names it.

mod quirk;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use self::quirk::Quirk;
use crate::ids::opaque;

/// The text of an inner Message, field by field.
#[derive(Clone, Debug)]
pub struct Payload {
    fields: Vec<(String, Value)>,
}

impl Payload {
    /// A payload of any type, for the purchase that `seed` stands for, at the time `at`.
    pub fn new(notification_type: &str, seed: &str, at: Timestamp) -> Self {
        let (receipt, related) = match notification_type {
            // A new receipt, which names the one that it takes the place of.
            "SUBSCRIPTION_MODIFIED_IMMEDIATE" => (
                receipt_id(notification_type, &format!("{seed}, modified")),
                json!({ "cancelledReceiptId": receipt_id(notification_type, seed) }),
            ),
            // The page's sample has a list here, where all the others have a map.
            "SUBSCRIPTION_MODIFIED_DEFERRED" => (receipt_id(notification_type, seed), json!([])),
            _ => (receipt_id(notification_type, seed), json!({})),
        };
        let fields = [
            ("appPackageName", json!(PACKAGE)),
            ("notificationType", json!(notification_type)),
            ("appUserId", json!(opaque("user", seed))),
            ("receiptId", json!(receipt)),
            ("relatedReceipts", related),
            ("timestamp", json!(at.as_millisecond())),
            ("betaProductTransaction", json!(false)),
        ];
        Self {
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    /// Replaces a field where it stands, or adds one.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.fields.iter_mut().find(|field| field.0 == name) {
            Some(field) => field.1 = value,
            None => self.fields.push((name.to_owned(), value)),
        }
        self
    }

    /// The same from a command line's `name=value`: text where the field holds text, otherwise JSON if it is JSON.
    pub fn with_text(self, name: &str, value: &str) -> Self {
        let holds_text = self.fields.iter().any(|field| field.0 == name && field.1.is_string());
        let value = match serde_json::from_str(value) {
            Ok(json) if !holds_text => json,
            _ => Value::from(value),
        };
        self.with(name, value)
    }

    /// Leaves a field out.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|field| field.0 != name);
        self
    }

    /// The JSON without white space, as Amazon's subscription sample has it.
    pub fn text(&self) -> String {
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
            .collect();
        format!("{{{}}}", fields.join(","))
    }

    /// The same as a JSON value.
    pub fn value(&self) -> Value {
        Value::Object(self.fields.iter().cloned().collect::<Map<_, _>>())
    }
}

/// A receipt id: an opaque part, then digits that differ by the kind of product.
fn receipt_id(notification_type: &str, seed: &str) -> String {
    let product = match notification_type.split('_').next() {
        Some("CONSUMABLE") => 1,
        Some("ENTITLEMENT") => 2,
        _ => 3,
    };
    format!("{}:{product}:11", opaque("receipt", seed))
}

/// The types that the Appstore documents ("Real-Time Notification Types"); it may add others.
pub const TYPES: [&str; 16] = [
    "CONSUMABLE_PURCHASED",
    "CONSUMABLE_CANCELLED",
    "ENTITLEMENT_PURCHASED",
    "ENTITLEMENT_CANCELLED",
    "SUBSCRIPTION_PURCHASED",
    "SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID",
    "SUBSCRIPTION_RENEWED",
    "SUBSCRIPTION_AUTO_RENEWAL_ON",
    "SUBSCRIPTION_AUTO_RENEWAL_OFF",
    "SUBSCRIPTION_SCHEDULED_TO_END",
    "SUBSCRIPTION_IN_GRACE_PERIOD",
    "SUBSCRIPTION_OUT_OF_GRACE_PERIOD",
    "SUBSCRIPTION_MODIFIED_IMMEDIATE",
    "SUBSCRIPTION_MODIFIED_DEFERRED",
    "SUBSCRIPTION_CANCELLED",
    "SUBSCRIPTION_EXPIRED",
];

/// The package of every sample.
const PACKAGE: &str = "com.example.stargazer";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_seven_fields_and_its_own_name() {
        for kind in TYPES {
            let read: Value = serde_json::from_str(&Payload::new(kind, "a", at()).text()).unwrap();
            assert_eq!(read["notificationType"], kind);
            assert_eq!(read.as_object().unwrap().len(), 7);
            assert_eq!(read["timestamp"], 1_600_701_569_824_i64);
        }
    }

    #[test]
    fn a_renewal_keeps_the_receipt_and_an_immediate_modification_names_it() {
        let purchased = Payload::new("SUBSCRIPTION_PURCHASED", "a", at()).value();
        let renewed = Payload::new("SUBSCRIPTION_RENEWED", "a", at()).value();
        let modified = Payload::new("SUBSCRIPTION_MODIFIED_IMMEDIATE", "a", at()).value();
        assert_eq!(purchased["receiptId"], renewed["receiptId"]);
        assert_eq!(purchased["receiptId"], modified["relatedReceipts"]["cancelledReceiptId"]);
        assert_ne!(purchased["receiptId"], modified["receiptId"]);
    }

    #[test]
    fn a_command_line_value_takes_the_kind_of_the_field() {
        let payload = Payload::new("SUBSCRIPTION_RENEWED", "a", at())
            .with_text("receiptId", "12")
            .with_text("timestamp", "12")
            .with_text("betaProductTransaction", "true")
            .with_text("note", "not json")
            .without("appUserId")
            .value();
        assert_eq!(payload["receiptId"], "12");
        assert_eq!(payload["timestamp"], 12);
        assert_eq!(payload["betaProductTransaction"], true);
        assert_eq!(payload["note"], "not json");
        assert_eq!(payload["appUserId"], Value::Null);
    }

    fn at() -> Timestamp {
        Timestamp::from_millisecond(1_600_701_569_824).unwrap()
    }
}
