//! Amazon's sample messages, to the letter, and ways to change one.
//!
//! The messages of "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html).

use reading::Unreadable;
use serde_json::{Value, json};
use sns_webhook::lenient;

use crate::read::{Reading, read};

/// The sample as a value, its faults repaired.
pub(crate) fn message(sample: &str) -> Value {
    lenient::read(sample).expect("Amazon's sample").value
}

/// Reads a sample with other values at some places; `null` makes a field absent, a new field is added.
pub(crate) fn read_changed(sample: &str, changes: &[(&str, Value)]) -> Result<Reading, Unreadable> {
    let mut message = message(sample);
    for (place, value) in changes {
        let (parent, field) = place.rsplit_once('/').expect("a JSON pointer");
        message.pointer_mut(parent).expect("a place in the sample")[field] = value.clone();
    }
    read(&json!(message).to_string(), None)
}

pub(crate) const ALL: [&str; 9] = [
    DEVICE_DEREGISTERED,
    DEVICE_REGISTERED,
    ITEM_SHIPPED_V1,
    ITEM_SHIPPED_V2,
    ORDER_CANCELLED,
    ORDER_PLACED_V1,
    ORDER_PLACED_V2,
    SUBSCRIPTION_CHANGED_V1,
    SUBSCRIPTION_CHANGED_V2,
];

pub(crate) const DEVICE_DEREGISTERED: &str = include_str!("sample/device-deregistered.txt");
pub(crate) const DEVICE_REGISTERED: &str = include_str!("sample/device-registered.txt");
pub(crate) const ITEM_SHIPPED_V1: &str = include_str!("sample/item-shipped-v1.txt");
pub(crate) const ITEM_SHIPPED_V2: &str = include_str!("sample/item-shipped-v2.txt");
pub(crate) const ORDER_CANCELLED: &str = include_str!("sample/order-cancelled.txt");
pub(crate) const ORDER_PLACED_V1: &str = include_str!("sample/order-placed-v1.txt");
pub(crate) const ORDER_PLACED_V2: &str = include_str!("sample/order-placed-v2.txt");
pub(crate) const SUBSCRIPTION_CHANGED_V1: &str = include_str!("sample/subscription-changed-v1.txt");
pub(crate) const SUBSCRIPTION_CHANGED_V2: &str = include_str!("sample/subscription-changed-v2.txt");

mod tests {
    use reading::Extra;

    use super::*;
    use crate::identity::Label;

    #[test]
    fn every_sample_is_read_as_it_stands_on_the_page() {
        let table: String = ALL
            .iter()
            .map(|sample| line(&read(sample, None).expect("Amazon's sample")))
            .collect();
        insta::assert_snapshot!(table, @r#"
        drs#mySerialNumber 0000001443549808669#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#DeviceDeregisteredNotification repaired=false [] any
        drs#mySerialNumber 0000001443666232747#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#DeviceRegisteredNotification repaired=false [] any
        drs#mySerialNumber 0000001443732208626#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#ItemShippedNotification repaired=false [] v1
        drs#mySerialNumber 0000001480642919936#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#ItemShippedNotification repaired=false [] v2
        drs#mySerialNumber 0000001443730829461#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#OrderCancelledNotification repaired=false [] any
        drs#mySerialNumber 0000001443730779959#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#OrderPlacedNotification repaired=true [] v1
        drs#mySerialNumber 0000001480712998689#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#OrderPlacedNotification repaired=true [] v2
        drs#mySerialNumber 0000001443655670771#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#SubscriptionChangedNotification repaired=false ["model_under_another_name"] v1
        drs#MySerialNumber 0000001481052807368#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#SubscriptionChangedNotification repaired=false [] v2
        "#);
    }

    #[test]
    fn every_sample_leaves_nothing_unlisted_and_names_device_customer_and_application() {
        for sample in ALL {
            let event = read(sample, None).expect("Amazon's sample").event;
            assert_eq!(event.extra, Extra::default());
            assert_eq!(event.device.model_id.as_ref().map(Label::as_str), Some("myDeviceModel"));
            assert!(event.customer_id.as_str().starts_with("amzn1.account.A"));
            assert!(
                event
                    .lwa_client_id
                    .is_some_and(|id| id.as_str() == "amzn1.application-oa2-client.6b68exxxxxxxxxx9")
            );
        }
    }

    fn line(reading: &Reading) -> String {
        let Reading {
            event,
            repaired,
            warnings,
        } = reading;
        let codes: Vec<_> = warnings.iter().map(|warning| warning.as_str()).collect();
        format!(
            "{} {} repaired={repaired} {codes:?} {}\n",
            event.subject(),
            event.event_key(),
            event.wire_version.as_str()
        )
    }
}
