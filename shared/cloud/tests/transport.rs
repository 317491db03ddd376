//! What lies below the SDK, over real connections: which faults are repeated, which connections are kept, who is believed.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::list_tables::{ListTablesError, ListTablesOutput};
use cloud::CaBundle;
use sandbox::Pki;
use sns_webhook::Roots;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const TABLES: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 17\r\n\r\n{\"TableNames\":[]}";

/// A server that answers each connection's requests with these texts, one each, and then hangs up.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Of the first connection the first list, and so on; of those after the last, the last.
    async fn start(answers: &'static [&'static [&'static str]]) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((connection, _)) = socket.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(connection, answers[number.min(answers.len() - 1)]));
            }
        });
        Self { url, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut connection: TcpStream, answers: &[&str]) {
    let mut answers = answers.iter();
    let mut seen = Vec::new();
    loop {
        let mut part = [0; 4096];
        match connection.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(length) => seen.extend_from_slice(&part[..length]),
        }
        // The request's body is `{}`.
        if !seen.ends_with(b"\r\n\r\n{}") {
            continue;
        }
        seen.clear();
        let Some(answer) = answers.next() else { return };
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        if answers.len() == 0 {
            return;
        }
    }
}

fn client(endpoint: &str, authority: Option<&str>) -> Client {
    let endpoint = endpoint.to_owned();
    let variable = move |name: &str| match name {
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ENDPOINT_URL_DYNAMODB" => Some(endpoint.clone()),
        _ => None,
    };
    let bundle = authority.map(|pem| CaBundle {
        roots: Roots::from_pem(pem).unwrap(),
    });
    let sdk = cloud::function_config(variable, bundle.as_ref()).unwrap();
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(30)).build();
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(1));
    Client::new(&cloud::within(&sdk, timeouts, retries))
}

async fn ask(client: &Client) -> Result<ListTablesOutput, SdkError<ListTablesError>> {
    client.list_tables().send().await
}

#[tokio::test]
async fn one_connection_serves_request_after_request() {
    let server = Server::start(&[&[TABLES; 12]]).await;
    let client = client(&server.url, None);
    for _ in 0..10 {
        ask(&client).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_other_side_has_closed_meanwhile_costs_no_request() {
    let server = Server::start(&[&[TABLES]]).await;
    let client = client(&server.url, None);
    for _ in 0..5 {
        ask(&client).await.unwrap();
    }
    assert_eq!(server.connections(), 5);
}

#[tokio::test]
async fn a_request_whose_answer_breaks_off_is_repeated() {
    const BROKEN: &str = "HTTP/1.1 200 OK\r\ncontent-le";
    let server = Server::start(&[&[], &[BROKEN], &[TABLES]]).await;
    ask(&client(&server.url, None)).await.unwrap();
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_fault_of_the_service_is_repeated_over_another_connection() {
    const FAULT: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}";
    let server = Server::start(&[&[FAULT, FAULT, FAULT], &[TABLES, TABLES]]).await;
    ask(&client(&server.url, None)).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn what_answers_in_another_language_is_not_asked_again() {
    let server = Server::start(&[&["220 mail.example.com ESMTP\r\n"]]).await;
    let failure = ask(&client(&server.url, None)).await.unwrap_err();
    assert!(matches!(failure, SdkError::DispatchFailure(_)), "{failure:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn where_nobody_listens_the_call_fails_as_one_that_was_not_sent() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    drop(socket);
    match ask(&client(&url, None)).await.unwrap_err() {
        SdkError::DispatchFailure(failure) => assert!(failure.is_io(), "{failure:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_is_believed_by_the_authorities_that_are_named_and_no_others() {
    let clock = || jiff::Timestamp::UNIX_EPOCH;
    let server = sandbox::AdmService::new(clock).serve_tls(&Pki::fixed(), 0).await.unwrap();
    // It is no DynamoDB, so it refuses, by an answer.
    let known = ask(&client(&server.url(), Some(Pki::fixed().root_pem()))).await.unwrap_err();
    assert!(matches!(known, SdkError::ServiceError(_)), "{known:?}");
    match ask(&client(&server.url(), None)).await.unwrap_err() {
        SdkError::DispatchFailure(failure) => assert!(failure.is_io(), "{failure:?}"),
        other => panic!("{other:?}"),
    }
}
