//! Push endpoints in the local stack: a platform application at the sandbox's SNS, the functions `devices` and `reconcile` in front of it, and
//! the topic that tells `reconcile` what happens to endpoints.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use devices::{Applications, Clock, Service};
use inbox::Invoked;
use jiff::SignedDuration;
use reconcile::{Invocation, Rules, Sweep, SweepError, Wait};
use registry::{Application, Registry};
use sandbox::SnsApi;
use sandbox::ids;
use sandbox::sns_api::{Published, Push};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::StackOptions;
use super::amazon::Amazon;

/// The platform application, and what is in front of it.
pub(super) struct PushEndpoints {
    /// What SNS, the push service and the devices do.
    pub(super) push: Push,
    /// Registers tokens.
    pub(super) devices: Arc<Service>,
    /// Sweeps, and hears of events.
    pub(super) reconcile: Arc<Sweep>,
}

impl PushEndpoints {
    /// Its rows are in this table.
    pub(super) fn of(options: &StackOptions, amazon: &Amazon, client: Client, table: &str) -> Self {
        let push = amazon.api.push();
        push.add_application(PUSH_APPLICATION);
        push.tell_events_to(PUSH_APPLICATION, ENDPOINT_EVENTS_TOPIC);
        // Who plays with it has no use for the account's quotas.
        push.without_quotas();
        let (clock, wait) = (options.clock, options.wait);
        let application = Application::parse(PUSH_APPLICATION).expect("the ARN of a platform application");
        let applications = Applications::new([(application, amazon.endpoint.client())]);
        let registry = Registry::new(client, table, ROW_RETENTION.unsigned_abs());
        let devices = Service::new(devices::Parts {
            applications: applications.clone(),
            registry: registry.clone(),
            quarantine_after: Rules::default().quarantine_after,
            clock: Clock::new(clock),
        });
        let reconcile = Sweep::new(reconcile::Parts {
            registry,
            applications,
            rules: Rules {
                mode: reconcile::Asked::Apply,
                budget_percent: 100,
                ..Rules::default()
            },
            clock: Clock::new(clock),
            wait: Wait::new(wait),
        });
        Self {
            push,
            devices: Arc::new(devices),
            reconcile: Arc::new(reconcile),
        }
    }
}

/// What invokes `reconcile` when something happens to an endpoint.
pub(super) struct EndpointEvents {
    events: Arc<Events>,
    /// Ends with this value.
    background: JoinSet<()>,
}

struct Events {
    api: SnsApi,
    reconcile: Arc<Sweep>,
    clock: fn() -> jiff::Timestamp,
    /// What comes after this number has not been told yet.
    told: Mutex<usize>,
}

impl EndpointEvents {
    pub(super) fn of(amazon: &Amazon, reconcile: Arc<Sweep>, options: &StackOptions) -> Self {
        let (_, next) = amazon.api.published_from(usize::MAX);
        Self {
            events: Arc::new(Events {
                api: amazon.api.clone(),
                reconcile,
                clock: options.clock,
                told: Mutex::new(next),
            }),
            background: JoinSet::new(),
        }
    }

    /// From now on by itself.
    pub(super) fn in_background(mut self) -> Self {
        let events = Arc::clone(&self.events);
        self.background.spawn(async move {
            loop {
                let told = *events.told.lock().await;
                events.api.wait_published(told).await;
                if let Err(error) = events.drain().await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an event of an endpoint was not dealt with"
                    );
                }
            }
        });
        self
    }

    /// What has happened until now.
    pub(super) async fn drain(&self) -> Result<(), SweepError> {
        self.events.drain().await
    }
}

impl Events {
    async fn drain(&self) -> Result<(), SweepError> {
        let mut told = self.told.lock().await;
        let (published, next) = self.api.published_from(*told);
        let mut failed = Ok(());
        for event in published.iter().filter(|message| message.topic_arn == ENDPOINT_EVENTS_TOPIC) {
            let invocation = invocation(event);
            let now = (self.clock)();
            let ends_at = now.saturating_add(RECONCILE_TIMEOUT).unwrap_or(jiff::Timestamp::MAX);
            let tracing_header = ids::tracing_header(&event.message_id, now);
            let invoked = Invoked::by_lambda(&event.message_id, Some(&tracing_header));
            let answer = self.reconcile.invoke(&invocation, ends_at, invoked).await;
            failed = failed.and(answer.map(|_| ()));
        }
        // Here nobody invokes the function again: what failed is told, and the next sweep sees to it.
        *told = next;
        failed
    }
}

/// As SNS invokes a function (AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications").
fn invocation(published: &Published) -> Invocation {
    let event = json!({ "Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": format!("{ENDPOINT_EVENTS_TOPIC}:local"),
        "Sns": {
            "Type": "Notification",
            "MessageId": published.message_id,
            "TopicArn": published.topic_arn,
            "Message": published.message,
            "Timestamp": published.at.to_string(),
        },
    }] });
    serde_json::from_value(event).expect("an event as SNS makes it")
}

/// The platform application of the local stack, as `PLATFORM_APPLICATIONS` would say.
pub(crate) const PUSH_APPLICATION: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost";

/// The topic that the application tells what happens to its endpoints.
pub(super) const ENDPOINT_EVENTS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:endpoint-events";

/// The time that the deployed `reconcile` has.
pub(crate) const RECONCILE_TIMEOUT: SignedDuration = SignedDuration::from_mins(15);

/// The time that the deployed `devices` has.
pub(crate) const DEVICES_TIMEOUT: SignedDuration = SignedDuration::from_secs(29);

/// As deployed by default.
pub(crate) const ROW_RETENTION: SignedDuration = SignedDuration::from_hours(24 * 30);
