//! Whether two requests ask for the same.
//!
//! Promises that requests that mean the same have one fingerprint, however they were spelled: the request is read into its type
//! first, and what is hashed is that type written in one way. Members are sorted, as in RFC 8785
//! (<https://www.rfc-editor.org/rfc/rfc8785#section-3.2.3>), white space is gone, and a whole number has one spelling.

use inbox::Digest;
use serde::Serialize;
use serde_json::Value;

/// `v1:` and the SHA-256 of a request's canonical text. The version changes when the writing does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a request, which is a type and not the text that came in. Everything belongs to it that makes another
    /// message; what only says how to send it (a time budget, what to do after an unknown outcome) does not.
    ///
    /// # Errors
    /// If the type cannot be written as JSON: a map whose keys are no texts, or a `Serialize` that fails.
    pub fn of<T: Serialize>(request: &T) -> Result<Self, serde_json::Error> {
        let mut text = String::new();
        write(&serde_json::to_value(request)?, &mut text);
        Ok(Self(format!("{VERSION}{}", Digest::of(&text))))
    }

    /// The fingerprint that was made elsewhere, from its text: `v1:` and 64 hexadecimal digits in lower case. Nothing for any other
    /// text. For a message of ADM that is the text of `adm::Fingerprint`.
    pub fn given(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(VERSION)?;
        let is_digest = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| Self(text.to_owned()))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Nested as deep as the type is; its depth is the program's, not the sender's.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (n, value) in values.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            // Sorted here: whether `serde_json` does it depends on a feature that any other crate may switch.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (n, (name, value)) in members.into_iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Number(number) => match number.as_f64() {
            Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < EXACT => {
                text.push_str(&format!("{}", whole as i64));
            }
            _ => text.push_str(&number.to_string()),
        },
        Value::Bool(_) | Value::Null | Value::String(_) => text.push_str(&value.to_string()),
    }
}

const VERSION: &str = "v1:";
/// 2^53: up to here every whole number has a floating-point number of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Fingerprint, write};

    fn canonical(json: &str) -> String {
        let mut text = String::new();
        write(&serde_json::from_str::<Value>(json).unwrap(), &mut text);
        text
    }

    #[test]
    fn one_request_has_one_text_however_it_was_spelled() {
        for (spelled, text) in [
            (
                r#"{ "b" : 1 , "a" : [ 1.0, 1e2, -0.0, 0.5 ] }"#,
                r#"{"a":[1,100,0,0.5],"b":1}"#,
            ),
            (r#"{"\u0061":"\u00e9","A":null}"#, r#"{"A":null,"a":"é"}"#),
            (r#"{"a":{"d":true,"c":false}}"#, r#"{"a":{"c":false,"d":true}}"#),
            ("18446744073709551615", "18446744073709551615"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(canonical(spelled), text);
        }
    }

    #[test]
    fn another_request_has_another_fingerprint() {
        let of = |value: &Value| Fingerprint::of(value).unwrap();
        let request = json!({ "topic": "news", "data": { "a": "1" } });
        let others = [
            json!({ "topic": "news", "data": { "a": "2" } }),
            json!({ "topic": "news", "data": { "a": 1 } }),
            json!({ "topic": "news", "data": { "a": "1", "b": "" } }),
            json!({ "topic": "news", "data": {} }),
            json!({ "topic": "new", "data": { "a": "1" } }),
            json!([request]),
        ];
        for other in others {
            assert_ne!(of(&other), of(&request), "{other}");
        }
        assert_eq!(
            of(&json!({})).as_str(),
            "v1:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }

    #[test]
    fn a_fingerprint_that_was_made_elsewhere_is_one_of_the_same_form() {
        let made = Fingerprint::of(&"request").unwrap();
        assert_eq!(Fingerprint::given(made.as_str()), Some(made.clone()));

        let digits = made.as_str().strip_prefix("v1:").unwrap();
        for text in [
            "",
            "v1:",
            digits,
            &format!("v2:{digits}"),
            &format!("V1:{digits}"),
            &format!("v1:{}", &digits[1..]),
            &format!("v1:{digits}0"),
            &format!("v1:{digits}\n"),
            &format!("v1:{}g", &digits[1..]),
            &format!("v1:{}A", &digits[1..]),
            &format!("v1:{}\u{e9}", &digits[2..]),
        ] {
            assert_eq!(Fingerprint::given(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_json_has_no_fingerprint() {
        let keyed = std::collections::HashMap::from([((1, 2), 3)]);

        assert_eq!(Fingerprint::of(&keyed).unwrap_err().to_string(), "key must be a string");
    }

    proptest! {
        #[test]
        fn members_may_come_in_any_order(members in proptest::collection::btree_map("[a-d\"]{0,3}", any::<i32>(), 0..6)) {
            let text = |members: Vec<(&String, &i32)>| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
                format!("{{{}}}", members.join(" ,\n"))
            };
            let (forward, backward) = (text(members.iter().collect()), text(members.iter().rev().collect()));
            prop_assert_eq!(canonical(&forward), canonical(&backward));
        }
    }
}
