//! What a verdict costs, measured against the one operation that it cannot do without: `cargo bench -p sns-webhook`.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};
use sandbox::{Notification, Pki, SignatureVersion};
use sns_webhook::{SigningCert, Unverified};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";

fn verify(criterion: &mut Criterion) {
    let pem = Pki::fixed().signing_cert_pem().as_bytes();
    let cert = SigningCert::from_pem(pem).expect("the sandbox's certificate is one");
    let key = public_key(cert.der());
    let now = "2026-03-06T19:55:40Z".parse::<Timestamp>().expect("a time");

    for (name, version, algorithm) in [
        ("v1", SignatureVersion::V1, &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        ("v2", SignatureVersion::V2, &RSA_PKCS1_2048_8192_SHA256),
    ] {
        let (headers, body) = delivery(version);
        let envelope = Unverified::parse(&headers, body.as_bytes()).expect("the sandbox's envelopes are well-formed");
        let (text, signature) = (envelope.string_to_sign(), signature(&body));

        let algorithm: &'static RsaParameters = algorithm;
        criterion.bench_function(&format!("{name}: bare RSA-2048, the floor"), |bencher| {
            bencher.iter(|| {
                key.verify(algorithm, black_box(&text), black_box(&signature))
                    .expect("it was signed by this key");
            });
        });
        criterion.bench_function(&format!("{name}: verify, certificate in hand"), |bencher| {
            bencher.iter_batched(
                || envelope.clone(),
                |envelope| {
                    envelope
                        .verify(black_box(&cert), now)
                        .expect("it is authentic")
                        .message_id()
                        .len()
                },
                criterion::BatchSize::SmallInput,
            );
        });
        criterion.bench_function(&format!("{name}: from bytes to verdict"), |bencher| {
            bencher.iter(|| {
                let envelope = Unverified::parse(&headers, black_box(body.as_bytes())).expect("it is well-formed");
                envelope.verify(&cert, now).expect("it is authentic").message_id().len()
            });
        });
    }

    let (headers, body) = delivery(SignatureVersion::V1);
    criterion.bench_function("parse alone", |bencher| {
        bencher.iter(|| {
            Unverified::parse(&headers, black_box(body.as_bytes()))
                .expect("it is well-formed")
                .timestamp()
        });
    });
    criterion.bench_function("PEM to certificate", |bencher| {
        bencher.iter(|| {
            SigningCert::from_pem(black_box(pem))
                .expect("it is a certificate")
                .valid_until()
        });
    });
}

/// A Real-Time Notification as it comes from SNS, with its headers.
fn delivery(version: SignatureVersion) -> (HeaderMap, String) {
    let message = "{\"receiptId\":\"q1YqVrJSSknMLU7VTc0rycxLLU4tLgGyU4uLM_PzlKwMTQ2MLQA\",\"userId\":\"l3HL7XppEMhrOGDnur9-ulvqomrSg6qyODKmah72lJU=\",\
                   \"notificationType\":\"SUBSCRIPTION_RENEWED\",\"appPackageName\":\"com.example.app\",\"appUserId\":null,\
                   \"timestamp\":1772826938000,\"betaProductTransaction\":false,\"relatedReceipts\":null}";
    let timestamp = "2026-03-06T19:55:38.903Z".parse().expect("a time");
    let envelope = Pki::fixed()
        .signer()
        .sign(Notification::new(TOPIC, "seed", message, timestamp), version);
    let headers = [
        ("content-type", "text/plain; charset=UTF-8"),
        ("user-agent", "Amazon Simple Notification Service Agent"),
        ("x-amz-sns-message-id", envelope.field("MessageId").unwrap_or_default()),
        ("x-amz-sns-message-type", "Notification"),
        ("x-amz-sns-topic-arn", TOPIC),
    ]
    .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("ASCII")));
    (headers.into_iter().collect(), envelope.text())
}

fn signature(body: &str) -> Vec<u8> {
    let fields: serde_json::Value = serde_json::from_str(body).expect("it is JSON");
    let signature = fields["Signature"].as_str().expect("it is signed");
    STANDARD.decode(signature).expect("it is base64")
}

fn public_key(der: &[u8]) -> RsaPublicKeyComponents<Vec<u8>> {
    let (_, x509) = X509Certificate::from_der(der).expect("it is a certificate");
    let Ok(PublicKey::RSA(rsa)) = x509.public_key().parsed() else {
        unreachable!("the sandbox's key is RSA");
    };
    RsaPublicKeyComponents {
        n: rsa.modulus[1..].to_vec(),
        e: rsa.exponent.to_vec(),
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default();
    targets = verify
}
criterion_main!(benches);
