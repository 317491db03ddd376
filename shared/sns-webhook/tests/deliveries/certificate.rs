//! Which certificates are believed, at every use, and which documents are certificates.

use std::time::Duration;

use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, Issuer, KeyPair, PublicKeyData};
use sandbox::pki::{Leaf, LeafKey};
use sandbox::{Pki, SignatureVersion};
use sns_webhook::{Refusal, Rejection, SigningCert, Transient};

use crate::world::{TOPIC, delivery, judge_with, notification, now, plain_notification, signer_cert};

/// The verdict on a message of `topic_arn` that is signed by this certificate's own key.
fn verdict(leaf: &Leaf, topic_arn: &str) -> Result<(), Refusal> {
    let issued = Pki::fixed().issue(leaf);
    let message = issued
        .signer
        .unwrap()
        .sign(plain_notification(topic_arn), SignatureVersion::V1);
    let cert = SigningCert::from_pem(issued.pem.as_bytes()).unwrap();
    judge_with(&cert, &message.text()).map(|_| ())
}

#[test]
fn validity_counts_at_the_moment_of_use_to_the_second() {
    let (second, ms) = (Duration::from_secs(1), Duration::from_millis(1));
    let leaf = |not_before, not_after| Leaf {
        not_before,
        not_after,
        ..Leaf::signing()
    };
    assert_eq!(verdict(&leaf(now(), now()), TOPIC), Ok(()));
    assert_eq!(verdict(&Leaf::expired(now()), TOPIC), Err(Rejection::CertExpired.into()));
    assert_eq!(
        verdict(&Leaf::not_yet_valid(now()), TOPIC),
        Err(Rejection::CertNotYetValid.into())
    );

    let issued = Pki::fixed().issue(&leaf(now(), now() + second));
    let cert = SigningCert::from_pem(issued.pem.as_bytes()).unwrap();
    let body = delivery(&issued.signer.unwrap());
    let at = |now| {
        let envelope = sns_webhook::Unverified::parse(&http::HeaderMap::new(), body.as_bytes()).unwrap();
        envelope.verify(&cert, now).map(|_| ())
    };
    assert_eq!(at(now() - ms), Err(Rejection::CertNotYetValid));
    assert_eq!(at(now()), Ok(()));
    assert_eq!(at(now() + second), Ok(()));
    assert_eq!(at(now() + second + ms), Err(Rejection::CertExpired));
}

#[test]
fn a_certificate_must_bear_the_name_of_sns_in_the_topics_region() {
    let opt_in = [
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    ];
    let mut names = vec![
        ("aws", "us-east-1", "sns.amazonaws.com".to_owned()),
        ("aws", "eu-west-1", "sns.amazonaws.com".to_owned()),
        ("aws-cn", "cn-north-1", "sns-cn-north-1.amazonaws.com.cn".to_owned()),
        ("aws-cn", "cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn".to_owned()),
        ("aws-us-gov", "us-gov-west-1", "sns-us-gov-west-1.amazonaws.com".to_owned()),
        ("aws-us-gov", "us-gov-east-1", "sns-us-gov-west-1.amazonaws.com".to_owned()),
        (
            "aws-eusc",
            "eusc-de-east-1",
            "sns-signing.eusc-de-east-1.amazonaws.eu".to_owned(),
        ),
    ];
    names.extend(opt_in.map(|region| ("aws", region, format!("sns-signing.{region}.amazonaws.com"))));
    for (partition, region, name) in &names {
        let topic = format!("arn:{partition}:sns:{region}:033616359524:t");
        assert_eq!(verdict(&Leaf::named(name), &topic), Ok(()), "{region}");
        for (_, _, other) in names.iter().filter(|(_, _, other)| other != name) {
            assert_eq!(
                verdict(&Leaf::named(other), &topic),
                Err(Rejection::CertName.into()),
                "{region}: {other}"
            );
        }
    }
}

#[test]
fn a_name_that_only_covers_or_contains_the_name_is_another_name() {
    for name in [
        "*.amazonaws.com",
        "*.com",
        "*",
        "amazonaws.com",
        "sns.us-east-1.amazonaws.com",
        "x.sns.amazonaws.com",
        "sns.amazonaws.com.",
        "sns.amazonaws.com.evil.example",
        "evil-sns.amazonaws.com",
        "sns.amazonaws.com ",
    ] {
        assert_eq!(
            verdict(&Leaf::named(name), TOPIC),
            Err(Rejection::CertName.into()),
            "{name:?}"
        );
    }
    assert_eq!(verdict(&Leaf::named("SNS.amazonaws.com"), TOPIC), Ok(()));
}

