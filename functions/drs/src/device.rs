//! Which device: `deviceInfo` ("Notification Messages (DRS)", developer.amazon.com/docs/dash/notification-messages.html).
//!
//! Promises the serial number, and the model where the message tells one.

use reading::{Extra, Unreadable, object, optional_text, required, text};
use serde::Serialize;
use serde_json::Value;

use crate::identity::{Label, SerialNumber};
use crate::notes::Notes;
use crate::payload::{DeviceIdentifier, DeviceInfo, ProductIdentifier};
use crate::warning::Warning;

/// One device of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Device {
    /// The device maker's serial number.
    pub serial_number: SerialNumber,
    /// The model, as registered with Amazon.
    pub model_id: Option<Label>,
}

pub(crate) fn device(info: Option<Value>, extra: &mut Extra, notes: &mut Notes) -> Result<Device, Unreadable> {
    let info: DeviceInfo = required("deviceInfo", object("deviceInfo", info)?)?;
    let identifier: DeviceIdentifier = required(IDENTIFIER, object(IDENTIFIER, info.device_identifier)?)?;
    let model_id = match object(PRODUCT, info.product_identifier)? {
        Some(product) => model(product, extra, notes)?,
        None => None,
    };
    if model_id.is_none() {
        notes.warn(Warning::ModelMissing);
    }
    extra.add("deviceInfo", info.extra);
    extra.add(IDENTIFIER, identifier.extra);
    Ok(Device {
        serial_number: text(SERIAL, identifier.serial_number, SerialNumber::new)?,
        model_id,
    })
}

/// The page's 1.0 sample of `SubscriptionChangedNotification` has `{"myDeviceModel": "myDeviceModel"}` where all others have
/// `modelId`.
fn model(mut product: ProductIdentifier, extra: &mut Extra, notes: &mut Notes) -> Result<Option<Label>, Unreadable> {
    let mut model_id = optional_text(MODEL, product.model_id, Label::new)?;
    if model_id.is_none()
        && let Some(name) = sole_text(&product.extra)
    {
        model_id = optional_text(PRODUCT, product.extra.0.remove(&name), Label::new)?;
        notes.warn(Warning::ModelUnderAnotherName);
    }
    extra.add(PRODUCT, product.extra);
    Ok(model_id)
}

fn sole_text(fields: &Extra) -> Option<String> {
    let mut texts = fields
        .0
        .iter()
        .filter(|(_, value)| value.as_str().is_some_and(|text| !text.is_empty()));
    match (texts.next(), texts.next()) {
        (Some((name, _)), None) => Some(name.clone()),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

const IDENTIFIER: &str = "deviceInfo.deviceIdentifier";
const MODEL: &str = "deviceInfo.productIdentifier.modelId";
const PRODUCT: &str = "deviceInfo.productIdentifier";
const SERIAL: &str = "deviceInfo.deviceIdentifier.serialNumber";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::{DEVICE_REGISTERED, read_changed};

    #[test]
    fn the_model_is_the_model_id_or_the_only_text_in_its_place() {
        use Warning::{ModelMissing, ModelUnderAnotherName};
        check_model(&json!({"modelId": "m"}), Some("m"), &[], "{}");
        check_model(
            &json!({"modelId": "m", "other": "o"}),
            Some("m"),
            &[],
            r#"{"deviceInfo.productIdentifier.other":"o"}"#,
        );
        check_model(&json!({"myDeviceModel": "m"}), Some("m"), &[ModelUnderAnotherName], "{}");
        check_model(
            &json!({"modelId": null, "a": "m", "b": 1}),
            Some("m"),
            &[ModelUnderAnotherName],
            r#"{"deviceInfo.productIdentifier.b":1}"#,
        );
        check_model(
            &json!({"a": "m", "b": ""}),
            Some("m"),
            &[ModelUnderAnotherName],
            r#"{"deviceInfo.productIdentifier.b":""}"#,
        );
        check_model(
            &json!({"a": "m", "b": "n"}),
            None,
            &[ModelMissing],
            r#"{"deviceInfo.productIdentifier.a":"m","deviceInfo.productIdentifier.b":"n"}"#,
        );
        check_model(&json!({}), None, &[ModelMissing], "{}");
        check_model(&json!({"modelId": ""}), None, &[ModelMissing], "{}");
        check_model(&Value::Null, None, &[ModelMissing], "{}");
    }

    #[test]
    fn what_is_no_device_is_refused() {
        for (place, value, unreadable) in [
            ("/deviceInfo", Value::Null, Unreadable::FieldMissing("deviceInfo")),
            ("/deviceInfo", json!([]), Unreadable::FieldType("deviceInfo")),
            (
                "/deviceInfo/deviceIdentifier",
                Value::Null,
                Unreadable::FieldMissing(IDENTIFIER),
            ),
            ("/deviceInfo/deviceIdentifier", json!("s"), Unreadable::FieldType(IDENTIFIER)),
            (
                "/deviceInfo/deviceIdentifier/serialNumber",
                Value::Null,
                Unreadable::FieldMissing(SERIAL),
            ),
            (
                "/deviceInfo/deviceIdentifier/serialNumber",
                json!(7),
                Unreadable::FieldType(SERIAL),
            ),
            (
                "/deviceInfo/deviceIdentifier/serialNumber",
                json!(""),
                Unreadable::FieldValue(SERIAL),
            ),
            (
                "/deviceInfo/deviceIdentifier/serialNumber",
                json!("s\n"),
                Unreadable::FieldValue(SERIAL),
            ),
            (
                "/deviceInfo/deviceIdentifier/serialNumber",
                json!("s".repeat(256)),
                Unreadable::FieldValue(SERIAL),
            ),
            ("/deviceInfo/productIdentifier", json!("m"), Unreadable::FieldType(PRODUCT)),
            (
                "/deviceInfo/productIdentifier/modelId",
                json!(7),
                Unreadable::FieldType(MODEL),
            ),
            (
                "/deviceInfo/productIdentifier/modelId",
                json!("m\u{0}"),
                Unreadable::FieldValue(MODEL),
            ),
            (
                "/deviceInfo/productIdentifier",
                json!({"a": "m\u{0}"}),
                Unreadable::FieldValue(PRODUCT),
            ),
        ] {
            assert_eq!(
                read_changed(DEVICE_REGISTERED, &[(place, value.clone())]),
                Err(unreadable),
                "{place} {value}"
            );
        }
    }

    fn check_model(product: &Value, model: Option<&str>, warnings: &[Warning], extra: &str) {
        let reading = read_changed(DEVICE_REGISTERED, &[("/deviceInfo/productIdentifier", product.clone())]).expect("a device");
        let model_id = reading.event.device.model_id.as_ref().map(Label::as_str);
        assert_eq!((model_id, reading.warnings.as_slice()), (model, warnings), "{product}");
        assert_eq!(json!(reading.event.extra).to_string(), extra);
    }
}
