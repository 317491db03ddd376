//! The actions of the SNS API that a function calls: ConfirmSubscription, Publish and PublishBatch.
//!
//! Answered as a plain GET, which is what a SubscribeURL is ("HTTP/HTTPS subscription confirmation JSON format"), and as the
//! AWS query protocol's POST, which is what the SDKs send. Codes and limits are those of the Amazon SNS API Reference. What
//! happened is kept, the newest 10,000 of each kind, so that a local stack can run for days.

mod attribute;
mod call;
mod confirm;
mod log;
mod publish;
mod refusal;
mod reply;
mod submission;
mod topic;

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
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
use tokio::sync::watch;

pub use self::call::Call;
pub use self::confirm::Confirmed;
pub use self::publish::{EntryRefusal, Published};
use self::{call::Action, confirm::Token, log::Log, refusal::Refusal};
use crate::{
    ids,
    listener::{Handler, HangUp, Listener},
    plain_http::plain_http,
};

/// SNS as a caller sees it. Clones share everything.
#[derive(Clone)]
pub struct SnsApi {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    state: Arc<Mutex<State>>,
    /// How many messages were ever published, for those who wait for the next.
    total: watch::Sender<usize>,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes without an answer.
    HangUp,
    /// InternalError, 500.
    Internal,
    /// InvalidParameter, 400: the call as a whole, whichever of its parts is at fault (each action's section Errors).
    Invalid,
    /// The call is performed, but the connection closes before the answer: an SDK that tries again publishes twice.
    LoseResponse,
    /// No answer, ever.
    Silent,
    /// ThrottlingException, 400 ("Common Errors").
    Throttled,
    /// AuthorizationError, 403: the caller's account may not do this (each action's section Errors).
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
            total: watch::Sender::new(0),
        }
    }

    /// Keeps only the newest `newest` calls, confirmations and messages each, in place of 10,000. Their numbers stay.
    pub fn keeping(self, newest: usize) -> Self {
        {
            let mut state = self.lock();
            state.calls.keep(newest);
            state.confirmed.keep(newest);
            state.published.keep(newest);
        }
        self
    }

    /// What the next calls meet, one fault each; after the last one all is well again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// Every call that arrived, in order, whatever became of it.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.since(0)
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
        let (fault, number) = {
            let mut state = self.lock();
            state.calls.push(call.clone());
            (state.faults.pop_front(), state.calls.total())
        };
        let request_id = ids::request_id(&number.to_string());
        let refusal = match fault {
            None => return Ok(self.perform(&call, &request_id)),
            Some(Fault::HangUp) => return Err(HangUp),
            Some(Fault::Internal) => Refusal::internal(),
            Some(Fault::Invalid) => Refusal::invalid("Message"),
            Some(Fault::LoseResponse) => {
                self.perform(&call, &request_id);
                return Err(HangUp);
            }
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::Throttled) => Refusal::throttled(),
            Some(Fault::Unauthorized) => Refusal::not_allowed(call.parameter("Action").unwrap_or_default()),
        };
        Ok(reply::refused(refusal, &request_id))
    }

    fn perform(&self, call: &Call, request_id: &str) -> Response<Body> {
        let outcome = call.action().and_then(|action| {
            let result = match action {
                Action::ConfirmSubscription => self.confirm(call).map(|arn| reply::subscription_arn(&arn)),
                Action::Publish => self.publish(call),
                Action::PublishBatch => self.publish_batch(call),
            };
            Ok(reply::done(action, &result?, request_id))
        });
        outcome.unwrap_or_else(|refusal| reply::refused(refusal, request_id))
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

struct State {
    calls: Log<Call>,
    confirmed: Log<Confirmed>,
    faults: VecDeque<Fault>,
    published: Log<Published>,
    refusals: Vec<EntryRefusal>,
    tokens: HashMap<String, Token>,
    topics: BTreeSet<String>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            calls: Log::keeping(KEPT),
            confirmed: Log::keeping(KEPT),
            faults: VecDeque::new(),
            published: Log::keeping(KEPT),
            refusals: Vec::new(),
            tokens: HashMap::new(),
            topics: BTreeSet::new(),
        }
    }
}

/// Enough for any test, and little for a machine: such messages have about a kilobyte.
const KEPT: usize = 10_000;

#[cfg(test)]
mod tests;
