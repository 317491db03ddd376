//! Events of platform applications, as the topic delivers them.

use inbox::Invoked;
use reconcile::{Asked, Invocation, Rules};
use registry::State;
use sandbox::Journal;
use sandbox::sns_api::{Action, Fault};
use serde_json::{Value, json};

use crate::world::{APP, Setting, World};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:endpoint-events";

/// The messages that the topic was given since, as Lambda is invoked with them.
fn events_since(world: &World, number: usize) -> Invocation {
    let messages = world.api.published_since(number);
    let records: Vec<Value> = messages
        .iter()
        .map(
            |published| json!({"EventSource": "aws:sns", "Sns": {"TopicArn": published.topic_arn, "Message": published.message}}),
        )
        .collect();
    serde_json::from_value(json!({"Records": records})).unwrap()
}

async fn deal_with(world: &World, events: &Invocation) -> Vec<String> {
    let journal = Journal::begin();
    let (ends_at, id) = (world.ends_at(), world.id());
    world.sweep.invoke(events, ends_at, Invoked::untraced(&id)).await.unwrap();
    let lines = journal.lines();
    let lines = lines.iter().filter(|line| line["function"] == "reconcile");
    let told = |line: &Value| {
        let fields =
            ["event", "failure_type", "outcome", "reason"].map(|name| line[name].as_str().unwrap_or_default().to_owned());
        fields
            .iter()
            .filter(|field| !field.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    lines.map(told).collect()
}

/// A world whose runs apply, and that tells of its endpoints.
async fn telling() -> World {
    let world = World::start().await;
    world.push.tell_events_to(APP, TOPIC);
    world.baseline().await;
    world.order(Asked::Apply).await;
    world
}

async fn publish(world: &World, arn: &str) {
    let client = world.sns.client();
    // What becomes of it the events say.
    let _ = client.publish().target_arn(arn).message("hello").send().await;
}

#[tokio::test]
async fn a_message_that_could_not_be_delivered_says_when_the_endpoint_was_disabled() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.pass(60);
    world.push.uninstall(APP, "phone-token");
    let (number, at) = (world.api.published().len(), world.now());
    publish(&world, &arn).await;
    world.pass(60);

    let told = deal_with(&world, &events_since(&world, number)).await;
    assert_eq!(
        told,
        [
            "DeliveryFailure InvalidPlatformToken recorded",
            "EndpointUpdated looked not_confirmed_since"
        ]
    );
    assert_eq!(world.row("phone").await.disabled_at, Some(at));
    // Once more, and a message to what is disabled already: no news.
    let number = world.api.published().len();
    publish(&world, &arn).await;
    let told = deal_with(&world, &events_since(&world, number)).await;
    assert_eq!(told, ["DeliveryFailure EndpointDisabled known"]);
    assert_eq!(world.row("phone").await.disabled_at, Some(at));

    // The evidence that follows is as good as can be.
    world.push.reinstall(APP, "phone-token");
    world.confirm("phone", "phone-token").await;
    world.pass(1);
    assert_eq!(world.order(Asked::Apply).await.healed.enabled, 1);
}

#[tokio::test]
async fn what_is_said_of_the_old_token_is_not_recorded_of_the_new_one() {
    let world = telling().await;
    let arn = world.healthy("phone", "old-token").await;
    world.push.uninstall(APP, "old-token");
    let number = world.api.published().len();
    publish(&world, &arn).await;
    let events = events_since(&world, number);
    world.pass(60);
    // It says so to us, and SNS does not answer: the endpoint has the old token still.
    world.confirm("phone", "new-token").await;
    let told = deal_with(&world, &events).await;
    assert_eq!(told[0], "DeliveryFailure InvalidPlatformToken other_token");
    assert_eq!(world.row("phone").await.disabled_at, None);
    world.push.delete(&arn);
    assert_eq!(
        deal_with(&world, &events).await[0],
        "DeliveryFailure InvalidPlatformToken gone"
    );
}

#[tokio::test]
async fn an_event_about_an_endpoint_that_sns_does_not_show_comes_again() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.push.uninstall(APP, "phone-token");
    let number = world.api.published().len();
    publish(&world, &arn).await;
    // The first one, without the change that it led to.
    let events = match events_since(&world, number) {
        Invocation::Events(events) => Invocation::Events(events.into_iter().take(1).collect()),
        other => other,
    };
    for fault in [Fault::Throttled, Fault::Internal] {
        world.api.script_for(Action::GetEndpointAttributes, [fault]);
        let (ends_at, id) = (world.ends_at(), world.id());
        assert!(world.sweep.invoke(&events, ends_at, Invoked::untraced(&id)).await.is_err());
        assert_eq!(world.row("phone").await.disabled_at, None);
    }
    world.api.script_for(Action::GetEndpointAttributes, []);
    assert_eq!(
        deal_with(&world, &events).await[0],
        "DeliveryFailure InvalidPlatformToken recorded"
    );
}

