//! The functions in the samples' environment, on an empty store of their own, and everything that can be seen of them.

use std::cell::Cell;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use dispatch::{Dispatch, Topic};
use inbox::{Filter, Inbox, Invoked, Record, StoreError};
use intake::{Confirmer, Intake, Parts, Settings, Source, Trust};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic, request};
use rtn::Environment;
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::sns_api::{Published, SnsEndpoint};
use sandbox::{Pki, SnsApi, ids};
use serde_json::Value;
use sns_webhook::{Https, Roots, SigningCerts};

use super::environment::environment;
use super::keeping::Keeping;
use super::sending::Sending;
use super::{read, stream};

/// The topics that the environment trusts, and the one that events are handed on to.
pub(crate) const RTN_TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
pub(crate) const DRS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:drs";
pub(crate) const EVENTS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:events";

/// All functions, ready to be invoked.
pub(crate) struct Deployment {
    rtn: Intake,
    drs: Intake,
    dispatch: Dispatch,
    sending: Sending,
    keeping: Keeping,
    inbox: Inbox,
    trust: Trust,
    api: SnsApi,
    /// The store, past the functions.
    pub(crate) store: Client,
    _dynamo: Dynamo,
    _endpoint: SnsEndpoint,
}

impl Deployment {
    pub(crate) async fn new() -> Self {
        NOW.set(START);
        let dynamo = Dynamo::in_memory().await.unwrap();
        let store = dynamo.client();
        create_tables(&store, &Tables::default()).await.unwrap();
        let api = SnsApi::new(now);
        for (topic, file) in CONFIRMATIONS {
            api.accept_token(topic, &token(file), now());
        }
        api.create_topic(EVENTS_TOPIC);
        let endpoint = api.serve(0).await.unwrap();

        let rtn = intake(rtn::SOURCE, settings("Rtn"), &store, &endpoint);
        let settings = settings("Drs");
        let inbox = Inbox::new(store.clone(), settings.notifications_table.as_str(), settings.retention);
        let trust = Trust::new(store.clone(), settings.trust_table.as_str());
        let drs = intake(drs::SOURCE, settings, &store, &endpoint);
        let variables = environment("Dispatch");
        let settings = dispatch::Settings::read(|name| variables.get(name).cloned()).unwrap();
        let record = Inbox::new(store.clone(), settings.notifications_table, SignedDuration::ZERO);
        let topic = Topic::new(endpoint.client(), settings.events_topic_arn.as_str());
        Self {
            rtn,
            drs,
            dispatch: Dispatch::new(record, topic, now),
            sending: Sending::new(&store, now).await,
            keeping: Keeping::new(&store, &api, &endpoint, now, pass),
            inbox,
            trust,
            api,
            store,
            _dynamo: dynamo,
            _endpoint: endpoint,
        }
    }

    /// Invokes the function that the file is named for; two minutes pass.
    pub(crate) async fn invoke(&self, file: &str) -> String {
        let event = read(file);
        let answer = match file.split('-').next() {
            Some("rtn") => self.invoke_rtn(&event).await,
            Some("drs") => self.invoke_drs(&event).await,
            Some("dispatch") => self.invoke_dispatch(&event).await,
            Some("adm") => self.sending.invoke(&event, request_id(), now()).await,
            Some("devices") => self.keeping.register(&event, request_id(), now()).await,
            Some("reconcile") => self.keeping.reconcile(&event, request_id(), now()).await,
            other => panic!("{other:?} is no function"),
        };
        NOW.set(now() + SignedDuration::from_mins(2));
        answer
    }

    async fn invoke_rtn(&self, event: &str) -> String {
        let request = request::from_str(event).unwrap();
        let answer = self.rtn.receive(&request, Invoked::untraced(&request_id())).await;
        format!("{} {}", answer.status().as_u16(), answer.body())
    }

    async fn invoke_drs(&self, event: &str) -> String {
        let invocation = serde_json::from_str::<drs::Invocation>(event).unwrap();
        let mut context = Context::default();
        context.request_id = request_id();
        match drs::answer(&self.drs, LambdaEvent::new(invocation, context)).await {
            Ok(answer) => {
                let answer = serde_json::to_value(answer).unwrap();
                match answer["body"].as_str() {
                    Some(body) => format!("{} {body}", answer["statusCode"]),
                    None => answer.to_string(),
                }
            }
            Err(failure) => {
                let told = Diagnostic::from(failure);
                format!("{}: {}", told.error_type, told.error_message)
            }
        }
    }

    async fn invoke_dispatch(&self, event: &str) -> String {
        stream::put_rows_told_of(&self.store, event).await;
        let invocation = serde_json::from_str::<dispatch::Invocation>(event).unwrap();
        let ends_at = now() + SignedDuration::from_secs(50);
        match self.dispatch.run(invocation, ends_at).await {
            Ok(answer) => serde_json::to_string(&answer).unwrap(),
            Err(stopped) => format!("stopped: {stopped}"),
        }
    }

