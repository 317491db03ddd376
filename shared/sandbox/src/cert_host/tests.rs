use http::Uri;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::*;
use crate::{Names, publisher::chain};

#[tokio::test]
async fn a_certificate_is_had_over_tls_by_the_name_of_the_host() {
    let world = World::start().await;
    let url = world.signer.certificate_url(TOPIC);
    assert_eq!(world.fetch(&url).await, Ok((200, world.signer.certificate_pem().to_owned())));
    assert_eq!(
        world.host.requests(),
        [Seen {
            host: "sns.us-east-1.amazonaws.com".into(),
            sni: Some("sns.us-east-1.amazonaws.com".into()),
            path: world.signer.certificate_path(),
            method: Method::GET,
        }]
    );
    let unknown = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem";
    assert_eq!(world.fetch(unknown).await, Ok((404, "no such certificate".into())));
}

#[tokio::test]
async fn a_host_that_the_certificate_does_not_name_fails_the_handshake() {
    let world = World::start().await;
    let failure = world
        .fetch(&world.signer.certificate_url("arn:aws:sns:eu-west-1:1:t"))
        .await
        .unwrap_err();
    assert!(failure.contains("not valid for name"), "{failure}");
    assert_eq!(world.host.requests(), []);
}

#[tokio::test]
async fn a_path_misbehaves_as_scripted() {
    let world = World::start().await;
    let url = world.signer.certificate_url(TOPIC);
    let path = world.signer.certificate_path();
    let fetch = async |mode: Mode| {
        world.host.script(&path, mode);
        world.fetch(&url).await
    };
    assert_eq!(fetch(Mode::Empty).await, Ok((200, String::new())));
    assert_eq!(fetch(Mode::Status(503)).await, Ok((503, "scripted".into())));
    assert_eq!(
        fetch(Mode::Redirect("https://evil.example/".into())).await,
        Ok((302, String::new()))
    );
    assert_eq!(fetch(Mode::Html).await, Ok((200, PAGE.into())));
    for (mode, failure) in [
        (Mode::HangUp, "peer closed connection"),
        (Mode::Truncated(1 << 30), "peer closed connection"),
        (Mode::Endless, "length limit exceeded"),
    ] {
        let answer = fetch(mode.clone()).await.unwrap_err();
        assert!(answer.contains(failure), "{mode:?}: {answer}");
    }
    assert_eq!(fetch(Mode::Serve).await, Ok((200, world.signer.certificate_pem().to_owned())));
    assert_eq!(world.host.requests().len(), 8);

    world.host.script(&path, Mode::Silent);
    let arrived = async {
        while world.host.requests().len() < 9 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = world.fetch(&url) => panic!("{answer:?}"),
        () = arrived => {}
    }
}

#[tokio::test]
async fn a_host_that_is_down_refuses_connections_until_it_is_up_again() {
    let mut world = World::start().await;
    let url = world.signer.certificate_url(TOPIC);
    world.host.down().await;
    assert!(world.fetch(&url).await.is_err_and(|failure| failure.contains("refused")));
    world.host.up().await.unwrap();
    assert_eq!(world.fetch(&url).await.map(|answer| answer.0), Ok(200));
}

#[tokio::test]
async fn the_issuer_is_had_over_plain_http_as_der() {
    let pki = Pki::fixed();
    let issuer = CertHost::start_issuer(&pki).await.unwrap();
    let names = Names::new().with("crt.sandbox.amazontrust.com", issuer.addr());
    let answer = fetch(&client(&pki, names), "http://crt.sandbox.amazontrust.com/intermediate.cer")
        .await
        .unwrap();
    assert_eq!(answer.0, 200);
    assert_eq!(answer.1, String::from_utf8_lossy(&pki.intermediate_der()));
    assert_eq!(issuer.requests()[0].sni, None);
}

#[tokio::test]
async fn the_api_answers_on_the_same_host() {
    let pki = Pki::fixed();
    let api = SnsApi::new(|| jiff::Timestamp::UNIX_EPOCH);
    let host = CertHost::start_with_api(&pki, &["sns.us-east-1.amazonaws.com"], &api, 0)
        .await
        .unwrap();
    let names = Names::new().with("sns.us-east-1.amazonaws.com", host.addr());
    let token = api.issue_token(TOPIC);
    let url = format!("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}");
    assert_eq!(fetch(&client(&pki, names), &url).await.map(|answer| answer.0), Ok(200));
    assert_eq!(api.confirmed().len(), 1);
    assert_eq!(host.requests()[0].path, "/");
}

struct World {
    host: CertHost,
    signer: Signer,
    client: TestClient,
}

impl World {
    async fn start() -> Self {
        let pki = Pki::fixed();
        let host = CertHost::start(&pki, &["sns.us-east-1.amazonaws.com", "sns.us-west-2.amazonaws.com"])
            .await
            .unwrap();
        host.publish_signer(&pki.signer());
        let names = Names::new()
            .with("sns.us-east-1.amazonaws.com", host.addr())
            .with("sns.eu-west-1.amazonaws.com", host.addr());
        Self {
            host,
            signer: pki.signer(),
            client: client(&pki, names),
        }
    }

    async fn fetch(&self, url: &str) -> Result<(u16, String), String> {
        fetch(&self.client, url).await
    }
}

type TestClient = Client<HttpsConnector<HttpConnector<Names>>, Empty<Bytes>>;

fn client(pki: &Pki, names: Names) -> TestClient {
    let mut http = HttpConnector::new_with_resolver(names);
    http.enforce_http(false);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(pki.client_tls())
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(https)
}

async fn fetch(client: &TestClient, url: &str) -> Result<(u16, String), String> {
    let answer = client.get(url.parse::<Uri>().unwrap()).await.map_err(|error| chain(&error))?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), 64 * 1024);
    let body = body.collect().await.map_err(|error| chain(error.as_ref()))?;
    Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
}

const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