#[tokio::test]
async fn an_event_leads_to_one_look_and_what_is_done_for_it_leads_to_no_more() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    let number = world.api.published().len();
    world.push.enable(&arn, false);
    world.disabled("phone").await;
    world.pass(60);
    world.confirm("phone", "phone-token").await;
    world.pass(1);

    let told = deal_with(&world, &events_since(&world, number)).await;
    assert_eq!(told, ["EndpointUpdated mended healthy"]);
    assert_eq!(world.is_enabled(&arn), Some(true));
    let mut number = number + 1;
    let mut echoes = Vec::new();
    loop {
        let events = world.api.published().len();
        if events == number {
            break;
        }
        let (told, calls) = world.changes_of(deal_with(&world, &events_since(&world, number))).await;
        assert_eq!(calls, [].into());
        echoes.extend(told);
        number = events;
    }
    assert_eq!(echoes, ["EndpointUpdated looked healthy"]);
}

#[tokio::test]
async fn an_endpoint_that_somebody_deletes_is_left_to_the_next_sweep() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    let nobodys = world.push.put(APP, "nobodys", true, "").unwrap();
    let number = world.api.published().len();
    world.push.delete(&arn);
    world.push.delete(&nobodys);
    let (told, calls) = world.changes_of(deal_with(&world, &events_since(&world, number))).await;
    assert_eq!(told, ["EndpointDeleted looked no_endpoint", "EndpointDeleted nobodys"]);
    assert_eq!(calls, [].into());
    // Until no list has it any more.
    world.pass(3_600);
    assert_eq!(world.order(Asked::Apply).await.healed.created, 1);
    assert!(
        world
            .row("phone")
            .await
            .endpoint
            .is_some_and(|arn| world.is_enabled(arn.as_str()) == Some(true))
    );
}

#[tokio::test]
async fn an_endpoint_that_somebody_else_made_is_found_by_its_token() {
    let world = telling().await;
    world.confirm("phone", "phone-token").await;
    let number = world.api.published().len();
    let create = world.sns.client().create_platform_endpoint().platform_application_arn(APP);
    let made = create.token("phone-token").send().await.unwrap();
    let told = deal_with(&world, &events_since(&world, number)).await;
    assert_eq!(told, ["EndpointCreated mended healthy"]);
    let row = world.row("phone").await;
    assert_eq!(row.endpoint.unwrap().as_str(), made.endpoint_arn.unwrap());
}

#[tokio::test]
async fn an_event_deletes_nothing() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.push.enable(&arn, false);
    let _ = world
        .registry
        .opt_out(&crate::world::key("phone"), world.now(), &world.attempt())
        .await
        .unwrap();
    world.pass(10 * 86_400);
    let number = world.api.published().len();
    world.push.enable(&arn, true);
    world.push.enable(&arn, false);
    deal_with(&world, &events_since(&world, number)).await;
    assert_eq!(
        (world.is_enabled(&arn), world.row("phone").await.state),
        (Some(false), State::OptedOut)
    );
}

#[tokio::test]
async fn what_is_not_known_is_counted_and_nothing_is_done() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    let event = |event: Value| json!({"EventSource": "aws:sns", "Sns": {"TopicArn": TOPIC, "Message": event.to_string()}});
    let other = arn.replace("Fire", "Water");
    let records = [
        event(json!({"EndpointArn": arn, "EventType": "DeliveryFailure", "FailureType": "PlatformServiceUnavailable"})),
        event(json!({"EndpointArn": arn, "EventType": "EndpointMoved"})),
        event(json!({"EndpointArn": other, "EventType": "EndpointUpdated"})),
        event(json!({"hello": "world"})),
    ];
    let events = serde_json::from_value(json!({"Records": records})).unwrap();
    let (told, calls) = world.changes_of(deal_with(&world, &events)).await;
    assert_eq!(calls, [].into());
    let expected = [
        "DeliveryFailure PlatformServiceUnavailable unknown_failure",
        "unreadable kind",
        "EndpointUpdated not_served",
        "unreadable form",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn no_look_is_taken_while_nothing_may_be_changed() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    let number = world.api.published().len();
    world.push.enable(&arn, false);
    let events = events_since(&world, number);
    let stopped = world.registry.stop(&crate::world::app(), "stop it", &world.attempt()).await;
    let _ = stopped.unwrap();
    assert_eq!(deal_with(&world, &events).await, ["EndpointUpdated not_looked switched_off"]);
    let resumed = world.registry.resume(&crate::world::app(), &world.attempt()).await;
    let _ = resumed.unwrap();
    world.push.disable_application(APP);
    world.pass(1);
    world.order(Asked::Apply).await;
    assert_eq!(deal_with(&world, &events).await, ["EndpointUpdated not_looked stopped"]);
    assert_eq!(world.row("phone").await.disabled_at, None);
}

