//! A signed text has one reading. The input is an envelope, and which of the lines that are names of fields begin a field in
//! another reading of its signed text.
#![no_main]

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use sns_webhook::Unverified;

fuzz_target!(|input: (u64, &[u8])| {
    let (choices, body) = input;
    let Ok(envelope) = Unverified::parse(&HeaderMap::new(), body) else { return };
    let signed = envelope.string_to_sign();
    let text = std::str::from_utf8(&signed).expect("the fields are UTF-8");
    let other = Value::Object(another_reading(text, choices)).to_string();
    let Ok(other) = Unverified::parse(&HeaderMap::new(), other.as_bytes()) else { return };
    if other.string_to_sign() == signed {
        assert_eq!(other.message_type(), envelope.message_type());
        assert_eq!(other.message_id(), envelope.message_id());
        assert_eq!(other.topic_arn(), envelope.topic_arn());
        assert_eq!(other.timestamp(), envelope.timestamp());
    }
});

fn another_reading(text: &str, mut choices: u64) -> Map<String, Value> {
    let mut fields = Map::from_iter([
        ("SignatureVersion".to_owned(), json!("1")),
        ("Signature".to_owned(), json!("")),
        ("SigningCertURL".to_owned(), json!("")),
    ]);
    let (mut name, mut value) = ("Message", None::<String>);
    for line in text.trim_end_matches('\n').split('\n').skip(1) {
        choices = choices.rotate_left(1);
        if SIGNED.contains(&line) && !fields.contains_key(line) && line != name && choices & 1 == 1 {
            fields.insert(name.to_owned(), json!(value.take().unwrap_or_default()));
            name = line;
        } else {
            value = Some(match value {
                None => line.to_owned(),
                Some(before) => format!("{before}\n{line}"),
            });
        }
    }
    fields.insert(name.to_owned(), json!(value.unwrap_or_default()));
    fields
}

const SIGNED: [&str; 8] = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
