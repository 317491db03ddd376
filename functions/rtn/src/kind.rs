//! What happened to a purchase: Amazon's `notificationType`.
//!
//! Promises a name for each of the sixteen types of "Understanding Real-Time Notifications"
//! (developer.amazon.com/docs/in-app-purchasing/real-time-notifications.html), and keeps any other, because Amazon may add
//! types at any time.

use std::fmt;

use reading::is_key_part;
use serde::{Serialize, Serializer};

/// A notification type.
///
/// The variants stand in the order in which they follow each other in the life of a purchase; `Ord` is that order, and decides
/// between events of the same millisecond.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A consumable was bought.
    ConsumablePurchased,
    /// The purchase of a consumable was cancelled.
    ConsumableCancelled,
    /// An entitlement was bought.
    EntitlementPurchased,
    /// The purchase of an entitlement was cancelled.
    EntitlementCancelled,
    /// A subscription was bought.
    SubscriptionPurchased,
    /// A free trial became a paid subscription.
    SubscriptionConvertedFreeTrialToPaid,
    /// A subscription was renewed, under the same receipt.
    SubscriptionRenewed,
    /// Automatic renewal was turned on.
    SubscriptionAutoRenewalOn,
    /// Automatic renewal was turned off.
    SubscriptionAutoRenewalOff,
    /// A reminder that a subscription without renewal will end: 10 days ahead for monthly ones, 30 days for longer terms.
    SubscriptionScheduledToEnd,
    /// A payment failed; the customer has some days to mend it.
    SubscriptionInGracePeriod,
    /// The failed payment was mended.
    SubscriptionOutOfGracePeriod,
    /// The plan changed at once: this receipt is new, `cancelledReceiptId` names the one that it replaces.
    SubscriptionModifiedImmediate,
    /// The plan will change at the next renewal; until then this receipt stays as it is.
    SubscriptionModifiedDeferred,
    /// A subscription was cancelled, by the customer or not.
    SubscriptionCancelled,
    /// A subscription expired.
    SubscriptionExpired,
    /// A type that Amazon's page did not list when this was written, in Amazon's words.
    Other(String),
}

impl Kind {
    /// The sixteen documented types.
    pub const ALL: &'static [Self; 16] = &[
        Self::ConsumablePurchased,
        Self::ConsumableCancelled,
        Self::EntitlementPurchased,
        Self::EntitlementCancelled,
        Self::SubscriptionPurchased,
        Self::SubscriptionConvertedFreeTrialToPaid,
        Self::SubscriptionRenewed,
        Self::SubscriptionAutoRenewalOn,
        Self::SubscriptionAutoRenewalOff,
        Self::SubscriptionScheduledToEnd,
        Self::SubscriptionInGracePeriod,
        Self::SubscriptionOutOfGracePeriod,
        Self::SubscriptionModifiedImmediate,
        Self::SubscriptionModifiedDeferred,
        Self::SubscriptionCancelled,
        Self::SubscriptionExpired,
    ];

    /// Amazon's name of the type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::ConsumablePurchased => "CONSUMABLE_PURCHASED",
            Self::ConsumableCancelled => "CONSUMABLE_CANCELLED",
            Self::EntitlementPurchased => "ENTITLEMENT_PURCHASED",
            Self::EntitlementCancelled => "ENTITLEMENT_CANCELLED",
            Self::SubscriptionPurchased => "SUBSCRIPTION_PURCHASED",
            Self::SubscriptionConvertedFreeTrialToPaid => "SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID",
            Self::SubscriptionRenewed => "SUBSCRIPTION_RENEWED",
            Self::SubscriptionAutoRenewalOn => "SUBSCRIPTION_AUTO_RENEWAL_ON",
            Self::SubscriptionAutoRenewalOff => "SUBSCRIPTION_AUTO_RENEWAL_OFF",
            Self::SubscriptionScheduledToEnd => "SUBSCRIPTION_SCHEDULED_TO_END",
            Self::SubscriptionInGracePeriod => "SUBSCRIPTION_IN_GRACE_PERIOD",
            Self::SubscriptionOutOfGracePeriod => "SUBSCRIPTION_OUT_OF_GRACE_PERIOD",
            Self::SubscriptionModifiedImmediate => "SUBSCRIPTION_MODIFIED_IMMEDIATE",
            Self::SubscriptionModifiedDeferred => "SUBSCRIPTION_MODIFIED_DEFERRED",
            Self::SubscriptionCancelled => "SUBSCRIPTION_CANCELLED",
            Self::SubscriptionExpired => "SUBSCRIPTION_EXPIRED",
            Self::Other(text) => text,
        }
    }

    /// The family of products that the type speaks of; an unlisted type tells it by its first word.
    pub fn family(&self) -> Family {
        match self.as_str().split_once('_') {
            Some(("CONSUMABLE", _)) => Family::Consumable,
            Some(("ENTITLEMENT", _)) => Family::Entitlement,
            Some(("SUBSCRIPTION", _)) => Family::Subscription,
            _ => Family::Unknown,
        }
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

/// The kinds of in-app products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Bought to be used up.
    Consumable,
    /// Bought once and kept.
    Entitlement,
    /// Bought for a time, usually renewed.
    Subscription,
    /// An unlisted type that does not begin with one of the three words.
    Unknown,
}

