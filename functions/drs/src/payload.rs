//! The message as Amazon writes it.
//!
//! Mirrors the objects of "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html), by Amazon's
//! names, and judges nothing: every value may be absent or of any type, so that the reader of a part can say which field is
//! wrong.
//!
//! One shape for versions 1.0 and 2.0, because a message does not say which one it has, and its parts need not agree: slots of
//! both versions may stand side by side. What differs (where a delivery date stands, what a slot is) is read by `order` and
//! `slots` where it is met, and that is also what tells the version. Two shapes would have to be tried in turn, and each would
//! refuse a message for a reason of the other.

use reading::Extra;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// What stands in a message. It has no `Debug`, because it is full of ids; nor has any of its parts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    pub(crate) customer_info: Option<Value>,
    pub(crate) device_info: Option<Value>,
    pub(crate) notification_info: Option<Value>,
    pub(crate) order_info: Option<Value>,
    pub(crate) subscription_info: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationInfo {
    pub(crate) lwa_client_id: Option<Value>,
    /// The older name of `lwaClientId`.
    #[serde(rename = "LWAClientId")]
    pub(crate) lwa_client_id_older: Option<Value>,
    pub(crate) notification_id: Option<Value>,
    pub(crate) notification_time: Option<Value>,
    pub(crate) notification_type: Option<Value>,
    #[serde(rename = "version")]
    #[expect(
        dead_code,
        reason = "2015-06-05 in both versions: it tells nothing, and is not unlisted either"
    )]
    pub(crate) ignored: Option<IgnoredAny>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceInfo {
    pub(crate) device_identifier: Option<Value>,
    pub(crate) product_identifier: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceIdentifier {
    pub(crate) serial_number: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductIdentifier {
    pub(crate) model_id: Option<Value>,
    /// Among them the model, in the 1.0 sample of `SubscriptionChangedNotification`.
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerInfo {
    pub(crate) directed_customer_id: Option<Value>,
    /// Here in the 2.0 sample of `ItemShippedNotification`, beside `customerInfo` in all others.
    pub(crate) order_info: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderInfo {
    /// Version 1.0.
    pub(crate) estimated_delivery_date: Option<Value>,
    pub(crate) instance_id: Option<Value>,
    pub(crate) product_info: Option<Value>,
    pub(crate) slot_id: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductInfo {
    /// Version 2.0.
    pub(crate) asin: Option<Value>,
    /// Version 2.0.
    pub(crate) estimated_delivery_date: Option<Value>,
    pub(crate) quantity: Option<Value>,
    pub(crate) unit: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionInfo {
    pub(crate) slots_subscription_status: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}

/// A slot of version 2.0; one of version 1.0 is a boolean.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SlotInfo {
    pub(crate) product_info_list: Option<Value>,
    pub(crate) subscribed: Option<Value>,
    #[serde(flatten)]
    pub(crate) extra: Extra,
}
