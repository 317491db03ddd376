//! What the Dash Replenishment Service publishes: the inner Message of its notifications.
//!
//! Six types in two versions, in the order and spelling of Amazon's page "Notification Messages (DRS)". Version 2.0 changed
//! three of them (`OrderPlaced`, `ItemShipped`, `SubscriptionChanged`); the other three are the same in both. Ids are made from a
//! seed; one seed is one device with its customer and its one order, and the same seed and time tell the same facts in both
//! versions.

mod notification;
mod quirk;

use jiff::Timestamp;
use serde_json::Value;

use self::notification::notification;
pub use self::quirk::Quirk;
use crate::tree::Tree;

/// The text of an inner Message, ready to be altered at any depth.
///
/// A path names members, and the items of a list by number: `orderInfo.productInfo.0.quantity`.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    wire: Wire,
    tree: Tree,
}

/// The version in which a device's maker takes notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// 1.0: a delivery date for the order, slots that are booleans.
    V1,
    /// 2.0: ASINs, a delivery date for each product, slots that are objects.
    V2,
}

impl Wire {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// Its name in file names and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// How the message attribute `version` says it.
    pub fn version(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

impl Payload {
    /// A notification of any type, for the device that `seed` stands for, sent at `at`.
    pub fn new(kind: &str, wire: Wire, seed: &str, at: Timestamp) -> Self {
        Self {
            wire,
            tree: notification(kind, wire, seed, at),
        }
    }

    /// Puts a value where a path leads, in place of what stands there; what is absent on the way is added.
    pub fn with(mut self, path: &str, value: impl Into<Value>) -> Self {
        self.tree.set(path, value.into().into());
        self
    }

    /// The same from a command line's `path=value`: text where text stands, otherwise JSON if it is JSON.
    pub fn with_text(self, path: &str, text: &str) -> Self {
        let holds_text = matches!(self.tree.at(path), Some(Tree::Leaf(Value::String(_))));
        let value = match serde_json::from_str(text) {
            Ok(json) if !holds_text => json,
            _ => Value::from(text),
        };
        self.with(path, value)
    }

    /// Leaves out what stands at a path.
    pub fn without(mut self, path: &str) -> Self {
        self.tree.take(path);
        self
    }

    /// Leaves out what version 2.0 added to what 1.0 tells: the ASINs, and the products of the slots.
    pub fn without_additions(mut self) -> Self {
        self.tree.every("asin", &|_| None);
        self.tree.every("productInfoList", &|_| None);
        self
    }

    /// Which version it has.
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// The JSON without white space, in the page's order.
    pub fn text(&self) -> String {
        self.tree.text()
    }

    /// The same as a JSON value.
    pub fn value(&self) -> Value {
        self.tree.value()
    }

    /// The SNS message attributes of the notification, as [`Notification::attributes`](crate::Notification::attributes) takes
    /// them.
    ///
    /// SNS itself writes `{"version":{"Type":"String","Value":"2.0"}}`; the page shows the key `type` and a number.
    pub fn attributes(&self) -> Vec<(String, String, String)> {
        vec![("version".into(), "String".into(), self.wire.version().into())]
    }
}

/// The types that the page documents; it says that others may come.
pub const TYPES: [&str; 6] = [
    "OrderPlacedNotification",
    "OrderCancelledNotification",
    "DeviceRegisteredNotification",
    "DeviceDeregisteredNotification",
    "SubscriptionChangedNotification",
    "ItemShippedNotification",
];

#[cfg(test)]
mod tests;
