//! The actions of the SNS API that a function calls: ConfirmSubscription, Publish and PublishBatch, and those of mobile push,
//! which [`Push`] tells more about.
//!
//! Answered as a plain GET, which is what a SubscribeURL is ("HTTP/HTTPS subscription confirmation JSON format"), and as the
//! AWS query protocol's POST, which is what the SDKs send. Codes and limits are those of the Amazon SNS API Reference. What
//! happened is kept, the newest 10,000 of each kind, so that a local stack can run for days.

mod action;
mod attribute;
mod call;
mod confirm;
mod log;
mod publish;
pub mod push;
mod refusal;
mod reply;
mod submission;
mod topic;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
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

pub use self::action::Action;
pub use self::call::Call;
pub use self::confirm::Confirmed;
pub use self::publish::{EntryRefusal, Published};
pub use self::push::Push;
use self::{confirm::Token, log::Log, refusal::Refusal};
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
    /// Any status, code and message.
    Answer(u16, &'static str, &'static str),
    /// The connection closes without an answer.
    HangUp,
    /// InternalError, 500.
    Internal,
    /// InvalidParameter, 400: the call as a whole, whichever of its parts is at fault (each action's section Errors).
    Invalid,
    /// The call is performed, but the connection closes before the answer: an SDK that tries again publishes twice.
    LoseResponse,
    /// None: the call is performed. For scripts such as "the first one passes, the second is lost".
    Pass,
    /// No answer, ever.
    Silent,
    /// The call is performed, and there is no answer, ever.
    SilentAfter,
    /// ThrottlingException, 400 ("Common Errors").
    Throttled,
    /// AuthorizationError, 403: the caller's account may not do this (each action's section Errors).
    Unauthorized,
}

impl Fault {
    /// The same as [`Fault::Throttled`] in the words of older services.
    pub const THROTTLING: Self = Self::Answer(400, "Throttling", "Rate exceeded");
    /// The same in the words of SNS's model: `ThrottledException`, whose code is `Throttled`.
    pub const TOO_MANY: Self = Self::Answer(429, "Throttled", "Rate exceeded");
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
            state.push.keep(newest);
        }
        self
    }

    /// What the next calls meet, one fault each; after the last one all is well again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// The same for the next calls of one action, before what [`SnsApi::script`] has for them.
    pub fn script_for(&self, action: Action, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults_of.insert(action, faults.into_iter().collect());
    }

    /// How many calls of an action ever arrived, whatever became of them.
    pub fn count(&self, action: Action) -> usize {
        self.lock().counts.get(&action).copied().unwrap_or_default()
    }

    /// How many calls ever arrived that would change something at SNS, whatever became of them.
    pub fn mutating_calls(&self) -> usize {
        let state = self.lock();
        let mutating = state.counts.iter().filter(|(action, _)| action.is_mutating());
        mutating.map(|(_, count)| count).sum()
    }

    /// Every call that arrived, in order, whatever became of it.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.since(0)
    }

    /// The mobile push side of the same SNS.
    pub fn push(&self) -> Push {
        Push::of(self.clone())
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
            (state.next_fault(&call), state.calls.total())
        };
        let request_id = ids::request_id(&number.to_string());
        let refusal = match fault {
            None | Some(Fault::Pass) => return Ok(self.perform(&call, &request_id)),
            Some(Fault::Answer(status, code, message)) => Refusal::new(status, code, message),
            Some(Fault::HangUp) => return Err(HangUp),
            Some(Fault::Internal) => Refusal::internal(),
            Some(Fault::Invalid) => Refusal::invalid("Message"),
            Some(Fault::LoseResponse) => {
                self.perform(&call, &request_id);
                return Err(HangUp);
            }
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::SilentAfter) => {
                self.perform(&call, &request_id);
                std::future::pending().await
            }
            Some(Fault::Throttled) => Refusal::throttled(),
            Some(Fault::Unauthorized) => Refusal::not_allowed(call.parameter("Action").unwrap_or_default()),
        };
        Ok(reply::refused(refusal, &request_id))
    }

    fn perform(&self, call: &Call, request_id: &str) -> Response<Body> {
        let outcome = call.action().and_then(|action| {
            let result = match action {
                Action::ConfirmSubscription => self.confirm(call).map(|arn| reply::subscription_arn(&arn)),
                Action::CreatePlatformEndpoint => self.create_endpoint(call),
                Action::DeleteEndpoint => self.delete_endpoint(call),
                Action::GetEndpointAttributes => self.endpoint_attributes(call),
                Action::GetPlatformApplicationAttributes => self.application_attributes(call),
                Action::GetSubscriptionAttributes => self.subscription_attributes(call),
                Action::ListEndpointsByPlatformApplication => self.list_endpoints(call),
                Action::ListPlatformApplications => self.list_applications(call),
                Action::ListSubscriptions => self.list_subscriptions(call),
                Action::ListSubscriptionsByTopic => self.list_subscriptions_of_topic(call),
                Action::Publish if push::is_for_endpoint(call) => self.push_to_endpoint(call),
                Action::Publish => self.publish(call),
                Action::PublishBatch => self.publish_batch(call),
                Action::SetEndpointAttributes => self.set_endpoint_attributes(call),
                Action::SetPlatformApplicationAttributes => self.set_application_attributes(call),
                Action::Subscribe => self.subscribe_endpoint(call),
                Action::Unsubscribe => self.unsubscribe_endpoint(call),
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
    counts: BTreeMap<Action, usize>,
    faults: VecDeque<Fault>,
    faults_of: HashMap<Action, VecDeque<Fault>>,
    published: Log<Published>,
    push: push::Mobile,
    refusals: Vec<EntryRefusal>,
    tokens: HashMap<String, Token>,
    topics: BTreeSet<String>,
}

impl State {
    /// Counts a call, and gives what it is to meet.
    fn next_fault(&mut self, call: &Call) -> Option<Fault> {
        let Ok(action) = call.action() else {
            return self.faults.pop_front();
        };
        *self.counts.entry(action).or_default() += 1;
        let of_action = self.faults_of.get_mut(&action).and_then(VecDeque::pop_front);
        of_action.or_else(|| self.faults.pop_front())
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            calls: Log::keeping(KEPT),
            confirmed: Log::keeping(KEPT),
            counts: BTreeMap::new(),
            faults: VecDeque::new(),
            faults_of: HashMap::new(),
            published: Log::keeping(KEPT),
            push: push::Mobile::default(),
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
