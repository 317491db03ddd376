//! The message attributes of an envelope, which no signature covers.
//!
//! Promises the text that stands there, unparsed and borrowed, at the cost of reading the envelope over for those who ask and of
//! nothing for all others. Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages" (what is signed) and
//! "Amazon SNS message attributes" (what they look like).

use serde::Deserialize;
use serde_json::value::RawValue;

/// The value of `MessageAttributes` in an envelope that was read before, so that no key of it stands there twice.
pub(crate) fn within(envelope: &str) -> Option<&str> {
    let envelope = serde_json::from_str::<Envelope<'_>>(envelope).ok()?;
    envelope.attributes.map(RawValue::get)
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "MessageAttributes")]
    attributes: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_given_out_as_they_stand() {
        for attributes in [
            r#"{"version" : {"Type":"String","Value":"2.0"}}"#,
            r#"{"version":{"type":"String","Value":2.0}}"#,
            r#"{ }"#,
            r#"["\u0041", 1e400]"#,
            r#""text""#,
        ] {
            let envelope = format!(r#"{{"Type":"Notification","MessageAttributes" : {attributes} ,"Message":"m"}}"#);
            assert_eq!(within(&envelope), Some(attributes));
        }
        assert_eq!(within(r#"{"Message\u0041ttributes":{"a":1}}"#), Some(r#"{"a":1}"#));
    }

    #[test]
    fn without_attributes_there_is_nothing() {
        for envelope in [r#"{}"#, r#"{"MessageAttributes":null}"#, r#"{"a":{"MessageAttributes":{}}}"#] {
            assert_eq!(within(envelope), None, "{envelope}");
        }
    }
}
