//! The same facts, told in version 1.0 and in version 2.0.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reading::sortable;
use serde_json::{Value, json};

use crate::event::DrsEvent;
use crate::read::read;
use crate::version::WireVersion;

/// What both versions can say about an order or a subscription.
#[derive(Clone, Debug)]
struct Facts {
    kind: &'static str,
    sent_at: Timestamp,
    notification: String,
    application: Option<String>,
    serial: String,
    model: String,
    customer: String,
    instance: String,
    slot: String,
    hundredths: Vec<(u64, String)>,
    delivery: Option<Timestamp>,
    slots: BTreeMap<String, bool>,
}

/// What only version 2.0 adds.
#[derive(Clone, Debug)]
struct Additions {
    asin: Option<String>,
    order_inside_customer: bool,
    slots_have_products: bool,
}

proptest! {
    #[test]
    fn the_same_facts_make_the_same_event_in_both_versions(facts in facts(), order_inside_customer: bool) {
        let additions = Additions { asin: None, order_inside_customer, slots_have_products: false };
        let [mut first, mut second] = [facts.in_version_1(), facts.in_version_2(&additions)].map(|message| event(&message));
        prop_assert_eq!(first.wire_version, facts.version(WireVersion::V1));
        prop_assert_eq!(second.wire_version, facts.version(WireVersion::V2));
        for event in [&mut first, &mut second] {
            event.wire_version = WireVersion::Any;
        }
        prop_assert_eq!(&first, &second);
        prop_assert_eq!((first.subject(), first.event_key()), (second.subject(), second.event_key()));
    }

    #[test]
    fn version_2_adds_asins_and_the_products_of_slots_and_nothing_else(facts in facts(), asin in "[A-Z0-9]{10}") {
        let additions = Additions { asin: Some(asin.clone()), order_inside_customer: false, slots_have_products: true };
        let (mut first, mut second) = (event(&facts.in_version_1()), event(&facts.in_version_2(&additions)));
        for product in second.order.iter_mut().flat_map(|order| &mut order.products) {
            prop_assert_eq!(product.asin.take(), crate::Label::new(asin.clone()));
        }
        for slot in second.slots.iter_mut().flat_map(BTreeMap::values_mut) {
            prop_assert_eq!(slot.products_are_previous, !slot.subscribed);
            prop_assert_eq!(slot.products.drain(..).filter_map(|product| product.asin).count(), 1);
            slot.products_are_previous = false;
        }
        for event in [&mut first, &mut second] {
            event.wire_version = WireVersion::Any;
        }
        prop_assert_eq!(first, second);
    }

    #[test]
    fn a_message_is_read_back_to_its_facts(facts in facts()) {
        let event = event(&facts.in_version_1());
        prop_assert_eq!(event.subject(), format!("drs#{}", facts.serial));
        prop_assert_eq!(event.event_key(), format!("{}#{}#{}", sortable(facts.sent_at), facts.notification, facts.kind));
        prop_assert_eq!(event.customer_id.as_str(), facts.customer.as_str());
        prop_assert_eq!(event.device.model_id.as_ref().map(crate::Label::as_str), Some(facts.model.as_str()));
        prop_assert_eq!(event.lwa_client_id.as_ref().map(crate::LwaClientId::as_str), facts.application.as_deref());
        if let Some(order) = &event.order {
            prop_assert_eq!((order.instance_id.as_str(), order.slot_id.as_str()), (facts.instance.as_str(), facts.slot.as_str()));
            prop_assert_eq!(order.products.len(), facts.hundredths.len());
            for (product, (hundredths, unit)) in order.products.iter().zip(&facts.hundredths) {
                prop_assert_eq!(Some(product.quantity.clone()), crate::Decimal::parse(&format!("{hundredths}e-2")));
                prop_assert_eq!(product.unit_raw.as_str(), unit.as_str());
                prop_assert_eq!(product.estimated_delivery, facts.delivery);
            }
        }
        let slots = event.slots.map(|slots| slots.into_iter().map(|(id, slot)| (id.as_str().to_owned(), slot.subscribed)).collect());
        prop_assert_eq!(slots, facts.is_subscription().then_some(facts.slots));
    }
}

impl Facts {
    fn is_subscription(&self) -> bool {
        self.kind == "SubscriptionChangedNotification"
    }

