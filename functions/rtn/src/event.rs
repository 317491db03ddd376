//! One notification in our own words.
//!
//! Promises an event whose every part has been checked, the two keys it is stored under, and a JSON form that does not change
//! with Amazon's. Only `read` can make one.

use jiff::Timestamp;
use reading::{Extra, sortable};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::environment::Environment;
use crate::identity::{AppUserId, PackageName, ReceiptId};
use crate::kind::{Family, Kind};

/// What happened to which purchase, and when.
///
/// Nothing here tells a refund from a cancellation, and there is no price and no product: for those, ask the Receipt
/// Verification Service (developer.amazon.com/docs/in-app-purchasing/iap-rvs-for-android-apps.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RtnEvent {
    /// What happened.
    pub kind: Kind,
    /// The app.
    pub package: PackageName,
    /// The customer.
    pub app_user_id: AppUserId,
    /// The purchase.
    pub receipt_id: ReceiptId,
    /// The purchase that this one replaces (`SUBSCRIPTION_MODIFIED_IMMEDIATE`).
    pub cancelled_receipt_id: Option<ReceiptId>,
    /// When it happened, by Amazon's clock, never before 1970. The order of events is the order of these, not of arrival.
    pub occurred_at: Timestamp,
    /// Real money or a test.
    pub environment: Environment,
    /// Fields that Amazon's page does not list, as they came.
    pub extra: Extra,
}

impl RtnEvent {
    /// The family of products.
    pub fn family(&self) -> Family {
        self.kind.family()
    }

    /// The key of the purchase's history: `rtn#package#receipt`.
    ///
    /// A package name has no `#`, so all that follows the second one is the receipt id, whatever it contains. At most 1,060 of
    /// the 2,048 bytes that DynamoDB allows for a partition key.
    pub fn subject(&self) -> String {
        format!("rtn#{}#{}", self.package, self.receipt_id.as_str())
    }

    /// The key of this event within its subject: `milliseconds#type`.
    ///
    /// As wide as the longest `i64`, so the order of keys is the order of time for any time there is. At most 532 of the 1,024
    /// bytes that DynamoDB allows for a sort key. Amazon's samples have two events that share receipt and time, and differ in
    /// type.
    pub fn event_key(&self) -> String {
        format!("{}#{}", sortable(self.occurred_at), self.kind)
    }
}

// Every field is always there, so that a reader in any language can rely on the shape.
impl Serialize for RtnEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_struct("RtnEvent", 9)?;
        event.serialize_field("kind", &self.kind)?;
        event.serialize_field("family", &self.family())?;
        event.serialize_field("package", &self.package)?;
        event.serialize_field("app_user_id", &self.app_user_id)?;
        event.serialize_field("receipt_id", &self.receipt_id)?;
        event.serialize_field("cancelled_receipt_id", &self.cancelled_receipt_id)?;
        event.serialize_field("occurred_at", &format_args!("{:.3}", self.occurred_at))?;
        event.serialize_field("environment", &self.environment)?;
        event.serialize_field("extra", &self.extra)?;
        event.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_event_has_a_stable_json_form() {
        let json = serde_json::to_string_pretty(&event(0, "SUBSCRIPTION_RENEWED")).expect("an event is JSON");
        insta::assert_snapshot!(json, @r#"
        {
          "kind": "SUBSCRIPTION_RENEWED",
          "family": "subscription",
          "package": "com.example",
          "app_user_id": "user",
          "receipt_id": "a#b",
          "cancelled_receipt_id": null,
          "occurred_at": "1970-01-01T00:00:00.000Z",
          "environment": "live_app_test",
          "extra": {
            "promotion": "secret"
          }
        }
        "#);
    }

    #[test]
    fn debug_prints_no_id_and_nothing_unlisted() {
        let event = event(1_600_701_569_824, "SUBSCRIPTION_RENEWED");
        insta::assert_snapshot!(format!("{event:#?}"), @r#"
        RtnEvent {
            kind: SubscriptionRenewed,
            package: PackageName(
                "com.example",
            ),
            app_user_id: [redacted],
            receipt_id: [redacted],
            cancelled_receipt_id: None,
            occurred_at: 2020-09-21T15:19:29.824Z,
            environment: LiveAppTest,
            extra: [1 fields],
        }
        "#);
    }

    #[test]
    fn the_subject_can_be_taken_apart_again() {
        let subject = event(0, "X").subject();
        assert_eq!(subject.splitn(3, '#').collect::<Vec<_>>(), ["rtn", "com.example", "a#b"]);
    }

    #[test]
    fn the_longest_keys_stay_within_what_dynamodb_allows() {
        let mut longest = event(LAST_MILLISECOND, &"🔥".repeat(128));
        longest.package = PackageName::new("p".repeat(255)).expect("255 letters");
        longest.receipt_id = ReceiptId::new("🔥".repeat(200)).expect("200 characters");
        assert_eq!((longest.subject().len(), longest.event_key().len()), (1060, 532));
    }

    proptest! {
        #[test]
        fn keys_sort_as_the_events_occurred(left in 0..=LAST_MILLISECOND, right in 0..=LAST_MILLISECOND) {
            prop_assert_eq!(event(left, "X").event_key().cmp(&event(right, "X").event_key()), left.cmp(&right));
        }
    }

    // The last whole second that jiff knows, at the end of the year 9999.
    const LAST_MILLISECOND: i64 = 253_402_207_200_000;

    fn event(occurred_at_ms: i64, kind: &str) -> RtnEvent {
        RtnEvent {
            kind: Kind::new(kind.to_owned()).expect("a type"),
            package: PackageName::new("com.example".to_owned()).expect("a package name"),
            app_user_id: AppUserId::new("user".to_owned()).expect("a user id"),
            receipt_id: ReceiptId::new("a#b".to_owned()).expect("a receipt id"),
            cancelled_receipt_id: None,
            occurred_at: Timestamp::from_millisecond(occurred_at_ms).expect("a time that jiff knows"),
            environment: Environment::LiveAppTest,
            extra: Extra(BTreeMap::from([("promotion".to_owned(), Value::from("secret"))])),
        }
    }
}
