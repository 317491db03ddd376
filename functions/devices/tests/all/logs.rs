//! What is logged: one line for each request, with what metrics are counted from, and nothing that is personal.

use insta::assert_snapshot;
use sandbox::Journal;
use sandbox::sns_api::{Action, Fault};
use sandbox::{dynamo, sns_api};
use serde_json::{Value, json};

use crate::world::{APP, Answer, Patience, World};

const SECRETS: [&str; 7] = [
    "secret-device",
    "secret-tablet",
    "secret-token-one",
    "secret-token-two",
    "secret-token-three",
    "secret-owner",
    "secret-word",
];

/// One request after the other, each for another outcome.
async fn requests(world: &World) -> Vec<Answer> {
    let (one, two) = ("secret-token-one", "secret-token-two");
    let mut answers = Vec::new();
    let body = json!({"application": APP, "token": one, "owner": "secret-owner"});
    answers.push(world.put_body("secret-device", &body).await);
    answers.push(world.put_body("secret-device", &body).await);
    world.pass(60);
    answers.push(world.put("secret-device", one).await);
    let endpoint = answers[0].body["endpoint"].as_str().unwrap().to_owned();
    world.push.enable(&endpoint, false);
    world.pass(60);
    let at = world.now();
    answers.push(world.put_at("secret-device", one, at).await);
    world.push.enable(&endpoint, false);
    answers.push(world.put_at("secret-device", one, at).await);
    answers.push(
        world
            .put_at("secret-device", one, at - jiff::SignedDuration::from_secs(5))
            .await,
    );
    answers.push(
        world
            .put_at("secret-tablet", one, at - jiff::SignedDuration::from_secs(5))
            .await,
    );
    world.pass(60);
    answers.push(world.put("secret-device", two).await);
    answers.push(world.put("secret-tablet", one).await);
    answers.push(world.get("secret-device").await);
    answers.push(world.get("secret-nobody").await);
    answers.push(world.delete("secret-device").await);
    world.pass(60);
    answers.push(world.put("secret-device", two).await);
    answers.push(
        world
            .put_body("secret%20device", &json!({"token": "secret-word", "secret-word": 1}))
            .await,
    );
    answers.push(world.ask(&world.service, "PUT", "/devices/secret-word", "secret-word").await);
    answers.push(world.ask(&world.service, "POST", "/devices/secret-word", "").await);
    answers.push(world.ask(&world.service, "PUT", "/secret-word", "").await);
    for fault in [
        Fault::Throttled,
        Fault::TOO_MANY,
        Fault::Internal,
        Fault::Unauthorized,
        Fault::Answer(404, "NotFound", "Endpoint secret-token-one of secret-owner does not exist"),
        Fault::Answer(400, "InvalidParameter", "Invalid parameter: Token Reason: secret-token-one"),
        Fault::Answer(400, "ValidationError", "Value secret-token-one"),
        Fault::Silent,
    ] {
        world.pass(1);
        world.api.script_for(Action::CreatePlatformEndpoint, vec![fault; 3]);
        answers.push(world.put("secret-tablet", "secret-token-three").await);
        world.api.script_for(Action::CreatePlatformEndpoint, []);
    }
    for fault in [dynamo::Fault::Deny, dynamo::Fault::Throttle] {
        world.faults.inject("GetItem", fault, 9);
        answers.push(world.put("secret-device", one).await);
        world.faults.clear();
    }
    answers
}

