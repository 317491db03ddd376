use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::*;
use crate::{
    Envelope, Notification, Pki, SignatureVersion, SubscriptionConfirmation, UnsubscribeConfirmation, ids, listener::Listener,
};

#[tokio::test]
async fn a_server_that_recovers_gets_the_same_message_again() {
    let endpoint = Endpoint::start([503, 503, 200]).await;
    let delivery = publisher().deliver(&endpoint.uri, &Post::of(&notification())).await;
    assert_eq!(delivery.attempts, [answered(503), answered(503), answered(200)]);
    assert!(delivery.is_delivered());

    let received = endpoint.received.lock().unwrap().clone();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|request| *request == received[0]));
    assert_eq!(received[0].1, notification().text());
}

#[tokio::test]
async fn a_refusal_is_final() {
    let endpoint = Endpoint::start([400, 200]).await;
    let delivery = publisher().deliver(&endpoint.uri, &Post::of(&notification())).await;
    assert_eq!(delivery.attempts, [answered(400)]);
    assert!(!delivery.is_delivered());
}

#[tokio::test]
async fn throttling_is_final_for_the_appstore_and_not_for_sns() {
    let endpoint = Endpoint::start([429, 429, 200]).await;
    let post = Post::of(&notification());
    assert_eq!(publisher().deliver(&endpoint.uri, &post).await.attempts, [answered(429)]);
    let delivery = publisher().with_rule(RetryRule::Sns).deliver(&endpoint.uri, &post).await;
    assert_eq!(delivery.attempts, [answered(429), answered(200)]);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_asked_again() {
    let endpoint = Endpoint::start([SILENCE, 200]).await;
    let publisher = publisher().with_answer_within(Duration::from_millis(500));
    let delivery = publisher.deliver(&endpoint.uri, &Post::of(&notification())).await;
    assert_eq!(delivery.attempts, [Attempt::TimedOut, answered(200)]);
}

#[tokio::test]
async fn attempts_end_with_the_list_of_delays() {
    let endpoint = Endpoint::start([500; 10]).await;
    let publisher = publisher().with_delays([Duration::from_millis(1), Duration::ZERO]);
    let delivery = publisher.deliver(&endpoint.uri, &Post::of(&notification())).await;
    assert_eq!(delivery.attempts, [answered(500), answered(500), answered(500)]);
    assert_eq!(delivery.last_status(), Some(500));
}

#[tokio::test]
async fn a_server_that_is_not_there_loses_the_message_at_the_first_attempt() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let uri = format!("http://{gone}/rtn").parse().unwrap();
    let delivery = publisher().deliver(&uri, &Post::of(&notification())).await;
    assert_eq!(delivery.attempts.len(), 1);
    assert!(matches!(&delivery.attempts[0], Attempt::Unreachable(reason) if reason.contains("refused")));
}

#[tokio::test]
async fn an_endpoint_is_reached_over_tls_when_its_certificate_is_good() {
    let pki = Pki::fixed();
    let handler: crate::listener::Handler =
        Arc::new(|_request, _sni| Box::pin(async { Ok(crate::listener::response(200, "text/plain", "")) }));
    let server = Listener::start(0, Some(pki.server_tls(&["127.0.0.1"])), handler)
        .await
        .unwrap();
    let at = |host: &str| format!("https://{host}:{}/rtn", server.addr().port()).parse().unwrap();
    let post = Post::of(&notification());
    assert!(publisher().deliver(&at("127.0.0.1"), &post).await.is_delivered());
    let mistrusted = publisher().deliver(&at("localhost"), &post).await;
    assert!(matches!(&mistrusted.attempts[..], [Attempt::Unreachable(reason)] if reason.contains("not valid for name")));
}

#[tokio::test]
async fn the_headers_are_those_of_the_developer_guide() {
    let endpoint = Endpoint::start([200]).await;
    let post = Post::of(&notification())
        .with_header("x-amz-sns-rawdelivery", "true")
        .without_header("accept-encoding");
    publisher().deliver(&endpoint.uri, &post).await;
    let (headers, body) = endpoint.received.lock().unwrap()[0].clone();
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "connection: Keep-Alive".to_owned(),
            format!("content-length: {}", body.len()),
            "content-type: text/plain; charset=UTF-8".to_owned(),
            format!("host: {}", endpoint.uri.authority().unwrap()),
            "user-agent: Amazon Simple Notification Service Agent".to_owned(),
            format!("x-amz-sns-message-id: {}", ids::message_id("a")),
            "x-amz-sns-message-type: Notification".to_owned(),
            "x-amz-sns-rawdelivery: true".to_owned(),
            format!("x-amz-sns-subscription-arn: {}", ids::subscription_arn(TOPIC)),
            format!("x-amz-sns-topic-arn: {TOPIC}"),
        ]
    );
}

#[test]
fn only_a_subscription_confirmation_names_no_subscription() {
    let signer = Pki::fixed().signer();
    let names = |envelope: Envelope| Post::of(&envelope).headers.contains_key("x-amz-sns-subscription-arn");
    assert!(names(notification()));
    assert!(!names(signer.sign(
        SubscriptionConfirmation::new(TOPIC, "0123", Timestamp::UNIX_EPOCH),
        SignatureVersion::V1
    )));
    assert!(names(signer.sign(
        UnsubscribeConfirmation::new(TOPIC, "0123", Timestamp::UNIX_EPOCH),
        SignatureVersion::V1
    )));
}

struct Endpoint {
    uri: Uri,
    received: Received,
}

type Received = Arc<Mutex<Vec<(HeaderMap, String)>>>;

impl Endpoint {
    /// Answers with these statuses in turn.
    async fn start<const N: usize>(statuses: [u16; N]) -> Self {
        let received = Received::default();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/rtn", socket.local_addr().unwrap()).parse().unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state((received.clone(), Vec::from(statuses)));
        tokio::spawn(axum::serve(socket, router).into_future());
        Self { uri, received }
    }
}

async fn answer(State((received, statuses)): State<(Received, Vec<u16>)>, headers: HeaderMap, body: String) -> Response {
    let status = {
        let mut received = received.lock().unwrap();
        received.push((headers, body));
        statuses[received.len() - 1]
    };
    if status == SILENCE {
        std::future::pending::<()>().await;
    }
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .body(Body::from("seen"))
        .unwrap()
}

fn answered(status: u16) -> Attempt {
    Attempt::Answered {
        status,
        body: "seen".into(),
    }
}

fn publisher() -> Publisher {
    Publisher::new(Pki::fixed().client_tls())
}

fn notification() -> Envelope {
    Pki::fixed().signer().sign(
        Notification::new(TOPIC, "a", "{}", Timestamp::UNIX_EPOCH),
        SignatureVersion::V1,
    )
}

const SILENCE: u16 = 0;
const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
