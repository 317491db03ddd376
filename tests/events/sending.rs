//! The function that sends, in the samples' environment: with a simulated ADM, its token endpoint and its secret.

use std::time::Duration;

use adm::{Adm, BulkQueue, CredentialSource, Https, Ledger, Pace, Parts, Service, Settings, authorities};
use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use sandbox::queue::QueueEndpoint;
use sandbox::{AdmEndpoint, AdmService, Queue, Secrets};
use sends::Sends;

use super::environment::environment;
use super::rendering;

/// What is around the function.
pub(crate) struct Amazon {
    amazon: AdmService,
    endpoint: AdmEndpoint,
    secrets: Secrets,
    queue: Queue,
    queue_endpoint: QueueEndpoint,
    ledger: Ledger,
}

impl Amazon {
    pub(crate) async fn new(store: &Client, now: fn() -> Timestamp) -> Self {
        let amazon = AdmService::new(now);
        amazon.add_profile(CLIENT_ID, CLIENT_SECRET);
        amazon.register(CLIENT_ID);
        for topic in SUBSCRIBED {
            amazon.subscribe(CLIENT_ID, "an app instance", topic).unwrap();
        }
        let secrets = Secrets::start().await.unwrap();
        let variables = environment("Adm");
        let credentials = serde_json::json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
        secrets.put(&variables["ADM_CREDENTIALS_SECRET"], &credentials.to_string());
        let queue = Queue::new(now);
        Self {
            endpoint: amazon.serve(0).await.unwrap(),
            amazon,
            secrets,
            queue_endpoint: queue.serve(0).await.unwrap(),
            queue,
            ledger: Ledger::new(store.clone(), variables["SENDS_TABLE"].as_str()),
        }
    }

    /// The variables of the function that say where all this is.
    pub(crate) fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("ADM_ENDPOINT", self.endpoint.url()),
            ("ADM_QUEUE_URL", self.queue.queue_url()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.secrets.url()),
            ("AWS_ENDPOINT_URL_SQS", self.queue_endpoint.url()),
            ("LWA_ENDPOINT", self.endpoint.url()),
        ]
    }

    /// What ADM has, and what the ledger has: a line each.
    pub(crate) async fn on_record(&self) -> Vec<String> {
        let mut delivered = self.amazon.delivered();
        // Those that are sent at once come in any order.
        delivered.sort_by(|one, other| one.topic.cmp(&other.topic));
        let delivered = delivered
            .iter()
            .map(|message| format!("ADM has for {}: {}", message.topic, message.body));
        let overview = serde_json::to_value(self.ledger.overview().await.unwrap()).unwrap();
        let topics = overview["topics"].as_array().unwrap();
        let counted = topics.iter().map(|topic| format!("the ledger has {topic}"));
        delivered.into_iter().chain(counted).collect()
    }
}

/// The function, ready to be invoked.
pub(crate) struct Sending(Service);

impl Sending {
    pub(crate) fn new(store: &Client, around: &Amazon, now: fn() -> Timestamp) -> Self {
        let variables = environment("Adm");
        let settings = Settings::read(|name| match name {
            "ADM_ENDPOINT" | "LWA_ENDPOINT" => Some(around.endpoint.url()),
            _ => variables.get(name).cloned(),
        });
        let settings = settings.unwrap();
        Self(Service::new(Parts {
            adm: Adm::new(
                Https::new(&authorities(), PATIENCE),
                settings.adm_endpoint,
                settings.lwa_endpoint,
                CredentialSource::secret(around.secrets.client(), settings.credentials_secret),
            ),
            sends: Sends::new(store.clone(), settings.sends_table.as_str(), settings.idempotency),
            ledger: Ledger::new(store.clone(), settings.sends_table),
            shards: settings.shards,
            queue: Some(BulkQueue::new(around.queue_endpoint.client(), around.queue.queue_url())),
            pace: Pace::new(now, || 0.5, |_| Box::pin(std::future::ready(()))),
        }))
    }

    pub(crate) async fn invoke(&self, event: &str, request_id: String, now: Timestamp) -> String {
        let invocation = serde_json::from_str::<adm::Invocation>(event).unwrap();
        let mut context = Context::default();
        context.request_id = request_id;
        let ends_at = now + SignedDuration::from_secs(29);
        context.deadline = ends_at.as_millisecond().try_into().unwrap();
        match adm::answer(&self.0, LambdaEvent::new(invocation, context)).await {
            Ok(answer) => rendering::answer("adm", &serde_json::to_string(&answer).unwrap()),
            Err(failure) => {
                let told = Diagnostic::from(failure);
                rendering::failure(&told.error_type, &told.error_message)
            }
        }
    }
}

const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
const CLIENT_SECRET: &str = "0123456789abcdef";
/// The topics of the samples that somebody is subscribed to.
const SUBSCRIBED: [&str; 3] = ["SomeTopic", "weather.0", "weather.1"];
const PATIENCE: Duration = Duration::from_secs(60);
