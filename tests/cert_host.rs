//! The host of the certificates is down, slow, or answers nonsense: never a verdict about a message. It is answered 503, nothing is
//! written, and the redelivery is recorded once the host is well.

use std::time::Duration;

use intake::Intake;
use sandbox::Pki;
use sandbox::cert_host::Mode;
use sns_webhook::ChainPolicy;

use crate::world::process::receive;
use crate::world::rows::recorded;
use crate::world::{RECORDED, SNS_HOST, World, clock, in_short, mail};

const ISSUER_PATH: &str = "/intermediate.cer";

fn fetch_failed(why: &str) -> String {
    format!(
        "503 {{\"outcome\":\"unavailable\",\"reason\":\"cert_fetch\",\"detail\":\"the signing certificate could not be fetched: {why}\"}}"
    )
}

fn not_pem(why: &str) -> String {
    format!(
        "503 {{\"outcome\":\"unavailable\",\"reason\":\"cert_document\",\"detail\":\"the certificate host answered with something that \
         is not exactly one PEM certificate: {why}\"}}"
    )
}

/// The same answer to every try until the pause is over, at the price of one request; then the message is recorded.
async fn assert_transient(world: &World, answer: &str, requests: usize, mend: impl AsyncFnOnce()) {
    let purchase = mail::purchase("a");
    for _ in 0..3 {
        assert_eq!(world.deliver(&purchase).await, answer);
    }
    assert_eq!(world.fetches().len(), requests);
    assert_eq!((world.rows().await, world.trust().await), (vec![], vec![]));

    mend().await;
    assert_eq!(world.deliver(&purchase).await, answer, "the pause is not over");
    clock::advance(clock::FETCH_PAUSE);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
    assert_eq!(world.trust().await, ["certificate"]);
}

#[tokio::test]
async fn whatever_the_host_answers_instead_of_a_certificate_is_503_and_the_redelivery_is_recorded() {
    let path = mail::certificate_path();
    let status = |status| fetch_failed(&format!("the host answered with status {status} instead of 200"));
    let around = not_pem("it is not a PEM block CERTIFICATE, or there is text around it");
    let interrupted = fetch_failed("the connection broke before the answer was complete");
    for (mode, answer) in [
        (Mode::Empty, around.clone()),
        (Mode::Endless, fetch_failed("the answer is larger than 16384 bytes")),
        (Mode::HangUp, interrupted.clone()),
        (Mode::Html, around),
        (Mode::Redirect(format!("https://{SNS_HOST}/moved.pem")), status(302)),
        (Mode::Redirect("https://evil.example/".to_owned()), status(302)),
        (Mode::Status(204), status(204)),
        (Mode::Status(403), status(403)),
        (Mode::Status(404), status(404)),
        (Mode::Status(429), status(429)),
        (Mode::Status(500), status(500)),
        (Mode::Status(503), status(503)),
        (Mode::Truncated(10_000), interrupted),
    ] {
        let world = World::start().await;
        world.stack.hosts.publish("/moved.pem", Pki::fixed().signing_cert_pem());
        world.stack.hosts.script(&path, mode);
        assert_transient(&world, &answer, 1, async || world.stack.hosts.script(&path, Mode::Serve)).await;
    }
}

#[tokio::test]
async fn a_host_that_is_silent_is_given_up_at_the_deadline_and_the_redelivery_is_recorded() {
    let world = World::with(|options| options.fetch_deadline = Duration::from_secs(1)).await;
    let path = mail::certificate_path();
    world.stack.hosts.script(&path, Mode::Silent);
    let answer = fetch_failed("no complete answer within the deadline");
    assert_transient(&world, &answer, 1, async || world.stack.hosts.script(&path, Mode::Serve)).await;
}

#[tokio::test]
async fn a_host_that_is_down_is_503_and_the_redelivery_is_recorded() {
    let mut world = World::start().await;
    world.stack.hosts.down().await;
    let purchase = mail::purchase("a");
    assert_eq!(world.deliver(&purchase).await, fetch_failed("no connection to the host"));
    world.assert_untouched().await;

    world.stack.hosts.up().await.unwrap();
    clock::advance(clock::FETCH_PAUSE);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn an_issuer_s_host_that_does_not_do_its_part_matters_only_where_the_chain_is_required() {
    let missing = r#"503 {"outcome":"unavailable","reason":"issuer_unavailable","detail":"the certificate of the signing certificate's issuer could not be had, and the chain policy requires it"}"#;
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
        let world = World::with(|options| options.chain_policy = ChainPolicy::Require).await;
        world.stack.issuer.script(ISSUER_PATH, mode.clone());
        let mend = async || world.stack.issuer.script(ISSUER_PATH, Mode::Serve);
        assert_transient(&world, missing, 2, mend).await;

        let world = World::start().await;
        world.stack.issuer.script(ISSUER_PATH, mode);
        assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    }
}

#[tokio::test]
async fn a_false_issuer_in_the_connection_does_not_turn_not_now_into_never() {
    let world = World::with(|options| options.chain_policy = ChainPolicy::Require).await;
    let (stranger, genuine) = (Pki::fixed().stranger_der().to_vec(), Pki::fixed().intermediate_der().to_vec());
    world.stack.issuer.publish(ISSUER_PATH, stranger);
    let purchase = mail::purchase("a");
    assert_eq!(in_short(&world.deliver(&purchase).await), "503 issuer_unavailable");

    world.stack.issuer.publish(ISSUER_PATH, genuine);
    clock::advance(clock::FETCH_PAUSE);
    assert_eq!(world.deliver(&purchase).await, RECORDED);
}

/// Messages that name certificates which do not exist, as anybody can send them; the answers in short.
async fn made_up(process: &Intake, count: usize) -> Vec<String> {
    let mut answers = Vec::new();
    for id in 0..count {
        let url = format!("https://{SNS_HOST}/SimpleNotificationService-{id:032x}.pem");
        let envelope = mail::purchase("made up").with("SigningCertURL", url);
        answers.push(in_short(&receive(process, &envelope, "attempt").await));
    }
    answers
}

#[tokio::test]
async fn made_up_certificate_addresses_do_not_make_us_hammer_sns() {
    let world = World::start().await;
    let process = world.process();
    let answers = made_up(&process, 50).await;
    assert_eq!(answers[..8], ["503 cert_fetch"; 8]);
    assert_eq!(answers[8..], ["503 cert_fetch_paused"; 42]);
    assert_eq!(world.fetches().len(), 8);

    let purchase = mail::purchase("a");
    assert_eq!(
        in_short(&receive(&process, &purchase, "first").await),
        "503 cert_fetch_paused"
    );
    clock::advance(clock::FETCH_PAUSE);
    assert_eq!(receive(&process, &purchase, "second").await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn made_up_certificate_addresses_do_not_stop_a_process_that_can_have_the_right_one_without_a_fetch() {
    let world = World::start().await;
    let warm = world.process();
    let (one, other) = (mail::purchase("one"), mail::purchase("other"));
    assert_eq!(receive(&warm, &mail::purchase("warms up"), "warm").await, RECORDED);
    made_up(&warm, 9).await;
    assert_eq!(receive(&warm, &one, "from memory").await, RECORDED);

    let cold = world.process();
    made_up(&cold, 9).await;
    assert_eq!(receive(&cold, &other, "from the table").await, RECORDED);
}
