//! What one process remembers of certificates and of failures, and what callers share.

use std::sync::Arc;

use jiff::SignedDuration;
use sandbox::cert_host::Mode;
use sandbox::pki::Leaf;
use sandbox::{Envelope, Pki, SignatureVersion};
use sns_webhook::{ChainPolicy, FetchFault, Refusal, Rejection, Transient, Trust};
use tokio::task::JoinSet;

use crate::world::{HOST, PAUSE, TOPIC, World, delivery, now, plain_notification, receive};

#[tokio::test]
async fn a_certificate_in_memory_expires_all_the_same() {
    let world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let not_after = now() + SignedDuration::from_hours(1);
    let signer = world.publish(&Leaf {
        not_after,
        ..Leaf::signing()
    });
    assert!(matches!(
        receive(&certs, &delivery(&signer), now()).await,
        Ok(Trust::Chained { .. })
    ));
    let later = not_after + SignedDuration::from_secs(1);
    assert_eq!(
        receive(&certs, &delivery(&signer), later).await,
        Err(Rejection::CertExpired.into())
    );
    assert_eq!(world.sns.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_at_the_same_time_share_one_request() {
    for (mode, outcome) in [(Mode::Serve, "authentic"), (Mode::Status(503), "cert_fetch")] {
        let world = World::start().await;
        world.sns.script(&world.pki.signer().certificate_path(), mode);
        let certs = Arc::new(world.receiver(ChainPolicy::Prefer));
        let body: Arc<str> = delivery(&world.pki.signer()).into();
        let mut callers = JoinSet::new();
        for _ in 0..200 {
            let (certs, body) = (Arc::clone(&certs), Arc::clone(&body));
            callers.spawn(async move { told(receive(&certs, &body, now()).await) });
        }
        assert_eq!(callers.join_all().await, [outcome; 200]);
        assert_eq!(world.sns.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nobody_with_it() {
    let world = World::start().await;
    let certs = Arc::new(world.receiver(ChainPolicy::Prefer));
    let signer = world.pki.signer();
    let body: Arc<str> = delivery(&signer).into();
    let call = || {
        let (certs, body) = (Arc::clone(&certs), Arc::clone(&body));
        tokio::spawn(async move { told(receive(&certs, &body, now()).await) })
    };
    world.sns.script(&signer.certificate_path(), Mode::Silent);
    let first = call();
    while world.sns.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    world.sns.script(&signer.certificate_path(), Mode::Serve);
    let second = call();
    first.abort();
    assert_eq!(second.await.unwrap(), "authentic");
    assert_eq!(world.sns.requests().len(), 2);
}

#[tokio::test]
async fn unknown_ids_cause_few_requests_and_leave_a_certificate_in_memory_alone() {
    let world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let genuine = delivery(&world.pki.signer());
    assert_eq!(told(receive(&certs, &genuine, now()).await), "authentic");
    let mut reasons = Vec::new();
    for id in 0..1_000 {
        reasons.push(told(receive(&certs, &naming(id).text(), now()).await));
        assert_eq!(told(receive(&certs, &genuine, now()).await), "authentic");
    }
    assert_eq!(reasons[..8], ["cert_fetch"; 8]);
    assert_eq!(reasons[8..], ["cert_fetch_paused"; 992]);
    assert_eq!(world.sns.requests().len(), 1 + 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_ids_at_the_same_time_cause_no_more_requests_than_one_after_another() {
    let world = World::start().await;
    let certs = Arc::new(world.receiver(ChainPolicy::Prefer));
    let mut callers = JoinSet::new();
    for id in 0..200 {
        let certs = Arc::clone(&certs);
        callers.spawn(async move { told(receive(&certs, &naming(id).text(), now()).await) });
    }
    let outcomes = callers.join_all().await;
    assert!(
        outcomes
            .iter()
            .all(|reason| ["cert_fetch", "cert_fetch_paused"].contains(reason)),
        "{outcomes:?}"
    );
    assert_eq!(world.sns.requests().len(), 8);
    let later = receive(&certs, &delivery(&world.pki.signer()), now() + PAUSE).await;
    assert_eq!(told(later), "authentic");
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_the_memory_of_a_failure() {
    let mut world = World::start().await;
    let certs = world.receiver(ChainPolicy::Prefer);
    let body = delivery(&world.pki.signer());
    world.sns.down().await;
    let down = Err(Transient::CertFetch(FetchFault::Connect).into());
    assert_eq!(receive(&certs, &body, now()).await, down);
    world.sns.up().await.unwrap();
    assert_eq!(receive(&certs, &body, now() - SignedDuration::from_secs(1)).await, down);
    let an_hour_ago = now() - SignedDuration::from_hours(1);
    assert!(matches!(receive(&certs, &body, an_hour_ago).await, Ok(Trust::Chained { .. })));
}

/// A notification whose certificate URL names the document number `id`.
fn naming(id: usize) -> Envelope {
    let url = format!("https://{HOST}/SimpleNotificationService-{id:032x}.pem");
    let message = Pki::fixed().signer().sign(plain_notification(TOPIC), SignatureVersion::V1);
    message.with("SigningCertURL", url)
}

fn told(outcome: Result<Trust, Refusal>) -> &'static str {
    match outcome {
        Ok(_) => "authentic",
        Err(refusal) => refusal.reason(),
    }
}
