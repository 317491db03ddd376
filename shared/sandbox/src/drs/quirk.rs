//! What makes a notification odd, each seen on Amazon's page "Notification Messages (DRS)" unless it says otherwise.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Payload, Wire,
    notification::{FIRST_SLOT, SECOND_SLOT, SLOTS, slot, slot_product},
};
use crate::tree::{Tree, leaf, object};

/// A notification that a strict reader trips over. What it has nothing to say about, a payload without an order for one, it
/// leaves as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// A slot of version 1.0 and one of 2.0, side by side. Not documented; a maker's devices may be of both.
    MixedSlots,
    /// `"myDeviceModel":"myDeviceModel"` instead of `modelId`, as in the 1.0 sample of SubscriptionChanged.
    ModelUnderAnotherName,
    /// `LWAClientId` instead of `lwaClientId`, as older editions of the page have it.
    OlderClientId,
    /// `orderInfo` inside `customerInfo`, as in the 2.0 sample of ItemShipped.
    OrderInCustomer,
    /// Products of a slot that is not subscribed: those that it was subscribed with before, as in the 2.0 sample of
    /// SubscriptionChanged.
    PreviousProducts,
    /// The quantity without a fraction. Not on the page; other writers of JSON print 12.0 so.
    QuantityInteger,
    /// The quantity in quotes. Not documented.
    QuantityText,
    /// One closing bracket too many, as in the 1.0 sample of OrderPlaced.
    SurplusBracket,
    /// A time without milliseconds, as the delivery dates have it.
    TimeWithoutFraction,
    /// A comma behind `productInfo`, as in the 2.0 sample of OrderPlaced.
    TrailingComma,
    /// `Count` instead of `count`, as in the 1.0 sample of ItemShipped.
    UnitCapitalised,
    /// A type that no page lists.
    UnknownType,
    /// Cut off in the middle: authentic, and past mending.
    Unreadable,
    /// The whole message under `default`, as by a publisher that writes one message per protocol but does not tell SNS so
    /// (Amazon SNS API Reference, "Publish": `MessageStructure`).
    WrappedDefault,
    /// The same under `https`, beside a `default` for people.
    WrappedHttps,
}

impl Quirk {
    /// Every quirk there is.
    pub const ALL: [Self; 15] = [
        Self::MixedSlots,
        Self::ModelUnderAnotherName,
        Self::OlderClientId,
        Self::OrderInCustomer,
        Self::PreviousProducts,
        Self::QuantityInteger,
        Self::QuantityText,
        Self::SurplusBracket,
        Self::TimeWithoutFraction,
        Self::TrailingComma,
        Self::UnitCapitalised,
        Self::UnknownType,
        Self::Unreadable,
        Self::WrappedDefault,
        Self::WrappedHttps,
    ];

    /// Its name in file names and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::MixedSlots => "mixed-slots",
            Self::ModelUnderAnotherName => "model-under-another-name",
            Self::OlderClientId => "older-client-id",
            Self::OrderInCustomer => "order-in-customer",
            Self::PreviousProducts => "previous-products",
            Self::QuantityInteger => "quantity-integer",
            Self::QuantityText => "quantity-text",
            Self::SurplusBracket => "surplus-bracket",
            Self::TimeWithoutFraction => "time-without-fraction",
            Self::TrailingComma => "trailing-comma",
            Self::UnitCapitalised => "unit-capitalised",
            Self::UnknownType => "unknown-type",
            Self::Unreadable => "unreadable",
            Self::WrappedDefault => "wrapped-default",
            Self::WrappedHttps => "wrapped-https",
        }
    }

    /// A notification of the type and version that the quirk has been seen on, to give to [`of`](Self::of).
    pub fn payload(self, seed: &str, at: Timestamp) -> Payload {
        let (kind, wire) = match self {
            Self::MixedSlots | Self::PreviousProducts => ("SubscriptionChangedNotification", Wire::V2),
            Self::ModelUnderAnotherName => ("SubscriptionChangedNotification", Wire::V1),
            Self::OrderInCustomer => ("ItemShippedNotification", Wire::V2),
            Self::UnitCapitalised => ("ItemShippedNotification", Wire::V1),
            Self::SurplusBracket => ("OrderPlacedNotification", Wire::V1),
            _ => ("OrderPlacedNotification", Wire::V2),
        };
        Payload::new(kind, wire, seed, at)
    }

    /// The inner Message with this quirk, of the type and version that it has been seen on.
    pub fn text(self, seed: &str, at: Timestamp) -> String {
        self.of(self.payload(seed, at))
    }

    /// The text of a notification with this quirk.
    pub fn of(self, mut payload: Payload) -> String {
        let wire = payload.wire;
        let tree = &mut payload.tree;
        match self {
            Self::MixedSlots => {
                let other = match wire {
                    Wire::V1 => Wire::V2,
                    Wire::V2 => Wire::V1,
                };
                replace(
                    tree,
                    &format!("{SLOTS}.{FIRST_SLOT}"),
                    slot(other, true, vec![slot_product()]),
                );
            }
            Self::ModelUnderAnotherName => tree.rename("deviceInfo.productIdentifier.modelId", "myDeviceModel"),
            Self::OlderClientId => tree.rename("notificationInfo.lwaClientId", "LWAClientId"),
            Self::OrderInCustomer => {
                if let Some(order) = tree.take("orderInfo") {
                    tree.set("customerInfo.orderInfo", order);
                }
            }
            Self::PreviousProducts => {
                let previous = slot(Wire::V2, false, vec![slot_product()]);
                replace(tree, &format!("{SLOTS}.{SECOND_SLOT}"), previous);
            }
            Self::QuantityInteger => tree.every("quantity", &|quantity| Some(integer(quantity))),
            Self::QuantityText => tree.every("quantity", &|quantity| Some(leaf(quantity.text()))),
            Self::SurplusBracket => return format!("{}}}", payload.text()),
            Self::TimeWithoutFraction => tree.every("notificationTime", &|time| Some(whole_second(time))),
            Self::TrailingComma => {
                let text = payload.text();
                return match text.strip_suffix("}}") {
                    Some(rest) => format!("{rest},}}}}"),
                    None => text,
                };
            }
            Self::UnitCapitalised => tree.every("unit", &|_| Some(leaf("Count"))),
            Self::UnknownType => tree.set("notificationInfo.notificationType", leaf("OrderDelayedNotification")),
            Self::Unreadable => {
                let text = payload.text();
                let middle = text.floor_char_boundary(text.len() / 2);
                return text[..middle].to_owned();
            }
            Self::WrappedDefault => return object([("default", payload.tree)]).text(),
            Self::WrappedHttps => {
                let people = leaf("There is news of your device.");
                return object([("default", people), ("https", payload.tree)]).text();
            }
        }
        payload.text()
    }
}

/// Puts a value only where there is one.
fn replace(tree: &mut Tree, path: &str, value: Tree) {
    if tree.at(path).is_some() {
        tree.set(path, value);
    }
}

fn integer(quantity: Tree) -> Tree {
    match quantity {
        Tree::Leaf(Value::Number(number)) => {
            let text = number.to_string();
            let whole = text.strip_suffix(".0").and_then(|digits| digits.parse::<u64>().ok());
            whole.map_or(Tree::Leaf(Value::Number(number)), leaf)
        }
        other => other,
    }
}

fn whole_second(time: Tree) -> Tree {
    match &time {
        Tree::Leaf(Value::String(text)) => match text.split_once('.') {
            Some((seconds, _)) => leaf(format!("{seconds}Z")),
            None => time,
        },
        _ => time,
    }
}

#[cfg(test)]
mod tests;
