//! What is refused before anybody asks for a certificate.

use http::HeaderMap;
use sandbox::{Envelope, SignatureVersion};
use serde_json::json;
use sns_webhook::{MAX_BODY_BYTES, Refusal, Rejection, Unverified};

use crate::world::{judge, notification, one_of_each};

fn refused(body: &[u8]) -> Rejection {
    match Unverified::parse(&HeaderMap::new(), body) {
        Err(Refusal::Rejected(rejection)) => rejection,
        other => panic!("{other:?}: {}", String::from_utf8_lossy(body)),
    }
}

/// Which variant it is, for those that carry a place.
fn reason(body: impl AsRef<[u8]>) -> &'static str {
    refused(body.as_ref()).reason()
}

fn fields_of(envelope: &Envelope) -> &'static [&'static str] {
    match envelope.field("Type") {
        Some("Notification") => &[
            "Message",
            "MessageId",
            "Signature",
            "SignatureVersion",
            "SigningCertURL",
            "Timestamp",
            "TopicArn",
            "Type",
        ],
        _ => &[
            "Message",
            "MessageId",
            "Signature",
            "SignatureVersion",
            "SigningCertURL",
            "SubscribeURL",
            "Timestamp",
            "Token",
            "TopicArn",
            "Type",
        ],
    }
}

#[test]
fn every_field_of_its_type_must_be_there_and_be_a_string() {
    for envelope in one_of_each(SignatureVersion::V1) {
        for &field in fields_of(&envelope) {
            assert_eq!(
                refused(envelope.clone().without(field).text().as_bytes()),
                Rejection::MissingField(field)
            );
            let nothing = envelope.clone().with(field, json!(null));
            assert_eq!(refused(nothing.text().as_bytes()), Rejection::MissingField(field));
            for value in [
                json!(1),
                json!(-1),
                json!(1.5),
                json!(true),
                json!([]),
                json!(["x"]),
                json!({}),
                json!({"x": "y"}),
            ] {
                let forged = envelope.clone().with(field, value);
                assert_eq!(refused(forged.text().as_bytes()), Rejection::FieldType(field));
            }
        }
    }
    let forged = notification().with("Subject", json!(["Renewal"]));
    assert_eq!(refused(forged.text().as_bytes()), Rejection::FieldType("Subject"));
}

#[test]
fn the_fields_have_the_forms_that_sns_gives_them() {
    let [_, confirmation, _] = one_of_each(SignatureVersion::V1);
    for (field, values) in [
        (
            "MessageId",
            &[
                "",
                "22B80B92-fdea-4c2c-8f9d-bdfb0c7bf324",
                "22b80b92fdea4c2c8f9dbdfb0c7bf324",
                "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf32",
                "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf3244",
                "{22b80b92-fdea-4c2c-8f9d-bdfb0c7bf3}",
                "22b80b92-fdea-4c2c-8f9d_bdfb0c7bf324",
                "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf32g",
                "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf32\u{663}",
            ][..],
        ),
        (
            "Timestamp",
            &[
                "",
                "2026-03-06T19:55:38Z",
                "2026-03-06T19:55:38.9Z",
                "2026-03-06T19:55:38.9030Z",
                "2026-03-06T19:55:38,903Z",
                "2026-03-06t19:55:38.903z",
                "2026-03-06 19:55:38.903Z",
                "2026-03-06T19:55:38.903+00:00",
                "2026-13-06T19:55:38.903Z",
                "2026-02-29T19:55:38.903Z",
                "2026-03-06T24:00:00.000Z",
                "9999-12-31T23:59:59.999Z",
                "١٩٩٩-01-01T00:00:00.000Z",
                "1772826938",
            ],
        ),
        ("Token", &["", "0x12", "ab12 ", "xyz", "ab-12", "\u{661}", "&TopicArn=x"]),
        (
            "TopicArn",
            &[
                "",
                "arn:aws:sns:us-east-1:033616359524",
                "arn:aws:sqs:us-east-1:033616359524:LT0XA",
                "arn:aws:sns:s3-us-west-2:033616359524:LT0XA",
                "arn:aws:sns:us-east-1:033616359524:LT0XA&Token=ab",
                "arn:aws:sns:us-east-1:033616359524:*",
            ],
        ),
    ] {
        for &value in values {
            match refused(confirmation.clone().with(field, value).text().as_bytes()) {
                Rejection::Grammar { field: named, .. } => assert_eq!(named, field),
                other => panic!("{field} {value:?}: {other:?}"),
            }
        }
    }
    let fifo = notification().with("TopicArn", "arn:aws:sns:us-east-1:033616359524:LT0XA.fifo");
    assert_eq!(refused(fifo.text().as_bytes()), Rejection::FifoTopic);
    for message_type in ["", "notification", "Notification ", "SubscriptionConfirmation\n", "Publish"] {
        let forged = notification().with("Type", message_type);
        assert_eq!(refused(forged.text().as_bytes()), Rejection::UnknownType);
    }
}

