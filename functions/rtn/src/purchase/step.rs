//! One event on the way to the state of a purchase.
//!
//! Promises which state follows which. The meanings of the types are those of "Understanding Real-Time Notifications"
//! (developer.amazon.com/docs/in-app-purchasing/real-time-notifications.html).

use jiff::Timestamp;

use super::{Purchase, PurchaseState};
use crate::event::RtnEvent;
use crate::identity::ReceiptId;
use crate::kind::Kind;

/// An event as it concerns the receipt. The order of the fields is the order of the fold, and holds all that the fold looks at:
/// steps that compare equal have the same effect, and taking one twice is taking it once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step<'a> {
    occurred_at: Timestamp,
    replaced_by: Option<&'a ReceiptId>,
    kind: &'a Kind,
}

impl<'a> Step<'a> {
    pub(super) fn new(receipt_id: &str, event: &'a RtnEvent) -> Option<Self> {
        let RtnEvent { kind, occurred_at, .. } = event;
        let own = event.receipt_id.as_str() == receipt_id;
        let ends = *kind == Kind::SubscriptionModifiedImmediate
            && event
                .cancelled_receipt_id
                .as_ref()
                .is_some_and(|id| id.as_str() == receipt_id);
        let replaced_by = (!own && ends).then_some(&event.receipt_id);
        (own || ends).then_some(Self {
            occurred_at: *occurred_at,
            replaced_by,
            kind,
        })
    }

    pub(super) fn take(self, before: Option<Purchase>) -> Option<Purchase> {
        let state = before.as_ref().map(|purchase| purchase.state);
        let Some(next) = self
            .state_after(state)
            .filter(|next| state != Some(*next) || self.replaced_by.is_some())
        else {
            return before;
        };
        Some(Purchase {
            state: next,
            since: self.occurred_at,
            replaced_by: self.replaced_by.cloned(),
        })
    }

