//! Every sample event, in the environment that is committed beside it: what the function answers, and what is on record then.
//!
//! The events go the way of an invocation, from the JSON that Lambda hands over to the answer for SNS. A file without a row in
//! the table fails.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use inbox::{Filter, Inbox, Record};
use intake::{Confirmer, Intake, Parts, Settings, Trust};
use jiff::{SignedDuration, Timestamp};
use lambda_http::request;
use rtn::Environment;
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::{Pki, SnsApi};
use serde_json::Value;
use sns_webhook::{Https, Roots, SigningCerts};

#[tokio::test]
async fn every_event_is_answered_and_recorded_as_the_table_says() {
    let mut found = String::new();
    for row in rows() {
        let function = Function::new().await;
        for earlier in &row.after {
            function.invoke(earlier).await;
        }
        let answer = function.invoke(row.file).await;
        found += &format!("{}\n  {answer}\n{}", row.heading, function.on_record().await);
    }
    let rules = TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    assert!(found == rules, "the table does not say what was found:\n{found}");
}

#[test]
fn every_event_has_a_row_in_the_table() {
    let rows = rows().map(|row| row.file.to_owned()).collect::<BTreeSet<_>>();
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    let events = files
        .filter(|name| name.ends_with(".json") && name != "env.json")
        .collect::<BTreeSet<_>>();
    assert_eq!(rows, events);
}

#[test]
fn the_environment_pins_the_certificate_that_the_samples_are_signed_with_and_says_nothing_else_of_trust() {
    let environment = environment();
    let names = environment.keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        names,
        [
            "MAX_AGE_SECONDS",
            "NOTIFICATIONS_TABLE",
            "PINNED_SIGNING_CERTS",
            "TRUSTED_TOPICS",
            "TRUST_TABLE"
        ]
    );
    let signer = Pki::fixed().signer();
    let pins = serde_json::from_str::<HashMap<String, String>>(&environment["PINNED_SIGNING_CERTS"]).unwrap();
    assert_eq!(
        pins,
        HashMap::from([(signer.certificate_url(TOPIC), signer.certificate_pem().to_owned())])
    );
    assert_eq!(environment["TRUSTED_TOPICS"], TOPIC);
    let tables = Tables::default();
    let named = [
        environment["NOTIFICATIONS_TABLE"].as_str(),
        environment["TRUST_TABLE"].as_str(),
    ];
    assert_eq!(named, [tables.notifications.as_str(), tables.trust.as_str()]);
}

#[test]
fn both_files_of_variables_say_the_same() {
    let lines = fs::read_to_string(folder().join("sandbox.env")).unwrap();
    let pairs = lines.lines().map(|line| {
        let (name, value) = line.split_once("='").unwrap();
        let value = value.strip_suffix('\'').unwrap();
        // What cargo lambda's reader would change: it knows these inside of quotes, and nothing else.
        assert!(!value.contains('\'') && !value.contains("\\n"), "{name}");
        (name.to_owned(), value.to_owned())
    });
    assert_eq!(pairs.collect::<BTreeMap<_, _>>(), environment());
}

/// An event, and the events that are delivered before it.
struct Row {
    heading: &'static str,
    file: &'static str,
    after: Vec<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    let headings = TABLE.lines().filter(|line| !line.starts_with([' ', '#']));
    headings.map(|heading| {
        let (file, after) = heading.split_once(" after ").unwrap_or((heading, ""));
        Row {
            heading,
            file,
            after: after.split(", ").filter(|file| !file.is_empty()).collect(),
        }
    })
}

/// The function in the samples' environment, with an empty store of its own.
struct Function {
    intake: Intake,
    inbox: Inbox,
    trust: Trust,
    _dynamo: Dynamo,
    _endpoint: sandbox::sns_api::SnsEndpoint,
}

