//! Everything that SNS or the store may do to a call, and what the same request comes to afterwards.
//!
//! What passes is answered 503 with Retry-After, and the registration is on record. The same request again finishes it.

use insta::assert_snapshot;
use sandbox::dynamo;
use sandbox::sns_api::{Action, Fault};
use serde_json::json;

use crate::world::{APP, Patience, World};

/// As often as the SDK asks.
const ATTEMPTS: usize = 3;
const FAULTS: [Fault; 9] = [
    Fault::HangUp,
    Fault::Internal,
    Fault::Invalid,
    Fault::LoseResponse,
    Fault::Silent,
    Fault::SilentAfter,
    Fault::Throttled,
    Fault::THROTTLING,
    Fault::TOO_MANY,
];

/// Each fault, met by a call of the action once and by all its attempts: the answer, and that to the same request again.
async fn met_by(action: Action, arrange: impl AsyncFn(&World)) -> String {
    let mut lines = Vec::new();
    for fault in FAULTS.into_iter().chain([Fault::Unauthorized]) {
        for times in [1, ATTEMPTS] {
            let world = World::with(Patience::SHORT).await;
            arrange(&world).await;
            let at = world.now();
            let body = json!({"application": APP, "token": "t2", "owner": "Zoë", "confirmedAt": at.to_string()});
            world.api.script_for(action, vec![fault; times]);
            let first = world.put_body("phone", &body).await;
            world.api.script_for(action, []);
            assert_eq!(world.row("phone").await.confirmed_at, at, "it is on record");
            let second = world.put_body("phone", &body).await;
            lines.push(format!(
                "{fault:?} x{times}: {}, then {}",
                first.in_brief(),
                second.in_brief()
            ));
            assert_eq!(world.wrong(&["phone"]).await, [""; 0], "{fault:?} x{times}");
            assert_eq!(world.push.endpoint_count(APP), 1);
        }
    }
    lines.join("\n")
}

async fn nothing(_: &World) {}

/// An endpoint with another token, disabled.
async fn another_token(world: &World) {
    let endpoint = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
    world.push.enable(&endpoint, false);
    world.pass(60);
}

