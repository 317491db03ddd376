//! On which side of "may have been sent" a fault lies.

use std::time::Duration;

use adm::{Adm, CredentialSource, Doubt, Endpoint, Https, Obstacle, Outcome, authorities};
use sandbox::adm::{Fault, Target};
use sandbox::{AdmService, Pki};
use sns_webhook::Roots;
use tokio::net::TcpListener;

use crate::world::{CLIENT_SECRET, LONG, World, credentials, message};

#[tokio::test]
async fn a_host_that_is_down_has_not_been_sent_anything() {
    let mut world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    world.endpoint.down().await;
    let outcome = world.adm.send_once(&message(), &world.budget(10)).await;
    assert_eq!(outcome, Outcome::NotSent(Obstacle::Connect));
    assert_eq!(outcome.into_answer().unwrap_err().status, 503);

    world.endpoint.up().await.unwrap();
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
}

#[tokio::test]
async fn what_cannot_be_connected_is_tried_again_even_without_a_consolidation_key() {
    let mut world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    world.endpoint.down().await;
    assert_eq!(world.send(&message()).await, Outcome::NotSent(Obstacle::Connect));
    assert_eq!(world.waits_in_milliseconds(), [100, 200, 400, 800]);
}

#[tokio::test]
async fn a_host_that_cannot_prove_its_name_gets_neither_secret_nor_message() {
    let service = AdmService::new(|| "2026-03-06T20:00:00Z".parse().unwrap());
    let endpoint = service.serve_tls(&Pki::fixed(), 0).await.unwrap();
    let world = World::start().await;
    let stranger = crate::world::client(&endpoint.url(), LONG, CredentialSource::given(credentials(CLIENT_SECRET)));
    let error = stranger.prepare(&world.budget(1)).await.unwrap_err();
    assert!(!error.is_final());
    for target in [Target::Token, Target::Send, Target::Other] {
        assert_eq!(service.calls(target).len(), 0);
    }
}

#[tokio::test]
async fn a_message_goes_over_tls_to_a_host_that_proves_its_name() {
    let world = World::start().await;
    let pki = Pki::fixed();
    let endpoint = world.service.serve_tls(&pki, 0).await.unwrap();
    let adm = over_tls(&endpoint.url(), &Roots::from_pem(pki.root_pem()).unwrap(), LONG);
    let outcome = adm.send(&message(), &world.budget(10)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_host_that_hangs_before_tls_is_done_has_not_been_sent_anything() {
    let world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let lwa = Endpoint::parse(&world.endpoint.url()).unwrap();
    let adm = Adm::new(
        Https::new(&authorities(), Duration::from_millis(200)),
        Endpoint::parse(&url).unwrap(),
        lwa,
        CredentialSource::given(credentials(CLIENT_SECRET)),
    );
    // The token may or may not be had in so little time; it is had with another client's patience, and kept.
    while adm.prepare(&world.budget(10)).await.is_err() {}
    let outcome = adm.send_once(&message(), &world.budget(10)).await;
    assert_eq!(outcome, Outcome::NotSent(Obstacle::Deadline));
}

#[tokio::test]
async fn a_host_that_hangs_after_it_has_read_the_message_may_have_it() {
    let world = World::with_deadline(Duration::from_secs(2)).await;
    world.service.script(Target::Send, [Fault::Hang]);
    let outcome = world.send(&message()).await;
    assert_eq!(
        outcome,
        Outcome::Unknown {
            doubt: Doubt::Unanswered(Obstacle::Deadline),
            request_id: None,
        }
    );
    assert_eq!(world.count(Target::Send), 1);
}

#[tokio::test]
async fn a_connection_that_ends_after_the_message_was_read_leaves_a_doubt() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::HangUp]);
    let outcome = world.send(&message()).await;
    assert_eq!(
        outcome,
        Outcome::Unknown {
            doubt: Doubt::Unanswered(Obstacle::Interrupted),
            request_id: None,
        }
    );
    assert_eq!((world.count(Target::Send), world.service.delivered().len()), (1, 0));
}

#[tokio::test]
async fn a_spent_budget_sends_nothing() {
    let world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    let outcome = world.adm.send(&message(), &world.budget(0)).await;
    assert_eq!(outcome, Outcome::NotSent(Obstacle::Deadline));
    assert_eq!(world.count(Target::Send), 0);
}

fn over_tls(url: &str, roots: &Roots, deadline: Duration) -> Adm {
    let endpoint = Endpoint::parse(url).unwrap();
    let source = CredentialSource::given(credentials(CLIENT_SECRET));
    Adm::new(Https::new(roots, deadline), endpoint.clone(), endpoint, source)
}
