//! The time that a request has.

use http::Request;
use inbox::Invoked;
use insta::assert_snapshot;
use jiff::SignedDuration;
use sandbox::sns_api::Fault;
use serde_json::json;

use crate::world::{APP, Answer, World};

#[tokio::test]
async fn a_request_is_answered_a_second_before_lambda_ends_it() {
    let world = World::start().await;
    world.api.script([Fault::Silent]);
    let body = json!({"application": APP, "token": "t1"}).to_string();
    let request = Request::put("/devices/phone").body(body).unwrap();
    let ends_at = world.now() + SignedDuration::from_millis(1_800);
    let answer = Answer::of(world.service.respond(&request, Invoked::untraced("request"), ends_at).await);
    assert_snapshot!(answer, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"it took too long; what was said may be on record, and repeating the request does no harm","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
    assert_eq!(world.row("phone").await.endpoint, None);
    assert_snapshot!(world.put("phone", "t1").await.in_brief(), @"200 repeated (live) enabled");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn with_no_time_left_nobody_is_asked() {
    let world = World::start().await;
    let body = json!({"application": APP, "token": "t1"}).to_string();
    let request = Request::put("/devices/phone").body(body).unwrap();
    let answer = Answer::of(
        world
            .service
            .respond(&request, Invoked::untraced("request"), world.now())
            .await,
    );
    assert_snapshot!(answer.in_brief(), @"503 unavailable retry-after: 5");
    assert!(world.api.calls().is_empty());
}
