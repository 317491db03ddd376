//! The state of a purchase, folded from its events.
//!
//! Promises the same state for the same events in any order and number, because Amazon promises neither ("Understanding
//! Real-Time Notifications" and "Real-Time Notifications Examples", developer.amazon.com/docs/in-app-purchasing): the events are
//! put in the order in which they occurred, and the newest one that tells a state decides, so that a late one never undoes it.
//!
//! It is what the notifications say, not what is true. Nothing in them tells a refund from a cancellation, and one may be
//! missing: before money or access depends on the answer, ask the Receipt Verification Service, which is the source of truth
//! (developer.amazon.com/docs/in-app-purchasing/iap-rvs-for-android-apps.html).

mod step;

use jiff::Timestamp;
use reading::rfc3339;
use serde::Serialize;
use step::Step;

use crate::event::RtnEvent;
use crate::identity::ReceiptId;

/// Folds what is known about one receipt into its state; nothing when no event tells one.
///
/// The events may come from several subjects of one app: an immediate change of plan is an event of the *new* receipt and ends
/// the receipt that it names as cancelled. Events that concern other receipts are passed over.
///
/// Events of one millisecond are taken in the order of [`Kind`](crate::Kind)'s variants, in each family an end after a
/// beginning, and the change that replaces this receipt last.
pub fn fold<'a>(receipt_id: &str, events: impl IntoIterator<Item = &'a RtnEvent>) -> Option<Purchase> {
    let mut steps: Vec<Step<'a>> = events.into_iter().filter_map(|event| Step::new(receipt_id, event)).collect();
    steps.sort_unstable();
    steps.into_iter().fold(None, |purchase, step| step.take(purchase))
}

/// What the notifications say about one receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Purchase {
    /// How the purchase stands.
    pub state: PurchaseState,
    /// When the event occurred that led to the state.
    #[serde(serialize_with = "rfc3339")]
    pub since: Timestamp,
    /// The receipt that took the place of this one, when the state is [`PurchaseState::Replaced`].
    pub replaced_by: Option<ReceiptId>,
}

/// How a purchase can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// A consumable or an entitlement that was bought. Whether a consumable was used up is not in the notifications.
    Purchased,
    /// A subscription that runs and will be renewed.
    Active,
    /// A subscription that runs until the end of its term.
    RenewalOff,
    /// A subscription whose last payment failed, while the customer may still mend it.
    GracePeriod,
    /// Cancelled, or refunded: only the Receipt Verification Service can tell.
    Cancelled,
    /// A subscription that ran out.
    Expired,
    /// A subscription that ended because an immediate change of plan gave the customer a new receipt.
    Replaced,
}

impl PurchaseState {
    /// The stable name, as in the JSON of a purchase.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purchased => "purchased",
            Self::Active => "active",
            Self::RenewalOff => "renewal_off",
            Self::GracePeriod => "grace_period",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::*;
    use crate::kind::Kind;

    #[test]
    fn a_late_event_does_not_undo_a_newer_one() {
        let cancelled = event("a", "SUBSCRIPTION_CANCELLED", 20, None);
        let renewed = event("a", "SUBSCRIPTION_RENEWED", 10, None);
        let purchase = fold("a", [&cancelled, &renewed]);
        assert_eq!(
            purchase.map(|purchase| (purchase.state, purchase.since)),
            Some((PurchaseState::Cancelled, at(20)))
        );
    }

    #[test]
    fn since_is_when_the_state_began_not_when_it_was_last_confirmed() {
        let events = [
            event("a", "SUBSCRIPTION_PURCHASED", 10, None),
            event("a", "SUBSCRIPTION_RENEWED", 20, None),
        ];
        assert_eq!(fold("a", &events).map(|purchase| purchase.since), Some(at(10)));
    }

    #[test]
    fn an_immediate_change_begins_one_receipt_and_ends_the_other() {
        let events = [
            event("old", "SUBSCRIPTION_PURCHASED", 10, None),
            event("new", "SUBSCRIPTION_MODIFIED_IMMEDIATE", 20, Some("old")),
        ];
        let old = fold("old", &events).expect("a known receipt");
        assert_eq!(
            (old.state, old.since, old.replaced_by.as_ref().map(ReceiptId::as_str)),
            (PurchaseState::Replaced, at(20), Some("new"))
        );
        let new = fold("new", &events).expect("a known receipt");
        assert_eq!((new.state, new.since, new.replaced_by), (PurchaseState::Active, at(20), None));
        assert_eq!(fold("other", &events), None);
    }

