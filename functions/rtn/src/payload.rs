//! The message as Amazon writes it.
//!
//! Mirrors the seven fields of "Understanding Real-Time Notifications"
//! (developer.amazon.com/docs/in-app-purchasing/real-time-notifications.html), by Amazon's names, and judges nothing: every
//! value may be absent or of any type, so that `read` can say which field is wrong. Refuses only what is not one object, an object
//! that gives one of these fields twice, and `relatedReceipts` with anything in it twice.

use reading::{Extra, Once};
use serde::Deserialize;
use serde_json::Value;

/// What stands in a message; `null` counts as absent. It has no `Debug`, because it is full of ids.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    pub(crate) app_package_name: Option<Value>,
    pub(crate) app_user_id: Option<Value>,
    /// The older name of `betaProductTransaction`; receipts from the Receipt Verification Service still use it.
    pub(crate) beta_product: Option<Value>,
    pub(crate) beta_product_transaction: Option<Value>,
    pub(crate) notification_type: Option<Value>,
    pub(crate) receipt_id: Option<Value>,
    pub(crate) related_receipts: Option<Once>,
    pub(crate) timestamp: Option<Value>,
    /// Fields that Amazon's page does not list.
    #[serde(flatten)]
    pub(crate) extra: Extra,
}
