//! Who vouches for a certificate, and what is made of it when nobody can be found.

use std::time::Duration;

use jiff::Timestamp;
use sandbox::cert_host::Mode;
use sandbox::pki::{Leaf, LeafIssuer};
use sns_webhook::{ChainPolicy, FetchFault, Refusal, Rejection, SigningCertUrl, TopicArn, Transient, Trust};

use crate::world::{ISSUER_HOST, ISSUER_PATH, PAUSE, TOPIC, World, delivery, now, receive};

const POLICIES: [ChainPolicy; 2] = [ChainPolicy::Prefer, ChainPolicy::Require];

fn chained() -> Result<Trust, Refusal> {
    Ok(Trust::Chained {
        until: "2112-01-01T00:00:00Z".parse().unwrap(),
    })
}

/// What each policy makes of an issuer that cannot be had.
fn without_issuer(policy: ChainPolicy) -> Result<Trust, Refusal> {
    match policy {
        ChainPolicy::Prefer => Ok(Trust::UnknownIssuer),
        ChainPolicy::Require => Err(Transient::IssuerUnavailable.into()),
    }
}

#[tokio::test]
async fn the_issuer_is_fetched_from_where_the_certificate_says_and_the_chain_is_built() {
    for policy in POLICIES {
        let world = World::start().await;
        let certs = world.receiver(policy);
        for _ in 0..2 {
            assert_eq!(receive(&certs, &delivery(&world.pki.signer()), now()).await, chained());
        }
        let requests = world.issuer.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(
            (requests[0].host.as_str(), requests[0].path.as_str()),
            (ISSUER_HOST, ISSUER_PATH)
        );
    }
}

#[tokio::test]
async fn a_certificate_of_a_root_needs_no_other_issuer() {
    let world = World::start().await;
    let signer = world.publish(&Leaf::issued_by(LeafIssuer::Root));
    let endless = Ok(Trust::Chained { until: Timestamp::MAX });
    assert_eq!(
        receive(&world.receiver(ChainPolicy::Require), &delivery(&signer), now()).await,
        endless
    );
    assert_eq!(world.issuer.requests(), []);
}

#[tokio::test]
async fn an_issuer_host_that_is_down_is_a_reason_to_wait_or_to_do_without() {
    let mut world = World::start().await;
    world.issuer.down().await;
    let body = delivery(&world.pki.signer());
    let prefers = world.receiver(ChainPolicy::Prefer);
    assert_eq!(receive(&prefers, &body, now()).await, Ok(Trust::UnknownIssuer));
    let requires = world.receiver(ChainPolicy::Require);
    assert_eq!(
        receive(&requires, &body, now()).await,
        Err(Transient::IssuerUnavailable.into())
    );
    world.issuer.up().await.unwrap();
    assert_eq!(receive(&requires, &body, now() + PAUSE).await, chained());
}

#[tokio::test]
async fn whatever_the_issuers_host_answers_is_no_evidence_against_a_certificate() {
    for mode in [
        Mode::Empty,
        Mode::Endless,
        Mode::HangUp,
        Mode::Html,
        Mode::Redirect("http://evil.example/".to_owned()),
        Mode::Status(404),
        Mode::Status(500),
        Mode::Truncated(10_000),
    ] {
        let world = World::start().await;
        world.issuer.script(ISSUER_PATH, mode.clone());
        for policy in POLICIES {
            let verdict = receive(&world.receiver(policy), &delivery(&world.pki.signer()), now()).await;
            assert_eq!(verdict, without_issuer(policy), "{mode:?}");
        }
    }
}

#[tokio::test]
async fn an_issuers_host_that_takes_its_time_is_given_up_at_the_deadline() {
    let world = World::start().await;
    world.issuer.script(ISSUER_PATH, Mode::Silent);
    // Half a second for a handshake over loopback, and all that the silent host is waited for.
    let certs = world.hasty_receiver(ChainPolicy::Prefer, Duration::from_millis(500));
    let verdict = receive(&certs, &delivery(&world.pki.signer()), now()).await;
    assert_eq!(verdict, Ok(Trust::UnknownIssuer));
}

#[tokio::test]
async fn a_certificate_in_the_name_of_an_issuer_that_did_not_sign_it_is_refused() {
    let world = World::start().await;
    let signer = world.publish(&Leaf::issued_by(LeafIssuer::Stranger));
    for policy in POLICIES {
        let verdict = receive(&world.receiver(policy), &delivery(&signer), now()).await;
        assert_eq!(verdict, Err(Rejection::CertChain.into()));
    }
}