    /// The version that can be seen in a message of this version.
    fn version(&self, version: WireVersion) -> WireVersion {
        let shows = if self.is_subscription() {
            !self.slots.is_empty()
        } else {
            self.delivery.is_some()
        };
        if shows { version } else { WireVersion::Any }
    }

    fn in_version_1(&self) -> Value {
        let mut message = self.head("LWAClientId");
        if self.is_subscription() {
            message["deviceInfo"]["productIdentifier"] = json!({"myDeviceModel": self.model});
            message["subscriptionInfo"] = json!({"slotsSubscriptionStatus": self.slots});
        } else {
            let double = |hundredths: u64| json!(format!("{}.{:02}", hundredths / 100, hundredths % 100).parse::<f64>().ok());
            let products: Vec<_> = self
                .hundredths
                .iter()
                .map(|(hundredths, unit)| json!({"quantity": double(*hundredths), "unit": unit}))
                .collect();
            message["orderInfo"] = json!({
                "instanceId": self.instance, "slotId": self.slot, "productInfo": products, "estimatedDeliveryDate": self.delivery.map(|date| date.to_string()),
            });
        }
        message
    }

    fn in_version_2(&self, additions: &Additions) -> Value {
        let mut message = self.head("lwaClientId");
        if self.is_subscription() {
            let products = if additions.slots_have_products {
                json!([{"quantity": 1.0, "unit": "count", "asin": additions.asin}])
            } else {
                json!([])
            };
            let slots: BTreeMap<_, _> = self
                .slots
                .iter()
                .map(|(id, subscribed)| (id, json!({"subscribed": subscribed, "productInfoList": products})))
                .collect();
            message["subscriptionInfo"] = json!({"slotsSubscriptionStatus": slots});
        } else {
            let text = |hundredths: u64| format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let product = |(hundredths, unit): &(u64, String)| json!({"quantity": text(*hundredths), "unit": unit, "asin": additions.asin, "estimatedDeliveryDate": self.delivery.map(|date| date.to_string())});
            let products: Vec<_> = self.hundredths.iter().map(product).collect();
            let order = json!({"instanceId": self.instance, "slotId": self.slot, "productInfo": products});
            let place = if additions.order_inside_customer {
                "/customerInfo"
            } else {
                ""
            };
            message.pointer_mut(place).expect("a part of every message")["orderInfo"] = order;
        }
        message
    }

    fn head(&self, application: &str) -> Value {
        json!({
            "notificationInfo": {
                "notificationType": self.kind, application: self.application, "notificationTime": self.sent_at.to_string(),
                "notificationId": self.notification, "version": "2015-06-05",
            },
            "deviceInfo": {"deviceIdentifier": {"serialNumber": self.serial}, "productIdentifier": {"modelId": self.model}},
            "customerInfo": {"directedCustomerId": self.customer},
        })
    }
}

fn facts() -> impl Strategy<Value = Facts> {
    let id = || "[^\\p{Cc}]{1,255}";
    let kinds = select(vec![
        "OrderPlacedNotification",
        "ItemShippedNotification",
        "SubscriptionChangedNotification",
    ]);
    let moment = || (0..=253_402_207_200_000_i64).prop_map(|ms| Timestamp::from_millisecond(ms).expect("a time that jiff knows"));
    let head = (kinds, moment(), "[!-\"$-~]{1,255}", option::of(id()), id(), id(), id());
    let products = vec(
        (
            0..=99_999_999_u64,
            select(vec!["count", "Count", "pounds"]).prop_map(str::to_owned),
        ),
        1..4,
    );
    let body = (
        id(),
        id(),
        products,
        option::of(moment()),
        btree_map(id(), any::<bool>(), 0..4),
    );
    (head, body).prop_map(|(head, body)| {
        let (kind, sent_at, notification, application, serial, model, customer) = head;
        let (instance, slot, hundredths, delivery, slots) = body;
        Facts {
            kind,
            sent_at,
            notification,
            application,
            serial,
            model,
            customer,
            instance,
            slot,
            hundredths,
            delivery,
            slots,
        }
    })
}

fn event(message: &Value) -> DrsEvent {
    read(&message.to_string(), None).expect("within the rules").event
}