#[test]
fn the_common_name_counts_only_without_alternative_names() {
    let named = |common_name: &str, dns_names: &[&str]| Leaf {
        common_name: common_name.to_owned(),
        dns_names: dns_names.iter().map(|&name| name.to_owned()).collect(),
        ..Leaf::signing()
    };
    let (sns, evil) = ("sns.amazonaws.com", "evil.example");
    assert_eq!(verdict(&named(sns, &[]), TOPIC), Ok(()));
    assert_eq!(verdict(&named(evil, &[evil, sns]), TOPIC), Ok(()));
    assert_eq!(verdict(&named(sns, &[evil]), TOPIC), Err(Rejection::CertName.into()));
    assert_eq!(verdict(&named(evil, &[]), TOPIC), Err(Rejection::CertName.into()));
}

#[test]
fn a_certificate_whose_alternative_names_cannot_be_read_has_no_name() {
    let mut params = CertificateParams::new(["evil.example".to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "sns.amazonaws.com");
    // A second extension of the same kind (RFC 5280, 4.2, forbids it), with the name sns.amazonaws.com.
    let content = [&b"\x30\x13\x82\x11"[..], b"sns.amazonaws.com"].concat();
    params.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], content)];
    let twice_named = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let cert = SigningCert::from_der(twice_named.der().to_vec()).unwrap();
    assert_eq!(judge_with(&cert, &notification().text()), Err(Rejection::CertName.into()));
}

#[test]
fn only_rsa_keys_of_2048_bits_or_more_are_believed() {
    assert_eq!(verdict(&Leaf::with_key(LeafKey::Other), TOPIC), Ok(()));
    assert_eq!(
        verdict(&Leaf::with_key(LeafKey::Small), TOPIC),
        Err(Rejection::CertKey.into())
    );
    let elliptic = Pki::fixed().issue(&Leaf::with_key(LeafKey::Elliptic));
    let cert = SigningCert::from_der(elliptic.der.to_vec()).unwrap();
    assert_eq!(judge_with(&cert, &notification().text()), Err(Rejection::CertKey.into()));
}

#[test]
fn a_key_of_2047_bits_has_as_many_bytes_as_one_of_2048_and_is_not_believed() {
    assert_eq!(rsa_cert(0x80).rsa_key_bits(), Some(2048));
    assert_eq!(
        judge_with(&rsa_cert(0x80), &notification().text()),
        Err(Rejection::SignatureMismatch.into())
    );
    assert_eq!(rsa_cert(0x7f).rsa_key_bits(), None);
    assert_eq!(
        judge_with(&rsa_cert(0x7f), &notification().text()),
        Err(Rejection::CertKey.into())
    );
}

/// A certificate for an RSA key whose modulus of 256 bytes begins with `first`.
fn rsa_cert(first: u8) -> SigningCert {
    struct Key(Vec<u8>);
    impl PublicKeyData for Key {
        fn der_bytes(&self) -> &[u8] {
            &self.0
        }
        fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
            &rcgen::PKCS_RSA_SHA256
        }
    }
    // RSAPublicKey (RFC 8017, A.1.1): an INTEGER whose first bit is set needs a zero byte before it.
    let sign = vec![0; usize::from(first >> 7)];
    let modulus = [&sign[..], &[first], &[0xff; 255]].concat();
    let [high, low] = u16::try_from(modulus.len()).unwrap().to_be_bytes();
    let [total_high, total_low] = u16::try_from(modulus.len() + 9).unwrap().to_be_bytes();
    let head = [0x30, 0x82, total_high, total_low, 0x02, 0x82, high, low];
    let key = Key([&head[..], &modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat());
    let params = CertificateParams::new(["sns.amazonaws.com".to_owned()]).unwrap();
    let issuer = Issuer::new(CertificateParams::default(), KeyPair::generate().unwrap());
    SigningCert::from_der(params.signed_by(&key, &issuer).unwrap().der().to_vec()).unwrap()
}

#[test]
fn the_certificate_is_judged_before_the_signature() {
    let issued = Pki::fixed().issue(&Leaf::expired(now()));
    let cert = SigningCert::from_pem(issued.pem.as_bytes()).unwrap();
    let forged = Pki::fixed().forger().sign(plain_notification(TOPIC), SignatureVersion::V1);
    assert_eq!(judge_with(&cert, &forged.text()), Err(Rejection::CertExpired.into()));
}

