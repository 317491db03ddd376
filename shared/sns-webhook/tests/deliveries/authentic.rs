//! What must be believed.

use http::HeaderMap;
use sandbox::{Notification, Pki, SignatureVersion};
use serde_json::{Value, json};
use sns_webhook::{MessageType, Unverified};

use crate::world::{Believed, TOPIC, judge, notification, now, one_of_each, plain_notification, signer_cert};

const TYPES: [MessageType; 3] = [
    MessageType::Notification,
    MessageType::SubscriptionConfirmation,
    MessageType::UnsubscribeConfirmation,
];

#[test]
fn every_type_is_believed_in_both_versions_and_both_spellings() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        for (envelope, message_type) in one_of_each(version).into_iter().zip(TYPES) {
            let expected = Believed {
                message_type,
                message_id: envelope.field("MessageId").unwrap().to_owned(),
                topic_arn: TOPIC.to_owned(),
                timestamp: "2026-03-06T19:55:38.903Z".parse().unwrap(),
                subject: None,
                body: envelope.field("Message").unwrap().to_owned(),
                token: envelope.field("Token").map(str::to_owned),
            };
            assert_eq!(judge(&envelope.text()).as_ref(), Ok(&expected));
            assert_eq!(judge(&envelope.lambda_text()).as_ref(), Ok(&expected));
            let lower_subscribe_url = envelope.clone().renamed("SubscribeURL", "SubscribeUrl");
            assert_eq!(judge(&lower_subscribe_url.text()), Ok(expected));
        }
    }
}

#[test]
fn the_string_to_sign_is_the_signers() {
    for envelope in one_of_each(SignatureVersion::V2).into_iter().chain([notification()]) {
        let text = envelope.text();
        let parsed = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(parsed.string_to_sign()).unwrap(), envelope.string_to_sign());
    }
}

#[test]
fn a_message_may_hold_any_text_and_a_subject_any_line() {
    for text in [
        "",
        " ",
        "\n",
        "\u{0}",
        "\r\n\t",
        "a\nMessageId\nb",
        "\u{1f980}\u{fffd}\u{2028}",
        "\"\\/\u{7f}\u{85}",
    ] {
        let message = Notification {
            message: text.to_owned(),
            subject: Some("\u{1f980} Zoë \"\\".to_owned()),
            ..plain_notification(TOPIC)
        };
        let envelope = Pki::fixed().signer().sign(message, SignatureVersion::V1);
        let believed = judge(&envelope.text()).unwrap();
        assert_eq!(believed.body, text);
        assert_eq!(believed.subject.as_deref(), Some("\u{1f980} Zoë \"\\"));
    }
}

#[test]
fn how_the_json_is_written_does_not_matter() {
    let believed = judge(&notification().text());
    assert!(believed.is_ok());
    let compact = notification().text().replace('\n', "").replace(" : ", ":");
    assert_eq!(judge(&compact), believed);
    let escaped = notification()
        .text()
        .replace("\"Renewal\"", r#""\u0052en\u0065wal""#)
        .replace("\"Type\"", r#""\u0054ype""#);
    assert_eq!(judge(&escaped), believed);
    assert_eq!(judge(&format!("\r\n\t {compact} \n")), believed);
}

#[test]
fn what_is_not_signed_changes_nothing() {
    for envelope in [notification()].into_iter().chain(one_of_each(SignatureVersion::V1)) {
        let believed = judge(&envelope.text());
        assert!(believed.is_ok());
        let dressed = envelope
            .clone()
            .with("UnsubscribeURL", "https://evil.example/\nSubject\nx")
            .with("SigningCertURL", "https://evil.example/cert.pem")
            .with("MessageAttributes", json!({"a": {"Type": "String", "Value": "b"}}))
            .with("SequenceNumber", "10000000000000000000")
            .with("message", "another message")
            .with("Anything", json!([null, true, -1, 1e300, {"deep": [{}]}]));
        assert_eq!(judge(&dressed.text()), believed);
        let undressed = envelope.clone().without("UnsubscribeURL").without("MessageAttributes");
        assert_eq!(judge(&undressed.text()), believed);
        // Fields that are signed in the other types only.
        let borrowed = match envelope.field("Type") {
            Some("Notification") => envelope.with("Token", json!(5)).with("SubscribeURL", "x\ny"),
            _ => envelope.with("Subject", "x\ny"),
        };
        assert_eq!(judge(&borrowed.text()), believed);
    }
}

#[test]
fn an_absent_subject_and_a_null_one_are_the_same() {
    let envelope = one_of_each(SignatureVersion::V2)[0].clone();
    assert_eq!(
        judge(&envelope.clone().with("Subject", json!(null)).text()),
        judge(&envelope.text())
    );
    assert_eq!(judge(&envelope.text()).map(|believed| believed.subject), Ok(None));
}

#[test]
fn neither_form_of_a_message_shows_its_content_when_debugged() {
    let text = notification().text();
    let envelope = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
    let unverified = format!("{envelope:?}");
    let message = envelope.verify(&crate::world::signer_cert(), now()).unwrap();
    for debugged in [unverified, format!("{message:?}")] {
        assert!(debugged.contains(TOPIC));
        assert!(!debugged.contains("receiptId") && !debugged.contains("Renewal"), "{debugged}");
    }
    assert_eq!(message.into_body(), "{\"receiptId\":\"1\"}");
}

#[test]
fn attributes_are_given_out_as_they_came_and_whoever_passes_a_message_on_can_change_them() {
    let attributed = |attributes: Value| notification().with("MessageAttributes", attributes);
    for (envelope, attributes) in [
        (notification().without("MessageAttributes"), None),
        (attributed(Value::Null), None),
        (attributed(json!({})), Some("{}")),
        (attributed(json!("any")), Some("\"any\"")),
        (
            attributed(json!({"version": {"type": "String", "Value": 2.0}})),
            Some("{\n    \"version\" : {\"Value\":2.0,\"type\":\"String\"}\n  }"),
        ),
    ] {
        let text = envelope.text();
        let envelope = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
        let message = envelope.verify(&signer_cert(), now()).unwrap();
        assert_eq!(message.unsigned_attributes(), attributes);
    }
}
