//! The life of a process: what it is ready for and when, what an event that is none does to it, what it writes, and how it ends.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;

use insta::assert_snapshot;
use sandbox::dynamo::Fault;
use sandbox::runtime_api::Answer;
use serde_json::Value;

use super::executable::emulator;
use super::processes::{Process, Processes, rendered};
use crate::events::{self, read, rendering, rows};

/// Each function, an event that it can be invoked with at any time, and the answer to it.
const FUNCTIONS: [(&str, &str, &str); 6] = [
    ("adm", "adm-wrong-method.json", "405 [allow: POST] "),
    ("devices", "devices-unknown-path.json", "404 "),
    ("dispatch", "dispatch-stream-not-ours.json", "{\"batchItemFailures\":[]}"),
    (
        "drs",
        "drs-untrusted-topic.json",
        "403 {\"outcome\":\"refused\",\"reason\":\"topic_not_admitted\"",
    ),
    ("reconcile", "reconcile-event-unreadable.json", "{}"),
    (
        "rtn",
        "rtn-untrusted-topic.json",
        "403 {\"outcome\":\"refused\",\"reason\":\"topic_not_admitted\"",
    ),
];

/// What no function can read, with something in it that nobody is to read in a log. (In what is not even JSON, the runtime's error
/// names the member where it ends; Lambda hands over nothing but JSON.)
const NO_EVENTS: [&str; 6] = [
    "",
    "{\"Records\":\"s3cr3t\"",
    "\"s3cr3t\"",
    "[\"s3cr3t\"]",
    "{\"s3cr3t\":\"s3cr3t\"}",
    "{\"Records\":\"s3cr3t\"}",
];

