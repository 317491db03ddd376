//! A store, an SNS and a clock, and instances of the function between them.

pub(crate) mod answer;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sns::config::timeout::TimeoutConfig;
use bytes::Bytes;
use devices::{Applications, Clock, Parts, Service};
use http::Request;
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use registry::{Application, Attempt, Device, DeviceId, DeviceKey, Registry, State};
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};
use sandbox::sns_api::push::Endpoint;
use sandbox::sns_api::{Push, SnsApi, SnsEndpoint};
use serde_json::{Value, json};

pub(crate) use self::answer::Answer;

pub(crate) const APP: &str = "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire";
pub(crate) const IOS: &str = "arn:aws:sns:us-east-1:123456789012:app/APNS/Fire";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:news";

pub(crate) struct World {
    pub(crate) api: SnsApi,
    pub(crate) push: Push,
    pub(crate) sns: SnsEndpoint,
    _dynamo: Dynamo,
    pub(crate) faults: Faults,
    pub(crate) registry: Registry,
    pub(crate) service: Arc<Service>,
    now: Arc<Mutex<Timestamp>>,
    requests: AtomicUsize,
}

/// How long an instance waits for one attempt at a call, and for all of them.
#[derive(Clone, Copy)]
pub(crate) struct Patience(pub(crate) Duration, pub(crate) Duration);

impl Patience {
    /// For tests about results, on machines that are busy with other things.
    pub(crate) const LONG: Self = Self(Duration::from_secs(20), Duration::from_secs(60));
    /// For tests in which nobody answers.
    pub(crate) const SHORT: Self = Self(Duration::from_millis(300), Duration::from_secs(10));

