//! Delivers a message as SNS delivers it to an HTTPS endpoint: the POST, the fifteen seconds, the retries.

mod post;
mod retry;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::ClientConfig;

pub use self::{
    post::Post,
    retry::{RetryRule, SNS_DEFAULT_DELAYS},
};

/// SNS's delivery fleet.
#[derive(Clone)]
pub struct Publisher {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    rule: RetryRule,
    delays: Vec<Duration>,
    answer_within: Duration,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Every attempt in order; never empty.
    pub attempts: Vec<Attempt>,
}

/// One POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The endpoint answered in time.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body of the answer.
        body: String,
    },
    /// The endpoint did not answer in time.
    TimedOut,
    /// No connection, or one that broke; with the reason.
    Unreachable(String),
}

impl Publisher {
    /// Delivers under the Appstore's rule, with three retries that do not wait; TLS endpoints are trusted as `tls` says.
    pub fn new(tls: ClientConfig) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        // A connection of its own for every attempt: what one attempt meets says nothing about the next.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Self {
            client,
            rule: RetryRule::Appstore,
            delays: vec![Duration::ZERO; 3],
            answer_within: ANSWER_WITHIN,
        }
    }

    /// Retries by another rule.
    pub fn with_rule(mut self, rule: RetryRule) -> Self {
        self.rule = rule;
        self
    }

    /// Retries as often as there are delays, waiting that long before each; see [`SNS_DEFAULT_DELAYS`].
    pub fn with_delays(mut self, delays: impl Into<Vec<Duration>>) -> Self {
        self.delays = delays.into();
        self
    }

    /// Gives up an attempt sooner than after fifteen seconds.
    pub fn with_answer_within(mut self, limit: Duration) -> Self {
        self.answer_within = limit;
        self
    }

    /// Delivers a message, the same bytes and the same MessageId in every attempt ("HTTP/HTTPS headers": a retry bears the
    /// message id of the original message).
    pub async fn deliver(&self, endpoint: &Uri, post: &Post) -> Delivery {
        let mut attempts = vec![self.attempt(endpoint, post).await];
        for delay in &self.delays {
            if !attempts.last().is_some_and(|last| self.rule.tries_again(last)) {
                break;
            }
            pause(*delay).await;
            attempts.push(self.attempt(endpoint, post).await);
        }
        Delivery { attempts }
    }

    async fn attempt(&self, endpoint: &Uri, post: &Post) -> Attempt {
        let mut request = Request::post(endpoint.clone())
            .body(post.body.clone().into())
            .expect("a URI and bytes make a request");
        *request.headers_mut() = post.headers.clone();
        let exchange = async {
            let (head, body) = self
                .client
                .request(request)
                .await
                .map_err(|error| chain(&error))?
                .into_parts();
            let body = Limited::new(body, ANSWER_LIMIT_BYTES)
                .collect()
                .await
                .map_err(|error| chain(error.as_ref()))?;
            let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            Ok(Attempt::Answered {
                status: head.status.as_u16(),
                body,
            })
        };
        match tokio::time::timeout(self.answer_within, exchange).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(reason)) => Attempt::Unreachable(reason),
            Err(_elapsed) => Attempt::TimedOut,
        }
    }
}

impl Delivery {
    /// The endpoint took the message: "your endpoint needs to return a 200 response code" ("Use Real-Time Notifications").
    pub fn is_delivered(&self) -> bool {
        self.last_status() == Some(200)
    }

    /// The status of the last attempt, when it was answered.
    pub fn last_status(&self) -> Option<u16> {
        match self.attempts.last() {
            Some(Attempt::Answered { status, .. }) => Some(*status),
            Some(Attempt::TimedOut | Attempt::Unreachable(_)) | None => None,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "SNS waits between attempts, and there is no event to wait for"
)]
async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

const ANSWER_LIMIT_BYTES: usize = 1024 * 1024;
/// "If your endpoint does not respond within the timeout limit of 15 seconds" ("Use Real-Time Notifications").
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests;