#[tokio::test]
async fn what_is_no_event_is_an_error_of_the_invocation_and_the_same_process_takes_the_next_event() {
    let processes = Processes::new().await;
    let mut told = BTreeSet::new();
    for (function, event, answer) in FUNCTIONS {
        let mut process = Process::start(function, &processes.environment(function)).await;
        for (number, no_event) in NO_EVENTS.iter().enumerate() {
            let id = &format!("{function}-{number}");
            let error = process.invoke(id, *no_event).await;
            assert!(
                matches!(error, Answer::Error(_)),
                "{function} takes {no_event:?} for an event"
            );
            told.insert(format!("{function} {}", rendered(function, &error)));
            let found = rendered(function, &process.invoke(&format!("{id}-next"), read(event)).await);
            assert!(found.starts_with(answer), "{function} {no_event:?}: {found}");
        }
        let Process::Alone(process) = process else { continue };
        let ended = process.terminated().await.unwrap();
        assert!(!ended.log.concat().contains("s3cr3t"), "{function}: {:#?}", ended.log);
        for line in ended.log {
            assert!(
                serde_json::from_str::<Value>(&line).is_ok_and(|line| line.is_object()),
                "{line}"
            );
        }
    }
    let told = told.into_iter().collect::<Vec<_>>().join("\n");
    assert!(!told.contains("s3cr3t"), "{told}");
    assert_snapshot!(told, @"
    adm UnknownEvent: the event is neither a request by API Gateway or a function URL nor messages of SQS
    adm not invoked: EOF while parsing a value at line 1 column 0
    adm not invoked: EOF while parsing an object at line 1 column 19
    devices UnknownEvent: the event is not a request by API Gateway or a function URL
    devices not invoked: EOF while parsing a value at line 1 column 0
    devices not invoked: EOF while parsing an object at line 1 column 19
    dispatch not invoked: EOF while parsing a value at line 1 column 0
    dispatch not invoked: [?] EOF while parsing an object at line 1 column 19
    dispatch not invoked: the event is neither a batch of a DynamoDB stream (`Records`) nor a scheduled event (`detail-type`): check what invokes the function
    drs UnknownEvent: the event is neither a request by API Gateway or a function URL nor records of SNS or SQS
    drs not invoked: EOF while parsing a value at line 1 column 0
    drs not invoked: EOF while parsing an object at line 1 column 19
    reconcile not invoked: EOF while parsing a value at line 1 column 0
    reconcile not invoked: [?] EOF while parsing an object at line 1 column 19
    reconcile not invoked: the event is none of: a scheduled event (`detail-type`), an order (`reconcile`), a step of the state machine (`step`), events of platform applications (`Records` of SNS): check what invokes the function
    rtn not invoked: EOF while parsing a value at line 1 column 0
    rtn not invoked: EOF while parsing an object at line 1 column 19
    rtn not invoked: this function expects a JSON payload from Amazon API Gateway, Amazon Elastic Load Balancer, or AWS Lambda Function URLs, but the data doesn't match any of those services' events
    ");
}

#[tokio::test]
async fn a_process_writes_json_a_line_each_with_nothing_secret_and_ends_at_once_when_it_is_told_to() {
    if emulator().is_some() {
        // It writes lines of its own between.
        return;
    }
    for (function, table) in TABLES {
        let mut processes = Processes::new().await;
        let mut secrets =
            BTreeSet::from(["sandbox-secret-access-key", "sandbox-session-token", "0123456789abcdef"].map(str::to_owned));
        let mut invocations = 0;
        for row in rows(table).filter(|row| rendering::function(row.file) == function && row.file != UNREAD) {
            processes.invoke(row.file).await;
            invocations += 1;
            collect(&serde_json::from_str(&read(row.file)).unwrap(), &mut secrets);
        }
        let ended = processes.end().await;
        let [(_, ended)] = &ended[..] else { panic!("one process") };
        assert_eq!(
            (ended.status.code(), ended.status.signal()),
            (None, Some(SIGTERM)),
            "{function}"
        );
        let mut own = 0;
        for line in &ended.log {
            let told = serde_json::from_str::<Value>(line).unwrap_or_default();
            assert!(
                told["timestamp"].is_string() && told["level"].is_string() && told["message"].is_string(),
                "{line}"
            );
            own += usize::from(told["function"] == function);
            let found = secrets.iter().filter(|secret| line.contains(*secret)).collect::<Vec<_>>();
            assert!(found.is_empty(), "{found:?} in {line}");
        }
        // Not one each: a step of a sweep that goes on has nothing to say, and a failure of an invocation the runtime writes down.
        assert!(
            own > 0 && invocations > 0,
            "{function} wrote {own} lines in {invocations} invocations"
        );
    }
}

#[tokio::test]
async fn what_a_process_has_written_before_it_is_killed_is_known_to_the_next_one() {
    let processes = Processes::new().await;
    let faults = processes.outside().dynamo.with_faults().await.unwrap();
    let environment = processes.environment("rtn");
    let environment = environment.with("AWS_ENDPOINT_URL_DYNAMODB", faults.endpoint());
    let notification = read("rtn-subscription-renewed.json");
    // Its write is performed, and it never hears of it.
    faults.inject("PutItem", Fault::LoseResponse, usize::MAX);
    let mut killed = Process::start("rtn", &environment).await;
    tokio::select! {
        answer = killed.invoke("killed", notification.clone()) => panic!("it hears: {answer:?}"),
        () = until_recorded(&processes) => {}
    }
    drop(killed);
    faults.clear();

    let mut next = Process::start("rtn", &environment).await;
    let answer = next.invoke("next", notification).await;

    assert_eq!(rendered("rtn", &answer), "200 {\"outcome\":\"duplicate\"}");
    assert_eq!(processes.on_record().await.lines().count(), 1);
}

/// Waits until something is on record.
async fn until_recorded(processes: &Processes) {
    while processes.on_record().await.is_empty() {}
}

#[tokio::test]
async fn what_lambda_says_of_its_log_format_changes_nothing() {
    if emulator().is_some() {
        return;
    }
    let processes = Processes::new().await;
    for (format, level) in [("Text", "TRACE"), ("JSON", "ERROR")] {
        let environment = processes.environment("rtn");
        let environment = environment
            .with("AWS_LAMBDA_LOG_FORMAT", format)
            .with("AWS_LAMBDA_LOG_LEVEL", level);
        let mut process = Process::start("rtn", &environment).await;
        process.invoke("a", read("rtn-untrusted-topic.json")).await;
        let Process::Alone(process) = process else {
            panic!("no emulator")
        };
        let log = process.terminated().await.unwrap().log;
        // The first warns of a pin.
        let [_, line] = &log[..] else { panic!("{log:#?}") };
        let told = serde_json::from_str::<Value>(line).unwrap();
        assert_eq!(
            (&told["level"], &told["reason"]),
            (&"WARN".into(), &"topic_not_admitted".into()),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_process_can_be_measured_from_its_start_to_the_last_byte_of_an_answer() {
    let processes = Processes::new().await;
    for (function, event, _) in FUNCTIONS {
        let Process::Alone(mut process) = Process::start(function, &processes.environment(function)).await else {
            return;
        };
        assert!(process.pid().is_some());
        let ready_at = process.ready().await.unwrap();
        let answered = process.invoke(super::processes::invocation("a", read(event))).await.unwrap();
        let moments = [process.started_at(), ready_at, answered.handed_over_at, answered.answered_at];
        assert!(moments.is_sorted(), "{function}: {moments:?}");
    }
}

/// The texts under names that stand for something personal or secret, in this document and those that are texts in it.
fn collect(value: &Value, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, secrets)),
        Value::Object(members) => {
            for (name, value) in members {
                match value
                    .as_str()
                    .filter(|text| SECRET.contains(&name.as_str()) && text.len() > 3)
                {
                    Some(text) => drop(secrets.insert(text.to_owned())),
                    None => collect(value, secrets),
                }
            }
        }
        Value::String(text) => {
            if let Ok(document) = serde_json::from_str::<Value>(text) {
                collect(&document, secrets);
            }
        }
        Value::Bool(_) | Value::Null | Value::Number(_) => {}
    }
}

const TABLES: [(&str, &str); 6] = [
    ("adm", events::ADM),
    ("devices", events::DEVICES),
    ("dispatch", events::DISPATCH),
    ("drs", events::DRS),
    ("reconcile", events::RECONCILE),
    ("rtn", events::RTN),
];
/// Of the events: what the functions must not write down.
const SECRET: [&str; 14] = [
    "appUserId",
    "authorization",
    "Authorization",
    "instance",
    "Message",
    "notification",
    "owner",
    "receiptId",
    "Signature",
    "SubscribeURL",
    "title",
    "Token",
    "token",
    "UnsubscribeURL",
];
/// The one sample that the runtime cannot read, for which the function has no line.
const UNREAD: &str = "reconcile-unknown.json";
const SIGTERM: i32 = 15;
