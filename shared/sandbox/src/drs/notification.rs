//! The parts of a notification, as Amazon's page orders and spells them.
//!
//! Promises the same facts in either version: one order and one set of slots per device, told in two shapes. What version 2.0
//! added (the ASIN, the products of a slot) is the only thing that one says and the other does not.

use jiff::{SignedDuration, Timestamp};

use super::Wire;
use crate::{
    ids::hexadecimal,
    message::moment,
    tree::{Tree, leaf, object},
};

/// A whole notification. A type that the page does not list tells the device and the customer, as most do.
pub(super) fn notification(kind: &str, wire: Wire, seed: &str, at: Timestamp) -> Tree {
    let head = ("notificationInfo", info(kind, wire, seed, at));
    let device = ("deviceInfo", device(seed));
    let customer = ("customerInfo", customer(seed));
    match kind {
        "OrderCancelledNotification" => object([head, device, customer, ("orderInfo", order_ids(seed))]),
        "OrderPlacedNotification" | "ItemShippedNotification" => {
            object([head, device, customer, ("orderInfo", order(wire, seed, at))])
        }
        "SubscriptionChangedNotification" => object([head, device, ("subscriptionInfo", subscriptions(wire)), customer]),
        _ => object([head, device, customer]),
    }
}

/// A slot that is subscribed or not, with the products that only version 2.0 tells.
pub(super) fn slot(wire: Wire, subscribed: bool, products: Vec<Tree>) -> Tree {
    match wire {
        Wire::V1 => leaf(subscribed),
        Wire::V2 => object([("subscribed", leaf(subscribed)), ("productInfoList", Tree::List(products))]),
    }
}

/// A product as a slot of version 2.0 tells it.
pub(super) fn slot_product() -> Tree {
    object([("quantity", leaf(QUANTITY)), ("unit", leaf(UNIT)), ("asin", leaf(ASIN))])
}

/// Where the slots stand.
pub(super) const SLOTS: &str = "subscriptionInfo.slotsSubscriptionStatus";

/// The slot that is subscribed, and that orders are placed for.
pub(super) const FIRST_SLOT: &str = "firstSlot";

/// The slot that is not.
pub(super) const SECOND_SLOT: &str = "secondSlot";

/// All samples of the page share one notification id; each of ours has its own.
fn info(kind: &str, wire: Wire, seed: &str, at: Timestamp) -> Tree {
    let sent = moment(at);
    let id = hexadecimal("drs notification", &format!("{kind} {} {seed} {sent}", wire.name()));
    let client = hexadecimal("drs application", seed);
    object([
        ("notificationType", leaf(kind)),
        ("lwaClientId", leaf(format!("amzn1.application-oa2-client.{client}"))),
        ("notificationTime", leaf(sent)),
        ("notificationId", leaf(format!("amzn1.dash.notification.v1.{id}"))),
        ("version", leaf("2015-06-05")),
    ])
}

fn device(seed: &str) -> Tree {
    let serial = hexadecimal("drs serial number", seed)[..16].to_uppercase();
    object([
        ("deviceIdentifier", object([("serialNumber", leaf(format!("WM-{serial}")))])),
        ("productIdentifier", object([("modelId", leaf(MODEL))])),
    ])
}

fn customer(seed: &str) -> Tree {
    let account = hexadecimal("drs customer", seed)[..26].to_uppercase();
    object([("directedCustomerId", leaf(format!("amzn1.account.AH{account}")))])
}

/// One device has one order: what is placed is what is shipped, or cancelled.
fn order_ids(seed: &str) -> Tree {
    let order = &hexadecimal("drs order", seed)[..24];
    object([
        ("instanceId", leaf(format!("amzn1.dash.v2.o.{order}"))),
        ("slotId", leaf(FIRST_SLOT)),
    ])
}

fn order(wire: Wire, seed: &str, at: Timestamp) -> Tree {
    let mut order = order_ids(seed);
    let arrives = leaf(delivery(at));
    let (quantity, unit) = (("quantity", leaf(QUANTITY)), ("unit", leaf(UNIT)));
    match wire {
        Wire::V1 => {
            order.set("productInfo", Tree::List(vec![object([quantity, unit])]));
            order.set("estimatedDeliveryDate", arrives);
        }
        Wire::V2 => {
            let (asin, arrives) = (("asin", leaf(ASIN)), ("estimatedDeliveryDate", arrives));
            order.set("productInfo", Tree::List(vec![object([quantity, unit, asin, arrives])]));
        }
    }
    order
}

fn subscriptions(wire: Wire) -> Tree {
    let slots = object([
        (FIRST_SLOT, slot(wire, true, vec![slot_product()])),
        (SECOND_SLOT, slot(wire, false, Vec::new())),
    ]);
    object([("slotsSubscriptionStatus", slots)])
}

/// The end of a day in Seattle, a week later, as all samples have it: no fraction of a second.
fn delivery(at: Timestamp) -> String {
    let day = at.saturating_add(SignedDuration::from_hours(7 * 24)).unwrap_or(at);
    day.strftime("%Y-%m-%dT07:59:59Z").to_string()
}

const ASIN: &str = "B00EXAMPLE";
const MODEL: &str = "ExampleWasher";
const QUANTITY: f64 = 12.0;
const UNIT: &str = "count";
