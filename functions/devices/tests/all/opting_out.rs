//! A user who wants no messages: the endpoint is disabled at once, and stays until a later confirmation.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::world::{World, key};

#[tokio::test]
async fn the_endpoint_is_disabled_at_once_and_again_does_nothing() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    let (answer, calls) = world.calls_of(world.delete("phone")).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","disabledAt":"2026-03-06T20:01:00.000Z","enabled":false,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","since":"2026-03-06T20:01:00.000Z","state":"opted_out"}
    "#);
    assert_snapshot!(calls, @"GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(Enabled) GetEndpointAttributes");
    world.pass(60);
    let (answer, calls) = world.calls_of(world.delete("phone")).await;
    assert_snapshot!(answer.in_brief(), @"200 (opted_out) disabled");
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn a_device_that_nobody_knows_is_none() {
    let world = World::start().await;
    assert_snapshot!(world.delete("phone").await, @r#"
    404
    content-type: application/problem+json
    {"detail":"nobody has registered this device for this application, or it was done with long ago","status":404,"title":"There is no such device","type":"/problems/devices/unknown-device"}
    "#);
    assert!(world.api.calls().is_empty());
}

#[tokio::test]
async fn only_a_later_confirmation_is_a_change_of_mind() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    world.delete("phone").await;
    let at = world.now();
    let (answer, calls) = world.calls_of(world.put_at("phone", "t1", at)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","disabledAt":"2026-03-06T20:01:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"older","since":"2026-03-06T20:01:00.000Z","state":"opted_out"}
    "#);
    assert_eq!(calls, "");
    world.pass(60);
    let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
    assert_snapshot!(answer.in_brief(), @"200 revived (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes SetEndpointAttributes(Enabled) GetEndpointAttributes");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn it_counts_though_the_clock_of_whoever_registered_was_ahead() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(-2);
    assert_snapshot!(world.delete("phone").await.in_brief(), @"200 (opted_out) disabled");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_let_go() {
    let world = World::start().await;
    let endpoint = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
    world.push.delete(&endpoint);
    let (answer, calls) = world.calls_of(world.delete("phone")).await;
    assert_snapshot!(answer.in_brief(), @"200 (opted_out)");
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.row("phone").await.endpoint, None);
}

#[tokio::test]
async fn an_endpoint_that_has_another_devices_token_is_not_disabled() {
    let world = World::start().await;
    let endpoint = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
    let set = world.sns.client().set_endpoint_attributes().endpoint_arn(&endpoint);
    set.attributes("Token", "t9").send().await.unwrap();
    world.pass(60);
    world.put("tablet", "t9").await;
    // As if the phone had it once more, by a write that somebody else made.
    let tablet = world.row("tablet").await;
    let _ = world.registry.unbind(&tablet, &world.attempt()).await.unwrap();
    let phone = world.registry.get(&key("phone"), world.now()).await.unwrap().unwrap();
    let arn = registry::EndpointArn::parse(&endpoint).unwrap();
    let _ = world.registry.bind(&phone, &arn, &world.attempt()).await.unwrap();

    let (answer, calls) = world.calls_of(world.delete("phone")).await;
    assert_snapshot!(answer.in_brief(), @"200 (opted_out)");
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert!(world.push.endpoint(&endpoint).unwrap().is_enabled);
    world.pass(60);
    assert_eq!(world.put("tablet", "t9").await.body["endpoint"], endpoint.as_str());
    assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0]);
}

#[tokio::test]
async fn when_sns_is_down_it_is_on_record_and_a_repetition_finishes_it() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    world.api.script([sandbox::sns_api::Fault::Internal; 3]);
    assert_snapshot!(world.delete("phone").await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"SNS cannot be reached; what was said is on record, and repeating the request, or the sweep, finishes it","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
    assert_eq!(world.row("phone").await.state, registry::State::OptedOut);
    assert_snapshot!(world.delete("phone").await.in_brief(), @"200 (opted_out) disabled");
    world.pass(60);
    let late = world.now() - SignedDuration::from_secs(90);
    assert_eq!(world.put_at("phone", "t1", late).await.body["state"], "opted_out");
}
