use std::sync::Mutex;

use aws_sdk_sns::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use super::*;

#[tokio::test]
async fn the_sdk_confirms_a_token_that_was_issued() {
    let world = World::start().await;
    let token = world.api.issue_token(TOPIC);
    assert_eq!(world.confirm(TOPIC, &token, true).await, Ok(ids::subscription_arn(TOPIC)));
    assert_eq!(
        world.api.confirmed(),
        [Confirmed {
            topic_arn: TOPIC.into(),
            token: token.clone(),
            subscription_arn: ids::subscription_arn(TOPIC),
            authenticate_on_unsubscribe: true,
            signed: true,
            at: *world.now.lock().unwrap(),
        }]
    );
    assert_eq!(world.confirm(TOPIC, &token, true).await, Ok(ids::subscription_arn(TOPIC)));
    assert_eq!(world.api.calls()[0].parameter("Version"), Some("2010-03-31"));
}

#[tokio::test]
async fn the_sdk_meets_the_errors_of_the_api_reference() {
    let world = World::start().await;
    let token = world.api.issue_token(TOPIC);
    let refused = |code: &str, message: &str| Err(format!("{code}: {message}"));

    assert_eq!(
        world.confirm(TOPIC, "0123", true).await,
        refused("InvalidParameter", "Invalid parameter: Token")
    );
    assert_eq!(
        world.confirm("nonsense", &token, true).await,
        refused("InvalidParameter", "Invalid parameter: TopicArn")
    );
    let elsewhere = TOPIC.replace("us-east-1", "eu-west-1");
    assert_eq!(
        world.confirm(&elsewhere, &token, true).await,
        refused("InvalidParameter", "Invalid parameter: TopicArn")
    );
    let another = TOPIC.replace("LT0XA", "LT0XB");
    assert_eq!(
        world.confirm(&another, &token, true).await,
        refused("NotFound", "Topic does not exist")
    );
    world.api.issue_token(&another);
    assert_eq!(
        world.confirm(&another, &token, true).await,
        refused("InvalidParameter", "Invalid parameter: Token")
    );

    let two_days = Duration::from_secs(2 * 24 * 60 * 60);
    *world.now.lock().unwrap() += two_days;
    assert_eq!(world.confirm(TOPIC, &token, true).await, Ok(ids::subscription_arn(TOPIC)));
    *world.now.lock().unwrap() += Duration::from_secs(1);
    assert_eq!(
        world.confirm(TOPIC, &token, true).await,
        refused("InvalidParameter", "Invalid parameter: Token")
    );
    assert_eq!(world.api.confirmed().len(), 1);
}

#[tokio::test]
async fn faults_come_one_by_one_in_the_scripted_order() {
    let world = World::start().await;
    let token = world.api.issue_token(TOPIC);
    world.api.script([
        Fault::Internal,
        Fault::Throttled,
        Fault::Unauthorized,
        Fault::HangUp,
        Fault::Silent,
    ]);
    assert_eq!(
        world.confirm(TOPIC, &token, true).await,
        Err("InternalError: Internal service error".into())
    );
    assert_eq!(
        world.confirm(TOPIC, &token, true).await,
        Err("ThrottlingException: Rate exceeded".into())
    );
    assert_eq!(
        world.confirm(TOPIC, &token, true).await,
        Err("AuthorizationError: User is not authorized to perform: SNS:ConfirmSubscription".into())
    );
    assert_eq!(world.confirm(TOPIC, &token, true).await, Err("no answer".into()));
    let arrived = async {
        while world.api.calls().len() < 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = world.confirm(TOPIC, &token, true) => panic!("{answer:?}"),
        () = arrived => {}
    }
    assert_eq!(world.api.confirmed(), []);
    assert_eq!(world.confirm(TOPIC, &token, true).await, Ok(ids::subscription_arn(TOPIC)));
    assert_eq!(world.api.calls().len(), 6);
}

#[test]
fn a_visited_address_needs_no_version_and_no_signature() {
    let world = api();
    let token = world.0.issue_token(TOPIC);
    let call = |parameters: &[(&str, &str)]| Call {
        method: http::Method::GET,
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        signed: false,
        region: None,
    };
    let visited = [
        ("Action", "ConfirmSubscription"),
        ("TopicArn", TOPIC),
        ("Token", token.as_str()),
    ];
    let answer = |extra: &[(&str, &str)]| {
        let answer = world.0.perform(&call(&[&visited, extra].concat()), "0");
        answer.status().as_u16()
    };
    assert_eq!(answer(&[]), 200);
    assert_eq!(answer(&[("AuthenticateOnUnsubscribe", "false")]), 200);
    assert_eq!(answer(&[("AuthenticateOnUnsubscribe", "true")]), 403);
    assert_eq!(answer(&[("Version", "2010-03-30")]), 400);
    assert_eq!(answer(&[("Action", "CreateTopic")]), 400);
    assert_eq!(answer(&[("Action", "Publish")]), 403);
    assert_eq!(answer(&[("Token", "")]), 400);
    assert!(!world.0.confirmed()[0].signed);
}

pub(super) struct World {
    pub(super) api: SnsApi,
    pub(super) now: Arc<Mutex<Timestamp>>,
    pub(super) client: Client,
    _endpoint: SnsEndpoint,
}

impl World {
    pub(super) async fn start() -> Self {
        let (api, now) = api();
        let endpoint = api.serve(0).await.unwrap();
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test"))
            .endpoint_url(endpoint.url())
            .http_client(http)
            .retry_config(RetryConfig::disabled())
            .build();
        Self {
            api,
            now,
            client: Client::from_conf(config),
            _endpoint: endpoint,
        }
    }

    async fn confirm(&self, topic_arn: &str, token: &str, guarded: bool) -> Result<String, String> {
        let call = self.client.confirm_subscription().topic_arn(topic_arn).token(token);
        let call = call.authenticate_on_unsubscribe(guarded.to_string());
        match call.send().await {
            Ok(output) => Ok(output.subscription_arn().unwrap_or_default().to_owned()),
            Err(error) => Err(told(&error)),
        }
    }
}

/// What the SDK makes of a refusal.
pub(super) fn told(error: &impl ProvideErrorMetadata) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => "no answer".to_owned(),
    }
}

pub(super) fn api() -> (SnsApi, Arc<Mutex<Timestamp>>) {
    let now = Arc::new(Mutex::new("2026-03-06T00:00:00Z".parse().unwrap()));
    let clock = now.clone();
    (SnsApi::new(move || *clock.lock().unwrap()), now)
}

pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
