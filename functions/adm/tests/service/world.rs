//! The function with an embedded store, a simulated Amazon, and a clock that only waiting moves.

pub(crate) mod answer;
pub(crate) mod outside;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use adm::{Invocation, Service, UnknownEvent};
use bytes::Bytes;
use http::Request;
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent};
use sandbox::AdmEndpoint;
use sandbox::adm::Target;

pub(crate) use self::answer::Answer;
use self::outside::Outside;

pub(crate) const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
pub(crate) const CLIENT_SECRET: &str = "s&cr=t+ %/?#\u{e9}";
pub(crate) const TOPIC: &str = "SomeTopic";
/// A message that cannot be sent twice with a good conscience.
pub(crate) const MESSAGE: &str = r#"{"data":{"private":"matter"}}"#;
/// A message of which ADM drops the earlier one.
pub(crate) const CONSOLIDATED: &str = r#"{"data":{"private":"matter"},"consolidationKey":"Sync"}"#;

/// What is outside, and an instance of the function.
pub(crate) struct World {
    outside: Outside,
    pub(crate) service: Arc<Service>,
    requests: AtomicUsize,
    /// How long an invocation may take.
    seconds: i64,
}

/// What an instance is made of that differs from test to test.
pub(crate) struct Terms {
    /// Time for one call to ADM.
    pub(crate) deadline: Duration,
    /// Time for one attempt at a call to the store, and for all of them together.
    pub(crate) store: [Duration; 2],
    pub(crate) shards: &'static str,
    /// Whether waiting moves the clock. In a crowd it must not: everybody's waits would age everybody's lease.
    pub(crate) waiting_passes_time: bool,
    /// What the dice show, from 0 to 1.
    pub(crate) chance: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            // So long that only a broken test meets it.
            deadline: Duration::from_secs(60),
            store: [Duration::from_secs(1), Duration::from_secs(4)],
            shards: "",
            waiting_passes_time: true,
            chance: 0.5,
        }
    }
}

impl Terms {
    /// For very many at once: patient with a store that has to serve them all.
    pub(crate) fn for_a_crowd() -> Self {
        Self {
            store: [Duration::from_secs(60); 2],
            waiting_passes_time: false,
            ..Self::default()
        }
    }
}

impl World {
    /// A profile that is registered, with one subscriber.
    pub(crate) async fn start() -> Self {
        Self::with(Terms::default()).await
    }

    pub(crate) async fn with(terms: Terms) -> Self {
        let outside = Outside::start().await;
        Self {
            service: outside.instance(&terms),
            outside,
            requests: AtomicUsize::default(),
            seconds: 29,
        }
    }

    /// The same world with another instance of the function in it, as after a cold start.
    pub(crate) fn restarted(self, terms: &Terms) -> Self {
        Self {
            service: self.instance(terms),
            ..self
        }
    }

    /// `POST /adm/topics/SomeTopic/messages` under a key.
    pub(crate) async fn send(&self, key: &str, body: &str) -> Answer {
        self.send_with(&[("idempotency-key", key)], body).await
    }

    pub(crate) async fn send_with(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send_by(&self.service, headers, body).await
    }

    /// The same, to a certain instance.
    pub(crate) async fn send_by(&self, service: &Service, headers: &[(&str, &str)], body: &str) -> Answer {
        let path = format!("/adm/topics/{TOPIC}/messages");
        self.ask(service, "POST", &path, headers, body).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.request("POST", path, headers, body).await
    }

    pub(crate) async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask(&self.service, method, path, headers, body).await
    }

    async fn ask(&self, service: &Service, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        Answer::of(
            service
                .respond(&request, Invoked::untraced(&self.request_id()), self.ends_at())
                .await,
        )
    }

    /// Lets the function end in so many seconds, as a deployment may that gives it less.
    pub(crate) fn ending_in(self, seconds: i64) -> Self {
        Self { seconds, ..self }
    }

    /// Invokes an instance with an event, as Lambda does, and gives what it is answered.
    pub(crate) async fn invoke(&self, service: &Service, event: &str) -> Result<String, UnknownEvent> {
        self.invoke_in(service, event, None).await
    }

    /// The same with a tracing header.
    pub(crate) async fn invoke_in(&self, service: &Service, event: &str, header: Option<&str>) -> Result<String, UnknownEvent> {
        let mut context = Context::default();
        context.request_id = self.request_id();
        context.xray_trace_id = header.map(str::to_owned);
        context.deadline = u64::try_from(self.ends_at().as_millisecond()).unwrap();
        let payload = serde_json::from_str::<Invocation>(event).unwrap();
        let answer = adm::answer(service, LambdaEvent::new(payload, context)).await?;
        Ok(serde_json::to_string(&answer).unwrap())
    }

    /// As long as the function may take.
    pub(crate) fn ends_at(&self) -> Timestamp {
        self.clock.now() + SignedDuration::from_secs(self.seconds)
    }

    pub(crate) fn posts(&self) -> usize {
        self.amazon.calls(Target::Send).len()
    }

    pub(crate) fn delivered(&self) -> usize {
        self.amazon.delivered().len()
    }

    /// ADM's port, to be closed.
    pub(crate) fn endpoint_mut(&mut self) -> &mut AdmEndpoint {
        self.outside.endpoint_mut()
    }

    fn request_id(&self) -> String {
        format!("request-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }
}

impl Deref for World {
    type Target = Outside;

    fn deref(&self) -> &Outside {
        &self.outside
    }
}
