//! What the sandbox publishes as Dash Replenishment notifications, read as the function reads them.

use drs::{DeclaredVersion, Reading, Unreadable, Warning, WireVersion};
use jiff::Timestamp;
use sandbox::drs::{Payload, Quirk, TYPES, Wire};
use serde_json::json;

#[test]
fn every_type_is_read_without_a_warning_in_the_version_that_it_declares() {
    for kind in TYPES {
        for wire in Wire::ALL {
            let payload = Payload::new(kind, wire, "a", at());
            let (name, data_type, version) = payload.attributes().remove(0);
            let declared = DeclaredVersion::from_attributes(&json!({name: {"Type": data_type, "Value": version}}));
            assert!(declared.is_some());
            let reading = drs::read(&payload.text(), declared.as_ref()).unwrap();
            assert_eq!(
                (reading.repaired, reading.warnings.as_slice()),
                (false, [].as_slice()),
                "{kind}"
            );
            assert_eq!(reading.event.kind.to_string(), kind);
            let tells_version =
                reading.event.order.is_some_and(|order| !order.products.is_empty()) || reading.event.slots.is_some();
            let expected = match (tells_version, wire) {
                (false, _) => WireVersion::Any,
                (true, Wire::V1) => WireVersion::V1,
                (true, Wire::V2) => WireVersion::V2,
            };
            assert_eq!(reading.event.wire_version, expected, "{kind}");
        }
    }
}

#[test]
fn the_same_facts_in_both_versions_are_the_same_event() {
    for kind in TYPES {
        let [v1, v2] = Wire::ALL.map(|wire| {
            let payload = Payload::new(kind, wire, "a", at()).without_additions();
            let payload = payload.with("notificationInfo.notificationId", "amzn1.dash.notification.v1.same");
            let mut event = drs::read(&payload.text(), None).unwrap().event;
            event.wire_version = WireVersion::Any;
            event
        });
        assert_eq!(v1, v2, "{kind}");
    }
}

#[test]
fn every_quirk_is_read_with_what_was_odd_about_it() {
    for quirk in Quirk::ALL {
        let (repaired, warnings): (bool, &[Warning]) = match quirk {
            Quirk::MixedSlots => (false, &[Warning::VersionsMixed]),
            Quirk::ModelUnderAnotherName => (false, &[Warning::ModelUnderAnotherName]),
            Quirk::QuantityText => (false, &[Warning::QuantityAsText]),
            Quirk::SurplusBracket | Quirk::TrailingComma => (true, &[]),
            Quirk::UnknownType => (false, &[Warning::TypeUnlisted]),
            Quirk::WrappedDefault | Quirk::WrappedHttps => (false, &[Warning::Wrapped]),
            Quirk::OlderClientId
            | Quirk::OrderInCustomer
            | Quirk::PreviousProducts
            | Quirk::QuantityInteger
            | Quirk::TimeWithoutFraction
            | Quirk::UnitCapitalised => (false, &[]),
            Quirk::Unreadable => {
                assert!(matches!(read(quirk), Err(Unreadable::NotJson(_))), "{:?}", read(quirk));
                continue;
            }
        };
        let reading = read(quirk).unwrap();
        assert_eq!(
            (reading.repaired, reading.warnings.as_slice()),
            (repaired, warnings),
            "{}",
            quirk.name()
        );
    }
}

#[test]
fn a_quirk_of_spelling_changes_nothing_about_the_event() {
    for quirk in [
        Quirk::ModelUnderAnotherName,
        Quirk::OlderClientId,
        Quirk::OrderInCustomer,
        Quirk::QuantityInteger,
        Quirk::QuantityText,
        Quirk::SurplusBracket,
        Quirk::TrailingComma,
        Quirk::WrappedDefault,
        Quirk::WrappedHttps,
    ] {
        let plain = drs::read(&quirk.payload("a", at()).text(), None).unwrap();
        assert_eq!(read(quirk).unwrap().event, plain.event, "{}", quirk.name());
    }
}

fn read(quirk: Quirk) -> Result<Reading, Unreadable> {
    drs::read(&quirk.text("a", at()), None)
}

fn at() -> Timestamp {
    "2016-12-02T21:09:58.689Z".parse().unwrap()
}
