//! One security profile, one subscriber, one client, and a clock that only waiting moves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adm::{Adm, Budget, CredentialSource, Credentials, Endpoint, Https, Outcome, Pace, TopicMessage, authorities};
use jiff::Timestamp;
use sandbox::adm::Target;
use sandbox::{AdmEndpoint, AdmService};

pub(crate) const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
/// Every character that a form has to encode.
pub(crate) const CLIENT_SECRET: &str = "s&cr=t+ %/?#\u{e9}";
pub(crate) const TOPIC: &str = "SomeTopic";

pub(crate) struct World {
    pub(crate) service: AdmService,
    pub(crate) endpoint: AdmEndpoint,
    pub(crate) adm: Adm,
    pub(crate) clock: Clock,
    /// Every wait that was asked for.
    pub(crate) waits: Arc<Mutex<Vec<Duration>>>,
    pace: Pace,
}

#[derive(Clone)]
pub(crate) struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub(crate) fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl World {
    /// A profile that is registered, with one subscriber.
    pub(crate) async fn start() -> Self {
        Self::with(LONG, CredentialSource::given(credentials(CLIENT_SECRET))).await
    }

    /// The same with less time for each request.
    pub(crate) async fn with_deadline(deadline: Duration) -> Self {
        Self::with(deadline, CredentialSource::given(credentials(CLIENT_SECRET))).await
    }

    pub(crate) async fn with(deadline: Duration, source: CredentialSource) -> Self {
        let clock = Clock(Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse().unwrap())));
        let (sandbox_clock, pace_clock, wait_clock) = (clock.clone(), clock.clone(), clock.clone());
        let service = AdmService::new(move || sandbox_clock.now());
        service.add_profile(CLIENT_ID, CLIENT_SECRET);
        service.register(CLIENT_ID);
        service.subscribe(CLIENT_ID, "instance-1", TOPIC).unwrap();
        let endpoint = service.serve(0).await.unwrap();

        let waits: Arc<Mutex<Vec<Duration>>> = Arc::default();
        let waited = Arc::clone(&waits);
        let pace = Pace::new(
            move || pace_clock.now(),
            || 0.5,
            move |time| {
                waited.lock().unwrap().push(time);
                wait_clock.pass(time);
                Box::pin(std::future::ready(()))
            },
        );
        Self {
            adm: client(&endpoint.url(), deadline, source),
            service,
            endpoint,
            clock,
            waits,
            pace,
        }
    }

    pub(crate) fn budget(&self, seconds: u64) -> Budget {
        self.pace.budget(Duration::from_secs(seconds))
    }

    /// Sends with ten seconds of patience.
    pub(crate) async fn send(&self, message: &TopicMessage) -> Outcome {
        self.adm.send(message, &self.budget(10)).await
    }

    pub(crate) fn count(&self, target: Target) -> usize {
        self.service.calls(target).len()
    }

    pub(crate) fn waits_in_milliseconds(&self) -> Vec<u128> {
        self.waits.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

pub(crate) fn client(url: &str, deadline: Duration, source: CredentialSource) -> Adm {
    let endpoint = Endpoint::parse(url).unwrap();
    Adm::new(Https::new(&authorities(), deadline), endpoint.clone(), endpoint, source)
}

pub(crate) fn credentials(secret: &str) -> Credentials {
    Credentials::from_json(&secret_json(secret)).unwrap()
}

pub(crate) fn secret_json(secret: &str) -> String {
    serde_json::json!({ "client_id": CLIENT_ID, "client_secret": secret }).to_string()
}

/// A message that cannot be sent twice with a good conscience.
pub(crate) fn message() -> TopicMessage {
    read(r#"{"data":{"private":"matter"}}"#)
}

/// A message of which ADM drops the earlier one.
pub(crate) fn consolidated() -> TopicMessage {
    read(r#"{"data":{"private":"matter"},"consolidationKey":"Sync"}"#)
}

pub(crate) fn read(body: &str) -> TopicMessage {
    TopicMessage::read(TOPIC, body.as_bytes()).unwrap().message
}

/// So long that only a broken test meets it.
pub(crate) const LONG: Duration = Duration::from_secs(60);
