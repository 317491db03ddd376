//! The certificate: the document, whose it is, and who vouches for it.

use jiff::Timestamp;
use sandbox::pki::{Leaf, LeafIssuer, LeafKey};
use sandbox::{Pki, SignatureVersion};

use crate::desk::{Desk, good, notification, now, sent, summary};

const CHAIN: [&str; 4] = ["--root", "root.pem", "--intermediate", "intermediate.pem"];

#[test]
fn without_a_certificate_nothing_is_decided() {
    let desk = Desk::new("none");
    desk.put("message.json", good().text());
    assert_eq!(desk.judge(&[]), "1 transient cert_not_given at certificate_document");
    let pin = "https://sns.us-east-1.amazonaws.com/other.pem=cert.pem";
    assert_eq!(
        desk.judge(&["--pin", pin]),
        "1 transient cert_not_given at certificate_document"
    );
}

#[test]
fn a_document_that_is_not_one_certificate_decides_nothing() {
    let desk = Desk::new("document");
    let issued = desk.issue(&Leaf::signing());
    let cert = &issued.pem;
    for document in [
        String::new(),
        "<!DOCTYPE html><html><body>Please sign in</body></html>".to_owned(),
        issued.bundle_pem.clone(),
        format!("subject=CN = sns.amazonaws.com\n{cert}"),
        cert.replacen("MII", "AAA", 1),
    ] {
        desk.put("cert.pem", document);
        assert_eq!(
            desk.judge(&["--cert", "cert.pem"]),
            "1 transient cert_document at certificate_document"
        );
    }
    desk.put(
        "cert.pem",
        cert.replace("\n-----END", &format!("{}\n-----END", "\n".repeat(16 * 1024))),
    );
    assert_eq!(
        desk.judge(&["--cert", "cert.pem"]),
        "1 transient cert_fetch at certificate_document"
    );
    desk.put("cert.pem", format!("\r\n{}\r\n", cert.replace('\n', "\r\n")));
    assert_eq!(desk.judge(&["--cert", "cert.pem"]), "0 authentic");
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let desk = Desk::new("name");
    for name in [
        "evil.example",
        "sns.amazonaws.com.evil.example",
        "sns-signing.eu-south-1.amazonaws.com",
    ] {
        desk.issue(&Leaf::named(name));
        assert_eq!(
            desk.judge(&["--cert", "cert.pem"]),
            "1 refused cert_name at certificate",
            "{name}"
        );
    }
}

#[test]
fn a_certificate_counts_only_within_its_validity_at_the_given_time() {
    let desk = Desk::new("validity");
    desk.issue(&Leaf::expired(now()));
    assert_eq!(desk.judge(&["--cert", "cert.pem"]), "1 refused cert_expired at certificate");
    let earlier = desk.verify(&["message.json", "--json", "--cert", "cert.pem", "--at", &sent().to_string()]);
    assert_eq!(summary(&earlier), "0 authentic");
    desk.issue(&Leaf::not_yet_valid(now()));
    assert_eq!(
        desk.judge(&["--cert", "cert.pem"]),
        "1 refused cert_not_yet_valid at certificate"
    );
    let later = (now() + std::time::Duration::from_secs(1)).to_string();
    let later = desk.verify(&["message.json", "--json", "--cert", "cert.pem", "--at", &later]);
    assert_eq!(summary(&later), "0 authentic");
}

#[test]
fn only_an_rsa_key_of_2048_bits_or_more_is_believed() {
    let desk = Desk::new("key");
    for key in [LeafKey::Elliptic, LeafKey::Small] {
        desk.issue(&Leaf::with_key(key));
        assert_eq!(
            desk.judge(&["--cert", "cert.pem"]),
            "1 refused cert_key at certificate",
            "{key:?}"
        );
    }
    desk.issue(&Leaf::with_key(LeafKey::Other));
    assert_eq!(desk.judge(&["--cert", "cert.pem"]), "0 authentic");
}

#[test]
fn the_chain_is_judged_by_the_policy_with_the_roots_and_issuers_that_are_given() {
    let desk = Desk::new("chain");
    desk.issue(&Leaf::signing());
    let judge = |arguments: &[&str]| desk.judge(&[&["--cert", "cert.pem"], arguments].concat());
    let require = |arguments: &[&str]| judge(&[arguments, &["--chain", "require"]].concat());
    assert_eq!(judge(&CHAIN), "0 authentic");
    assert_eq!(judge(&["--chain", "prefer", "--root", "root.pem"]), "0 authentic");
    assert_eq!(require(&CHAIN), "0 authentic");
    let missing = "1 transient issuer_unavailable at chain";
    assert_eq!(require(&[]), missing);
    assert_eq!(require(&["--root", "root.pem"]), missing);
    // Amazon's roots do not vouch for this intermediate, so it counts for nothing.
    assert_eq!(require(&["--intermediate", "intermediate.pem"]), missing);
}

