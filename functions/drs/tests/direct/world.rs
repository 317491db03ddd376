//! The function with a store of its own, and a look into the store that does not pass through the code under test.

use std::collections::HashMap;
use std::time::Duration;

use drs::{Failure, Invocation};
use inbox::{Attempt, Filter, Inbox, Record};
use intake::{Confirmer, Intake, Parts, Trust};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent};
use sandbox::dynamo::{Dynamo, Faults, Tables, TimeoutConfig, create_tables};
use sandbox::sns_api::SnsEndpoint;
use sandbox::{Pki, SnsApi};
use serde_json::Value;
use sns_webhook::{ChainPolicy, Freshness, Https, PinnedCerts, Roots, SigningCerts, TopicArn, TrustedTopics};

use crate::mail::{NOON, TOPIC};

/// An answer without a failure.
pub(crate) const TAKEN: &str = r#"{"batchItemFailures":[]}"#;

/// The function, its store and the proxy before it.
pub(crate) struct World {
    pub(crate) faults: Faults,
    pub(crate) api: SnsApi,
    pub(crate) trust: Trust,
    /// The store itself, past any fault.
    inbox: Inbox,
    endpoint: SnsEndpoint,
    _dynamo: Dynamo,
}

impl World {
    pub(crate) async fn start() -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let tables = Tables::default();
        let store = dynamo.client_with(ample());
        create_tables(&store, &tables).await.unwrap();
        let api = SnsApi::new(now);
        Self {
            faults: dynamo.with_faults().await.unwrap(),
            endpoint: api.serve(0).await.unwrap(),
            api,
            trust: Trust::new(store.clone(), tables.trust),
            inbox: Inbox::new(store, tables.notifications, RETENTION),
            _dynamo: dynamo,
        }
    }

    /// A new process of the function, which trusts [`TOPIC`] and believes the sandbox's signer.
    pub(crate) fn process(&self) -> Intake {
        self.process_with(ample())
    }

    /// The same with other time limits on its store.
    pub(crate) fn process_with(&self, timeouts: TimeoutConfig) -> Intake {
        let signer = Pki::fixed().signer();
        let mut pinned = PinnedCerts::default();
        pinned.pin(signer.certificate_url(TOPIC), signer.certificate_pem()).unwrap();
        let client = self.faults.client_with(timeouts);
        let tables = Tables::default();
        Intake::new(Parts {
            source: drs::SOURCE,
            trusted_topics: TrustedTopics::parse(TOPIC).unwrap(),
            freshness: Freshness::default(),
            certs: SigningCerts::new(pinned, roots(), ChainPolicy::Prefer, https()),
            trust: Trust::new(client.clone(), tables.trust),
            confirmer: self.confirmer(),
            inbox: Inbox::new(client, tables.notifications, RETENTION),
            clock: now,
        })
    }

    /// Invokes a new process once.
    pub(crate) async fn invoke(&self, event: &Value) -> String {
        invoke(&self.process(), event, "request").await
    }

    /// The operator approves a topic.
    pub(crate) async fn approve(&self, arn: &str) {
        let topic = TopicArn::parse(arn).unwrap();
        intake::approve(&topic, &self.trust, &self.confirmer(), &self.inbox, &decision())
            .await
            .unwrap();
    }

    /// The operator rejects a topic.
    pub(crate) async fn reject(&self, arn: &str) {
        let topic = TopicArn::parse(arn).unwrap();
        intake::reject(&topic, &self.trust, &self.inbox, &decision()).await.unwrap();
    }

    /// Everything on record, a line each.
    pub(crate) async fn rows(&self) -> Vec<String> {
        self.each(row).await
    }

    /// The id of each notification on record, and its trace.
    pub(crate) async fn traces(&self) -> Vec<String> {
        let traced = |record: &Record| {
            let trace = record.trace_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
            format!("{} {trace}", record.event.split('#').nth(1).unwrap())
        };
        self.each(traced).await
    }

    async fn each(&self, told: impl Fn(&Record) -> String) -> Vec<String> {
        let all = Filter {
            source: None,
            since: None,
            limit: 1_000,
        };
        let mut each = self
            .inbox
            .list(&all, now())
            .await
            .unwrap()
            .iter()
            .map(told)
            .collect::<Vec<_>>();
        each.sort();
        each
    }

    fn confirmer(&self) -> Confirmer {
        Confirmer::new(self.endpoint.client(), https())
    }
}

/// Invokes a process once, under a request id; the answer, or how the invocation fails.
pub(crate) async fn invoke(process: &Intake, event: &Value, id: &str) -> String {
    invoke_in(process, event, id, None).await
}

/// The same with a tracing header.
pub(crate) async fn invoke_in(process: &Intake, event: &Value, id: &str, header: Option<&str>) -> String {
    let payload = serde_json::from_str::<Invocation>(&event.to_string()).unwrap();
    let mut context = Context::default();
    context.request_id = id.to_owned();
    context.xray_trace_id = header.map(str::to_owned);
    match drs::answer(process, LambdaEvent { payload, context }).await {
        Ok(answer) => serde_json::to_string(&answer).unwrap(),
        Err(failure) => failed(failure),
    }
}

/// As Lambda is told.
fn failed(failure: Failure) -> String {
    let diagnostic = lambda_http::lambda_runtime::Diagnostic::from(failure);
    format!("{}: {}", diagnostic.error_type, diagnostic.error_message)
}

fn row(record: &Record) -> String {
    let marks = [
        record.repaired.then(|| "repaired".to_owned()),
        record.conflict.then(|| "conflict".to_owned()),
        record.unreadable.clone().map(|reason| format!("unreadable: {reason}")),
        (!record.warnings.is_empty()).then(|| format!("warned: {}", record.warnings.join(","))),
        record.due.is_none().then(|| "not due".to_owned()),
    ];
    let marks = marks
        .into_iter()
        .flatten()
        .map(|mark| format!(", {mark}"))
        .collect::<String>();
    let Record {
        subject,
        event,
        signature_version,
        ..
    } = record;
    format!("{subject} {event} signature {signature_version}{marks}")
}

/// What an operator does, as an attempt.
fn decision() -> Attempt<'static> {
    Attempt {
        id: "the operator",
        now: now(),
    }
}

pub(crate) fn now() -> Timestamp {
    NOON
}

fn https() -> Https {
    Https::with_addresses(&roots(), AMPLE, HashMap::new())
}

fn roots() -> Roots {
    Roots::from_pem(Pki::fixed().root_pem()).unwrap()
}

/// Time limits for tests about results, on machines that are busy with other things.
pub(crate) fn ample() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(AMPLE)
        .operation_timeout(AMPLE)
        .build()
}

const AMPLE: Duration = Duration::from_secs(60);

/// As deployed by default.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);
