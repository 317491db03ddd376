//! Which version a message has, and which it is said to have.
//!
//! "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html) changed three types in version 2.0
//! and keeps 1.0 for the devices of older vendors, so that both are for good. The `version` inside a message is 2015-06-05 in
//! both. The version stands in the SNS message attributes, which no signature covers: so the structure of a message decides, and
//! the attribute can only contradict it.

use serde::Serialize;
use serde_json::Value;

use crate::decimal::Decimal;

/// The version that the structure of a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WireVersion {
    /// 1.0: the delivery date stands at the order, or a slot is a boolean.
    V1,
    /// 2.0: a product has an ASIN or a delivery date, or a slot is an object.
    V2,
    /// Nothing in it differs from one version to the other.
    Any,
}

impl WireVersion {
    /// The stable name, as in the JSON of an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::Any => "any",
        }
    }
}

/// The version that the SNS message attributes of a delivery declare. Not signed: good for a warning, never for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredVersion(Option<Decimal>);

impl DeclaredVersion {
    /// Looks for `version` in the `MessageAttributes` of an envelope or of a Lambda record.
    ///
    /// SNS sends `{"version": {"Type": "String", "Value": "2.0"}}`; Amazon's page shows `type` and the number 2.0. The type is
    /// passed over, and the value may be either.
    pub fn from_attributes(attributes: &Value) -> Option<Self> {
        let version = attributes.get("version")?.get("Value")?;
        match version {
            Value::Null => None,
            Value::String(text) => Some(Self(Decimal::parse(text))),
            Value::Number(number) => Some(Self(Decimal::from_number(number))),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Some(Self(None)),
        }
    }

    /// Whether the declaration leaves the structure's word standing. One that is no number contradicts both versions.
    pub(crate) fn agrees_with(&self, structure: WireVersion) -> bool {
        let declared = self.0.as_ref().map(Decimal::as_str);
        match structure {
            WireVersion::V1 => declared == Some("1"),
            WireVersion::V2 => declared == Some("2"),
            WireVersion::Any => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_stable_name_is_the_one_in_json() {
        for version in [WireVersion::V1, WireVersion::V2, WireVersion::Any] {
            assert_eq!(json!(version), json!(version.as_str()));
        }
    }

    #[test]
    fn a_version_is_declared_as_text_or_as_a_number() {
        let real = json!({"version": {"Type": "String", "Value": "2.0"}});
        let documented = json!({"version": {"type": "String", "Value": 2.0}});
        let whole = json!({"version": {"Type": "Number", "Value": "2"}, "other": {"Type": "String", "Value": "1.0"}});
        for attributes in [real, documented, whole] {
            check(&attributes, Some([false, true, true]));
        }
        check(
            &json!({"version": {"Type": "String", "Value": "1.0"}}),
            Some([true, false, true]),
        );
        check(&json!({"version": {"type": "String", "Value": 1}}), Some([true, false, true]));
    }

    #[test]
    fn a_declaration_that_is_no_known_version_contradicts_both() {
        for value in [
            json!("3.0"),
            json!("2.0.1"),
            json!("two"),
            json!("-2"),
            json!(""),
            json!(true),
            json!([2]),
            json!({}),
        ] {
            check(
                &json!({"version": {"Type": "String", "Value": value}}),
                Some([false, false, true]),
            );
        }
    }

    #[test]
    fn without_the_attribute_nothing_is_declared() {
        for attributes in [
            json!({}),
            json!(null),
            json!("version"),
            json!(["version"]),
            json!({"version": "2.0"}),
            json!({"version": {"Type": "String"}}),
            json!({"version": {"Type": "String", "Value": null}}),
        ] {
            check(&attributes, None);
        }
    }

    fn check(attributes: &Value, agrees: Option<[bool; 3]>) {
        let versions = [WireVersion::V1, WireVersion::V2, WireVersion::Any];
        let declared = DeclaredVersion::from_attributes(attributes);
        let answers = declared.map(|declared| versions.map(|version| declared.agrees_with(version)));
        assert_eq!(answers, agrees, "{attributes}");
    }
}
