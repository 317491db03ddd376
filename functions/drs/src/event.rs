//! One notification in our own words.
//!
//! Promises an event whose every part has been checked, the two keys it is stored under, and a JSON form that does not change
//! with Amazon's. Only `read` can make one.

use jiff::Timestamp;
use reading::{Extra, rfc3339, sortable};
use serde::Serialize;

use crate::device::Device;
use crate::identity::{CustomerId, LwaClientId, NotificationId};
use crate::kind::Kind;
use crate::order::Order;
use crate::slots::Slots;
use crate::version::WireVersion;

/// What happened to which device, and when.
///
/// The same facts make the same event in both versions, but for `wire_version` and what 1.0 cannot say: the ASINs, and the
/// products of a slot. Comparison is exact, and so includes these.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DrsEvent {
    /// What happened.
    pub kind: Kind,
    /// The notification.
    pub notification_id: NotificationId,
    /// When it was sent, by Amazon's clock, never before 1970. The order of events is the order of these, not of arrival
    /// ("Notification Messages (DRS)", developer.amazon.com/docs/dash/notification-messages.html).
    #[serde(serialize_with = "rfc3339")]
    pub occurred_at: Timestamp,
    /// The application that the customer logged in to.
    pub lwa_client_id: Option<LwaClientId>,
    /// The version that the structure of the message shows.
    pub wire_version: WireVersion,
    /// The device.
    pub device: Device,
    /// The customer.
    pub customer_id: CustomerId,
    /// The order, of a type that tells one.
    pub order: Option<Order>,
    /// The slots by their ids, of a type that tells them.
    pub slots: Option<Slots>,
    /// Fields that Amazon's page does not list, by their path and as they came; those of an order, a product or a slot stand
    /// there.
    pub extra: Extra,
}

impl DrsEvent {
    /// The key of the device's history: `drs#serial`.
    ///
    /// All that follows the first `#` is the serial number, whatever it contains. At most 1,024 of the 2,048 bytes that DynamoDB
    /// allows for a partition key.
    pub fn subject(&self) -> String {
        format!("drs#{}", self.device.serial_number.as_str())
    }

    /// The key of this event within its subject: `milliseconds#notification#type`.
    ///
    /// As wide as the longest `i64`, so the order of keys is the order of time for any time there is. No part holds a `#`. At
    /// most 788 of the 1,024 bytes that DynamoDB allows for a sort key. All of Amazon's samples share one notification id.
    pub fn event_key(&self) -> String {
        format!("{}#{}#{}", sortable(self.occurred_at), self.notification_id, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::identity::SerialNumber;
    use crate::read::read;
    use crate::sample::{ORDER_PLACED_V2, read_changed};

    #[test]
    fn an_event_has_a_stable_json_form() {
        let event = read(ORDER_PLACED_V2, None).expect("Amazon's sample").event;
        insta::assert_snapshot!(serde_json::to_string_pretty(&event).expect("an event is JSON"), @r#"
        {
          "kind": "OrderPlacedNotification",
          "notification_id": "amzn1.dash.notification.v1.xxxxxxxxxxxxx13",
          "occurred_at": "2016-12-02T21:09:58.689Z",
          "lwa_client_id": "amzn1.application-oa2-client.6b68exxxxxxxxxx9",
          "wire_version": "v2",
          "device": {
            "serial_number": "mySerialNumber",
            "model_id": "myDeviceModel"
          },
          "customer_id": "amzn1.account.AH54JCXQ7WZKCZOFxxxxxxxx",
          "order": {
            "instance_id": "amzn1.dash.v2.o.ci45xxxxxxxxxxx",
            "slot_id": "myProduct",
            "products": [
              {
                "asin": "myAsinNumber",
                "quantity": "1",
                "unit": "count",
                "unit_raw": "count",
                "estimated_delivery": "2016-12-09T07:59:59.000Z",
                "extra": {}
              }
            ],
            "extra": {}
          },
          "slots": null,
          "extra": {}
        }
        "#);
    }

    #[test]
    fn debug_prints_no_id_of_a_person_device_or_order_and_nothing_unlisted() {
        let changes = [
            ("/orderInfo/productInfo/0/promotion", json!("secret")),
            ("/region", json!("secret")),
        ];
        let event = read_changed(ORDER_PLACED_V2, &changes).expect("additional fields").event;
        insta::assert_snapshot!(format!("{event:#?}"), @r#"
        DrsEvent {
            kind: OrderPlaced,
            notification_id: NotificationId(
                "amzn1.dash.notification.v1.xxxxxxxxxxxxx13",
            ),
            occurred_at: 2016-12-02T21:09:58.689Z,
            lwa_client_id: Some(
                [redacted],
            ),
            wire_version: V2,
            device: Device {
                serial_number: [redacted],
                model_id: Some(
                    Label(
                        "myDeviceModel",
                    ),
                ),
            },
            customer_id: [redacted],
            order: Some(
                Order {
                    instance_id: [redacted],
                    slot_id: Label(
                        "myProduct",
                    ),
                    products: [
                        Product {
                            asin: Some(
                                Label(
                                    "myAsinNumber",
                                ),
                            ),
                            quantity: Decimal(
                                "1",
                            ),
                            unit: Label(
                                "count",
                            ),
                            unit_raw: Label(
                                "count",
                            ),
                            estimated_delivery: Some(
                                2016-12-09T07:59:59Z,
                            ),
                            extra: [1 fields],
                        },
                    ],
                    extra: [0 fields],
                },
            ),
            slots: None,
            extra: [1 fields],
        }
        "#);
    }

    #[test]
    fn the_keys_can_be_taken_apart_again() {
        let changes = [
            ("/deviceInfo/deviceIdentifier/serialNumber", json!("a#b")),
            ("/notificationInfo/notificationType", json!("Other")),
        ];
        let event = read_changed(ORDER_PLACED_V2, &changes).expect("within the rules").event;
        assert_eq!(event.subject().split_once('#'), Some(("drs", "a#b")));
        assert_eq!(
            event.event_key().split('#').collect::<Vec<_>>(),
            ["0000001480712998689", "amzn1.dash.notification.v1.xxxxxxxxxxxxx13", "Other"]
        );
    }

    #[test]
    fn the_longest_keys_stay_within_what_dynamodb_allows() {
        let mut longest = read(ORDER_PLACED_V2, None).expect("Amazon's sample").event;
        longest.kind = Kind::new("🔥".repeat(128)).expect("128 characters");
        longest.notification_id = NotificationId::new("n".repeat(255)).expect("255 bytes");
        longest.device.serial_number = SerialNumber::new("🔥".repeat(255)).expect("255 characters");
        assert_eq!((longest.subject().len(), longest.event_key().len()), (1024, 788));
    }
}
