//! A token that goes from one device to another: the newest confirmation has it, with the endpoint and without the subscriptions.

use insta::assert_snapshot;
use jiff::SignedDuration;
use registry::Change;
use sandbox::sns_api::push::{TakenToken, Undocumented};
use sandbox::sns_api::{Action, Fault};
use serde_json::json;

use crate::world::{APP, IOS, TOPIC, World};

/// A phone with an endpoint that is subscribed to a topic, on record too.
async fn subscribed() -> World {
    let world = World::start().await;
    let endpoint = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
    let subscribe = world.sns.client().subscribe().topic_arn(TOPIC).protocol("application");
    let subscription = subscribe.endpoint(endpoint).send().await.unwrap().subscription_arn.unwrap();
    let row = world.row("phone").await;
    let noted = world
        .registry
        .subscriptions(&row, [subscription].into(), &world.attempt())
        .await;
    assert!(matches!(noted.unwrap(), Change::Done(_)));
    world.pass(60);
    world
}

#[tokio::test]
async fn the_newest_confirmation_has_the_token_and_the_endpoint_and_the_subscriptions_end() {
    let world = subscribed().await;
    let (answer, calls) = world.calls_of(world.put("tablet", "t1")).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:01:00.000Z","enabled":true,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"new","since":"2026-03-06T20:01:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"GetSubscriptionAttributes Unsubscribe GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData) GetEndpointAttributes");
    assert_eq!(world.push.subscriptions(), []);
    let phone = world.row("phone").await;
    assert_eq!((phone.subscriptions.len(), phone.endpoint), (0, None));
    assert_snapshot!(world.get("phone").await, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","since":"2026-03-06T20:01:00.000Z","state":"superseded"}
    "#);
    assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0]);
}

#[tokio::test]
async fn an_older_confirmation_of_another_device_is_too_late() {
    let world = subscribed().await;
    let at = world.now() - SignedDuration::from_secs(61);
    let (answer, calls) = world.calls_of(world.put_at("tablet", "t1", at)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T19:59:59.000Z","registration":"token_taken","since":"2026-03-06T19:59:59.000Z","state":"superseded"}
    "#);
    assert_eq!(calls, "");
    assert_eq!(world.push.subscriptions().len(), 1);
    assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0]);
}

#[tokio::test]
async fn a_confirmation_that_is_late_for_its_device_may_still_end_anothers_subscriptions() {
    let world = subscribed().await;
    world.pass(60);
    world.put("tablet", "t2").await;
    let at = world.now() - SignedDuration::from_secs(30);
    let (answer, calls) = world.calls_of(world.put_at("tablet", "t1", at)).await;
    assert_snapshot!(answer.in_brief(), @"200 older (live)");
    assert_snapshot!(calls, @"GetSubscriptionAttributes Unsubscribe");
    assert_eq!(world.push.subscriptions(), []);
}

/// Whoever registers devices says which subscriptions hang on their endpoints, and may say anything.
#[tokio::test]
async fn a_subscription_that_is_nobodys_endpoint_of_the_application_is_left_alone() {
    let world = World::start().await;
    let other = world.push.put(IOS, "00ff", true, "somebody").unwrap();
    let subscribe = world.sns.client().subscribe().topic_arn(TOPIC).protocol("application");
    let subscribed = subscribe.endpoint(other).send().await.unwrap();
    let theirs = subscribed.subscription_arn().unwrap();
    let body = json!({"application": APP, "token": "t1", "subscriptions": [theirs]});
    assert_eq!(world.put_body("phone", &body).await.status, 200);
    world.pass(60);

    let (answer, calls) = world.calls_of(world.put("tablet", "t1")).await;
    assert_snapshot!(answer.in_brief(), @"200 new (live) enabled");
    assert!(!calls.contains("Unsubscribe"), "{calls}");
    assert_eq!(world.push.subscriptions().len(), 1);
    assert_eq!(world.row("tablet").await.inherited_subscriptions.len(), 0);
}

#[tokio::test]
async fn a_subscription_that_is_gone_has_ended() {
    let world = subscribed().await;
    world.api.script_for(
        Action::Unsubscribe,
        [Fault::Answer(404, "NotFound", "Subscription does not exist")],
    );
    assert_snapshot!(world.put("tablet", "t1").await.in_brief(), @"200 new (live) enabled");
    assert_eq!(world.row("phone").await.subscriptions.len(), 0);
}

#[tokio::test]
async fn one_that_cannot_be_ended_keeps_the_endpoint_from_the_device_and_stays_on_record() {
    let world = subscribed().await;
    world.api.script_for(Action::Unsubscribe, [Fault::Throttled; 3]);
    let (answer, calls) = world.calls_of(world.put("tablet", "t1")).await;
    assert_snapshot!(answer, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"SNS cannot be reached; what was said is on record, and repeating the request, or the sweep, finishes it","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
    assert_snapshot!(calls, @"GetSubscriptionAttributes Unsubscribe Unsubscribe Unsubscribe");
    let tablet = world.row("tablet").await;
    assert_eq!((tablet.endpoint, tablet.inherited_subscriptions.len()), (None, 1));
    assert_eq!(world.row("phone").await.subscriptions.len(), 0);

    // The same request finishes it.
    assert_snapshot!(world.put("tablet", "t1").await.in_brief(), @"200 repeated (live) enabled");
    assert_eq!(world.row("tablet").await.inherited_subscriptions.len(), 0);
    assert_eq!(world.push.subscriptions(), []);
}

#[tokio::test]
async fn two_devices_that_swap_their_tokens_swap_their_endpoints() {
    for taken_token in [TakenToken::Refused, TakenToken::Duplicates] {
        for is_second_late in [false, true] {
            let world = World::start().await;
            world.push.set_undocumented(Undocumented {
                taken_token,
                ..Undocumented::default()
            });
            let phones = world.put("phone", "t1").await;
            let tablets = world.put("tablet", "t2").await;
            world.pass(60);
            if is_second_late {
                let phone = world.put("phone", "t2").await;
                let tablet = world.put("tablet", "t1").await;
                assert_eq!(phone.body["endpoint"], tablets.body["endpoint"]);
                assert_eq!(tablet.body["endpoint"], phones.body["endpoint"]);
            } else {
                tokio::join!(world.put("phone", "t2"), world.put("tablet", "t1"));
            }
            assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0], "{taken_token:?}");
            assert_eq!(world.push.endpoint_count(APP), 2);
        }
    }
}