#[tokio::test]
async fn no_look_is_taken_before_a_run_was_completed_nor_while_another_one_follows_a_stopped_one() {
    let world = World::start().await;
    world.push.tell_events_to(APP, TOPIC);
    let arn = world.healthy("phone", "phone-token").await;
    let number = world.api.published().len();
    world.push.enable(&arn, false);
    let events = events_since(&world, number);
    // It gets through one page, and a minute later it is not over yet.
    begin_a_run(&world).await;
    assert_eq!(deal_with(&world, &events).await, ["EndpointUpdated not_looked no_run"]);
    world.order(Asked::Plan).await;
    world.push.set_certificate(APP, world.now());
    world.pass(1);
    assert!(world.order(Asked::Apply).await.stop.is_some());
    world
        .push
        .set_certificate(APP, world.now() + jiff::SignedDuration::from_hours(9_000));
    for _ in 0..2 {
        // What is given up after a day makes nothing good, either.
        begin_a_run(&world).await;
        assert_eq!(deal_with(&world, &events).await, ["EndpointUpdated not_looked stopped"]);
        world.day();
    }
    world.order(Asked::Apply).await;
    let told = deal_with(&world, &events).await;
    assert_eq!(told, ["EndpointUpdated looked not_confirmed_since"]);
}

/// A run that is not over.
async fn begin_a_run(world: &World) {
    let step = json!({"step": {"name": "begin", "application": APP, "mode": "apply"}});
    let (ends_at, id) = (world.ends_at(), world.id());
    let step = serde_json::from_value(step).unwrap();
    world.sweep.invoke(&step, ends_at, Invoked::untraced(&id)).await.unwrap();
    // Nobody gives the lease back.
    world.pass(604);
}

#[tokio::test]
async fn an_application_that_cannot_be_swept_is_asked_for_once_and_no_look_is_taken() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    let number = world.api.published().len();
    world.push.enable(&arn, false);
    world.push.enable(&arn, true);
    world.push.enable(&arn, false);
    let events = events_since(&world, number);
    world.push.disable_application(APP);
    let before = world.api.count(Action::GetPlatformApplicationAttributes);
    let told = deal_with(&world, &events).await;
    assert_eq!(told, ["EndpointUpdated not_looked application_disabled"; 3]);
    assert_eq!(world.api.count(Action::GetPlatformApplicationAttributes), before + 1);
}

#[tokio::test]
async fn the_looks_of_a_process_keep_within_its_part_of_the_quota() {
    let world = telling().await;
    let setting = Setting {
        rules: Rules {
            budget_percent: 1,
            ..Setting::default().rules
        },
        ..Setting::default()
    };
    let sweep = world.instance(&setting);
    let number = world.api.published().len();
    for n in 0..90 {
        let arn = world.healthy(&format!("device-{n}"), &format!("token-{n}")).await;
        world.push.enable(&arn, true);
    }
    let events = events_since(&world, number);
    let (began, ends_at, id) = (world.now(), world.ends_at(), world.id());
    sweep.invoke(&events, ends_at, Invoked::untraced(&id)).await.unwrap();
    // Of 3,000 calls a second it may make 30, and each event takes one.
    let took = world.now().duration_since(began).as_secs();
    assert!((2..=6).contains(&took), "{took}");
}

#[tokio::test]
async fn an_event_that_the_table_does_not_take_comes_again() {
    let world = telling().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.push.uninstall(APP, "phone-token");
    let number = world.api.published().len();
    publish(&world, &arn).await;
    let events = events_since(&world, number);
    world.faults.inject("GetItem", sandbox::dynamo::Fault::Deny, 2);
    let (ends_at, id) = (world.ends_at(), world.id());
    assert!(world.sweep.invoke(&events, ends_at, Invoked::untraced(&id)).await.is_err());
    let told = deal_with(&world, &events).await;
    assert_eq!(told[0], "DeliveryFailure InvalidPlatformToken recorded");
}
