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

/// The function, ready to be invoked.
pub(crate) struct Sending {
    service: Service,
    amazon: AdmService,
    ledger: Ledger,
    _endpoint: AdmEndpoint,
    _secrets: Secrets,
    _queue: QueueEndpoint,
}

impl Sending {
    pub(crate) async fn new(store: &Client, now: fn() -> Timestamp) -> Self {
        let amazon = AdmService::new(now);
        amazon.add_profile(CLIENT_ID, CLIENT_SECRET);
        amazon.register(CLIENT_ID);
        for topic in SUBSCRIBED {
            amazon.subscribe(CLIENT_ID, "an app instance", topic).unwrap();
        }
        let endpoint = amazon.serve(0).await.unwrap();
        let secrets = Secrets::start().await.unwrap();
        let queue = Queue::new(now);
        let queue_endpoint = queue.serve(0).await.unwrap();

        let variables = environment("Adm");
        let settings = Settings::read(|name| match name {
            "ADM_ENDPOINT" | "LWA_ENDPOINT" => Some(endpoint.url()),
            _ => variables.get(name).cloned(),
        });
        let settings = settings.unwrap();
        let credentials = serde_json::json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
        secrets.put(&settings.credentials_secret, &credentials.to_string());
        let ledger = || Ledger::new(store.clone(), settings.sends_table.as_str());
        let service = Service::new(Parts {
            adm: Adm::new(
                Https::new(&authorities(), PATIENCE),
                settings.adm_endpoint,
                settings.lwa_endpoint,
                CredentialSource::secret(secrets.client(), settings.credentials_secret),
            ),
            sends: Sends::new(store.clone(), settings.sends_table.as_str(), settings.idempotency),
            ledger: ledger(),
            shards: settings.shards,
            queue: Some(BulkQueue::new(queue_endpoint.client(), queue.queue_url())),
            pace: Pace::new(now, || 0.5, |_| Box::pin(std::future::ready(()))),
        });
        Self {
            service,
            amazon,
            ledger: ledger(),
            _endpoint: endpoint,
            _secrets: secrets,
            _queue: queue_endpoint,
        }
    }

    pub(crate) async fn invoke(&self, event: &str, request_id: String, now: Timestamp) -> String {
        let invocation = serde_json::from_str::<adm::Invocation>(event).unwrap();
        let mut context = Context::default();
        context.request_id = request_id;
        let ends_at = now + SignedDuration::from_secs(29);
        context.deadline = ends_at.as_millisecond().try_into().unwrap();
        match adm::answer(&self.service, LambdaEvent::new(invocation, context)).await {
            Ok(answer) => {
                let answer = serde_json::to_value(answer).unwrap();
                let Some(body) = answer["body"].as_str() else {
                    return answer.to_string();
                };
                let headers = HEADERS.iter().filter_map(|name| {
                    // Payload format 1.0 has them in lists, 2.0 as they are.
                    let listed = answer["multiValueHeaders"].get(*name).map(|values| &values[0]);
                    let value = listed.or_else(|| answer["headers"].get(*name))?;
                    Some(format!("[{name}: {}] ", value.as_str()?))
                });
                let body = ["messageId", "requestId"]
                    .iter()
                    .fold(body.to_owned(), |body, id| without_ids(&body, id));
                format!("{} {}{body}", answer["statusCode"], headers.collect::<String>())
            }
            Err(failure) => {
                let told = Diagnostic::from(failure);
                format!("{}: {}", told.error_type, told.error_message)
            }
        }
    }

    /// What ADM has, and what the ledger has: a line each.
    pub(crate) async fn on_record(&self) -> Vec<String> {
        let delivered = self.amazon.delivered();
        let delivered = delivered
            .iter()
            .map(|message| format!("ADM has for {}: {}", message.topic, message.body));
        let overview = serde_json::to_value(self.ledger.overview().await.unwrap()).unwrap();
        let topics = overview["topics"].as_array().unwrap();
        let counted = topics.iter().map(|topic| format!("the ledger has {topic}"));
        delivered.into_iter().chain(counted).collect()
    }
}

/// The ids count what Amazon was asked, and two shards are asked in any order.
fn without_ids(body: &str, name: &str) -> String {
    let member = format!("\"{name}\":\"");
    let mut parts = body.split(&member);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |body, part| {
        let (_id, rest) = part.split_once('"').unwrap();
        format!("{body}{member}...\"{rest}")
    })
}

const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
const CLIENT_SECRET: &str = "0123456789abcdef";
/// The headers of an answer that say something.
const HEADERS: [&str; 4] = ["allow", "idempotency-recorded", "idempotent-replayed", "retry-after"];
/// The topics of the samples that somebody is subscribed to.
const SUBSCRIBED: [&str; 3] = ["SomeTopic", "weather.0", "weather.1"];
const PATIENCE: Duration = Duration::from_secs(60);