    fn state_after(&self, state: Option<PurchaseState>) -> Option<PurchaseState> {
        use PurchaseState::{Active, Cancelled, Expired, GracePeriod, Purchased, RenewalOff, Replaced};
        if self.replaced_by.is_some() {
            return Some(Replaced);
        }
        match (self.kind, state) {
            (Kind::ConsumablePurchased | Kind::EntitlementPurchased, _) => Some(Purchased),
            (
                Kind::SubscriptionPurchased
                | Kind::SubscriptionConvertedFreeTrialToPaid
                | Kind::SubscriptionRenewed
                | Kind::SubscriptionOutOfGracePeriod
                | Kind::SubscriptionModifiedImmediate,
                _,
            ) => Some(Active),
            (Kind::SubscriptionInGracePeriod, _) => Some(GracePeriod),
            // An immediate change cancels the old receipt: the same end, seen from the other side, and known more exactly.
            (Kind::SubscriptionCancelled | Kind::SubscriptionExpired, Some(Replaced)) => state,
            (Kind::ConsumableCancelled | Kind::EntitlementCancelled | Kind::SubscriptionCancelled, _) => Some(Cancelled),
            (Kind::SubscriptionExpired, _) => Some(Expired),
            // These three show that a subscription runs when nothing else does. They revive none that ended, and mend no payment.
            (Kind::SubscriptionAutoRenewalOn, None | Some(RenewalOff)) => Some(Active),
            (Kind::SubscriptionAutoRenewalOff, None | Some(Active)) => Some(RenewalOff),
            (Kind::SubscriptionModifiedDeferred, None) => Some(Active),
            (
                Kind::SubscriptionAutoRenewalOn
                | Kind::SubscriptionAutoRenewalOff
                | Kind::SubscriptionModifiedDeferred
                | Kind::SubscriptionScheduledToEnd
                | Kind::Other(_),
                _,
            ) => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::super::tests::event;
    use super::*;

    #[test]
    fn every_type_leads_from_each_state_to_its_own() {
        let befores = [
            "",
            "SUBSCRIPTION_PURCHASED",
            "SUBSCRIPTION_AUTO_RENEWAL_OFF",
            "SUBSCRIPTION_IN_GRACE_PERIOD",
            "SUBSCRIPTION_EXPIRED",
        ];
        let mut table = String::new();
        for kind in Kind::ALL {
            let after = befores.map(|before| state(&[before, kind.as_str()]).map_or("-", PurchaseState::as_str));
            table += &format!("{kind}: {}\n", after.join(", "));
        }
        insta::assert_snapshot!(table, @r"
        CONSUMABLE_PURCHASED: purchased, purchased, purchased, purchased, purchased
        CONSUMABLE_CANCELLED: cancelled, cancelled, cancelled, cancelled, cancelled
        ENTITLEMENT_PURCHASED: purchased, purchased, purchased, purchased, purchased
        ENTITLEMENT_CANCELLED: cancelled, cancelled, cancelled, cancelled, cancelled
        SUBSCRIPTION_PURCHASED: active, active, active, active, active
        SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID: active, active, active, active, active
        SUBSCRIPTION_RENEWED: active, active, active, active, active
        SUBSCRIPTION_AUTO_RENEWAL_ON: active, active, active, grace_period, expired
        SUBSCRIPTION_AUTO_RENEWAL_OFF: renewal_off, renewal_off, renewal_off, grace_period, expired
        SUBSCRIPTION_SCHEDULED_TO_END: -, active, renewal_off, grace_period, expired
        SUBSCRIPTION_IN_GRACE_PERIOD: grace_period, grace_period, grace_period, grace_period, grace_period
        SUBSCRIPTION_OUT_OF_GRACE_PERIOD: active, active, active, active, active
        SUBSCRIPTION_MODIFIED_IMMEDIATE: active, active, active, active, active
        SUBSCRIPTION_MODIFIED_DEFERRED: active, active, renewal_off, grace_period, expired
        SUBSCRIPTION_CANCELLED: cancelled, cancelled, cancelled, cancelled, cancelled
        SUBSCRIPTION_EXPIRED: expired, expired, expired, expired, expired
        ");
    }

    #[test]
    fn a_purchase_lives_through_its_events() {
        let (purchased, off, on) = (
            "SUBSCRIPTION_PURCHASED",
            "SUBSCRIPTION_AUTO_RENEWAL_OFF",
            "SUBSCRIPTION_AUTO_RENEWAL_ON",
        );
        let (grace, mended) = ("SUBSCRIPTION_IN_GRACE_PERIOD", "SUBSCRIPTION_OUT_OF_GRACE_PERIOD");
        check(&["CONSUMABLE_PURCHASED", "CONSUMABLE_CANCELLED"], PurchaseState::Cancelled);
        check(&["ENTITLEMENT_PURCHASED", "ENTITLEMENT_CANCELLED"], PurchaseState::Cancelled);
        check(&[purchased, off, on], PurchaseState::Active);
        check(&[purchased, off, "SUBSCRIPTION_SCHEDULED_TO_END"], PurchaseState::RenewalOff);
        check(
            &[purchased, off, "SUBSCRIPTION_SCHEDULED_TO_END", "SUBSCRIPTION_EXPIRED"],
            PurchaseState::Expired,
        );
        check(&[purchased, grace, off], PurchaseState::GracePeriod);
        check(&[purchased, grace, mended], PurchaseState::Active);
        check(&[purchased, grace, "SUBSCRIPTION_CANCELLED"], PurchaseState::Cancelled);
        check(
            &[purchased, "SUBSCRIPTION_CANCELLED", on, "SUBSCRIPTION_MODIFIED_DEFERRED"],
            PurchaseState::Cancelled,
        );
        check(
            &[purchased, "SUBSCRIPTION_EXPIRED", "SUBSCRIPTION_RENEWED"],
            PurchaseState::Active,
        );
        check(
            &[purchased, "SUBSCRIPTION_MODIFIED_DEFERRED", "SUBSCRIPTION_RENEWED"],
            PurchaseState::Active,
        );
    }

    #[test]
    fn an_unlisted_type_and_a_reminder_tell_no_state() {
        assert_eq!(state(&["SUBSCRIPTION_SCHEDULED_TO_END", "SUBSCRIPTION_PAUSED"]), None);
        check(&["SUBSCRIPTION_PURCHASED", "SUBSCRIPTION_PAUSED"], PurchaseState::Active);
    }

    fn check(life: &[&str], expected: PurchaseState) {
        assert_eq!(state(life), Some(expected), "{life:?}");
    }

    fn state(life: &[&str]) -> Option<PurchaseState> {
        let told = life.iter().filter(|kind| !kind.is_empty());
        let events: Vec<_> = (0..).zip(told).map(|(at, kind)| event("a", kind, at, None)).collect();
        fold("a", &events).map(|purchase| purchase.state)
    }
}
