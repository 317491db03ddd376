//! How the intake files a DRS message.

use intake::{Filing, Source, Unreadable, Unsigned};

use crate::version::DeclaredVersion;

/// Dash Replenishment notifications as a source of the intake.
pub const SOURCE: Source = Source { name: "drs", read: file };

fn file(message: &str, unsigned: Unsigned<'_>) -> Result<Filing, Unreadable> {
    let declared = DeclaredVersion::from_attributes(&unsigned.attributes());
    let reading = crate::read(message, declared.as_ref())?;
    Ok(Filing {
        subject: reading.event.subject(),
        event: reading.event.event_key(),
        repaired: reading.repaired,
        warnings: reading.warnings.iter().map(|warning| warning.as_str().to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{DEVICE_REGISTERED, ORDER_PLACED_V1};

    fn filed(message: &str, attributes: Option<&str>) -> Result<Filing, Unreadable> {
        file(message, attributes.map_or_else(Unsigned::default, Unsigned::with_attributes))
    }

    #[test]
    fn a_message_is_filed_under_its_keys_with_what_was_odd_about_it() {
        let filing = |warnings: &[&str]| Filing {
            subject: "drs#mySerialNumber".to_owned(),
            event: "0000001443730779959#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#OrderPlacedNotification".to_owned(),
            repaired: true,
            warnings: warnings.iter().map(|warning| (*warning).to_owned()).collect(),
        };
        for attributes in [None, Some("{}"), Some(r#"{"version":{"Type":"String","Value":"1.0"}}"#)] {
            assert_eq!(filed(ORDER_PLACED_V1, attributes), Ok(filing(&[])), "{attributes:?}");
        }
        for attributes in [
            r#"{"version":{"Type":"String","Value":"2.0"}}"#,
            r#"{"version":{"type":"String","Value":2.0}}"#,
        ] {
            let filed = filed(ORDER_PLACED_V1, Some(attributes));
            assert_eq!(filed, Ok(filing(&["version_mismatch"])), "{attributes}");
        }
    }

    #[test]
    fn a_message_that_cannot_be_read_is_filed_by_reason_and_field() {
        let without_serial = DEVICE_REGISTERED.replace("serialNumber", "number");
        for (message, reason) in [
            (
                without_serial.as_str(),
                "field_missing:deviceInfo.deviceIdentifier.serialNumber",
            ),
            ("[]", "wrong_shape"),
        ] {
            let reason = reason.to_owned();
            assert_eq!(filed(message, None), Err(Unreadable { reason }));
        }
    }
}
