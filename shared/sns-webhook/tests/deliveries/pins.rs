//! Certificates that the operator pins.

use std::time::Duration;

use http::HeaderMap;
use sandbox::pki::{Leaf, LeafKey};
use sandbox::{Pki, SignatureVersion, Signer};
use sns_webhook::{ChainPolicy, Https, PinnedCerts, Refusal, Rejection, Roots, SigningCerts, Transient, Trust, Unverified};

use crate::world::{TOPIC, now, plain_notification, receive};

/// Where SNS emulators publish their certificate.
const EMULATOR: &str = "http://127.0.0.1:4566/_aws/sns/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

/// A receiver that requires a chain, trusts no root of these certificates, and could not fetch anything.
fn receiver(pins: PinnedCerts) -> SigningCerts {
    let roots = Roots::amazon();
    let https = Https::new(&roots, Duration::ZERO);
    SigningCerts::new(pins, roots, ChainPolicy::Require, https)
}

fn pinning(url: &str, pem: &str) -> SigningCerts {
    let mut pins = PinnedCerts::default();
    pins.pin(url, pem).unwrap();
    receiver(pins)
}

fn named(signer: &Signer, url: &str) -> String {
    let message = signer.sign(plain_notification(TOPIC), SignatureVersion::V1);
    message.with("SigningCertURL", url).text()
}

#[tokio::test]
async fn a_pinned_certificate_needs_neither_a_network_nor_a_chain_nor_a_url_of_sns() {
    let pki = Pki::fixed();
    for url in [EMULATOR, &pki.signer().certificate_url(TOPIC), "file:///cert.pem", ""] {
        let certs = pinning(url, pki.signing_cert_pem());
        assert_eq!(
            receive(&certs, &named(&pki.signer(), url), now()).await,
            Ok(Trust::Pinned),
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_pin_is_for_exactly_its_url() {
    let pki = Pki::fixed();
    let certs = pinning(EMULATOR, pki.signing_cert_pem());
    let scheme = Err(Rejection::CertUrl("the scheme is not https").into());
    for url in [
        &EMULATOR[..EMULATOR.len() - 1],
        &EMULATOR.to_uppercase(),
        &format!("{EMULATOR}?"),
        &format!("{EMULATOR}#"),
        &format!("{EMULATOR}\n"),
        &format!(" {EMULATOR}"),
        &EMULATOR.replace("127.0.0.1", "localhost"),
    ] {
        assert_eq!(receive(&certs, &named(&pki.signer(), url), now()).await, scheme, "{url:?}");
    }
    let published = named(&pki.signer(), &pki.signer().certificate_url(TOPIC));
    let unreachable = receive(&certs, &published, now()).await;
    assert!(
        matches!(unreachable, Err(Refusal::Transient(Transient::CertFetch(_)))),
        "{unreachable:?}"
    );
}

#[tokio::test]
async fn every_other_check_applies_to_a_pinned_certificate() {
    let pki = Pki::fixed();
    for (leaf, rejection) in [
        (Leaf::expired(now()), Rejection::CertExpired),
        (Leaf::not_yet_valid(now()), Rejection::CertNotYetValid),
        (Leaf::named("sns-signing.eu-south-1.amazonaws.com"), Rejection::CertName),
        (Leaf::with_key(LeafKey::Small), Rejection::CertKey),
        (Leaf::with_key(LeafKey::Other), Rejection::SignatureMismatch),
    ] {
        let certs = pinning(EMULATOR, &pki.issue(&leaf).pem);
        let small = pki.issue(&Leaf::with_key(LeafKey::Small)).signer.unwrap();
        let signer = if leaf.key == LeafKey::Small { small } else { pki.signer() };
        assert_eq!(receive(&certs, &named(&signer, EMULATOR), now()).await, Err(rejection.into()));
    }
    let certs = pinning(EMULATOR, pki.signing_cert_pem());
    let folded = named(&pki.signer(), EMULATOR).replace("\"MessageId\" : \"", "\"MessageId\" : \"\\n");
    let refused = receive(&certs, &folded, now()).await;
    assert_eq!(refused, Err(Rejection::ControlCharacter("MessageId").into()));
}

#[test]
fn only_one_pem_certificate_can_be_pinned_and_the_pins_can_be_named() {
    let mut pins = PinnedCerts::default();
    let bundle = Pki::fixed().issue(&Leaf::signing()).bundle_pem;
    assert_eq!(
        pins.pin("a", &bundle),
        Err(Transient::CertDocument("it has more than one PEM block"))
    );
    assert_eq!(pins.urls().count(), 0);
    assert_eq!(pins.pin("b", Pki::fixed().signing_cert_pem()), Ok(()));
    assert_eq!(pins.urls().collect::<Vec<_>>(), ["b"]);
}

#[test]
fn a_pinned_source_carries_its_certificate() {
    let certs = pinning(EMULATOR, Pki::fixed().signing_cert_pem());
    let body = named(&Pki::fixed().signer(), EMULATOR);
    let envelope = Unverified::parse(&HeaderMap::new(), body.as_bytes()).unwrap();
    match certs.source(&envelope) {
        Ok(sns_webhook::CertSource::Pinned(cert)) => assert_eq!(cert.trust(), Trust::Pinned),
        other => panic!("{other:?}"),
    }
}
