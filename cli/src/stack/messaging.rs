//! Amazon Device Messaging in the local stack: the sandbox's ADM with one security profile and its subscribers, and the function `adm`
//! in front of it.
//!
//! Promises that Amazon's side and the ledger begin with the same subscriptions, as if the apps had reported theirs.

use std::io;
use std::time::Duration;

use adm::{Adm, CredentialSource, Credentials, Endpoint, Https, Ledger, Pace, Parts, Report, Service, Shards, authorities};
use aws_sdk_dynamodb::Client;
use inbox::StoreError;
use intake::Clock;
use jiff::Timestamp;
use sandbox::{AdmEndpoint, AdmService};
use sends::Sends;
use serde_json::json;

use super::StackOptions;

/// ADM and Login with Amazon, listening.
pub(super) struct Messaging {
    /// What they know, and what happened to them.
    pub(super) service: AdmService,
    /// Where they are.
    pub(super) endpoint: AdmEndpoint,
}

impl Messaging {
    /// Over plain HTTP, which the function takes on a loopback address: so another process needs no certificate either.
    pub(super) async fn start(clock: Clock) -> io::Result<Self> {
        let service = AdmService::new(clock);
        service.add_profile(PROFILE, SECRET);
        service.register(PROFILE);
        for (instance, topic) in subscriptions() {
            service
                .subscribe(PROFILE, &instance, topic)
                .expect("a few instances on a few topics of a profile that is registered");
        }
        let endpoint = service.serve(0).await?;
        Ok(Self { service, endpoint })
    }

    /// The function in front of it, with its records in this table.
    pub(super) fn function(&self, options: &StackOptions, client: Client, table: &str) -> Service {
        let endpoint = Endpoint::parse(&self.endpoint.url()).expect("a loopback address is an endpoint");
        let credentials = json!({ "client_id": PROFILE, "client_secret": SECRET }).to_string();
        let credentials = Credentials::from_json(&credentials).expect("both parts are there");
        let https = Https::new(&authorities(), options.adm_deadline);
        Service::new(Parts {
            adm: Adm::new(https, endpoint.clone(), endpoint, CredentialSource::given(credentials)),
            sends: Sends::new(client.clone(), table, IDEMPOTENCY),
            ledger: Ledger::new(client, table),
            shards: Shards::parse(SHARDS).expect("as a deployment would say it"),
            queue: None,
            pace: Pace::new(options.clock, options.chance, options.wait),
        })
    }
}

/// Puts into the ledger what Amazon's side begins with. Reports that repeat what it has change nothing.
pub(super) async fn report_subscriptions(ledger: &Ledger, now: Timestamp) -> Result<(), StoreError> {
    for (instance, topic) in subscriptions() {
        let report = json!({ "instance": instance, "topic": topic, "event": "onSubscribe" }).to_string();
        let report = Report::read(report.as_bytes()).expect("a report with all its parts");
        ledger.record(&report, now).await?;
    }
    Ok(())
}

/// Three on one topic, one on each shard of another.
fn subscriptions() -> impl Iterator<Item = (String, &'static str)> {
    let topics = ["news", "news", "news", "weather.0", "weather.1"].into_iter();
    topics
        .zip(1..)
        .map(|(topic, number)| (format!("local-instance-{number}"), topic))
}

/// What `ADM_SHARDS` would say.
const SHARDS: &str = "weather=2";

const PROFILE: &str = "local";
const SECRET: &str = "the-secret-of-the-local-stack";

/// As deployed by default.
const IDEMPOTENCY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
