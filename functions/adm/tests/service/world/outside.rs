//! What instances of the function have in common: the store, the services of Amazon, the queue, the time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adm::{Adm, BulkQueue, CredentialSource, Endpoint, Https, Ledger, Pace, Parts, Service, Shards, authorities};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use jiff::Timestamp;
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};
use sandbox::queue::QueueEndpoint;
use sandbox::{AdmEndpoint, AdmService, Queue, Secrets};
use sends::Sends;
use serde_json::json;

use super::{CLIENT_ID, CLIENT_SECRET, TOPIC, Terms};

pub(crate) struct Outside {
    pub(crate) amazon: AdmService,
    endpoint: AdmEndpoint,
    _dynamo: Dynamo,
    pub(crate) faults: Faults,
    pub(crate) secrets: Secrets,
    pub(crate) queue: Queue,
    queue_endpoint: QueueEndpoint,
    pub(crate) clock: Clock,
}

#[derive(Clone)]
pub(crate) struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.pass_by(Duration::from_secs(seconds));
    }

    fn pass_by(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Outside {
    pub(super) async fn start() -> Self {
        let clock = Clock(Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse().unwrap())));
        let [amazons_clock, queues_clock] = [clock.clone(), clock.clone()];
        let amazon = AdmService::new(move || amazons_clock.now());
        amazon.add_profile(CLIENT_ID, CLIENT_SECRET);
        amazon.register(CLIENT_ID);
        amazon.subscribe(CLIENT_ID, "instance-1", TOPIC).unwrap();
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let secrets = Secrets::start().await.unwrap();
        let credentials = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
        secrets.put("adm", &credentials.to_string());
        let queue = Queue::new(move || queues_clock.now());
        Self {
            endpoint: amazon.serve(0).await.unwrap(),
            amazon,
            faults: dynamo.with_faults().await.unwrap(),
            _dynamo: dynamo,
            secrets,
            queue_endpoint: queue.serve(0).await.unwrap(),
            queue,
            clock,
        }
    }

    pub(super) fn endpoint_mut(&mut self) -> &mut AdmEndpoint {
        &mut self.endpoint
    }

    /// An instance of the function, as cold as can be.
    pub(crate) fn instance(&self, terms: &Terms) -> Arc<Service> {
        let (now, waits) = (self.clock.clone(), self.clock.clone());
        let (passes, chance) = (terms.waiting_passes_time, terms.chance);
        let pace = Pace::new(
            move || now.now(),
            move || chance,
            move |time| {
                if passes {
                    waits.pass_by(time);
                }
                Box::pin(tokio::task::yield_now())
            },
        );
        let [attempt, operation] = terms.store;
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(attempt)
            .operation_timeout(operation);
        let store = self.faults.client_with(timeouts.build());
        let amazon = Endpoint::parse(&self.endpoint.url()).unwrap();
        let credentials = CredentialSource::secret(self.secrets.client(), "adm");
        let table = Tables::default().sends;
        Arc::new(Service::new(Parts {
            adm: Adm::new(
                Https::new(&authorities(), terms.deadline),
                amazon.clone(),
                amazon,
                credentials,
            ),
            sends: Sends::new(store.clone(), table.as_str(), RETENTION),
            ledger: Ledger::new(store, table),
            shards: Shards::parse(terms.shards).unwrap(),
            queue: Some(BulkQueue::new(self.queue_endpoint.client(), self.queue.queue_url())),
            pace,
        }))
    }
}

/// The default of `IDEMPOTENCY_DAYS`.
const RETENTION: Duration = Duration::from_secs(30 * 86_400);
