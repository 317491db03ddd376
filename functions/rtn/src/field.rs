//! The fields without which there is no event: which purchase, what, when.
//!
//! Promises a checked time; texts are checked by `reading`. The tests hold all of them to their rules.

use jiff::Timestamp;
use reading::Unreadable;
use serde_json::Value;

use crate::warning::Warning;

/// Milliseconds since 1970. Nothing was sold on the Appstore before, and a negative number would sort its key wrongly.
pub(crate) fn occurred_at(timestamp: Option<Value>, warnings: &mut Vec<Warning>) -> Result<Timestamp, Unreadable> {
    let milliseconds = match timestamp {
        None => return Err(Unreadable::FieldMissing("timestamp")),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => {
            warnings.push(Warning::TimestampAsText);
            text.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| text.parse().ok())
                .flatten()
        }
        Some(_) => return Err(Unreadable::FieldType("timestamp")),
    };
    milliseconds
        .filter(|milliseconds| *milliseconds >= 0)
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .ok_or(Unreadable::FieldValue("timestamp"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::read;
    use crate::sample::{read_with, subscription_fields};

    #[test]
    fn a_timestamp_may_be_a_number_or_a_numeric_text() {
        check_time(json!(1_588_086_967_189_i64), "2020-04-28T15:16:07.189Z", &[]);
        check_time(json!(0), "1970-01-01T00:00:00Z", &[]);
        check_time(
            json!("1588086967189"),
            "2020-04-28T15:16:07.189Z",
            &[Warning::TimestampAsText],
        );
        check_time(
            json!("0001588086967189"),
            "2020-04-28T15:16:07.189Z",
            &[Warning::TimestampAsText],
        );
    }

    #[test]
    fn a_timestamp_that_is_no_time_since_1970_is_refused() {
        let nonsense = [
            "",
            "-5",
            "+5",
            " 5",
            "5.0",
            "٣",
            "2020-04-28T15:16:07Z",
            "99999999999999999999",
        ]
        .map(Value::from);
        let numbers = [
            json!(-1),
            json!(1.5),
            json!(1e12),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(i64::MIN),
        ];
        for value in nonsense.into_iter().chain(numbers) {
            assert_eq!(
                read_with("timestamp", value.clone()),
                Err(Unreadable::FieldValue("timestamp")),
                "{value}"
            );
        }
    }

    #[test]
    fn ids_are_taken_up_to_the_documented_length_in_characters() {
        for (field, longest) in [("receiptId", 200), ("appUserId", 128)] {
            for letter in ["a", "é", "🔥"] {
                let event = read_with(field, json!(letter.repeat(longest)))
                    .expect("as long as documented")
                    .event;
                let id = if field == "receiptId" {
                    event.receipt_id.as_str().to_owned()
                } else {
                    event.app_user_id.as_str().to_owned()
                };
                assert_eq!(id, letter.repeat(longest));
                assert_eq!(
                    read_with(field, json!(letter.repeat(longest + 1))),
                    Err(Unreadable::FieldValue(field))
                );
            }
        }
    }

    #[test]
    fn a_field_that_an_event_cannot_do_without_is_missed() {
        for field in ["appPackageName", "appUserId", "notificationType", "receiptId", "timestamp"] {
            let mut message = subscription_fields();
            message.remove(field);
            assert_eq!(read(&json!(message).to_string()), Err(Unreadable::FieldMissing(field)));
            assert_eq!(read_with(field, Value::Null), Err(Unreadable::FieldMissing(field)));
        }
    }

    #[test]
    fn a_field_of_another_type_is_refused() {
        for field in ["appPackageName", "appUserId", "notificationType", "receiptId", "timestamp"] {
            assert_eq!(read_with(field, json!(true)), Err(Unreadable::FieldType(field)));
        }
    }

    #[test]
    fn text_that_would_blur_a_key_is_refused() {
        for (field, value) in [
            ("appPackageName", "com.example#x"),
            ("appPackageName", ""),
            ("appUserId", "a\u{0}"),
            ("notificationType", "A#B"),
            ("notificationType", ""),
            ("receiptId", "a\nb"),
            ("receiptId", ""),
        ] {
            assert_eq!(
                read_with(field, json!(value)),
                Err(Unreadable::FieldValue(field)),
                "{value:?}"
            );
        }
    }

    fn check_time(timestamp: Value, occurred_at: &str, warnings: &[Warning]) {
        let reading = read_with("timestamp", timestamp).expect("a time");
        assert_eq!(
            (reading.event.occurred_at.to_string().as_str(), reading.warnings.as_slice()),
            (occurred_at, warnings)
        );
    }
}
