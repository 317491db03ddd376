//! The one action of the SNS API that a receiver calls: ConfirmSubscription.
//!
//! Answered as a plain GET, which is what a SubscribeURL is ("HTTP/HTTPS subscription confirmation JSON format"), and as the
//! AWS query protocol's POST, which is what the SDKs send (Amazon SNS API Reference, "ConfirmSubscription"). A token is good
//! for two days ("Subscribe"; older editions of that page say three) and may be used again while it is.

mod call;
mod reply;

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_sdk_sns::Client;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use aws_sdk_sns::config::{Config, Credentials, Region};
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use jiff::Timestamp;

pub use self::call::Call;
use self::reply::Refusal;
use crate::{
    ids,
    listener::{Handler, HangUp, Listener},
    plain_http::plain_http,
};

/// SNS as a receiver sees it. Clones share everything.
#[derive(Clone)]
pub struct SnsApi {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    state: Arc<Mutex<State>>,
}

/// A subscription that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The topic.
    pub topic_arn: String,
    /// The token that was given.
    pub token: String,
    /// What SNS calls the subscription from now on.
    pub subscription_arn: String,
    /// Only the owners may end it.
    pub authenticate_on_unsubscribe: bool,
    /// The call bore an AWS signature.
    pub signed: bool,
    /// When.
    pub at: Timestamp,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes without an answer.
    HangUp,
    /// InternalError, 500.
    Internal,
    /// No answer, ever.
    Silent,
    /// ThrottlingException, 400 ("Common Errors").
    Throttled,
    /// AuthorizationError, 403: the caller's account may not do this ("ConfirmSubscription", section Errors).
    Unauthorized,
}

/// The API on a plain HTTP port, for `AWS_ENDPOINT_URL_SNS`.
pub struct SnsEndpoint {
    listener: Listener,
}

impl SnsApi {
    /// An SNS that knows no topic yet and tells the time by `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            state: Arc::default(),
        }
    }

    /// Subscribes an endpoint to a topic: the token that its confirmation message is to bear.
    pub fn issue_token(&self, topic_arn: &str) -> String {
        let issued = self.lock().tokens.len();
        let token = ids::token(&format!("{topic_arn} {issued}"));
        self.accept_token(topic_arn, &token, (self.now)());
        token
    }

    /// Knows a token that came about elsewhere, such as one of a committed sample.
    pub fn accept_token(&self, topic_arn: &str, token: &str, issued_at: Timestamp) {
        self.lock().tokens.insert(
            token.to_owned(),
            Token {
                topic_arn: topic_arn.to_owned(),
                issued_at,
            },
        );
    }

    /// What the next calls meet, one fault each; after the last one all is well again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// Every subscription that was confirmed, in order; confirming twice is recorded twice.
    pub fn confirmed(&self) -> Vec<Confirmed> {
        self.lock().confirmed.clone()
    }

    /// Every call that arrived, in order, whatever became of it.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Serves the API over plain HTTP on a port of 127.0.0.1; port 0 takes a free one.
    pub async fn serve(&self, port: u16) -> io::Result<SnsEndpoint> {
        let api = self.clone();
        let handler: Handler = Arc::new(move |request, _sni| {
            let api = api.clone();
            Box::pin(async move { api.answer(request).await })
        });
        Ok(SnsEndpoint {
            listener: Listener::start(port, None, handler).await?,
        })
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
        let call = Call::read(request).await?;
        let fault = {
            let mut state = self.lock();
            state.calls.push(call.clone());
            state.faults.pop_front()
        };
        let request_id = ids::request_id(&format!("{}", self.lock().calls.len()));
        let outcome = match fault {
            None => self.confirm(&call),
            Some(Fault::HangUp) => return Err(HangUp),
            Some(Fault::Internal) => Err(Refusal::internal()),
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::Throttled) => Err(Refusal::throttled()),
            Some(Fault::Unauthorized) => Err(Refusal::not_allowed()),
        };
        Ok(match outcome {
            Ok(subscription_arn) => reply::confirmed(&subscription_arn, &request_id),
            Err(refusal) => refusal.into_response(&request_id),
        })
    }

    fn confirm(&self, call: &Call) -> Result<String, Refusal> {
        call.check_action()?;
        let (topic_arn, token) = (call.required("TopicArn")?, call.required("Token")?);
        call.check_region(topic_arn)?;
        let authenticate_on_unsubscribe = call.parameter("AuthenticateOnUnsubscribe") == Some("true");
        if authenticate_on_unsubscribe && !call.signed {
            return Err(Refusal::unauthorized());
        }

        let now = (self.now)();
        let mut state = self.lock();
        if state.tokens.values().all(|known| known.topic_arn != topic_arn) {
            return Err(Refusal::no_such_topic());
        }
        match state.tokens.get(token) {
            Some(known) if known.topic_arn == topic_arn && now <= known.issued_at + TOKEN_LIFETIME => {}
            _ => return Err(Refusal::invalid("Token")),
        }
        let subscription_arn = ids::subscription_arn(topic_arn);
        state.confirmed.push(Confirmed {
            topic_arn: topic_arn.to_owned(),
            token: token.to_owned(),
            subscription_arn: subscription_arn.clone(),
            authenticate_on_unsubscribe,
            signed: call.signed,
            at: now,
        });
        Ok(subscription_arn)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SnsEndpoint {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// An SDK client for this endpoint, whatever the region.
    pub fn client(&self) -> Client {
        client_at(&self.url())
    }

    /// The value for `AWS_ENDPOINT_URL_SNS`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr())
    }
}

/// An SDK client for a sandbox's SNS endpoint, whatever the region.
pub fn client_at(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
        .endpoint_url(url)
        .http_client(plain_http())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build());
    Client::from_conf(config.build())
}

#[derive(Default)]
struct State {
    tokens: HashMap<String, Token>,
    faults: VecDeque<Fault>,
    confirmed: Vec<Confirmed>,
    calls: Vec<Call>,
}

struct Token {
    topic_arn: String,
    issued_at: Timestamp,
}

/// "Confirmation tokens are valid for two days" (Amazon SNS API Reference, "Subscribe").
const TOKEN_LIFETIME: Duration = Duration::from_secs(2 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
