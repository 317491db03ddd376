//! What must not be believed although it looks like SNS's own.

use sandbox::{Envelope, Pki, SignatureVersion};
use serde_json::json;
use sns_webhook::{Refusal, Rejection};

use crate::world::{TOPIC, judge, notification, one_of_each, plain_notification};

fn refused(envelope: &Envelope) -> Rejection {
    match judge(&envelope.text()) {
        Err(Refusal::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_subject_folded_into_the_message_id_is_refused_although_its_signature_holds() {
    let genuine = notification();
    let id = format!("{}\nSubject\nRenewal", genuine.field("MessageId").unwrap());
    let folded = genuine.clone().without("Subject").with("MessageId", id);
    assert_eq!(folded.string_to_sign(), genuine.string_to_sign());
    assert_eq!(refused(&folded), Rejection::ControlCharacter("MessageId"));
}

#[test]
fn a_message_id_folded_into_the_message_is_refused() {
    let genuine = notification();
    let message = format!(
        "{}\nMessageId\n{}",
        genuine.field("Message").unwrap(),
        genuine.field("MessageId").unwrap()
    );
    let folded = genuine.clone().without("MessageId").with("Message", message);
    assert_eq!(folded.string_to_sign(), genuine.string_to_sign());
    assert_eq!(refused(&folded), Rejection::MissingField("MessageId"));
}

#[test]
fn a_control_character_in_any_signed_field_but_the_message_is_refused() {
    let [_, confirmation, farewell] = one_of_each(SignatureVersion::V1);
    for (envelope, fields) in [
        (notification(), &["MessageId", "Subject", "Timestamp", "TopicArn"][..]),
        (confirmation, &["MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn"]),
        (farewell, &["MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn"]),
    ] {
        for &field in fields {
            for control in ["\n", "\r", "\t", "\0", "\u{1f}", "\u{7f}", "\u{85}"] {
                let value = envelope.field(field).unwrap();
                for value in [format!("{value}{control}"), format!("{control}{value}")] {
                    let forged = envelope.clone().with(field, value);
                    assert_eq!(refused(&forged), Rejection::ControlCharacter(field), "{control:?}");
                }
            }
        }
    }
}

#[test]
fn any_other_value_of_a_signed_field_breaks_the_signature() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let [plain, confirmation, farewell] = one_of_each(version);
        let common = [
            ("Message", "{\"receiptId\":\"2\"}"),
            ("MessageId", "00000000-0000-0000-0000-000000000000"),
            ("Timestamp", "2026-03-06T19:55:38.904Z"),
            ("TopicArn", "arn:aws:sns:us-east-1:033616359524:LT0XB"),
        ];
        let handshake = [("SubscribeURL", "https://evil.example/"), ("Token", "ab12")];
        let with_subject = Pki::fixed().signer().sign_again(plain.clone().with("Subject", "s"), version);
        for (envelope, changes) in [
            (&plain, vec![("Subject", "s")]),
            (&with_subject, vec![("Subject", "S"), ("Subject", "")]),
            (
                &confirmation,
                [&handshake[..], &[("Type", "UnsubscribeConfirmation")]].concat(),
            ),
            (&farewell, [&handshake[..], &[("Type", "SubscriptionConfirmation")]].concat()),
        ] {
            for (field, value) in common.iter().chain(&changes) {
                let forged = envelope.clone().with(field, *value);
                assert_eq!(refused(&forged), Rejection::SignatureMismatch, "{field}: {value}");
            }
        }
        assert_eq!(refused(&with_subject.without("Subject")), Rejection::SignatureMismatch);
        let as_notification = confirmation.with("Type", "Notification");
        assert_eq!(refused(&as_notification), Rejection::SignatureMismatch);
    }
}

#[test]
fn a_value_that_only_means_the_same_is_not_the_value_that_was_signed() {
    let genuine = notification();
    for (field, value) in [
        ("Message", "{\"receiptId\": \"1\"}"),
        ("Message", "{\"receiptId\":\"1\"} "),
        ("Subject", "renewal"),
        ("Subject", "Renewal "),
        ("Subject", "Re\u{200b}newal"),
    ] {
        let forged = genuine.clone().with(field, value);
        assert_eq!(refused(&forged), Rejection::SignatureMismatch, "{value}");
    }
}

#[test]
fn the_signature_of_anybody_else_does_not_hold() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let forged = Pki::fixed().forger().sign(plain_notification(TOPIC), version);
        assert_eq!(refused(&forged), Rejection::SignatureMismatch);
    }
}

#[test]
fn a_signature_does_not_hold_in_the_other_version() {
    let [genuine, ..] = one_of_each(SignatureVersion::V1);
    assert_eq!(refused(&genuine.with("SignatureVersion", "2")), Rejection::SignatureMismatch);
    let [genuine, ..] = one_of_each(SignatureVersion::V2);
    assert_eq!(refused(&genuine.with("SignatureVersion", "1")), Rejection::SignatureMismatch);
}

#[test]
fn there_are_two_signature_versions_and_no_others() {
    for version in ["", "0", "3", "01", "1 ", "1.0", "v1", "\u{661}", "SHA256"] {
        assert_eq!(
            refused(&notification().with("SignatureVersion", version)),
            Rejection::SignatureVersion,
            "{version:?}"
        );
    }
    assert_eq!(
        refused(&notification().with("SignatureVersion", json!(1))),
        Rejection::FieldType("SignatureVersion")
    );
}

#[test]
fn a_signature_is_standard_base64_and_nothing_else() {
    let signature = notification().field("Signature").unwrap().to_owned();
    assert!(signature.ends_with("=="));
    let unpadded = signature.trim_end_matches('=');
    let last = unpadded.chars().last().unwrap();
    let odd_bits = char::from(last as u8 + 1);
    for text in [
        unpadded.to_owned(),
        format!("{signature}="),
        format!(" {signature}"),
        format!("{signature}\n"),
        format!("{}\n{}", &signature[..76], &signature[76..]),
        format!("-_{}", &signature[2..]),
        format!("{}{odd_bits}==", &unpadded[..unpadded.len() - 1]),
        format!("é{}", &signature[2..]),
        "%".to_owned(),
    ] {
        assert_eq!(
            refused(&notification().with("Signature", text.clone())),
            Rejection::SignatureEncoding,
            "{text:?}"
        );
    }
}

#[test]
fn a_signature_of_another_length_does_not_hold() {
    let signature = notification().field("Signature").unwrap().to_owned();
    for text in [
        "",
        "AA==",
        &signature[..340],
        &format!("AAAA{signature}"),
        &"A".repeat(344),
        &"/".repeat(1_000_000),
    ] {
        assert_eq!(
            refused(&notification().with("Signature", text)),
            Rejection::SignatureMismatch,
            "{}",
            text.len()
        );
    }
}