    fn timeouts(self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .operation_attempt_timeout(self.0)
            .operation_timeout(self.1)
            .build()
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Patience::LONG).await
    }

    pub(crate) async fn with(patience: Patience) -> Self {
        let now = Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse::<Timestamp>().unwrap()));
        let clock = now.clone();
        let api = SnsApi::new(move || *clock.lock().unwrap());
        let push = api.push();
        push.add_application(APP);
        push.add_application(IOS);
        push.without_quotas();
        api.create_topic(TOPIC);
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let faults = dynamo.with_faults().await.unwrap();
        let sns = api.serve(0).await.unwrap();
        let registry = Registry::new(
            dynamo.client_with(Patience::LONG.timeouts()),
            Tables::default().devices,
            RETENTION,
        );
        Self {
            service: instance(&sns, &faults, &now, patience),
            api,
            push,
            sns,
            _dynamo: dynamo,
            faults,
            registry,
            now,
            requests: AtomicUsize::default(),
        }
    }

    /// Another instance of the function.
    pub(crate) fn instance(&self) -> Arc<Service> {
        instance(&self.sns, &self.faults, &self.now, Patience::LONG)
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// `PUT /devices/{device}` with a token, and nothing else.
    pub(crate) async fn put(&self, device: &str, token: &str) -> Answer {
        self.put_body(device, &json!({"application": APP, "token": token})).await
    }

    /// The same for an owner, confirmed at a moment.
    pub(crate) async fn put_at(&self, device: &str, token: &str, at: Timestamp) -> Answer {
        let body = json!({"application": APP, "token": token, "confirmedAt": at.to_string()});
        self.put_body(device, &body).await
    }

    pub(crate) async fn put_body(&self, device: &str, body: &Value) -> Answer {
        self.put_by(&self.service, device, body).await
    }

    pub(crate) async fn put_by(&self, service: &Service, device: &str, body: &Value) -> Answer {
        self.ask(service, "PUT", &format!("/devices/{device}"), &body.to_string())
            .await
    }

    pub(crate) async fn delete(&self, device: &str) -> Answer {
        let path = format!("/devices/{device}?application={APP}");
        self.ask(&self.service, "DELETE", &path, "").await
    }

    pub(crate) async fn get(&self, device: &str) -> Answer {
        let path = format!("/devices/{device}?application={APP}");
        self.ask(&self.service, "GET", &path, "").await
    }

    pub(crate) async fn ask(&self, service: &Service, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        Answer::of(
            service
                .respond(&request, Invoked::untraced(&self.request_id()), self.ends_at())
                .await,
        )
    }

    /// As long as the function may take.
    pub(crate) fn ends_at(&self) -> Timestamp {
        self.now() + SignedDuration::from_secs(29)
    }

    pub(crate) fn request_id(&self) -> String {
        format!("request-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// What is on record.
    pub(crate) async fn row(&self, device: &str) -> Device {
        self.registry.get(&key(device), self.now()).await.unwrap().unwrap()
    }

    /// What somebody else writes into the registry.
    pub(crate) fn attempt(&self) -> Attempt<'static> {
        Attempt {
            id: "somebody else",
            now: self.now(),
        }
    }

    /// The calls that something comes to, in order, and the attributes that they set.
    pub(crate) async fn calls_of<T>(&self, work: impl Future<Output = T>) -> (T, String) {
        let before = self.api.calls().len();
        let done = work.await;
        let calls = self.api.calls();
        let lines = calls[before..].iter().map(|call| {
            let names = (1..).map_while(|n| call.parameter(&format!("Attributes.entry.{n}.key")));
            let mut names = names.collect::<Vec<_>>();
            names.sort_unstable();
            let action = call.parameter("Action").unwrap();
            match names.is_empty() {
                true => action.to_owned(),
                false => format!("{action}({})", names.join(", ")),
            }
        });
        (done, lines.collect::<Vec<_>>().join(" "))
    }

    /// The endpoints of the application, one in a line.
    pub(crate) fn endpoints(&self) -> String {
        let endpoints = self.push.endpoints(APP);
        let lines = endpoints.iter().map(|endpoint| {
            let enabled = if endpoint.is_enabled { "enabled" } else { "disabled" };
            format!("{} {} {enabled} {}", short(&endpoint.arn), endpoint.token, endpoint.user_data)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Whatever is wrong with these devices: a live one has an enabled endpoint with its token and its user data, which no other has; one
    /// that has opted out has none that is enabled; and no two endpoints have one token.
    pub(crate) async fn wrong(&self, devices: &[&str]) -> Vec<String> {
        let mut wrong = Vec::new();
        let endpoints = self.push.endpoints(APP);
        let of_token = |token: &str| {
            endpoints
                .iter()
                .filter(move |one| one.token == token)
                .collect::<Vec<&Endpoint>>()
        };
        for endpoint in &endpoints {
            if of_token(&endpoint.token).len() > 1 {
                wrong.push(format!("two endpoints have {}", endpoint.token));
            }
        }
        for id in devices {
            let Some(device) = self.registry.get(&key(id), self.now()).await.unwrap() else {
                continue;
            };
            let own = device.endpoint.as_ref().and_then(|arn| self.push.endpoint(arn.as_str()));
            match (device.state, own) {
                (State::Live, None) => wrong.push(format!("{id} has no endpoint")),
                (State::Live, Some(endpoint)) => {
                    if endpoint.token != device.token.as_str() {
                        wrong.push(format!("{id} has an endpoint with {}", endpoint.token));
                    }
                    if !endpoint.is_enabled {
                        wrong.push(format!("the endpoint of {id} is disabled"));
                    }
                    if endpoint.user_data != device.user_data() {
                        wrong.push(format!("the endpoint of {id} is said to be another's"));
                    }
                }
                (State::OptedOut, own) => {
                    let is_live = |one: &Endpoint| one.is_enabled && one.user_data == device.user_data();
                    let with_token = of_token(device.token.as_str());
                    if own.is_some_and(|own| own.is_enabled) || with_token.into_iter().any(is_live) {
                        wrong.push(format!("{id} has opted out and its endpoint is enabled"));
                    }
                }
                (State::Superseded, own) => wrong.extend(own.map(|_| format!("{id} is superseded and has an endpoint"))),
                (State::Quarantined | State::SlotConflict | State::Tombstone, _) => {}
            }
        }
        wrong
    }
}

fn instance(sns: &SnsEndpoint, faults: &Faults, now: &Arc<Mutex<Timestamp>>, patience: Patience) -> Arc<Service> {
    let config = sns.client().config().to_builder().retry_config(inbox::retries());
    let client = aws_sdk_sns::Client::from_conf(config.timeout_config(patience.timeouts()).build());
    let applications = [APP, IOS].map(|arn| (Application::parse(arn).unwrap(), client.clone()));
    let store = faults.client_with(patience.timeouts());
    let now = now.clone();
    Arc::new(Service::new(Parts {
        applications: Applications::new(applications),
        registry: Registry::new(store, Tables::default().devices, RETENTION),
        quarantine_after: 2,
        clock: Clock::new(move || *now.lock().unwrap()),
    }))
}

pub(crate) fn key(device: &str) -> DeviceKey {
    DeviceKey {
        application: Application::parse(APP).unwrap(),
        id: DeviceId::parse(device).unwrap(),
    }
}

/// The first digits of an endpoint's id.
pub(crate) fn short(arn: &str) -> &str {
    &arn.rsplit('/').next().unwrap()[..8]
}

const RETENTION: Duration = Duration::from_secs(30 * 86_400);