#[test]
fn files_may_hold_several_roots_and_several_issuers() {
    let desk = Desk::new("bundles");
    let issued = desk.issue(&Leaf::signing());
    let (root, intermediate) = (Pki::fixed().root_pem(), Pki::fixed().intermediate_pem());
    desk.put("issuers.pem", format!("issuer of the leaf\n{intermediate}\n{}", issued.pem));
    desk.put("roots.pem", format!("{intermediate}{root}"));
    let bundles = [
        "--cert",
        "cert.pem",
        "--chain",
        "require",
        "--root",
        "roots.pem",
        "--intermediate",
        "issuers.pem",
    ];
    assert_eq!(desk.judge(&bundles), "0 authentic");
    let twice = [
        "--cert",
        "cert.pem",
        "--chain",
        "require",
        "--root",
        "intermediate.pem",
        "--root",
        "root.pem",
    ];
    assert_eq!(desk.judge(&twice), "0 authentic");
}

#[test]
fn a_chain_that_does_not_hold_is_refused_under_either_policy() {
    let desk = Desk::new("broken");
    desk.issue(&Leaf::issued_by(LeafIssuer::Stranger));
    for policy in ["prefer", "require"] {
        let arguments = [&["--cert", "cert.pem", "--chain", policy], &CHAIN[..]].concat();
        assert_eq!(desk.judge(&arguments), "1 refused cert_chain at chain", "{policy}");
    }
    desk.issue(&Leaf::issued_by(LeafIssuer::Itself));
    let arguments = [&["--cert", "cert.pem", "--chain", "require"], &CHAIN[..]].concat();
    assert_eq!(desk.judge(&arguments), "1 transient issuer_unavailable at chain");
}

#[test]
fn a_pin_stands_for_exactly_its_url_and_spares_nothing_but_url_and_chain() {
    let desk = Desk::new("pin");
    let url = "http://127.0.0.1:4566/cert.pem?a=b";
    let pin = format!("{url}=cert.pem");
    desk.put("message.json", good().with("SigningCertURL", url).text());
    assert_eq!(desk.judge(&["--cert", "cert.pem"]), "1 refused cert_url at certificate_url");
    assert_eq!(desk.judge(&["--pin", &pin]), "0 authentic");
    assert_eq!(desk.judge(&["--pin", &pin, "--chain", "require"]), "0 authentic");
    assert_eq!(
        desk.judge(&["--pin", "http://127.0.0.1:4566/cert.pem=cert.pem"]),
        "1 refused cert_url at certificate_url"
    );
    for (leaf, expected) in [
        (Leaf::named("evil.example"), "1 refused cert_name at certificate"),
        (Leaf::expired(now()), "1 refused cert_expired at certificate"),
        (Leaf::with_key(LeafKey::Other), "1 refused signature_mismatch at signature"),
    ] {
        desk.put("cert.pem", Pki::fixed().issue(&leaf).pem);
        assert_eq!(desk.judge(&["--pin", &pin]), expected);
    }
}

#[test]
fn a_certificate_of_another_partition_is_believed_for_its_own_region() {
    let desk = Desk::new("partition");
    let issued = desk.issue(&Leaf::named("sns-cn-north-1.amazonaws.com.cn"));
    let signer = issued.signer.unwrap();
    assert_eq!(desk.judge(&["--cert", "cert.pem"]), "1 refused cert_name at certificate");
    let china = notification(&signer, SignatureVersion::V2).with("TopicArn", "arn:aws-cn:sns:cn-north-1:123456789012:t");
    let china = signer.sign_again(china, SignatureVersion::V2);
    assert_eq!(desk.judge_with_cert(china.text(), &[]), "0 authentic");
}

#[test]
fn a_time_before_1970_is_a_time() {
    let desk = Desk::new("epoch");
    let then = "1969-12-31T23:59:59.000Z";
    let signer = Pki::fixed().signer();
    let message = signer.sign_again(good().with("Timestamp", then), SignatureVersion::V1);
    desk.put("message.json", message.text());
    let at = then.parse::<Timestamp>().unwrap().to_string();
    let answer = desk.verify(&["message.json", "--json", "--cert", "cert.pem", "--at", &at]);
    assert_eq!(summary(&answer), "1 refused cert_not_yet_valid at certificate");
}
