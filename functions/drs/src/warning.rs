//! What was odd about a message that could still be read.
//!
//! Promises a stable code for each oddity. A warning never holds content of the message, and never keeps an event from being
//! handed on.

use std::fmt;

use serde::{Serialize, Serializer};

/// A departure from Amazon's documented form, and thereby what was assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The order and a product of it have different delivery dates.
    DeliveryDatesDisagree,
    /// `lwaClientId` and `LWAClientId` contradict each other.
    LwaClientIdsDisagree,
    /// Neither `modelId` nor a single other text tells the model.
    ModelMissing,
    /// The model stands under another name than `modelId`, as in Amazon's 1.0 sample of a changed subscription.
    ModelUnderAnotherName,
    /// A type that needs no order has one that cannot be read.
    OrderLeftOut,
    /// The order beside `customerInfo` and the one inside it differ.
    OrdersDisagree,
    /// A product says nothing at all.
    ProductEmpty,
    /// An order was placed or shipped without a product.
    ProductsMissing,
    /// A quantity is text.
    QuantityAsText,
    /// A type that needs no slots has some that cannot be read.
    SlotsLeftOut,
    /// Amazon's page did not list this type when this was written.
    TypeUnlisted,
    /// The SNS message attributes declare another version than the structure shows.
    VersionMismatch,
    /// The structure shows both versions.
    VersionsMixed,
    /// The message is wrapped by protocol, as for SNS's `MessageStructure: json`.
    Wrapped,
}

impl Warning {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeliveryDatesDisagree => "delivery_dates_disagree",
            Self::LwaClientIdsDisagree => "lwa_client_ids_disagree",
            Self::ModelMissing => "model_missing",
            Self::ModelUnderAnotherName => "model_under_another_name",
            Self::OrderLeftOut => "order_left_out",
            Self::OrdersDisagree => "orders_disagree",
            Self::ProductEmpty => "product_empty",
            Self::ProductsMissing => "products_missing",
            Self::QuantityAsText => "quantity_as_text",
            Self::SlotsLeftOut => "slots_left_out",
            Self::TypeUnlisted => "type_unlisted",
            Self::VersionMismatch => "version_mismatch",
            Self::VersionsMixed => "versions_mixed",
            Self::Wrapped => "wrapped",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DeliveryDatesDisagree => "order and product have different delivery dates, read by the product",
            Self::LwaClientIdsDisagree => "lwaClientId and LWAClientId disagree, read by the former",
            Self::ModelMissing => "nothing tells the device model",
            Self::ModelUnderAnotherName => "device model is not named modelId, read from the only text in its place",
            Self::OrderLeftOut => "order cannot be read and is not needed, kept as an extra field",
            Self::OrdersDisagree => "orderInfo stands beside and inside customerInfo and differs, read by the former",
            Self::ProductEmpty => "product says nothing, left out",
            Self::ProductsMissing => "order has no products",
            Self::QuantityAsText => "quantity is text, read as the number it spells",
            Self::SlotsLeftOut => "slots cannot be read and are not needed, kept as an extra field",
            Self::TypeUnlisted => "notification type is not documented, kept as it is",
            Self::VersionMismatch => "message attributes declare another version, read by structure",
            Self::VersionsMixed => "message has parts of versions 1.0 and 2.0, each read by its own",
            Self::Wrapped => "message is wrapped by protocol, read from inside",
        })
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
