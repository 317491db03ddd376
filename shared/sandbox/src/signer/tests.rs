use jiff::Timestamp;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::*;
use crate::{Notification, Pki, SubscriptionConfirmation, UnsubscribeConfirmation, ids};

#[test]
fn ring_verifies_every_type_in_both_versions_with_the_key_in_the_certificate() {
    let signer = Pki::fixed().signer();
    for message in messages() {
        for version in [SignatureVersion::V1, SignatureVersion::V2] {
            let envelope = signer.sign(message.clone(), version);
            assert!(verifies(&signer, &envelope), "{}", envelope.text());
            let forged = envelope.with("Message", "another");
            assert!(!verifies(&signer, &forged), "{}", forged.text());
        }
    }
}

#[test]
fn a_forger_names_the_certificate_and_has_another_key() {
    let pki = Pki::fixed();
    let envelope = pki.forger().sign(notification(), SignatureVersion::V2);
    assert_eq!(
        envelope.field("SigningCertURL"),
        Some(pki.signer().certificate_url(TOPIC).as_str())
    );
    assert!(!verifies(&pki.signer(), &envelope));
}

#[test]
fn altered_fields_can_be_signed_again() {
    let signer = Pki::fixed().signer();
    let genuine = signer.sign(notification(), SignatureVersion::V1);
    let glued = genuine.without("Subject").with("MessageId", "an id\nSubject\nA subject");
    assert!(verifies(&signer, &signer.sign_again(glued, SignatureVersion::V1)));
}

#[test]
fn a_notification_looks_as_in_the_developer_guide() {
    let signer = Pki::fixed().signer();
    let envelope = signer.sign(notification(), SignatureVersion::V1).with("Signature", "EXAMPLE");
    assert_eq!(
        envelope.text(),
        format!(
            r#"{{
  "Type" : "Notification",
  "MessageId" : "{id}",
  "TopicArn" : "{TOPIC}",
  "Subject" : "A subject",
  "Message" : "{{\"a\":1}}",
  "Timestamp" : "2026-03-06T19:55:38.900Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLE",
  "SigningCertURL" : "https://sns.us-east-1.amazonaws.com{path}",
  "UnsubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription}",
  "MessageAttributes" : {{
    "colour" : {{"Type":"String","Value":"red"}}
  }}
}}"#,
            id = ids::message_id("a"),
            path = signer.certificate_path(),
            subscription = ids::subscription_arn(TOPIC),
        )
    );
}

#[test]
fn a_confirmation_bears_its_token_twice_and_no_unsubscribe_url() {
    let confirmation = SubscriptionConfirmation::new(TOPIC, "0123", at());
    let envelope = Pki::fixed().signer().sign(confirmation, SignatureVersion::V2);
    assert_eq!(envelope.field("Token"), Some("0123"));
    assert_eq!(
        envelope.field("SubscribeURL"),
        Some(
            "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:033616359524:LT0XA&Token=0123"
        )
    );
    assert_eq!(envelope.field("UnsubscribeURL"), None);
    assert_eq!(envelope.field("Subject"), None);
}

#[test]
fn certificates_are_named_on_the_host_of_the_topic_s_partition() {
    let signer = Pki::fixed().signer();
    let host = |topic: &str| signer.certificate_url(topic).split('/').nth(2).map(str::to_owned);
    assert_eq!(
        host("arn:aws-cn:sns:cn-north-1:1:t").as_deref(),
        Some("sns.cn-north-1.amazonaws.com.cn")
    );
    assert_eq!(
        host("arn:aws-us-gov:sns:us-gov-west-1:1:t").as_deref(),
        Some("sns.us-gov-west-1.amazonaws.com")
    );
    assert_eq!(
        host("arn:aws-eusc:sns:eusc-de-east-1:1:t").as_deref(),
        Some("sns.eusc-de-east-1.amazonaws.eu")
    );
    let digits = signer
        .certificate_path()
        .replace("/SimpleNotificationService-", "")
        .replace(".pem", "");
    assert!(
        digits.len() == 32
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
    );
}

fn verifies(signer: &Signer, envelope: &Envelope) -> bool {
    let der = CertificateDer::from_pem_slice(signer.certificate_pem().as_bytes()).unwrap();
    let certificate = webpki::EndEntityCert::try_from(&der).unwrap();
    // The BIT STRING of the SubjectPublicKeyInfo is the key as `ring` wants it.
    let key = yasna::parse_der(&certificate.subject_public_key_info(), |reader| {
        reader.read_sequence(|fields| {
            fields.next().read_der()?;
            fields.next().read_bitvec_bytes()
        })
    });
    let algorithm: &'static RsaParameters = match envelope.field("SignatureVersion") {
        Some("1") => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    };
    let signature = STANDARD.decode(envelope.field("Signature").unwrap()).unwrap();
    UnparsedPublicKey::new(algorithm, key.unwrap().0)
        .verify(envelope.string_to_sign().as_bytes(), &signature)
        .is_ok()
}

fn messages() -> [Message; 3] {
    let token = ids::token("a");
    [
        notification().into(),
        SubscriptionConfirmation::new(TOPIC, &token, at()).into(),
        UnsubscribeConfirmation::new(TOPIC, &token, at()).into(),
    ]
}

fn notification() -> Notification {
    Notification {
        subject: Some("A subject".into()),
        attributes: vec![("colour".into(), "String".into(), "red".into())],
        ..Notification::new(TOPIC, "a", r#"{"a":1}"#, at())
    }
}

fn at() -> Timestamp {
    "2026-03-06T19:55:38.9Z".parse().unwrap()
}

const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