#[tokio::test]
async fn an_issuer_that_no_root_vouches_for_is_no_evidence_against_a_certificate() {
    let world = World::start().await;
    let genuine = world.pki.intermediate_der().to_vec();
    let mut badly_signed = genuine.clone();
    *badly_signed.last_mut().unwrap() ^= 1;
    for false_issuer in [badly_signed, world.pki.stranger_der().to_vec(), [&genuine[..], b"x"].concat()] {
        world.issuer.publish(ISSUER_PATH, false_issuer);
        for policy in POLICIES {
            let verdict = receive(&world.receiver(policy), &delivery(&world.pki.signer()), now()).await;
            assert_eq!(verdict, without_issuer(policy));
        }
    }
}

#[tokio::test]
async fn a_certificate_whose_issuer_cannot_be_looked_up_is_one_of_an_unknown_issuer() {
    for leaf in [
        Leaf::without_issuer_address(),
        Leaf::issued_by(LeafIssuer::Itself),
        Leaf {
            ca_issuers: Some("http://evil.example/intermediate.cer".to_owned()),
            ..Leaf::signing()
        },
        Leaf {
            ca_issuers: Some("http://127.0.0.1/intermediate.cer".to_owned()),
            ..Leaf::signing()
        },
    ] {
        let world = World::start().await;
        let signer = world.publish(&leaf);
        for policy in POLICIES {
            let verdict = receive(&world.receiver(policy), &delivery(&signer), now()).await;
            assert_eq!(verdict, without_issuer(policy), "{leaf:?}");
        }
    }
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_refused_at_once() {
    let world = World::start().await;
    for (leaf, rejection) in [
        (Leaf::expired(now()), Rejection::CertExpired),
        (Leaf::not_yet_valid(now()), Rejection::CertNotYetValid),
    ] {
        let signer = world.publish(&leaf);
        let verdict = receive(&world.receiver(ChainPolicy::Prefer), &delivery(&signer), now()).await;
        assert_eq!(verdict, Err(rejection.into()));
    }
    assert_eq!(world.issuer.requests(), []);
}

#[tokio::test]
async fn what_was_fetched_can_be_kept_and_restored_without_a_network() {
    let mut world = World::start().await;
    let certs = world.receiver(ChainPolicy::Require);
    let region = TopicArn::parse(TOPIC).unwrap().region().clone();
    let url = SigningCertUrl::parse(&world.pki.signer().certificate_url(TOPIC), &region).unwrap();
    let fetched = certs.fetch(&url, now()).await.unwrap();
    assert_eq!(fetched.pem, world.pki.signing_cert_pem());
    assert_eq!(fetched.issuers, [world.pki.intermediate_der().to_vec()]);
    assert_eq!(Ok(fetched.cert.trust()), chained());

    world.sns.down().await;
    world.issuer.down().await;
    let restored = certs.restore(fetched.pem.as_bytes(), &fetched.issuers, now()).unwrap();
    assert_eq!(Ok(restored.trust()), chained());
    assert_eq!(restored.der(), fetched.cert.der());
    for policy in POLICIES {
        let restored = world.receiver(policy).restore(fetched.pem.as_bytes(), &[], now());
        assert_eq!(restored.map(|cert| cert.trust()), without_issuer(policy));
    }
    let strange = world.pki.issue(&Leaf::issued_by(LeafIssuer::Stranger)).pem;
    let refused = certs.restore(strange.as_bytes(), &fetched.issuers, now());
    assert_eq!(refused.map(|cert| cert.trust()), Err(Rejection::CertChain.into()));
    let damaged = certs.restore(b"nothing", &fetched.issuers, now()).map(|cert| cert.trust());
    assert!(
        matches!(damaged, Err(Refusal::Transient(Transient::CertDocument(_)))),
        "{damaged:?}"
    );
}

#[tokio::test]
async fn what_was_kept_is_held_to_the_size_of_what_is_fetched() {
    let certs = World::start().await.receiver(ChainPolicy::Prefer);
    let refused = certs.restore(&[b'x'; 16 * 1024 + 1], &[], now());
    let too_large = Transient::CertFetch(FetchFault::TooLarge(16 * 1024));
    assert_eq!(refused.map(|cert| cert.trust()), Err(too_large.into()));
}

#[tokio::test]
async fn issuers_that_are_not_part_of_the_chain_do_not_limit_it() {
    let world = World::start().await;
    let pem = world.pki.issue(&Leaf::issued_by(LeafIssuer::Root)).pem;
    let issuers = [b"no certificate".to_vec(), world.pki.intermediate_der().to_vec()];
    let restored = world
        .receiver(ChainPolicy::Require)
        .restore(pem.as_bytes(), &issuers, now())
        .unwrap();
    assert_eq!(restored.trust(), Trust::Chained { until: Timestamp::MAX });
}
