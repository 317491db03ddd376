//! A local stack of its own for every test: the functions behind their route, Amazon's side under control, and a look into the
//! tables that does not pass through the code under test.

pub(crate) mod clock;
pub(crate) mod journal;
pub(crate) mod mail;
pub(crate) mod process;
pub(crate) mod replenishment;
pub(crate) mod rows;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use bytes::Bytes;
use firepost::{HandOn, Stack, StackOptions};
use http::HeaderMap;
use inbox::Attempt;
use intake::{Approval, Confirmer};
use sandbox::cert_host::Seen;
use sandbox::dynamo::{Faults, TimeoutConfig};
use sandbox::publisher::{self, Post};
use sandbox::sns_api::SnsEndpoint;
use sandbox::{Envelope, Pki, Publisher};
use serde_json::Value;
use sns_webhook::{Https, Roots, TopicArn};

/// A topic of the account that Amazon's samples come from: trusted.
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
/// A topic that nobody has decided about.
pub(crate) const STRANGER: &str = "arn:aws:sns:us-east-1:999999999999:stranger";
/// The SNS host of the region that both are in.
pub(crate) const SNS_HOST: &str = "sns.us-east-1.amazonaws.com";

pub(crate) const RECORDED: &str = r#"200 {"outcome":"recorded"}"#;
pub(crate) const DUPLICATE: &str = r#"200 {"outcome":"duplicate"}"#;
pub(crate) const CONFLICT: &str = r#"200 {"outcome":"conflict"}"#;
pub(crate) const HELD: &str = r#"200 {"outcome":"held","reason":"topic_pending"}"#;
pub(crate) const CONFIRMED: &str = r#"200 {"outcome":"subscription_confirmed"}"#;
pub(crate) const PENDING: &str = r#"200 {"outcome":"subscription_pending","reason":"topic_pending"}"#;
pub(crate) const UNSUBSCRIBED: &str = r#"200 {"outcome":"unsubscribed"}"#;
pub(crate) const STORE_FAILED: &str = r#"503 {"outcome":"unavailable","reason":"store"}"#;

/// A running stack and SNS's delivery fleet in front of it.
pub(crate) struct World {
    pub(crate) stack: Stack,
    /// The database itself, past any fault.
    store: Client,
    /// The SNS API for what runs beside the stack's own function.
    sns: SnsEndpoint,
    publisher: Publisher,
    options: StackOptions,
}

impl World {
    /// As deployed by default, at noon; only the limits of time are so wide that a busy machine does not reach them, and nothing is
    /// handed on unless a test asks for it.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with a proxy in front of the database that can misbehave.
    pub(crate) async fn with_faults() -> Self {
        Self::with(|options| options.faults = true).await
    }

    /// As deployed by default, and the strange topic waits for the operator with this token, which SNS knows.
    pub(crate) async fn with_waiting_topic() -> (Self, String) {
        let world = Self::start().await;
        let token = world.stack.api.issue_token(STRANGER);
        assert_eq!(world.deliver(&mail::confirmation(STRANGER, &token)).await, PENDING);
        (world, token)
    }

    /// With other options than those of the default.
    pub(crate) async fn with(set: impl FnOnce(&mut StackOptions)) -> Self {
        clock::set(clock::NOON);
        let mut options = StackOptions::new(clock::now);
        options.fetch_deadline = AMPLE;
        options.store_timeouts = ample_timeouts();
        options.hand_on = HandOn::WhenAsked;
        set(&mut options);
        let stack = Stack::start(options.clone()).await.unwrap();
        Self {
            store: stack.dynamo.client_with(ample_timeouts()),
            sns: stack.api.serve(0).await.unwrap(),
            publisher: Publisher::new(Pki::fixed().client_tls()).with_delays([]),
            stack,
            options,
        }
    }

    /// Delivers a message once, as SNS does; the answer is status and body.
    pub(crate) async fn deliver(&self, envelope: &Envelope) -> String {
        self.post(&Post::of(envelope)).await
    }

    /// Sends a request once.
    pub(crate) async fn post(&self, post: &Post) -> String {
        self.post_to("rtn", post).await
    }

    /// Sends a request to a function's route once.
    pub(crate) async fn post_to(&self, function: &str, post: &Post) -> String {
        self.send(&format!("/{function}"), post).await
    }

