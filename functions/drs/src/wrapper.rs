//! Messages that a publisher wrapped by protocol.
//!
//! SNS takes `{"default": …, "https": …}` from a publisher that says `MessageStructure: json`, and delivers to each protocol its
//! own ("Publish", docs.aws.amazon.com/sns/latest/api/API_Publish.html). A publisher that does not say so has the wrapper
//! delivered as it is. Promises the message inside, the one for HTTPS first, whether it stands there as an object or as text.

use reading::Fields;
use serde_json::Value;
use sns_webhook::lenient;

/// The message inside, and whether it was text that had to be repaired; nothing when the fields wrap no message.
pub(crate) fn unwrap(fields: &mut Fields) -> Option<lenient::Read<Fields>> {
    if is_message(fields) {
        return None;
    }
    PROTOCOLS
        .iter()
        .filter_map(|protocol| inside(fields.0.remove(*protocol)?))
        .find(|read| is_message(&read.value))
}

fn inside(child: Value) -> Option<lenient::Read<Fields>> {
    match child {
        Value::Object(fields) => Some(lenient::Read {
            value: Fields(fields),
            repaired: false,
        }),
        // Text that is no JSON is a message for people, as that for `email` may be.
        Value::String(text) => lenient::read(&text).ok(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn is_message(fields: &Fields) -> bool {
    fields.0.get("notificationInfo").is_some_and(|info| !info.is_null())
}

/// In the order in which they are believed.
const PROTOCOLS: [&str; 4] = ["https", "http", "default", "email"];

#[cfg(test)]
mod tests {
    use reading::Unreadable;
    use serde_json::json;

    use super::*;
    use crate::read::{Reading, read};
    use crate::sample::{DEVICE_REGISTERED, ORDER_PLACED_V2, message, read_changed};
    use crate::warning::Warning;

    #[test]
    fn a_message_is_read_from_inside_its_wrapper() {
        for protocol in PROTOCOLS {
            for child in [message(DEVICE_REGISTERED), json!(DEVICE_REGISTERED)] {
                let plain = read(DEVICE_REGISTERED, None).expect("Amazon's sample");
                let wrapped = read(&json!({protocol: child}).to_string(), None).expect("a wrapped sample");
                let warnings = vec![Warning::Wrapped];
                assert_eq!(wrapped, Reading { warnings, ..plain }, "{protocol}");
            }
        }
    }

    #[test]
    fn the_message_for_https_is_read_before_all_others() {
        let mut children = json!({"lambda": message(DEVICE_REGISTERED)});
        for protocol in ["email", "default", "http", "https"] {
            let mut child = message(DEVICE_REGISTERED);
            child["deviceInfo"]["deviceIdentifier"]["serialNumber"] = json!(protocol);
            children[protocol] = child;
            let event = read(&children.to_string(), None).expect("a wrapped sample").event;
            assert_eq!(event.subject(), format!("drs#{protocol}"));
        }
    }

    #[test]
    fn a_child_that_is_no_notification_is_passed_over() {
        for child in [
            json!({}),
            json!({"notificationInfo": null}),
            json!("Your order was placed."),
            json!("[1]"),
            json!(7),
            Value::Null,
        ] {
            let text = json!({"https": child, "email": message(DEVICE_REGISTERED)}).to_string();
            assert_eq!(
                read(&text, None).expect("a wrapped sample").warnings,
                [Warning::Wrapped],
                "{child}"
            );
            let text = json!({"https": child}).to_string();
            assert_eq!(
                read(&text, None),
                Err(Unreadable::FieldMissing("notificationInfo")),
                "{child}"
            );
        }
    }

    #[test]
    fn a_fault_inside_or_outside_is_repaired() {
        let inside = read(&json!({"default": ORDER_PLACED_V2}).to_string(), None).expect("a trailing comma inside");
        assert_eq!((inside.repaired, inside.warnings), (true, vec![Warning::Wrapped]));
        let outside = read(&format!("{}}}", json!({"default": DEVICE_REGISTERED})), None).expect("a bracket too many outside");
        assert_eq!((outside.repaired, outside.warnings), (true, vec![Warning::Wrapped]));
    }

    #[test]
    fn a_message_that_is_not_wrapped_may_have_such_fields() {
        let changes = [("/https", message(ORDER_PLACED_V2))];
        let reading = read_changed(DEVICE_REGISTERED, &changes).expect("additional fields");
        assert_eq!(
            (reading.event.extra.0.contains_key("https"), reading.warnings),
            (true, vec![])
        );
    }

    #[test]
    fn a_wrapper_inside_a_wrapper_is_not_a_message() {
        let text = json!({"https": {"https": message(DEVICE_REGISTERED)}}).to_string();
        assert_eq!(read(&text, None), Err(Unreadable::FieldMissing("notificationInfo")));
    }
}