#[test]
fn a_certificate_without_an_end_is_valid_for_as_long_as_time_is_counted() {
    let mut params = CertificateParams::new(["sns.amazonaws.com".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(9999, 12, 31);
    let endless = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let cert = SigningCert::from_der(endless.der().to_vec()).unwrap();
    assert_eq!(cert.valid_until(), jiff::Timestamp::MAX);
}

#[test]
fn exactly_one_pem_certificate_is_a_certificate_document() {
    let pem = signer_cert_pem();
    let body = pem.trim().trim_start_matches(BEGIN).trim_end_matches(END).trim();
    for document in [
        pem.to_owned(),
        pem.trim().to_owned(),
        pem.replace('\n', "\r\n"),
        format!("\r\n\n{pem}\n\n"),
        format!("{BEGIN}\n{}\n{END}\n", body.replace('\n', "")),
        pem.replace('\n', " \n"),
    ] {
        assert_eq!(from_pem(&document), Ok(()), "{document}");
    }

    let around = Err(Transient::CertDocument(
        "it is not a PEM block CERTIFICATE, or there is text around it",
    ));
    for document in [
        String::new(),
        "<!DOCTYPE html><html><body>Please sign in.</body></html>".to_owned(),
        format!("subject=CN=sns.amazonaws.com\n{pem}"),
        format!("{pem}# end"),
        format!("\u{feff}{pem}"),
        pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
        pem.replace("CERTIFICATE", "PUBLIC KEY"),
        pem.replace("-----", "----"),
        pem.to_lowercase(),
        body.to_owned(),
        format!("{BEGIN}\n{body}\n"),
        format!("{pem}{}", pem.replace("CERTIFICATE", "PRIVATE KEY")),
    ] {
        assert_eq!(from_pem(&document), around, "{document}");
    }

    let blocks = Err(Transient::CertDocument("it has more than one PEM block"));
    let bundle = Pki::fixed().issue(&Leaf::signing()).bundle_pem;
    for document in [
        bundle,
        format!("{pem}{pem}"),
        format!("{pem}and text\n{END}"),
        format!("{BEGIN}\n{pem}{END}"),
        format!("{pem}{}{pem}", pem.replace("CERTIFICATE", "PRIVATE KEY")),
    ] {
        assert_eq!(from_pem(&document), blocks, "{document}");
    }

    let broken = Err(Transient::CertDocument("its PEM block is broken"));
    for document in [
        pem.replacen("MII", "M!I", 1),
        pem.replacen("MII", "MII=", 1),
        format!("{BEGIN}\nProc-Type: 4,ENCRYPTED\n\n{body}\n{END}"),
        format!("{BEGIN}\n{}\n{END}", &body[..body.len() - 1]),
        format!("{BEGIN}\n{body}\0\n{END}"),
    ] {
        assert_eq!(from_pem(&document), broken, "{document}");
    }
    assert_eq!(
        SigningCert::from_pem(b"\xff\xfe").map(|_| ()),
        Err(Transient::CertDocument("it is not text"))
    );
    assert_eq!(from_pem(&format!("{BEGIN}\n{END}")), NO_CERTIFICATE);
}

#[test]
fn bytes_that_are_not_one_certificate_are_none() {
    let der = signer_cert().der().to_vec();
    let from_der = |der: Vec<u8>| SigningCert::from_der(der).map(|_| ());
    assert_eq!(from_der(der.clone()), Ok(()));
    assert_eq!(from_der([&der[..], b"\0"].concat()), NO_CERTIFICATE);
    assert_eq!(from_der([&der[..], &der[..]].concat()), NO_CERTIFICATE);
    assert_eq!(from_der(der[..der.len() - 1].to_vec()), NO_CERTIFICATE);
    assert_eq!(from_der(b"\x30\x00".to_vec()), NO_CERTIFICATE);
    assert_eq!(from_der(Vec::new()), NO_CERTIFICATE);
}

#[test]
fn a_debugged_certificate_is_a_line_and_not_a_page() {
    let debugged = format!("{:?}", signer_cert());
    assert!(debugged.contains("sns.amazonaws.com") && debugged.len() < 300, "{debugged}");
}

fn signer_cert_pem() -> &'static str {
    Pki::fixed().signing_cert_pem()
}

fn from_pem(document: &str) -> Result<(), Transient> {
    SigningCert::from_pem(document.as_bytes()).map(|_| ())
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const NO_CERTIFICATE: Result<(), Transient> = Err(Transient::CertDocument("it is not an X.509 certificate"));