impl Function {
    async fn new() -> Self {
        let environment = environment();
        let settings = Settings::read(|name| environment.get(name).cloned()).unwrap();
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let api = SnsApi::new(now);
        api.accept_token(TOPIC, &token("rtn-sns-subscription-confirmation.json"), now());
        api.accept_token(TOPIC, &token("rtn-http-api-sns-subscription-confirmation.json"), now());
        let endpoint = api.serve(0).await.unwrap();
        // Nothing is fetched: a pin stands for the certificate, and the sandbox confirms what the SDK asks it to.
        let roots = Roots::from_pem(Pki::fixed().root_pem()).unwrap();
        let https = Https::new(&roots, Duration::from_millis(1));
        let inbox = Inbox::new(dynamo.client(), settings.notifications_table, settings.retention);
        let trust = Trust::new(dynamo.client(), settings.trust_table);
        let intake = Intake::new(Parts {
            source: rtn::SOURCE,
            trusted_topics: settings.trusted_topics,
            freshness: settings.freshness,
            certs: SigningCerts::new(settings.pinned_certs, roots, settings.chain_policy, https.clone()),
            trust: trust.clone(),
            confirmer: Confirmer::new(endpoint.client(), https),
            inbox: inbox.clone(),
            clock: now,
        });
        Self {
            intake,
            inbox,
            trust,
            _dynamo: dynamo,
            _endpoint: endpoint,
        }
    }

    async fn invoke(&self, file: &str) -> String {
        let request = request::from_str(&read(file)).unwrap();
        let answer = self.intake.receive(&request, &format!("invocation at {}", now())).await;
        NOW.set(now() + SignedDuration::from_secs(1));
        format!("{} {}", answer.status().as_u16(), answer.body())
    }

    /// Notifications, the newest first, and topics: a line each.
    async fn on_record(&self) -> String {
        let everything = Filter {
            source: None,
            since: None,
            limit: 100,
        };
        let records = self.inbox.list(&everything, now()).await.unwrap();
        let late = inbox::late(&records);
        let records = records.iter().map(|record| line(record, late.contains(&record)));
        let topics = self.trust.topics(now()).await.unwrap();
        let topics = topics
            .iter()
            .map(|topic| format!("{} is {} and holds {}", topic.topic_arn, topic.state.as_str(), topic.held));
        records.chain(topics).map(|line| format!("  {line}\n")).collect()
    }
}

/// The keys, what is marked, and what of the event is not in its keys.
fn line(record: &Record, is_late: bool) -> String {
    let event = rtn::read(&record.raw).ok().map(|reading| reading.event);
    let environment = event
        .as_ref()
        .map(|event| event.environment)
        .filter(|environment| *environment == Environment::LiveAppTest);
    let cancelled = event.as_ref().and_then(|event| event.cancelled_receipt_id.as_ref());
    let marks = [
        record
            .held
            .as_ref()
            .map(|held| format!("held for {} {}", held.subject, held.event)),
        record.unreadable.as_ref().map(|reason| format!("unreadable {reason}")),
        environment.map(|environment| environment.as_str().to_owned()),
        cancelled.map(|receipt| format!("cancels {}", receipt.as_str())),
        is_late.then(|| "late".to_owned()),
        record.repaired.then(|| "repaired".to_owned()),
        record.conflict.then(|| "conflict".to_owned()),
        record.due.is_some().then(|| "due".to_owned()),
    ];
    let marks = marks.into_iter().flatten().chain(record.warnings.iter().cloned());
    let marks = marks.map(|mark| format!(" [{mark}]")).collect::<String>();
    format!("{} {}{marks}", record.subject, record.event)
}

/// The variables of `env.json`, as `sam local invoke --env-vars` gives them to every function.
fn environment() -> BTreeMap<String, String> {
    let file = serde_json::from_str::<BTreeMap<String, BTreeMap<String, String>>>(&read("env.json")).unwrap();
    assert_eq!(file.keys().collect::<Vec<_>>(), ["Parameters"]);
    file["Parameters"].clone()
}

/// The token of a sample confirmation.
fn token(file: &str) -> String {
    let event = serde_json::from_str::<Value>(&read(file)).unwrap();
    let envelope = serde_json::from_str::<Value>(event["body"].as_str().unwrap()).unwrap();
    envelope["Token"].as_str().unwrap().to_owned()
}

fn read(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn now() -> Timestamp {
    NOW.get()
}

thread_local! {
    // A test and its store have one thread, and no other test has it at the same time.
    static NOW: Cell<Timestamp> = const { Cell::new(START) };
}

/// After the last of the samples was sent: 2026-05-01T00:00:00Z.
const START: Timestamp = Timestamp::constant(1_777_593_600, 0);
const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";

/// Blocks of a file, what is delivered before it, the answer to it, and everything on record then.
const TABLE: &str = include_str!("events/table.txt");