    #[test]
    fn the_cancellation_that_comes_with_a_change_does_not_hide_the_new_receipt() {
        let changed = event("new", "SUBSCRIPTION_MODIFIED_IMMEDIATE", 20, Some("old"));
        for end in ["SUBSCRIPTION_CANCELLED", "SUBSCRIPTION_EXPIRED"] {
            for occurred_at in [19, 20, 21] {
                let ended = event("old", end, occurred_at, None);
                let old = fold("old", [&changed, &ended]).expect("a known receipt");
                assert_eq!(
                    (old.state, old.since),
                    (PurchaseState::Replaced, at(20)),
                    "{end} at {occurred_at}"
                );
            }
        }
    }

    #[test]
    fn only_an_immediate_change_ends_the_receipt_it_names() {
        assert_eq!(fold("old", [&event("new", "SUBSCRIPTION_RENEWED", 20, Some("old"))]), None);
        let own = fold("a", [&event("a", "SUBSCRIPTION_MODIFIED_IMMEDIATE", 20, Some("a"))]);
        assert_eq!(own.map(|purchase| purchase.state), Some(PurchaseState::Active));
    }

    #[test]
    fn an_end_comes_after_a_beginning_of_the_same_millisecond() {
        let (ended, renewed) = (
            event("a", "SUBSCRIPTION_EXPIRED", 10, None),
            event("a", "SUBSCRIPTION_RENEWED", 10, None),
        );
        assert_eq!(
            fold("a", [&ended, &renewed]).map(|purchase| purchase.state),
            Some(PurchaseState::Expired)
        );
    }

    #[test]
    fn a_purchase_has_a_stable_json_form_and_a_debug_without_ids() {
        let purchase = fold("old", [&event("new", "SUBSCRIPTION_MODIFIED_IMMEDIATE", 20, Some("old"))]).expect("a known receipt");
        insta::assert_snapshot!(serde_json::to_string(&purchase).expect("a purchase is JSON"), @r#"{"state":"replaced","since":"1970-01-01T00:00:00.020Z","replaced_by":"new"}"#);
        insta::assert_snapshot!(format!("{purchase:#?}"), @r"
        Purchase {
            state: Replaced,
            since: 1970-01-01T00:00:00.02Z,
            replaced_by: Some(
                [redacted],
            ),
        }
        ");
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_changes_the_state(
            (events, shuffled) in life().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
            repeated in vec(any::<proptest::sample::Index>(), 0..4),
        ) {
            let again: Vec<_> = repeated.iter().filter(|_| !events.is_empty()).map(|index| index.get(&events)).collect();
            for receipt_id in ["a", "b", "c"] {
                prop_assert_eq!(fold(receipt_id, &events), fold(receipt_id, shuffled.iter().chain(again.iter().copied())));
            }
        }

        #[test]
        fn what_the_newest_event_tells_stands_whatever_arrives_late(
            newest in select(vec!["SUBSCRIPTION_RENEWED", "SUBSCRIPTION_OUT_OF_GRACE_PERIOD", "SUBSCRIPTION_IN_GRACE_PERIOD", "ENTITLEMENT_PURCHASED"]),
            late in life(),
        ) {
            let newest = event("a", newest, 100, None);
            let state = |purchase: Option<Purchase>| purchase.map(|purchase| purchase.state);
            prop_assert_eq!(state(fold("a", late.iter().chain([&newest]))), state(fold("a", [&newest])));
        }
    }

    fn life() -> impl Strategy<Value = Vec<RtnEvent>> {
        let kinds: Vec<&'static str> = Kind::ALL.iter().map(Kind::as_str).chain(["SUBSCRIPTION_PAUSED"]).collect();
        let receipt = || select(vec!["a", "b", "c"]);
        let event = (receipt(), select(kinds), 0..6_i64, proptest::option::of(receipt()));
        vec(
            event.prop_map(|(receipt_id, kind, occurred_at, cancelled)| self::event(receipt_id, kind, occurred_at, cancelled)),
            0..12,
        )
    }

    pub(super) fn event(receipt_id: &str, kind: &str, occurred_at_ms: i64, cancelled: Option<&str>) -> RtnEvent {
        let message = json!({
            "appPackageName": "com.example", "appUserId": "user", "notificationType": kind, "receiptId": receipt_id, "timestamp": occurred_at_ms,
            "betaProductTransaction": false, "relatedReceipts": {"cancelledReceiptId": cancelled},
        });
        crate::read(&message.to_string()).expect("a message within the rules").event
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).expect("a time that jiff knows")
    }
}
