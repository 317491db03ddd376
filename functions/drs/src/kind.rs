//! What a notification tells: Amazon's `notificationType`.
//!
//! Promises a name for each of the six types of "Notification Messages (DRS)"
//! (developer.amazon.com/docs/dash/notification-messages.html), and keeps any other.

use std::fmt;

use reading::is_key_part;
use serde::{Serialize, Serializer};

/// A notification type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A customer registered a device, and has not chosen any product for it yet.
    DeviceRegistered,
    /// A device was deregistered: by its maker, or by or for the customer.
    DeviceDeregistered,
    /// A customer chose or cleared the product of a slot or turned its subscription on or off, or Amazon replaced a product.
    SubscriptionChanged,
    /// An order was placed, and will ship unless the customer cancels it within 24 hours.
    OrderPlaced,
    /// An order was cancelled by the customer, or could not be resolved within 72 hours.
    OrderCancelled,
    /// An order was shipped.
    ItemShipped,
    /// A type that Amazon's page did not list when this was written, in Amazon's words.
    Other(String),
}

impl Kind {
    /// The six documented types.
    pub const ALL: &'static [Self; 6] = &[
        Self::DeviceRegistered,
        Self::DeviceDeregistered,
        Self::SubscriptionChanged,
        Self::OrderPlaced,
        Self::OrderCancelled,
        Self::ItemShipped,
    ];

    /// Amazon's name of the type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::DeviceRegistered => "DeviceRegisteredNotification",
            Self::DeviceDeregistered => "DeviceDeregisteredNotification",
            Self::SubscriptionChanged => "SubscriptionChangedNotification",
            Self::OrderPlaced => "OrderPlacedNotification",
            Self::OrderCancelled => "OrderCancelledNotification",
            Self::ItemShipped => "ItemShippedNotification",
            Self::Other(text) => text,
        }
    }

    /// Whether a notification of this type must have an order.
    pub(crate) fn tells_an_order(&self) -> bool {
        match self {
            Self::OrderPlaced | Self::OrderCancelled | Self::ItemShipped => true,
            Self::DeviceRegistered | Self::DeviceDeregistered | Self::SubscriptionChanged | Self::Other(_) => false,
        }
    }

    /// Whether a notification of this type must have slots.
    pub(crate) fn tells_slots(&self) -> bool {
        *self == Self::SubscriptionChanged
    }

    /// The type by this name; nothing when the name cannot be part of an event key: 1 to 128 characters, no `#`, no control
    /// character.
    pub(crate) fn new(text: String) -> Option<Self> {
        if let Some(documented) = Self::ALL.iter().find(|kind| kind.as_str() == text) {
            return Some(documented.clone());
        }
        let fits = (1..=128).contains(&text.chars().count());
        (fits && is_key_part(&text)).then_some(Self::Other(text))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_documented_types_say_what_they_must_bring() {
        let table: String = Kind::ALL
            .iter()
            .map(|kind| format!("{kind} order={} slots={}\n", kind.tells_an_order(), kind.tells_slots()))
            .collect();
        insta::assert_snapshot!(table, @"
        DeviceRegisteredNotification order=false slots=false
        DeviceDeregisteredNotification order=false slots=false
        SubscriptionChangedNotification order=false slots=true
        OrderPlacedNotification order=true slots=false
        OrderCancelledNotification order=true slots=false
        ItemShippedNotification order=true slots=false
        ");
    }

    #[test]
    fn a_documented_name_is_never_other() {
        for kind in Kind::ALL {
            assert_eq!(Kind::new(kind.as_str().to_owned()).as_ref(), Some(kind));
        }
    }

    #[test]
    fn an_unlisted_type_is_kept() {
        for text in [
            "OrderDelayedNotification",
            "OrderPlaced",
            "orderplacednotification",
            &"X".repeat(128),
        ] {
            assert_eq!(Kind::new(text.to_owned()), Some(Kind::Other(text.to_owned())));
        }
    }

    #[test]
    fn a_name_that_would_blur_a_key_is_no_type() {
        for text in ["", "A#B", "A\nB", "A\u{7f}", &"X".repeat(129)] {
            assert_eq!(Kind::new(text.to_owned()), None, "{text:?}");
        }
    }
}
