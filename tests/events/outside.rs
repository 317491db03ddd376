//! What is around the functions in the samples' environment, empty at first, and everything that can be seen of it.

use aws_sdk_dynamodb::Client;
use inbox::{Filter, Inbox, Record, StoreError};
use intake::Trust;
use jiff::Timestamp;
use rtn::Environment;
use sandbox::SnsApi;
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::sns_api::{Published, SnsEndpoint};
use serde_json::Value;

use super::environment::environment;
use super::keeping::Endpoints;
use super::sending::Amazon;
use super::{read, stream};

/// The topics that the environment trusts, and the one that events are handed on to.
pub(crate) const RTN_TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
pub(crate) const DRS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:drs";
pub(crate) const EVENTS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:events";

/// The store, SNS, and what the function that sends needs.
pub(crate) struct Outside {
    /// The store, past the functions.
    pub(crate) store: Client,
    pub(crate) dynamo: Dynamo,
    pub(crate) sns: SnsEndpoint,
    pub(crate) amazon: Amazon,
    api: SnsApi,
    pub(crate) endpoints: Endpoints,
    inbox: Inbox,
    trust: Trust,
}

impl Outside {
    /// All of it, by one clock.
    pub(crate) async fn new(now: fn() -> Timestamp) -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let store = dynamo.client();
        create_tables(&store, &Tables::default()).await.unwrap();
        let api = SnsApi::new(now);
        for (topic, file) in CONFIRMATIONS {
            api.accept_token(topic, &token(file), now());
        }
        api.create_topic(EVENTS_TOPIC);
        let variables = environment("Drs");
        let settings = intake::Settings::read(|name| variables.get(name).cloned()).unwrap();
        Self {
            inbox: Inbox::new(store.clone(), settings.notifications_table, settings.retention),
            trust: Trust::new(store.clone(), settings.trust_table),
            sns: api.serve(0).await.unwrap(),
            amazon: Amazon::new(&store, now).await,
            endpoints: Endpoints::new(&store, &api),
            api,
            store,
            dynamo,
        }
    }

    /// What an event tells of is there, as it says.
    pub(crate) async fn make_it_so(&self, function: &str, event: &str) {
        match function {
            "dispatch" => stream::put_rows_told_of(&self.store, event).await,
            "reconcile" => self.endpoints.make_it_so(event),
            _ => {}
        }
    }

    /// Notifications, the newest first, topics, messages that went out, and what was sent to devices: a line each.
    pub(crate) async fn on_record(&self, now: Timestamp) -> String {
        let everything = Filter {
            source: None,
            since: None,
            limit: 100,
        };
        let (records, newer) = match self.inbox.list(&everything, now).await {
            Ok(records) => (records, None),
            Err(StoreError::Newer { version }) => (Vec::new(), Some(format!("rows of version {version}"))),
            Err(error) => panic!("{error}"),
        };
        let late = inbox::late(&records);
        let records = records.iter().map(|record| line(record, late.contains(&record)));
        let topics = self.trust.topics(now).await.unwrap();
        let topics = topics
            .iter()
            .map(|topic| format!("{} is {} and holds {}", topic.topic_arn, topic.state.as_str(), topic.held));
        let published = self.api.published();
        let published = published.iter().map(handed_on);
        let sending = self.amazon.on_record().await;
        let keeping = self.endpoints.on_record(now).await;
        let lines = records
            .chain(newer)
            .chain(topics)
            .chain(published)
            .chain(sending)
            .chain(keeping);
        lines.map(|line| format!("  {line}\n")).collect()
    }
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

/// The samples whose tokens SNS knows.
const CONFIRMATIONS: [(&str, &str); 3] = [
    (RTN_TOPIC, "rtn-sns-subscription-confirmation.json"),
    (RTN_TOPIC, "rtn-http-api-sns-subscription-confirmation.json"),
    (DRS_TOPIC, "drs-subscription-confirmation.json"),
];
