//! What is logged: one line for each request and each message, with what metrics are counted from, and nothing that is secret.

mod situations;

use insta::assert_snapshot;
use sandbox::{Journal, dynamo, queue};
use serde_json::Value;

use self::situations::{SECRET, other_requests, requests, secrets, take_batches};
use crate::world::{MESSAGE, TOPIC, Terms, World};

#[tokio::test]
async fn every_send_leaves_one_line_that_says_what_it_was_answered() {
    let journal = Journal::begin();
    let world = World::start().await;

    let answers = requests(&world).await;

    let lines = journal.requests_of("adm");
    assert_eq!(lines.len(), answers.len());
    for (line, answer) in lines.iter().zip(&answers) {
        assert_eq!(line["status"], answer.status, "{line}");
        assert_eq!(line["level"], if answer.status == 200 { "INFO" } else { "WARN" }, "{line}");
        assert_eq!((&line["route"], &line["request"]), (&"http".into(), &"send".into()), "{line}");
        let is_invalid = line["outcome"] == "invalid";
        assert_eq!(line["topic"], if is_invalid { Value::Null } else { TOPIC.into() }, "{line}");
        assert_eq!(line["outcome"] == "replayed", answer.is_replayed(), "{line}");
        assert_eq!(
            line["recorded"],
            if answer.is_recorded() { Value::Null } else { false.into() },
            "{line}"
        );
        // Of a replay it is in the body.
        if !answer.is_replayed() {
            assert_eq!(line["request_id"], answer.body["requestId"], "{line}");
        }
        assert!(line["elapsed_ms"].is_u64() && line["message_id"].is_null(), "{line}");
    }
    let brief = lines
        .iter()
        .map(|line| format!("{} {} {}", line["status"], line["outcome"], line["reason"]))
        .collect::<Vec<_>>();
    assert_snapshot!(brief.join("\n"), @r#"
    200 "sent" null
    200 "replayed" null
    422 "mismatch" null
    400 "invalid" null
    400 "invalid" null
    400 "invalid" null
    413 "invalid" null
    400 "invalid" null
    400 "refused" "InvalidData"
    400 "replayed" null
    400 "refused" "no_code"
    400 "replayed" null
    413 "refused" "MessageTooLarge"
    413 "replayed" null
    503 "unavailable" "MaxRateExceeded"
    503 "unavailable" "MaxRateExceeded"
    400 "refused" "no_code"
    400 "replayed" null
    504 "unknown" "undocumented_status"
    504 "unknown" "earlier_attempt"
    504 "unknown" "malformed_answer"
    504 "unknown" "earlier_attempt"
    504 "unknown" "interrupted"
    504 "unknown" "earlier_attempt"
    200 "sent" null
    504 "unknown" "interrupted"
    200 "sent" null
    503 "unavailable" "no_token"
    502 "credentials_refused" "invalid_scope"
    503 "unavailable" "no_token"
    502 "credentials_refused" "secret"
    503 "unavailable" "secret"
    502 "credentials_refused" "invalid_client"
    502 "not_registered" "not_registered"
    503 "unavailable" "store"
    503 "unavailable" "store"
    200 "sent" null
    409 "in_flight" null
    409 "in_flight" null
    "#);
}

#[tokio::test]
async fn every_message_of_a_queue_leaves_one_line_whenever_it_is_delivered() {
    let journal = Journal::begin();
    let world = World::start().await;

    let taken = take_batches(&world).await;

    let lines = journal.requests_of("adm");
    let named = lines.iter().map(|line| line["message_id"].as_str().unwrap().to_owned());
    let mut named = named.collect::<Vec<_>>();
    let mut expected = taken;
    named.sort();
    expected.sort();
    assert_eq!(named, expected);
    assert!(lines.iter().all(|line| line["route"] == "sqs" && line["request"] == "send"));
}

#[tokio::test]
async fn the_lines_have_the_fields_that_metrics_are_counted_from() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.send("key", MESSAGE).await.status, 200);
    world.queue.send("{}", &[]);
    let batch = world.queue.receive(1);
    world.invoke(&world.service, &world.queue.event(&batch)).await.unwrap();
    world.post("/adm/registration", &[], "").await;
    world.post("/adm", &[], "").await;
    let lines = journal.requests_of("adm").iter().map(Value::to_string).collect::<Vec<_>>();
    assert_snapshot!(lines.join("\n"), @r#"
    {"elapsed_ms":0,"function":"adm","level":"INFO","outcome":"sent","request":"send","request_id":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3","route":"http","status":200,"topic":"SomeTopic"}
    {"elapsed_ms":0,"function":"adm","level":"WARN","message_id":"b60e04a2-f09a-4e44-9a42-1e945d7d4944","outcome":"invalid","request":"send","route":"sqs","status":400}
    {"elapsed_ms":0,"function":"adm","level":"INFO","outcome":"registered","request":"register","route":"http","status":200}
    {"elapsed_ms":0,"function":"adm","level":"WARN","outcome":"invalid","request":"other","route":"http","status":404}
    "#);
}

#[tokio::test]
async fn a_fault_is_logged_once_with_its_causes() {
    let journal = Journal::begin();
    let world = World::start().await;
    assert_eq!(world.send("first", MESSAGE).await.status, 200);
    world.faults.inject("PutItem", dynamo::Fault::Deny, 1);
    assert_eq!(world.send("store", MESSAGE).await.status, 503);
    world.queue.script([queue::Fault::Denied]);
    world.queue.send("{}", &[]);
    let batch = world.queue.receive(1);
    world.invoke(&world.service, &world.queue.event(&batch)).await.unwrap();
    // A receipt that SQS does not know is in its answer, and not in ours.
    let event = world.queue.event(&batch).replace(&batch[0].receipt_handle, SECRET);
    world.invoke(&world.service, &event).await.unwrap();

    let mut faults = journal.lines();
    faults.retain(|line| line["outcome"] == "fault");
    let told = faults.iter().map(|line| {
        format!(
            "{} {}: {} ({})",
            line["level"], line["reason"], line["message"], line["error"]
        )
    });
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    "ERROR" "store": "the table of sends could not be worked on" ("the store does not let us in: PutItem was answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/sandbox/sandbox is not authorized to perform this action (request SANDBOXFAULT)")
    "WARN" "queue": "the queue could not be told when a message is to come back" ("AccessDeniedException")
    "WARN" "queue": "the queue could not be told when a message is to come back" ("ReceiptHandleIsInvalid")
    "#);
}

#[tokio::test]
async fn nothing_secret_is_logged_by_us_at_any_level_nor_by_a_dependency_down_to_debug() {
    let journal = Journal::begin();
    let world = World::start().await;
    requests(&world).await;
    let cold = world.restarted(&Terms::default());
    take_batches(&cold).await;
    other_requests(&cold).await;

    // At TRACE the SDK prints whole responses. No function can be told to log at that level.
    let lines = journal.lines();
    let is_sdk_trace = |line: &Value| line["level"] == "TRACE" && line["target"].as_str().unwrap().starts_with("aws_");
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| !is_sdk_trace(line))
        .map(ToString::to_string)
        .collect();
    assert!(lines.len() > 1_000, "{}", lines.len());
    let outcomes = [
        "credentials_refused",
        "fault",
        "in_flight",
        "invalid",
        "mismatch",
        "not_registered",
        "refused",
        "registered",
        "replayed",
        "sent",
        "unavailable",
        "unknown",
    ];
    for outcome in outcomes {
        let told = format!("\"outcome\":\"{outcome}\"");
        assert!(lines.iter().any(|line| line.contains(&told)), "{outcome} has not been met");
    }
    for secret in secrets(&cold) {
        assert_eq!(lines.iter().find(|line| line.contains(&secret)), None, "{secret}");
    }
}
