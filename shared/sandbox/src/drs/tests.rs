use serde_json::json;

use super::*;

#[test]
fn a_notification_has_the_members_of_the_page_in_its_order() {
    let head = "notificationInfo(notificationType lwaClientId notificationTime notificationId version) \
                deviceInfo(deviceIdentifier(serialNumber) productIdentifier(modelId))";
    let customer = "customerInfo(directedCustomerId)";
    let order_v1 = "orderInfo(instanceId slotId productInfo[(quantity unit)] estimatedDeliveryDate)";
    let order_v2 = "orderInfo(instanceId slotId productInfo[(quantity unit asin estimatedDeliveryDate)])";
    let slots_v1 = "subscriptionInfo(slotsSubscriptionStatus(firstSlot secondSlot))";
    let slots_v2 = "subscriptionInfo(slotsSubscriptionStatus(firstSlot(subscribed productInfoList[(quantity unit asin)]) \
                    secondSlot(subscribed productInfoList[])))";
    let check = |kind: &str, wire: Wire, parts: &[&str]| {
        let payload = Payload::new(kind, wire, "a", at());
        assert_eq!(
            outline(&payload.tree),
            format!("({})", parts.join(" ")),
            "{kind} {}",
            wire.name()
        );
        assert_eq!(payload.value()["notificationInfo"]["notificationType"], kind);
    };
    for wire in Wire::ALL {
        check(
            "OrderCancelledNotification",
            wire,
            &[head, customer, "orderInfo(instanceId slotId)"],
        );
        check("DeviceRegisteredNotification", wire, &[head, customer]);
        check("DeviceDeregisteredNotification", wire, &[head, customer]);
    }
    for kind in ["OrderPlacedNotification", "ItemShippedNotification"] {
        check(kind, Wire::V1, &[head, customer, order_v1]);
        check(kind, Wire::V2, &[head, customer, order_v2]);
    }
    check("SubscriptionChangedNotification", Wire::V1, &[head, slots_v1, customer]);
    check("SubscriptionChangedNotification", Wire::V2, &[head, slots_v2, customer]);
}

#[test]
fn an_order_of_version_1_reads_as_the_page_prints_it() {
    let text = Payload::new("OrderPlacedNotification", Wire::V1, "a", at()).text();
    let order = text.split("\"slotId\"").nth(1).unwrap();
    assert_eq!(
        order,
        r#":"firstSlot","productInfo":[{"quantity":12.0,"unit":"count"}],"estimatedDeliveryDate":"2016-12-09T07:59:59Z"}}"#
    );
    assert!(text.contains(r#""notificationTime":"2016-12-02T21:09:58.689Z""#), "{text}");
}

#[test]
fn one_seed_is_one_device_with_one_order_and_every_notification_has_its_own_id() {
    let mut ids = Vec::new();
    for kind in TYPES {
        for wire in Wire::ALL {
            for (seed, at) in [("a", at()), ("a", Timestamp::UNIX_EPOCH), ("b", at())] {
                let told = Payload::new(kind, wire, seed, at).value();
                ids.push(told["notificationInfo"]["notificationId"].as_str().unwrap().to_owned());
                let device = Payload::new("ItemShippedNotification", Wire::V2, seed, at).value();
                for part in ["deviceInfo", "customerInfo"] {
                    assert_eq!(told[part], device[part], "{kind}");
                }
                let order = &told["orderInfo"]["instanceId"];
                assert!(order.is_null() || *order == device["orderInfo"]["instanceId"], "{kind}");
            }
        }
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (36, 36));
    let [a, b] = ["a", "b"].map(|seed| Payload::new(TYPES[0], Wire::V1, seed, at()).value());
    for path in [
        "/deviceInfo/deviceIdentifier/serialNumber",
        "/customerInfo/directedCustomerId",
        "/notificationInfo/lwaClientId",
        "/orderInfo/instanceId",
    ] {
        assert_ne!(a.pointer(path).unwrap(), b.pointer(path).unwrap());
    }
}

#[test]
fn version_2_without_its_additions_tells_what_version_1_tells() {
    for kind in TYPES {
        let id = "amzn1.dash.notification.v1.same";
        let [v1, v2] = Wire::ALL.map(|wire| {
            let payload = Payload::new(kind, wire, "a", at()).without_additions();
            payload.with("notificationInfo.notificationId", id).value()
        });
        let (mut rewritten, mut old) = (v2, v1);
        if let Some(date) = rewritten
            .pointer_mut("/orderInfo/productInfo/0")
            .and_then(Value::as_object_mut)
        {
            let date = date.remove("estimatedDeliveryDate").unwrap();
            rewritten["orderInfo"]["estimatedDeliveryDate"] = date;
        }
        if let Some(slots) = old.pointer_mut("/subscriptionInfo/slotsSubscriptionStatus") {
            *slots = json!({"firstSlot": {"subscribed": true}, "secondSlot": {"subscribed": false}});
        }
        assert_eq!(rewritten, old, "{kind}");
    }
}

#[test]
fn a_value_is_altered_or_left_out_by_its_path() {
    let payload = Payload::new("OrderPlacedNotification", Wire::V2, "a", at())
        .with("orderInfo.productInfo.0.quantity", 2)
        .with("orderInfo.productInfo.1", json!({"quantity": 3}))
        .with_text("deviceInfo.deviceIdentifier.serialNumber", "12")
        .with_text("orderInfo.productInfo.0.unit", "true")
        .with_text("orderInfo.late", "true")
        .with_text("orderInfo.note", "not json")
        .without("customerInfo.directedCustomerId")
        .without("orderInfo.nothing.there")
        .value();
    assert_eq!(payload["deviceInfo"]["deviceIdentifier"]["serialNumber"], "12");
    assert_eq!(payload["customerInfo"], json!({}));
    assert_eq!(payload["orderInfo"]["late"], true);
    assert_eq!(payload["orderInfo"]["note"], "not json");
    assert_eq!(payload["orderInfo"]["productInfo"][0]["quantity"], 2);
    assert_eq!(payload["orderInfo"]["productInfo"][0]["unit"], "true");
    assert_eq!(payload["orderInfo"]["productInfo"][1], json!({"quantity": 3}));
}

#[test]
fn the_attribute_says_the_version_as_sns_writes_it() {
    let said = Wire::ALL.map(|wire| Payload::new(TYPES[0], wire, "a", at()).attributes());
    let attribute = |version: &str| vec![("version".to_owned(), "String".to_owned(), version.to_owned())];
    assert_eq!(said, [attribute("1.0"), attribute("2.0")]);
}

/// The names of the members, in order.
fn outline(tree: &Tree) -> String {
    match tree {
        Tree::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, tree)| format!("{name}{}", outline(tree)))
                .collect();
            format!("({})", members.join(" "))
        }
        Tree::List(items) => format!("[{}]", items.iter().map(outline).collect::<Vec<_>>().join(" ")),
        Tree::Leaf(_) => String::new(),
    }
}

fn at() -> Timestamp {
    "2016-12-02T21:09:58.689Z".parse().unwrap()
}
