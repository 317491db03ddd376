//! Any document is a certificate or a transient fault, and a certificate only ever leads to a verdict.
#![no_main]

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use sns_webhook::{SigningCert, Unverified};

fuzz_target!(|document: &[u8]| {
    let envelope = Unverified::parse(&HeaderMap::new(), BODY.as_bytes()).expect("the envelope is well-formed");
    let from_pem = SigningCert::from_pem(document);
    let from_der = SigningCert::from_der(document.to_vec());
    for cert in [from_pem, from_der].into_iter().flatten() {
        let verdict = envelope.clone().verify(&cert, envelope.timestamp());
        assert!(verdict.is_err(), "nobody signed this message");
    }
});

const BODY: &str = r#"{
    "Type": "Notification",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
    "Message": "m",
    "Timestamp": "2026-03-06T19:55:38.903Z",
    "SignatureVersion": "1",
    "Signature": "AAAA",
    "SigningCertURL": "u"
}"#;