    /// Notifications, the newest first, topics, messages that went out, and what was sent to devices: a line each.
    pub(crate) async fn on_record(&self) -> String {
        let everything = Filter {
            source: None,
            since: None,
            limit: 100,
        };
        let (records, newer) = match self.inbox.list(&everything, now()).await {
            Ok(records) => (records, None),
            Err(StoreError::Newer { version }) => (Vec::new(), Some(format!("rows of version {version}"))),
            Err(error) => panic!("{error}"),
        };
        let late = inbox::late(&records);
        let records = records.iter().map(|record| line(record, late.contains(&record)));
        let topics = self.trust.topics(now()).await.unwrap();
        let topics = topics
            .iter()
            .map(|topic| format!("{} is {} and holds {}", topic.topic_arn, topic.state.as_str(), topic.held));
        let published = self.api.published();
        let published = published.iter().map(handed_on);
        let sending = self.sending.on_record().await;
        let keeping = self.keeping.on_record(now()).await;
        let lines = records
            .chain(newer)
            .chain(topics)
            .chain(published)
            .chain(sending)
            .chain(keeping);
        lines.map(|line| format!("  {line}\n")).collect()
    }
}

fn intake(source: Source, settings: Settings, store: &Client, sns: &SnsEndpoint) -> Intake {
    // Nothing is fetched: a pin stands for the certificate, and the sandbox confirms what the SDK asks it to.
    let roots = Roots::from_pem(Pki::fixed().root_pem()).unwrap();
    let https = Https::new(&roots, Duration::from_millis(1));
    Intake::new(Parts {
        source,
        trusted_topics: settings.trusted_topics,
        freshness: settings.freshness,
        certs: SigningCerts::new(settings.pinned_certs, roots, settings.chain_policy, https.clone()),
        trust: Trust::new(store.clone(), settings.trust_table),
        confirmer: Confirmer::new(sns.client(), https),
        inbox: Inbox::new(store.clone(), settings.notifications_table, settings.retention),
        clock: now,
    })
}

fn settings(function: &str) -> Settings {
    let variables = environment(function);
    Settings::read(|name| variables.get(name).cloned()).unwrap()
}

/// The keys, what is marked, and what of the event is not in its keys.
fn line(record: &Record, is_late: bool) -> String {
    let purchase = rtn::read(&record.raw).ok().map(|reading| reading.event);
    let environment = purchase
        .as_ref()
        .map(|event| event.environment)
        .filter(|environment| *environment == Environment::LiveAppTest);
    let cancelled = purchase.as_ref().and_then(|event| event.cancelled_receipt_id.as_ref());
    let device = drs::read(&record.raw, None).ok().map(|reading| reading.event);
    let marks = [
        record
            .held
            .as_ref()
            .map(|held| format!("held for {} {}", held.subject, held.event)),
        record.unreadable.as_ref().map(|reason| format!("unreadable {reason}")),
        device.map(|event| event.wire_version.as_str().to_owned()),
        environment.map(|environment| environment.as_str().to_owned()),
        cancelled.map(|receipt| format!("cancels {}", receipt.as_str())),
        is_late.then(|| "late".to_owned()),
        record.repaired.then(|| "repaired".to_owned()),
        record.conflict.then(|| "conflict".to_owned()),
        record.due.is_some().then(|| "due".to_owned()),
        record.handed_on.is_some().then(|| "handed on".to_owned()),
    ];
    let marks = marks.into_iter().flatten().chain(record.warnings.iter().cloned());
    let marks = marks.map(|mark| format!(" [{mark}]")).collect::<String>();
    format!("{} {}{marks}", record.subject, record.event)
}

/// The attributes that consumers filter by.
fn handed_on(published: &Published) -> String {
    assert_eq!(published.topic_arn, EVENTS_TOPIC);
    let attributes = published.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("handed on:{}", attributes.collect::<String>())
}

/// The token of a sample confirmation.
fn token(file: &str) -> String {
    let event = serde_json::from_str::<Value>(&read(file)).unwrap();
    let envelope = serde_json::from_str::<Value>(event["body"].as_str().unwrap()).unwrap();
    envelope["Token"].as_str().unwrap().to_owned()
}

/// The id that Lambda gives an invocation.
fn request_id() -> String {
    ids::message_id(&format!("invocation at {}", now()))
}

fn now() -> Timestamp {
    NOW.get()
}

fn pass(time: Duration) {
    NOW.set(now().checked_add(time).unwrap());
}

thread_local! {
    // A test and its store have one thread, and no other test has it at the same time.
    static NOW: Cell<Timestamp> = const { Cell::new(START) };
}

/// After the last of the samples was sent: 2026-05-01T00:00:00Z.
const START: Timestamp = Timestamp::constant(1_777_593_600, 0);

/// The samples whose tokens SNS knows.
const CONFIRMATIONS: [(&str, &str); 3] = [
    (RTN_TOPIC, "rtn-sns-subscription-confirmation.json"),
    (RTN_TOPIC, "rtn-http-api-sns-subscription-confirmation.json"),
    (DRS_TOPIC, "drs-subscription-confirmation.json"),
];