impl Family {
    /// The stable name, as in the JSON of an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consumable => "consumable",
            Self::Entitlement => "entitlement",
            Self::Subscription => "subscription",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixteen_documented_types_have_a_name_and_a_family() {
        let table: String = Kind::ALL
            .iter()
            .map(|kind| format!("{kind} {}\n", kind.family().as_str()))
            .collect();
        insta::assert_snapshot!(table, @r"
        CONSUMABLE_PURCHASED consumable
        CONSUMABLE_CANCELLED consumable
        ENTITLEMENT_PURCHASED entitlement
        ENTITLEMENT_CANCELLED entitlement
        SUBSCRIPTION_PURCHASED subscription
        SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID subscription
        SUBSCRIPTION_RENEWED subscription
        SUBSCRIPTION_AUTO_RENEWAL_ON subscription
        SUBSCRIPTION_AUTO_RENEWAL_OFF subscription
        SUBSCRIPTION_SCHEDULED_TO_END subscription
        SUBSCRIPTION_IN_GRACE_PERIOD subscription
        SUBSCRIPTION_OUT_OF_GRACE_PERIOD subscription
        SUBSCRIPTION_MODIFIED_IMMEDIATE subscription
        SUBSCRIPTION_MODIFIED_DEFERRED subscription
        SUBSCRIPTION_CANCELLED subscription
        SUBSCRIPTION_EXPIRED subscription
        ");
    }

    #[test]
    fn a_documented_name_is_never_other() {
        for kind in Kind::ALL {
            assert_eq!(Kind::new(kind.as_str().to_owned()).as_ref(), Some(kind));
        }
        assert!(Kind::ALL.is_sorted());
    }

    #[test]
    fn an_unlisted_type_is_kept_with_the_family_its_first_word_tells() {
        for (text, family) in [
            ("SUBSCRIPTION_PAUSED", Family::Subscription),
            ("CONSUMABLE_RETURNED", Family::Consumable),
            ("ENTITLEMENT_", Family::Entitlement),
            ("SUBSCRIPTIONS_MERGED", Family::Unknown),
            ("subscription_purchased", Family::Unknown),
            ("定期購入", Family::Unknown),
            (&"X".repeat(128), Family::Unknown),
        ] {
            let kind = Kind::new(text.to_owned());
            assert_eq!(kind, Some(Kind::Other(text.to_owned())));
            assert_eq!(kind.map(|kind| kind.family()), Some(family), "{text}");
        }
    }

    #[test]
    fn a_name_that_would_blur_a_key_is_no_type() {
        for text in ["", "A#B", "A\nB", "A\u{7f}", &"X".repeat(129)] {
            assert_eq!(Kind::new(text.to_owned()), None, "{text:?}");
        }
    }
}
