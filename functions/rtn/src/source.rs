//! How the intake files an RTN message.

use intake::{Filing, Source, Unreadable, Unsigned};

/// Appstore Real-Time Notifications as a source of the intake.
pub const SOURCE: Source = Source { name: "rtn", read: file };

// RTN has no message attributes.
fn file(message: &str, _: Unsigned<'_>) -> Result<Filing, Unreadable> {
    let reading = crate::read(message)?;
    Ok(Filing {
        subject: reading.event.subject(),
        event: reading.event.event_key(),
        repaired: reading.repaired,
        warnings: reading.warnings.iter().map(|warning| warning.as_str().to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::sample::{CONSUMABLE, subscription_fields};

    #[test]
    fn a_message_is_filed_under_its_keys_with_what_was_odd_about_it() {
        let message = CONSUMABLE.replace("1588086967189", "\"1588086967189\"");
        let filing = Filing {
            subject: "rtn#com.playrix.gardenscapes.amazon#bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+"
                .to_owned(),
            event: "0000001588086967189#CONSUMABLE_PURCHASED".to_owned(),
            repaired: true,
            warnings: vec!["timestamp_as_text".to_owned()],
        };
        assert_eq!(file(&message, Unsigned::default()), Ok(filing));
    }

    #[test]
    fn a_message_that_cannot_be_read_is_filed_by_reason_and_field() {
        let mut message = subscription_fields();
        message.remove("receiptId");
        let message = Value::from(message).to_string();
        for (message, reason) in [(message.as_str(), "field_missing:receiptId"), ("[]", "wrong_shape")] {
            let reason = reason.to_owned();
            assert_eq!(file(message, Unsigned::default()), Err(Unreadable { reason }));
        }
    }
}
