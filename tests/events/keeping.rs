//! The functions that keep push endpoints, in the samples' environment: SNS has their platform applications, and no endpoint yet.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use devices::{Applications, Clock};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use registry::{Application, Device, DeviceId, DeviceKey, Registry};
use sandbox::SnsApi;
use sandbox::sns_api::push::Endpoint;
use sandbox::sns_api::{Push, SnsEndpoint};
use serde_json::Value;

use super::environment::environment;
use super::rendering;

/// What is around the functions: SNS with its endpoints, and the registry.
pub(crate) struct Endpoints {
    push: Push,
    registry: Registry,
    applications: Vec<Application>,
}

impl Endpoints {
    pub(crate) fn new(store: &Client, api: &SnsApi) -> Self {
        let settings = settings();
        let push = api.push();
        for application in &settings.applications {
            push.add_application(application.arn());
        }
        push.without_quotas();
        Self {
            push,
            registry: Registry::new(store.clone(), settings.devices_table, settings.retention),
            applications: settings.applications.into_iter().collect(),
        }
    }

    /// A list knows at once what has changed: between two of the samples is more time than it takes.
    pub(crate) fn list_at_once(&self) {
        self.push.set_list_lag(Duration::ZERO);
    }

    /// SNS tells of what has happened, so it has to have.
    pub(crate) fn make_it_so(&self, event: &str) {
        let event = serde_json::from_str::<Value>(event).unwrap();
        for record in event["Records"].as_array().into_iter().flatten() {
            let message = record["Sns"]["Message"].as_str().unwrap_or_default();
            let Ok(message) = serde_json::from_str::<Value>(message) else {
                continue;
            };
            let endpoint = message["EndpointArn"].as_str().unwrap();
            let is_known = self.push.endpoint(endpoint).is_some();
            match (message["EventType"].as_str(), message["FailureType"].as_str()) {
                (Some("EndpointDeleted"), _) => self.push.delete(endpoint),
                (_, Some("InvalidPlatformToken")) if is_known => self.push.enable(endpoint, false),
                _ => {}
            }
        }
    }

    /// What the registry has of the samples' devices, and what SNS has: a line each.
    pub(crate) async fn on_record(&self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for application in &self.applications {
            for device in DEVICES {
                let key = DeviceKey {
                    application: application.clone(),
                    id: DeviceId::parse(device).unwrap(),
                };
                let row = self.registry.get(&key, now).await.unwrap();
                lines.extend(row.as_ref().map(on_record));
            }
            lines.extend(self.push.endpoints(application.arn()).iter().map(at_sns));
        }
        lines
    }
}

/// The functions, ready to be invoked.
pub(crate) struct Keeping {
    devices: devices::Service,
    sweep: reconcile::Sweep,
}

impl Keeping {
    /// `wait` lets time pass, as the clock `now` tells it.
    pub(crate) fn new(store: &Client, sns: &SnsEndpoint, now: fn() -> Timestamp, wait: fn(Duration)) -> Self {
        let settings = settings();
        let registry = || Registry::new(store.clone(), settings.devices_table.as_str(), settings.retention);
        let served = || {
            Applications::new(
                settings
                    .applications
                    .iter()
                    .map(|application| (application.clone(), sns.client())),
            )
        };
        let devices = devices::Service::new(devices::Parts {
            applications: served(),
            registry: registry(),
            quarantine_after: settings.quarantine_after,
            clock: Clock::new(now),
        });
        let variables = environment("Reconcile");
        let rules = reconcile::Settings::read(|name| variables.get(name).cloned()).unwrap().rules;
        let sweep = reconcile::Sweep::new(reconcile::Parts {
            applications: served(),
            registry: registry(),
            rules,
            clock: Clock::new(now),
            wait: reconcile::Wait::new(move |time| {
                wait(time);
                Box::pin(std::future::ready(()))
            }),
        });
        Self { devices, sweep }
    }

    /// Invokes the function that registers devices.
    pub(crate) async fn register(&self, event: &str, request_id: String, now: Timestamp) -> String {
        let invocation = serde_json::from_str::<devices::Invocation>(event).unwrap();
        let event = LambdaEvent::new(invocation, context(request_id, now + SignedDuration::from_secs(29)));
        match devices::answer(&self.devices, event).await {
            Ok(answer) => rendering::answer("devices", &serde_json::to_string(&answer).unwrap()),
            Err(failure) => told(failure.into()),
        }
    }

    /// Invokes the one that sweeps.
    pub(crate) async fn reconcile(&self, event: &str, request_id: String, now: Timestamp) -> String {
        let invocation = match serde_json::from_str::<reconcile::Invocation>(event) {
            Ok(invocation) => invocation,
            Err(unread) => return format!("not invoked: {unread}"),
        };
        let ends_at = now + SignedDuration::from_mins(15);
        match self
            .sweep
            .invoke(&invocation, ends_at, inbox::Invoked::untraced(&request_id))
            .await
        {
            Ok(answer) => rendering::answer("reconcile", &serde_json::to_string(&answer).unwrap()),
            Err(failure) => told(failure.into()),
        }
    }
}

fn settings() -> devices::Settings {
    let variables = environment("Devices");
    devices::Settings::read(|name| variables.get(name).cloned()).unwrap()
}

fn context(request_id: String, ends_at: Timestamp) -> Context {
    let mut context = Context::default();
    context.request_id = request_id;
    context.deadline = ends_at.as_millisecond().try_into().unwrap();
    context
}

fn told(failure: Diagnostic) -> String {
    rendering::failure(&failure.error_type, &failure.error_message)
}

fn on_record(device: &Device) -> String {
    let id = &device.key.id.as_str()[..8];
    let marks = [
        device
            .endpoint
            .as_ref()
            .map(|endpoint| format!("endpoint {}", short(endpoint.as_str()))),
        device.disabled_at.map(|at| format!("disabled at {at}")),
        (device.enables_since_confirm > 0).then(|| format!("enabled {} times", device.enables_since_confirm)),
    ];
    let marks = marks.into_iter().flatten().map(|mark| format!(" [{mark}]"));
    format!("device {id} is {}{}", device.state.as_str(), marks.collect::<String>())
}

fn at_sns(endpoint: &Endpoint) -> String {
    let state = if endpoint.is_enabled { "enabled" } else { "disabled" };
    let token = endpoint.token.chars().rev().take(4).collect::<String>();
    let token = token.chars().rev().collect::<String>();
    let user_data = match endpoint.user_data.len() {
        64 => "a device's digest",
        _ => &endpoint.user_data,
    };
    format!(
        "endpoint {} is {state}, with the token ...{token}, for {user_data}",
        short(&endpoint.arn)
    )
}

/// The first digits of the id.
fn short(arn: &str) -> &str {
    let id = arn.rsplit('/').next().unwrap_or_default();
    id.split('-').next().unwrap_or_default()
}

/// The devices of the samples.
const DEVICES: [&str; 3] = [
    "0f1e2d3c-4b5a-4697-8877-665544332211",
    "5c0ffee5-1234-4abc-9def-0123456789ab",
    "9a8b7c6d-5e4f-4321-8abc-def012345678",
];