#[tokio::test]
async fn whatever_becomes_of_making_an_endpoint() {
    assert_snapshot!(met_by(Action::CreatePlatformEndpoint, nothing).await, @r#"
    HangUp x1: 200 new (live) enabled, then 200 repeated (live) enabled
    HangUp x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Internal x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Internal x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Invalid x1: 400 refused-by-sns, then 200 repeated (live) enabled
    Invalid x3: 400 refused-by-sns, then 200 repeated (live) enabled
    LoseResponse x1: 200 new (live) enabled, then 200 repeated (live) enabled
    LoseResponse x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Silent x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Silent x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    SilentAfter x1: 200 new (live) enabled, then 200 repeated (live) enabled
    SilentAfter x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Throttled x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Throttled x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x1: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Unauthorized x1: 502 misconfigured, then 200 repeated (live) enabled
    Unauthorized x3: 502 misconfigured, then 200 repeated (live) enabled
    "#);
}

#[tokio::test]
async fn whatever_becomes_of_looking_at_it() {
    assert_snapshot!(met_by(Action::GetEndpointAttributes, nothing).await, @r#"
    HangUp x1: 200 new (live) enabled, then 200 repeated (live) enabled
    HangUp x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Internal x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Internal x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Invalid x1: 502 misconfigured, then 200 repeated (live) enabled
    Invalid x3: 502 misconfigured, then 200 repeated (live) enabled
    LoseResponse x1: 200 new (live) enabled, then 200 repeated (live) enabled
    LoseResponse x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Silent x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Silent x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    SilentAfter x1: 200 new (live) enabled, then 200 repeated (live) enabled
    SilentAfter x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Throttled x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Throttled x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x1: 200 new (live) enabled, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x1: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Unauthorized x1: 502 misconfigured, then 200 repeated (live) enabled
    Unauthorized x3: 502 misconfigured, then 200 repeated (live) enabled
    "#);
}

#[tokio::test]
async fn whatever_becomes_of_changing_it() {
    assert_snapshot!(met_by(Action::SetEndpointAttributes, another_token).await, @r#"
    HangUp x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    HangUp x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Internal x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Internal x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Invalid x1: 400 refused-by-sns, then 200 repeated (live) enabled
    Invalid x3: 400 refused-by-sns, then 200 repeated (live) enabled
    LoseResponse x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    LoseResponse x3: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Silent x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Silent x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    SilentAfter x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    SilentAfter x3: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Throttled x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Throttled x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    Answer(400, "Throttling", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x1: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Answer(429, "Throttled", "Rate exceeded") x3: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    Unauthorized x1: 502 misconfigured, then 200 repeated (live) enabled
    Unauthorized x3: 502 misconfigured, then 200 repeated (live) enabled
    "#);
}

#[tokio::test]
async fn whatever_becomes_of_the_registry() {
    let faults = [
        dynamo::Fault::Collide,
        dynamo::Fault::Deny,
        dynamo::Fault::Hang,
        dynamo::Fault::InternalError,
        dynamo::Fault::LoseResponse,
        dynamo::Fault::Throttle,
    ];
    let mut lines = Vec::new();
    for operation in ["GetItem", "PutItem", "TransactWriteItems"] {
        for fault in faults {
            for (passing, times) in [(0, 1), (0, 40), (1, 40)] {
                let world = World::with(Patience::SHORT).await;
                another_token(&world).await;
                let at = world.now();
                world.faults.inject(operation, dynamo::Fault::Pass, passing);
                world.faults.inject(operation, fault, times);
                let first = world.put_at("phone", "t2", at).await;
                world.faults.clear();
                let second = world.put_at("phone", "t2", at).await;
                let met = format!("{operation} {passing}, {fault:?} x{times}");
                lines.push(format!("{met}: {}, then {}", first.in_brief(), second.in_brief()));
                assert_eq!(world.wrong(&["phone"]).await, [""; 0], "{met}");
                assert!(matches!(first.status, 200 | 503), "{met}: {first}");
            }
        }
    }
    assert_snapshot!(lines.join("\n"), @r#"
    GetItem 0, Collide x1: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, Collide x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, Collide x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, Deny x1: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, Deny x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, Deny x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, Hang x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    GetItem 0, Hang x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, Hang x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, InternalError x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    GetItem 0, InternalError x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, InternalError x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, LoseResponse x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    GetItem 0, LoseResponse x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, LoseResponse x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 0, Throttle x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    GetItem 0, Throttle x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    GetItem 1, Throttle x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    PutItem 0, Collide x1: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 0, Collide x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, Collide x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, Deny x1: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 0, Deny x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, Deny x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, Hang x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, Hang x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, Hang x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, InternalError x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, InternalError x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, InternalError x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, LoseResponse x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, LoseResponse x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, LoseResponse x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, Throttle x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    PutItem 0, Throttle x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    PutItem 1, Throttle x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Collide x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Collide x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 1, Collide x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Deny x1: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 0, Deny x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 1, Deny x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Hang x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Hang x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 1, Hang x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, InternalError x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, InternalError x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 1, InternalError x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, LoseResponse x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, LoseResponse x40: 503 unavailable retry-after: 5, then 200 repeated (live) enabled
    TransactWriteItems 1, LoseResponse x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Throttle x1: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    TransactWriteItems 0, Throttle x40: 503 unavailable retry-after: 5, then 200 token_changed (live) enabled
    TransactWriteItems 1, Throttle x40: 200 token_changed (live) enabled, then 200 repeated (live) enabled
    "#);
}

#[tokio::test]
async fn an_application_that_does_not_exist_is_an_operators() {
    let world = World::start().await;
    let missing = Fault::Answer(404, "NotFound", "PlatformApplication does not exist");
    world.api.script_for(Action::CreatePlatformEndpoint, [missing]);
    assert_snapshot!(world.put("phone", "t1").await, @r#"
    502
    content-type: application/problem+json
    {"detail":"SNS does not let this deployment do it, or the application does not exist; what was said is on record","status":502,"title":"This deployment may not do it","type":"/problems/devices/misconfigured"}
    "#);
    world.api.script_for(Action::GetEndpointAttributes, [Fault::Unauthorized]);
    assert_snapshot!(world.put("phone", "t1").await.in_brief(), @"502 misconfigured");
}

#[tokio::test]
async fn a_token_that_sns_does_not_take_is_the_callers() {
    let world = World::start().await;
    let text = "Invalid parameter: Token Reason: t1 is nothing";
    world
        .api
        .script_for(Action::CreatePlatformEndpoint, [Fault::Answer(400, "InvalidParameter", text)]);
    assert_snapshot!(world.put("phone", "t1").await, @r#"
    400
    content-type: application/problem+json
    {"detail":"SNS does not take the token, or the owner; what was said is on record, and a newer registration replaces it","status":400,"title":"Amazon SNS does not take the token","type":"/problems/devices/refused-by-sns"}
    "#);
    world.pass(60);
    assert_snapshot!(world.put("phone", "t2").await.in_brief(), @"200 token_changed (live) enabled");
}

#[tokio::test]
async fn a_full_answer_of_503_says_when_to_come_back() {
    let world = World::start().await;
    world.api.script([Fault::Internal; 3]);
    assert_snapshot!(world.put("phone", "t1").await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"SNS cannot be reached; what was said is on record, and repeating the request, or the sweep, finishes it","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
    world.faults.inject("GetItem", dynamo::Fault::Throttle, 6);
    assert_snapshot!(world.put("phone", "t1").await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"the registry cannot be reached; repeating the request does no harm","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
}