#[tokio::test]
async fn every_request_leaves_one_line_that_says_what_it_was_answered() {
    let journal = Journal::begin();
    let world = World::with(Patience::SHORT).await;
    let answers = requests(&world).await;
    let lines = journal.requests_of("devices");
    assert_eq!(lines.len(), answers.len());
    let mut brief = Vec::new();
    for (line, answer) in lines.iter().zip(&answers) {
        assert_eq!(line["status"], answer.status, "{line}");
        assert_eq!(line["level"], if answer.status == 200 { "INFO" } else { "WARN" }, "{line}");
        assert!(line["elapsed_ms"].is_u64(), "{line}");
        let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        brief.push(format!(
            "{} {} {} {}",
            answer.status,
            text("request"),
            text("outcome"),
            text("reason")
        ));
    }
    assert_snapshot!(brief.join("\n"), @r#"
    200 register new -
    200 register repeated -
    200 register confirmed -
    200 register confirmed -
    200 register repeated already_enabled
    200 register older -
    200 register token_taken -
    200 register token_changed -
    409 register slot_conflict slot_conflict
    200 show shown -
    404 show unknown_device -
    200 opt_out opted_out -
    200 register revived -
    400 register invalid -
    400 register invalid -
    405 other invalid -
    404 other invalid -
    503 register unavailable sns_throttled
    503 register unavailable sns_throttled
    503 register unavailable sns_unavailable
    502 register misconfigured sns_denied
    502 register misconfigured application_missing
    400 register refused token
    400 register refused token
    503 register unavailable sns_unavailable
    503 register unavailable store
    503 register unavailable store
    "#);
}

#[tokio::test]
async fn the_lines_have_the_fields_that_metrics_are_counted_from() {
    let journal = Journal::begin();
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.put("a%20b", "t1").await;
    let lines = journal
        .requests_of("devices")
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>();
    assert_snapshot!(lines.join("\n"), @r#"
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","device":"45569da5","elapsed_ms":0,"function":"devices","level":"INFO","outcome":"new","request":"register","status":200}
    {"elapsed_ms":0,"function":"devices","level":"WARN","outcome":"invalid","request":"register","status":400}
    "#);
}

#[tokio::test]
async fn a_fault_is_logged_once_with_its_causes() {
    let journal = Journal::begin();
    let world = World::start().await;
    world.put("phone", "t1").await;
    for fault in [
        sns_api::Fault::Throttled,
        sns_api::Fault::HangUp,
        sns_api::Fault::Unauthorized,
    ] {
        world.api.script([fault; 3]);
        world.put("phone", "t1").await;
        world.api.script([]);
    }
    world.faults.inject("GetItem", dynamo::Fault::Deny, 9);
    world.put("phone", "t1").await;
    let mut faults = journal.lines();
    faults.retain(|line| line["outcome"] == "fault");
    let told = faults.iter().map(|line| {
        let error = line["error"].as_str().unwrap();
        let error = error.split(" (request").next().unwrap();
        format!("{} {}: {error}", line["level"], line["reason"])
    });
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    "WARN" "sns_throttled": SNS could not be asked: SNS has had too many calls: GetEndpointAttributes was answered ThrottlingException
    "WARN" "sns_unavailable": SNS could not be asked: SNS is not available: GetEndpointAttributes got no answer: other: client error (SendRequest): connection closed before message completed
    "ERROR" "sns_denied": SNS cannot be used as it is set up: SNS does not let us: GetEndpointAttributes was answered AuthorizationError
    "ERROR" "store": the table of devices could not be worked on: the store does not let us in: GetItem was answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/sandbox/sandbox is not authorized to perform this action
    "#);
}

#[tokio::test]
async fn nothing_personal_is_logged_by_us_at_any_level_nor_by_a_dependency_down_to_debug() {
    let journal = Journal::begin();
    let world = World::with(Patience::SHORT).await;
    let answers = requests(&world).await;
    // At TRACE the SDK prints whole requests and responses. No function can be told to log at that level.
    let lines = journal.lines();
    let is_sdk_trace = |line: &Value| line["level"] == "TRACE" && line["target"].as_str().unwrap().starts_with("aws_");
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| !is_sdk_trace(line))
        .map(ToString::to_string)
        .collect();
    assert!(lines.len() > 500, "{}", lines.len());
    for secret in SECRETS {
        assert_eq!(lines.iter().find(|line| line.contains(secret)), None, "{secret}");
        let told = answers.iter().find(|answer| answer.to_string().contains(secret));
        assert_eq!(told, None, "{secret}");
    }
    let shown = format!("{:?}", world.service);
    assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "{shown}");
}
