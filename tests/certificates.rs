//! Certificates that are fetched as they should be and are not SNS's, or not any more: refused, at every use and not only at the
//! first.

use jiff::SignedDuration;
use sandbox::cert_host::Mode;
use sandbox::pki::{Leaf, LeafIssuer, LeafKey};
use sandbox::{Envelope, Pki, SignatureVersion, Signer};
use sns_webhook::ChainPolicy;

use crate::world::process::receive;
use crate::world::rows::{Row, recorded};
use crate::world::{RECORDED, World, clock, in_short, mail};

/// Issues a certificate and publishes it where the messages of its signer say that it is.
fn published(world: &World, leaf: &Leaf) -> Signer {
    let signer = Pki::fixed().issue(leaf).signer.unwrap();
    world.stack.hosts.publish_signer(&signer);
    signer
}

fn signed_by(signer: &Signer, envelope: Envelope) -> Envelope {
    signer.sign_again(envelope, SignatureVersion::V2)
}

/// The rows that an answer in short stands for.
fn rows(answer: &str, purchase: &Envelope) -> Vec<Row> {
    match answer {
        "200 recorded" => vec![recorded(purchase)],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_certificate_is_believed_if_it_is_valid_and_sns_s_and_has_a_key_of_2048_bits() {
    let leaf = Leaf::signing;
    let ends_now = Leaf {
        not_after: clock::NOON,
        ..leaf()
    };
    let begins_now = Leaf {
        not_before: clock::NOON,
        ..leaf()
    };
    let no_alternative_name = Leaf {
        dns_names: Vec::new(),
        ..leaf()
    };
    let other_alternative_name = Leaf {
        dns_names: vec!["evil.example".to_owned()],
        ..leaf()
    };
    let kept = ["certificate"].as_slice();
    for (leaf, answer, trust) in [
        (ends_now, "200 recorded", kept),
        (begins_now, "200 recorded", kept),
        (no_alternative_name, "200 recorded", kept),
        (Leaf::issued_by(LeafIssuer::Root), "200 recorded", kept),
        (Leaf::expired(clock::NOON), "403 cert_expired", &[]),
        (Leaf::not_yet_valid(clock::NOON), "403 cert_not_yet_valid", &[]),
        (Leaf::issued_by(LeafIssuer::Stranger), "403 cert_chain", &[]),
        (Leaf::named("evil.example"), "403 cert_name", kept),
        (Leaf::named("sns-signing.us-east-1.amazonaws.com"), "403 cert_name", kept),
        (Leaf::named("*.amazonaws.com"), "403 cert_name", kept),
        (other_alternative_name, "403 cert_name", kept),
        (Leaf::with_key(LeafKey::Small), "403 cert_key", kept),
    ] {
        let world = World::start().await;
        let purchase = signed_by(&published(&world, &leaf), mail::purchase("a"));

        assert_eq!(in_short(&world.deliver(&purchase).await), answer, "{leaf:?}");

        assert_eq!(world.rows().await, rows(answer, &purchase), "{leaf:?}");
        assert_eq!(world.trust().await, trust, "{leaf:?}");
    }
}

#[tokio::test]
async fn whatever_is_published_in_the_place_of_the_certificate_lets_nothing_in() {
    let pki = Pki::fixed();
    let of = |leaf: Leaf| pki.issue(&leaf);
    let pem = pki.signing_cert_pem();
    let kept = ["certificate"].as_slice();
    for (document, answer, trust) in [
        (of(Leaf::with_key(LeafKey::Elliptic)).pem.into_bytes(), "403 cert_key", kept),
        (
            of(Leaf::with_key(LeafKey::Other)).pem.into_bytes(),
            "403 signature_mismatch",
            kept,
        ),
        (of(Leaf::signing()).bundle_pem.into_bytes(), "503 cert_document", &[]),
        (of(Leaf::signing()).der.to_vec(), "503 cert_document", &[]),
        (format!("Subject: SNS\n{pem}").into_bytes(), "503 cert_document", &[]),
        (
            pem.replace("CERTIFICATE", "PUBLIC KEY").into_bytes(),
            "503 cert_document",
            &[],
        ),
        (pem.as_bytes()[..pem.len() / 2].to_vec(), "503 cert_document", &[]),
        (vec![b'A'; 17 * 1024], "503 cert_fetch", &[]),
        (Vec::new(), "503 cert_document", &[]),
    ] {
        let world = World::start().await;
        let purchase = mail::purchase("a");
        world.stack.hosts.publish(&mail::certificate_path(), document);

        assert_eq!(in_short(&world.deliver(&purchase).await), answer);

        assert_eq!(world.rows().await, []);
        assert_eq!(world.trust().await, trust);
        if answer.starts_with("503") {
            world.stack.hosts.publish(&mail::certificate_path(), pem);
            clock::advance(clock::FETCH_PAUSE);
            assert_eq!(world.deliver(&purchase).await, RECORDED);
            assert_eq!(world.rows().await, [recorded(&purchase)]);
        }
    }
}

#[tokio::test]
async fn a_certificate_in_memory_or_in_the_table_ends_all_the_same() {
    let world = World::start().await;
    let an_hour = SignedDuration::from_hours(1);
    let signer = published(
        &world,
        &Leaf {
            not_after: clock::NOON + an_hour,
            ..Leaf::signing()
        },
    );
    let purchase = signed_by(&signer, mail::purchase("a"));
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    clock::advance(an_hour + SignedDuration::from_secs(1));
    let later = signed_by(&signer, mail::purchase("b"));

    assert_eq!(in_short(&world.deliver(&later).await), "403 cert_expired");
    assert_eq!(
        in_short(&receive(&world.process(), &later, "new process").await),
        "403 cert_expired"
    );

    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn a_missing_issuer_is_no_verdict_and_counts_as_the_chain_policy_says() {
    let itself = Leaf::issued_by(LeafIssuer::Itself);
    let no_address = Leaf::without_issuer_address();
    let elsewhere = Leaf {
        ca_issuers: Some("http://evil.example/intermediate.cer".to_owned()),
        ..Leaf::signing()
    };
    for leaf in [itself, no_address, elsewhere] {
        for (policy, answer) in [
            (ChainPolicy::Prefer, "200 recorded"),
            (ChainPolicy::Require, "503 issuer_unavailable"),
        ] {
            let world = World::with(|options| options.chain_policy = policy).await;
            let purchase = signed_by(&published(&world, &leaf), mail::purchase("a"));
            assert_eq!(in_short(&world.deliver(&purchase).await), answer, "{leaf:?}");
            assert_eq!(world.rows().await, rows(answer, &purchase), "{leaf:?}");
        }
    }
}

#[tokio::test]
async fn a_certificate_that_was_kept_without_its_issuer_serves_and_its_issuer_is_asked_for_again_after_an_hour() {
    let world = World::start().await;
    let path = "/intermediate.cer";
    world.stack.issuer.script(path, Mode::Status(500));
    let asked = async |seed: &str| {
        let answer = receive(&world.process(), &mail::purchase(seed), seed).await;
        assert_eq!(answer, RECORDED, "{seed}");
        (world.stack.hosts.requests().len(), world.stack.issuer.requests().len())
    };
    assert_eq!(asked("first").await, (1, 1));
    assert_eq!(asked("at once").await, (1, 1));

    clock::advance(SignedDuration::from_hours(1));
    world.stack.hosts.script(&mail::certificate_path(), Mode::Status(404));
    assert_eq!(asked("SNS has removed it").await, (2, 1));
    world.stack.hosts.script(&mail::certificate_path(), Mode::Serve);
    assert_eq!(asked("no issuer yet").await, (3, 2));
    assert_eq!(asked("asked a moment ago").await, (3, 2));

    clock::advance(SignedDuration::from_hours(1));
    world.stack.issuer.script(path, Mode::Serve);
    assert_eq!(asked("the issuer is back").await, (4, 3));
    clock::advance(SignedDuration::from_hours(1));
    assert_eq!(asked("nothing more to ask for").await, (4, 3));
}
