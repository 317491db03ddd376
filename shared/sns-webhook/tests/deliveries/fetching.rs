//! What happens between this process and the certificate host, which may be down, slow, or not what it seems.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::SignedDuration;
use sandbox::cert_host::{Mode, Seen};
use sandbox::pki::{Leaf, LeafKey};
use sandbox::{CertHost, SignatureVersion};
use sns_webhook::{ChainPolicy, FetchFault, Https, PinnedCerts, Rejection, Roots, SigningCerts, Transient, Trust};

use crate::world::{AMPLE, HOST, PAUSE, TOPIC, World, delivery, now, plain_notification, receive};

#[tokio::test]
async fn a_certificate_is_fetched_once_from_the_host_of_the_topics_region() {
    let world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let signer = world.pki.signer();
    for _ in 0..3 {
        assert!(matches!(
            receive(&certs, &delivery(&signer), now()).await,
            Ok(Trust::Chained { .. })
        ));
    }
    let seen = Seen {
        host: HOST.to_owned(),
        sni: Some(HOST.to_owned()),
        path: signer.certificate_path(),
        method: Method::GET,
    };
    assert_eq!(world.sns.requests(), [seen]);
}

#[tokio::test]
async fn a_url_that_cannot_be_sns_in_the_topics_region_is_refused_without_a_request() {
    let world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let path = world.pki.signer().certificate_path();
    let sign = |url: String| {
        let message = world.pki.signer().sign(plain_notification(TOPIC), SignatureVersion::V2);
        message.with("SigningCertURL", url).text()
    };
    for (url, rejection) in [
        (
            format!("https://sns.eu-west-1.amazonaws.com{path}"),
            Rejection::CertHost("another host"),
        ),
        (
            format!("https://sns.s3-us-west-2.amazonaws.com{path}"),
            Rejection::CertHost("another host"),
        ),
        (
            format!("https://{HOST}:8443{path}"),
            Rejection::CertHost("the port is not 443"),
        ),
        (
            format!("https://x@{HOST}{path}"),
            Rejection::CertHost("it carries user information"),
        ),
        (format!("http://{HOST}{path}"), Rejection::CertUrl("the scheme is not https")),
        (
            format!("https://{HOST}{path}?x"),
            Rejection::CertUrl("the path is not that of a signing certificate"),
        ),
    ] {
        assert_eq!(
            receive(&certs, &sign(url.clone()), now()).await,
            Err(rejection.into()),
            "{url}"
        );
    }
    assert_eq!(world.sns.requests(), []);
}

#[tokio::test]
async fn whatever_the_host_answers_instead_of_a_certificate_is_no_verdict_and_the_next_try_succeeds() {
    let around = "it is not a PEM block CERTIFICATE, or there is text around it";
    for (mode, fault) in [
        (Mode::Empty, Transient::CertDocument(around)),
        (Mode::Endless, Transient::CertFetch(FetchFault::TooLarge(16 * 1024))),
        (Mode::HangUp, Transient::CertFetch(FetchFault::Interrupted)),
        (Mode::Html, Transient::CertDocument(around)),
        (
            Mode::Redirect("https://evil.example/".to_owned()),
            Transient::CertFetch(FetchFault::Status(302)),
        ),
        (Mode::Status(204), Transient::CertFetch(FetchFault::Status(204))),
        (Mode::Status(403), Transient::CertFetch(FetchFault::Status(403))),
        (Mode::Status(404), Transient::CertFetch(FetchFault::Status(404))),
        (Mode::Status(500), Transient::CertFetch(FetchFault::Status(500))),
        (Mode::Status(503), Transient::CertFetch(FetchFault::Status(503))),
        (Mode::Truncated(10_000), Transient::CertFetch(FetchFault::Interrupted)),
    ] {
        let world = World::start().await;
        let certs = world.receiver(ChainPolicy::Prefer);
        let (signer, path) = (world.pki.signer(), world.pki.signer().certificate_path());
        world.sns.script(&path, mode.clone());
        assert_eq!(
            receive(&certs, &delivery(&signer), now()).await,
            Err(fault.into()),
            "{mode:?}"
        );
        assert_eq!(world.sns.requests().len(), 1, "{mode:?}");

        world.sns.script(&path, Mode::Serve);
        let later = receive(&certs, &delivery(&signer), now() + PAUSE).await;
        assert!(matches!(later, Ok(Trust::Chained { .. })), "{mode:?}: {later:?}");
        assert_eq!(world.sns.requests().len(), 2, "{mode:?}");
    }
}

