use serde_json::json;

use super::*;
use crate::drs::TYPES;

#[test]
fn only_three_quirks_are_not_json() {
    let broken: Vec<&str> = Quirk::ALL
        .into_iter()
        .filter(|quirk| serde_json::from_str::<Value>(&quirk.text("a", at())).is_err())
        .map(Quirk::name)
        .collect();
    assert_eq!(broken, ["surplus-bracket", "trailing-comma", "unreadable"]);
}

#[test]
fn every_quirk_changes_its_payload_and_differs_from_the_others() {
    let mut texts: Vec<String> = Quirk::ALL.map(|quirk| quirk.text("a", at())).into();
    for (quirk, text) in Quirk::ALL.iter().zip(&texts) {
        assert_ne!(*text, quirk.payload("a", at()).text(), "{}", quirk.name());
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), Quirk::ALL.len());
}

#[test]
fn text_is_broken_where_the_page_breaks_it() {
    let plain = |quirk: Quirk| quirk.payload("a", at()).text();
    assert_eq!(
        Quirk::TrailingComma.text("a", at()),
        plain(Quirk::TrailingComma).replace("}]}}", "}],}}")
    );
    assert_eq!(
        Quirk::SurplusBracket.text("a", at()),
        format!("{}}}", plain(Quirk::SurplusBracket))
    );
    assert!(plain(Quirk::Unreadable).starts_with(&Quirk::Unreadable.text("a", at())));
}

#[test]
fn members_stand_where_the_page_has_them() {
    let order = |value: &Value| value["orderInfo"]["instanceId"].clone();
    let moved = told(Quirk::OrderInCustomer);
    assert_eq!(
        (order(&moved), order(&moved["customerInfo"]).is_string()),
        (Value::Null, true)
    );

    let model = told(Quirk::ModelUnderAnotherName);
    assert_eq!(
        model["deviceInfo"]["productIdentifier"],
        json!({"myDeviceModel": "ExampleWasher"})
    );

    let info = &told(Quirk::OlderClientId)["notificationInfo"];
    assert_eq!((info["lwaClientId"].is_null(), info["LWAClientId"].is_string()), (true, true));
}

#[test]
fn values_are_spelled_another_way() {
    let product = |quirk| told(quirk)["orderInfo"]["productInfo"][0].clone();
    assert_eq!(product(Quirk::QuantityInteger)["quantity"].to_string(), "12");
    assert_eq!(product(Quirk::QuantityText)["quantity"], "12.0");
    assert_eq!(product(Quirk::UnitCapitalised)["unit"], "Count");
    let info = |quirk| told(quirk)["notificationInfo"].clone();
    assert_eq!(info(Quirk::TimeWithoutFraction)["notificationTime"], "2016-12-02T21:09:58Z");
    assert_eq!(info(Quirk::UnknownType)["notificationType"], "OrderDelayedNotification");
}

#[test]
fn slots_are_mixed_or_tell_what_they_were_subscribed_with() {
    let slots = |value: &Value| value["subscriptionInfo"]["slotsSubscriptionStatus"].clone();
    let mixed = slots(&told(Quirk::MixedSlots));
    assert_eq!(
        mixed,
        json!({"firstSlot": true, "secondSlot": {"subscribed": false, "productInfoList": []}})
    );
    let v1 = Payload::new("SubscriptionChangedNotification", Wire::V1, "a", at());
    let mixed: Value = serde_json::from_str(&Quirk::MixedSlots.of(v1)).unwrap();
    assert_eq!(
        (&slots(&mixed)["firstSlot"]["subscribed"], &slots(&mixed)["secondSlot"]),
        (&json!(true), &json!(false))
    );

    let previous = slots(&told(Quirk::PreviousProducts))["secondSlot"].clone();
    let product = json!({"quantity": 12.0, "unit": "count", "asin": "B00EXAMPLE"});
    assert_eq!(previous, json!({"subscribed": false, "productInfoList": [product]}));
}

#[test]
fn a_wrapper_holds_the_whole_message() {
    let whole = |quirk: Quirk| quirk.payload("a", at()).value();
    assert_eq!(told(Quirk::WrappedDefault), json!({"default": whole(Quirk::WrappedDefault)}));
    assert_eq!(told(Quirk::WrappedHttps)["https"], whole(Quirk::WrappedHttps));
}

#[test]
fn a_payload_of_any_type_can_be_given_any_quirk() {
    for kind in TYPES {
        for quirk in Quirk::ALL {
            let plain = Payload::new(kind, Wire::V2, "a", at());
            let (has_order, has_slots) = (plain.text().contains("quantity"), plain.text().contains("productInfoList"));
            let untouched = match quirk {
                Quirk::MixedSlots | Quirk::PreviousProducts => !has_slots,
                Quirk::OrderInCustomer => !plain.text().contains("orderInfo"),
                Quirk::QuantityInteger | Quirk::QuantityText | Quirk::UnitCapitalised => !has_order,
                _ => false,
            };
            assert_eq!(quirk.of(plain.clone()) == plain.text(), untouched, "{kind} {}", quirk.name());
        }
    }
}

fn told(quirk: Quirk) -> Value {
    serde_json::from_str(&quirk.text("a", at())).unwrap()
}

fn at() -> Timestamp {
    "2016-12-02T21:09:58.689Z".parse().unwrap()
}
