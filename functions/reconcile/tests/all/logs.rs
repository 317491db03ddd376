//! What is logged: one line for each run, with what metrics are counted from, and nothing that is personal.

use inbox::{Invoked, TraceId};
use reconcile::{Asked, Invocation, Now, Order};
use sandbox::sns_api::{Action, Fault};
use sandbox::{Journal, dynamo};
use serde_json::{Value, json};

use crate::world::{APP, World, app};

const SECRETS: [&str; 6] = ["phone", "tablet", "stick", "show", "-token", "somebody"];

#[tokio::test]
async fn a_run_leaves_one_line_with_its_numbers() {
    let world = World::start().await;
    world.sick_fleet().await;
    let journal = Journal::begin();
    world.order(Asked::Apply).await;
    let mut lines = journal.lines();
    lines.retain(|line| line["function"] == "reconcile");
    assert_eq!(lines.len(), 1);
    let line = lines[0].as_object().unwrap();
    let fields = line
        .iter()
        .filter(|(name, _)| !["timestamp", "plan_hash", "target", "span", "spans"].contains(&name.as_str()));
    let told: Vec<_> = fields.map(|(name, value)| format!("{name}={value}")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    application="arn:aws:sns:us-east-1:123456789012:app/GCM/Fire"
    calls=28
    calls_per_1000_endpoints=2800
    disabled=3
    disabled_again=0
    duplicates=0
    duration_seconds=0
    enabled_permille=700
    enabled_since_last=0
    endpoints=10
    function="reconcile"
    healed_adopted=0
    healed_created=2
    healed_enabled=1
    healed_rekeyed=1
    healed_user_data=1
    healthy=3
    held=0
    in_doubt=0
    left_disabled=1
    level="INFO"
    message="run done"
    mode="apply"
    orphans=1
    outcome="done"
    quarantined=0
    restarts=0
    rows=11
    run="2026-03-08T20:03:04Z"
    slot_conflicts=0
    throttles=0
    unreadable=0
    "#);
}

#[tokio::test]
async fn no_line_and_no_report_holds_anything_personal() {
    let world = World::start().await;
    world.sick_fleet().await;
    let journal = Journal::begin();
    let order = Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: None,
    });
    for action in [
        Action::CreatePlatformEndpoint,
        Action::SetEndpointAttributes,
        Action::GetEndpointAttributes,
        Action::ListEndpointsByPlatformApplication,
    ] {
        for fault in [
            Fault::Throttled,
            Fault::Internal,
            Fault::Unauthorized,
            Fault::Answer(
                400,
                "InvalidParameter",
                "Invalid parameter: Token Reason: phone-token of somebody",
            ),
        ] {
            world.api.script_for(action, vec![fault; 2]);
            let (application, ends_at, id) = (app(), world.ends_at(), world.id());
            let ran = world
                .sweep
                .run(&application, &order, ends_at, Invoked::untraced(&id), &mut |_| {})
                .await;
            let shown = format!("{ran:?}");
            SECRETS
                .iter()
                .for_each(|secret| assert!(!shown.contains(secret), "{secret}: {shown}"));
            world.api.script_for(action, []);
            world.day();
        }
    }
    for fault in [dynamo::Fault::Deny, dynamo::Fault::Throttle] {
        world.faults.inject("GetItem", fault, 9);
        let event = json!({"EndpointArn": world.push.endpoints(APP)[0].arn, "EventType": "EndpointUpdated"});
        let events = json!({"Records": [{"Sns": {"Message": event.to_string()}}, {"Sns": {"Message": "phone-token"}}]});
        let events: Invocation = serde_json::from_value(events).unwrap();
        let (ends_at, id) = (world.ends_at(), world.id());
        let _ = world.sweep.invoke(&events, ends_at, Invoked::untraced(&id)).await;
        let tick: Invocation = serde_json::from_value(json!({"detail-type": "Scheduled Event"})).unwrap();
        let _ = world.sweep.invoke(&tick, ends_at, Invoked::untraced(&id)).await;
        world.faults.clear();
        world.day();
    }
    let report = serde_json::to_string(&world.report().await).unwrap();
    let lines: Vec<Value> = journal.lines();
    // Those that the SDK writes below the level of production are another matter.
    let ours = lines.iter().filter(|line| line["function"] == "reconcile");
    let text: String = ours.map(ToString::to_string).chain([report]).collect();
    assert!(text.len() > 5_000);
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn every_line_has_the_invocations_trace() {
    let world = World::start().await;
    world.sick_fleet().await;
    let journal = Journal::begin();
    let trace_id = TraceId::parse("1-5759e988-bd862e3fe1be46a994272793").unwrap();
    let event = json!({"EndpointArn": world.push.endpoints(APP)[0].arn, "EventType": "EndpointUpdated"});
    let events = json!({"Records": [{"Sns": {"Message": event.to_string()}}, {"Sns": {"Message": "hello"}}]});
    let step = json!({"step": {"name": "begin", "application": APP}});
    let order = json!({"reconcile": {"application": APP, "mode": "plan"}});
    for invocation in [order, events, step, json!({"detail-type": "Scheduled Event"})] {
        let invocation: Invocation = serde_json::from_value(invocation).unwrap();
        let (ends_at, id) = (world.ends_at(), world.id());
        let invoked = Invoked {
            id: &id,
            trace_id: Some(trace_id),
        };
        world.sweep.invoke(&invocation, ends_at, invoked).await.unwrap();
    }
    let lines = journal.steady(|line| line["function"] == "reconcile" && line["level"] != "DEBUG");
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    insta::assert_snapshot!(outcomes.join(" "), @"done looked unreadable step held");
    for line in lines {
        assert_eq!(line["trace_id"], trace_id.to_string(), "{line}");
    }
}