    /// Invokes a function with an event, as SNS, a queue, a stream and the schedule have Lambda do it: its answer, or its error.
    pub(crate) async fn invoke(&self, function: &str, event: impl Into<Bytes>) -> String {
        let (headers, body) = (HeaderMap::new(), event.into());
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let answer = self.send(&path, &Post { headers, body }).await;
        let answer = answer.strip_prefix("200 ").unwrap_or_else(|| panic!("{answer}"));
        let told = serde_json::from_str::<Value>(answer).unwrap();
        match (told["errorType"].as_str(), told["errorMessage"].as_str()) {
            (Some(error), Some(sentence)) => format!("{error}: {sentence}"),
            _ => answer.to_owned(),
        }
    }

    async fn send(&self, path: &str, post: &Post) -> String {
        let endpoint = format!("{}{path}", self.stack.url).parse().unwrap();
        match self.publisher.deliver(&endpoint, post).await.attempts.pop() {
            Some(publisher::Attempt::Answered { status, body }) => format!("{status} {body}"),
            Some(publisher::Attempt::TimedOut) => "no answer in SNS's 15 seconds".to_owned(),
            Some(publisher::Attempt::Unreachable(reason)) => format!("no answer: {reason}"),
            None => panic!("a delivery has at least one attempt"),
        }
    }

    /// What has been handed on, in order.
    pub(crate) fn handed_on(&self) -> Vec<Value> {
        let published = self.stack.api.published();
        let bodies = published
            .iter()
            .map(|published| serde_json::from_str(&published.message).unwrap());
        bodies.collect()
    }

    /// Nothing was written and nobody was asked.
    pub(crate) async fn assert_untouched(&self) {
        assert_eq!(
            (self.rows().await, self.trust().await, self.fetches()),
            (vec![], vec![], vec![])
        );
    }

    /// The proxy in front of the database.
    pub(crate) fn faults(&self) -> &Faults {
        self.stack.faults.as_ref().expect("this world was started with faults")
    }

    /// Every request that the SNS hosts and the issuer's host have seen.
    pub(crate) fn fetches(&self) -> Vec<Seen> {
        [self.stack.hosts.requests(), self.stack.issuer.requests()].concat()
    }

    /// How an operator's terminal confirms subscriptions.
    pub(crate) fn confirmer(&self) -> Confirmer {
        Confirmer::new(self.sns.client(), self.https())
    }

    /// The operator approves a topic.
    pub(crate) async fn approve(&self, arn: &str) -> Approval {
        let (trust, inbox) = (&self.stack.trust, &self.stack.inbox);
        intake::approve(&topic(arn), trust, &self.confirmer(), inbox, &decision())
            .await
            .unwrap()
    }

    /// The operator rejects a topic; how many held notifications were deleted.
    pub(crate) async fn reject(&self, arn: &str) -> u64 {
        let (trust, inbox) = (&self.stack.trust, &self.stack.inbox);
        intake::reject(&topic(arn), trust, inbox, &decision()).await.unwrap()
    }

    fn https(&self) -> Https {
        let addresses = [
            (SNS_HOST.to_owned(), self.stack.hosts.addr()),
            ("crt.sandbox.amazontrust.com".to_owned(), self.stack.issuer.addr()),
        ];
        Https::with_addresses(&roots(), self.options.fetch_deadline, addresses.into())
    }
}

/// `400 grammar` or `200 recorded`, of a whole answer: the status and the reason, or the outcome of what was taken.
pub(crate) fn in_short(answer: &str) -> String {
    let (status, body) = answer.split_once(' ').unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let told = match (status, body["outcome"].as_str().unwrap()) {
        ("200", outcome) => outcome,
        ("503", "unavailable") | (_, "refused") => body["reason"].as_str().unwrap(),
        _ => panic!("{answer}"),
    };
    format!("{status} {told}")
}

/// What an operator does, as an attempt.
fn decision() -> Attempt<'static> {
    Attempt {
        id: "the operator",
        now: clock::now(),
    }
}

/// A topic's ARN, checked.
pub(crate) fn topic(arn: &str) -> TopicArn {
    TopicArn::parse(arn).unwrap()
}

/// Time limits for tests about results, on machines that are busy with other things.
pub(crate) fn ample_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(AMPLE)
        .operation_timeout(AMPLE)
        .build()
}

fn roots() -> Roots {
    Roots::from_pem(Pki::fixed().root_pem()).unwrap()
}

const AMPLE: Duration = Duration::from_secs(60);