#[tokio::test]
async fn a_redirection_is_not_followed_even_to_the_certificate_itself() {
    let world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let signer = world.pki.signer();
    world.sns.publish("/moved.pem", signer.certificate_pem().to_owned());
    world.sns.script(
        &signer.certificate_path(),
        Mode::Redirect(format!("https://{HOST}/moved.pem")),
    );
    let refused = receive(&certs, &delivery(&signer), now()).await;
    assert_eq!(refused, Err(Transient::CertFetch(FetchFault::Status(302)).into()));
    assert_eq!(world.sns.requests().len(), 1);
}

#[tokio::test]
async fn a_host_that_takes_its_time_is_given_up_at_the_deadline() {
    let world = World::start().await;
    let certs = world.hasty_receiver(ChainPolicy::Prefer, Duration::from_millis(50));
    let signer = world.pki.signer();
    world.sns.script(&signer.certificate_path(), Mode::Silent);
    let refused = receive(&certs, &delivery(&signer), now()).await;
    assert_eq!(refused, Err(Transient::CertFetch(FetchFault::Deadline).into()));
}

#[tokio::test]
async fn a_host_that_is_down_is_no_verdict_and_is_asked_again_later() {
    let mut world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let body = delivery(&world.pki.signer());
    world.sns.down().await;
    let down = Err(Transient::CertFetch(FetchFault::Connect).into());
    assert_eq!(receive(&certs, &body, now()).await, down);
    world.sns.up().await.unwrap();
    let just_before = now() + PAUSE - SignedDuration::from_millis(1);
    assert_eq!(receive(&certs, &body, just_before).await, down);
    assert_eq!(world.sns.requests(), []);
    assert!(matches!(
        receive(&certs, &body, now() + PAUSE).await,
        Ok(Trust::Chained { .. })
    ));
}

#[tokio::test]
async fn a_host_without_the_right_tls_certificate_is_no_host_at_all() {
    let world = World::start().await;
    let signer = world.pki.signer();
    let elsewhere = CertHost::start(&world.pki, &["sns.eu-west-1.amazonaws.com", "*.amazonaws.com"])
        .await
        .unwrap();
    elsewhere.publish_signer(&signer);
    let no_connection = Err(Transient::CertFetch(FetchFault::Connect).into());
    for (roots, addr) in [(world.roots(), elsewhere.addr()), (Roots::amazon(), world.sns.addr())] {
        let https = Https::with_addresses(&roots, Duration::from_secs(60), [(HOST.to_owned(), addr)].into());
        let certs = SigningCerts::new(PinnedCerts::default(), world.roots(), ChainPolicy::Prefer, https);
        assert_eq!(receive(&certs, &delivery(&signer), now()).await, no_connection);
    }
    assert_eq!(elsewhere.requests().len() + world.sns.requests().len(), 0);
}

#[tokio::test]
async fn a_published_bundle_is_no_certificate_and_a_certificate_of_another_kind_is_refused() {
    let world = World::start().await;
    let signer = world.pki.signer();
    let (path, body) = (signer.certificate_path(), delivery(&signer));
    let publish_and_receive = async |document: String| {
        world.sns.publish(&path, document);
        receive(&world.receiver(ChainPolicy::Require), &body, now()).await
    };
    let bundle = world.pki.issue(&Leaf::signing()).bundle_pem;
    let several = Transient::CertDocument("it has more than one PEM block");
    assert_eq!(publish_and_receive(bundle).await, Err(several.into()));
    let elliptic = world.pki.issue(&Leaf::with_key(LeafKey::Elliptic)).pem;
    assert_eq!(publish_and_receive(elliptic).await, Err(Rejection::CertKey.into()));
    let of_another_region = world.pki.issue(&Leaf::named("sns-signing.eu-south-1.amazonaws.com")).pem;
    assert_eq!(publish_and_receive(of_another_region).await, Err(Rejection::CertName.into()));
}

#[tokio::test]
async fn a_service_may_explain_its_refusal_within_the_same_bounds() {
    let world = World::start().await;
    let ask = async |mode, deadline| {
        world.sns.script("/", mode);
        world
            .https(deadline)
            .ask(HOST, "/?Action=ConfirmSubscription", 16 * 1024)
            .await
    };
    let status = |status, text: &'static str| Ok((StatusCode::from_u16(status).unwrap(), Bytes::from_static(text.as_bytes())));
    assert_eq!(ask(Mode::Status(400), AMPLE).await, status(400, "scripted"));
    assert_eq!(
        ask(Mode::Redirect("https://evil.example/".to_owned()), AMPLE).await,
        status(302, "")
    );
    assert_eq!(ask(Mode::Endless, AMPLE).await, Err(FetchFault::TooLarge(16 * 1024)));
    assert_eq!(ask(Mode::Silent, Duration::from_millis(50)).await, Err(FetchFault::Deadline));
}