#[test]
fn a_key_that_appears_twice_is_refused_at_any_depth_and_however_it_is_spelled() {
    let body = notification().text();
    let with = |entry: &str| body.replacen('{', &format!("{{{entry},"), 1);
    assert_eq!(reason(body.replacen("\"Type\"", "\"type\"", 1)), "missing_field");
    for entry in [
        r#""Message":"{}""#,
        r#""MessageId":null"#,
        r#""\u004dessage":"{}""#,
        r#""M\u0065ss\u0061ge":"{}""#,
        r#""Signature":"""#,
        r#""MessageAttributes":{}"#,
        r#""x":1,"x":1"#,
        r#""x":1,"\u0078":1"#,
        r#""\/":1,"/":1"#,
        r#""\ud83e\udd80":1,"🦀":1"#,
        r#""":1,"":1"#,
        r#""x":{"y":1,"y":2}"#,
        r#""x":[[{"y":1},{"y":1,"\u0079":[]}]]"#,
        r#""x":{"a":{"a":{"a":1,"a":1}}}"#,
    ] {
        assert_eq!(reason(with(entry)), "duplicate_key", "{entry}");
    }
    for entry in [
        r#""x":{"y":1},"z":{"y":1}"#,
        r#""x":[{"y":1},{"y":1}]"#,
        r#""x":{"x":{"x":{}}}"#,
        r#""é":1,"e\u0301":1"#,
    ] {
        assert_eq!(judge(&with(entry)), judge(&body), "{entry}");
    }
    assert_eq!(
        refused(b"{\n\"a\":1,\n \"a\":2}"),
        Rejection::DuplicateKey { line: 3, column: 4 }
    );
}

#[test]
fn both_spellings_of_a_url_key_together_are_refused() {
    let [_, confirmation, _] = one_of_each(SignatureVersion::V1);
    for (key, other) in [
        ("SigningCertURL", "SigningCertUrl"),
        ("SubscribeURL", "SubscribeUrl"),
        ("UnsubscribeURL", "UnsubscribeUrl"),
    ] {
        let envelope = confirmation.clone().with("UnsubscribeURL", "https://u");
        for value in [json!(envelope.field(key)), json!(null), json!(1)] {
            let forged = envelope.clone().and_also(other, value);
            assert_eq!(refused(forged.text().as_bytes()), Rejection::BothSpellings(key));
        }
    }
}

#[test]
fn only_one_whole_json_object_is_an_envelope() {
    let body = notification().text();
    let string = |text: &str| format!("{{\"x\":{text}}}");
    for text in [
        String::new(),
        " ".to_owned(),
        "null".to_owned(),
        "\"text\"".to_owned(),
        format!("[{body}]"),
        format!("{body}{body}"),
        format!("{body},"),
        format!("{body}\0"),
        format!("\u{feff}{body}"),
        body[..body.len() - 1].to_owned(),
        body.replacen(',', ",,", 1),
        body.replacen("\n}", ",\n}", 1),
        body.replacen('{', "{// comment\n", 1),
        body.replace('"', "'"),
        string("\"\u{1}\""),
        string("\"a\nb\""),
        string("\"a\0b\""),
        string(r#""\ud83e""#),
        string(r#""\ud83e\ud83e""#),
        string(r#""\udd80\ud83e""#),
        string(r#""\x41""#),
        string(r#""\u00""#),
        string("NaN"),
        string("01"),
        "{1:2}".to_owned(),
        "{\"\\ud83e\":1}".to_owned(),
    ] {
        assert_eq!(reason(&text), "not_an_envelope", "{text}");
    }
    assert_eq!(refused(b"{\n  \"a\" 1}"), Rejection::NotAnEnvelope { line: 2, column: 7 });
}

#[test]
fn nesting_is_limited_so_that_no_body_exhausts_the_stack() {
    let nested = |depth: usize| {
        notification()
            .text()
            .replacen('{', &format!("{{\"x\":{}1{},", "[".repeat(depth), "]".repeat(depth)), 1)
    };
    assert_eq!(judge(&nested(100)), judge(&notification().text()));
    assert_eq!(reason(nested(200)), "not_an_envelope");
    for opening in ["[", "{\"x\":", "{\"x\":["] {
        assert_eq!(reason(opening.repeat(MAX_BODY_BYTES / opening.len())), "not_an_envelope");
    }
}

#[test]
fn a_body_that_is_not_utf8_is_refused_with_the_place() {
    let mut body = notification().text().into_bytes();
    body[40] = 0xff;
    assert_eq!(refused(&body), Rejection::NotUtf8 { offset: 40 });
    assert_eq!(refused(b"\xed\xa0\xbe"), Rejection::NotUtf8 { offset: 0 });
    assert_eq!(refused(b"{\"\xc0\xaf\":1}"), Rejection::NotUtf8 { offset: 2 });
}

#[test]
fn a_body_may_have_two_mebibytes_and_no_more() {
    let envelope = one_of_each(SignatureVersion::V2)[0].clone();
    let padding = MAX_BODY_BYTES - envelope.clone().with("x", "").text().len();
    let largest = envelope.clone().with("x", "x".repeat(padding)).text();
    assert_eq!(largest.len(), 2 * 1024 * 1024);
    assert_eq!(judge(&largest), judge(&envelope.text()));
    assert_eq!(
        refused(envelope.with("x", "x".repeat(padding + 1)).text().as_bytes()),
        Rejection::BodyTooLarge {
            size_bytes: MAX_BODY_BYTES + 1,
            limit_bytes: MAX_BODY_BYTES
        }
    );
}

#[test]
fn no_refusal_repeats_what_the_delivery_says() {
    let secret = "s3cr3t";
    for body in [
        notification().with("MessageId", secret),
        notification().with("Timestamp", secret),
        notification().with("TopicArn", secret),
        notification().with("Type", secret),
        notification().with("Signature", secret),
        notification().with("SignatureVersion", secret),
        notification().with("Subject", format!("{secret}\n")),
        notification().and_also(secret, 1).and_also(secret, 2),
    ] {
        let refusal = refused(body.text().as_bytes());
        let told = format!("{refusal} {refusal:?}");
        assert!(!told.contains(secret), "{told}");
    }
    let told = refused(format!("{{\"{secret}\" \"{secret}\"}}").as_bytes());
    assert!(!format!("{told} {told:?}").contains(secret));
}
