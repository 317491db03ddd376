//! The routes of `devices` in the local stack, and the events that `reconcile` is invoked with.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::APPLICATION;
use crate::world::World;

#[tokio::test]
async fn a_device_registers_is_shown_and_opts_out() {
    let world = World::new().await;
    assert_snapshot!(world.registers("phone", "t1").await, @r#"200 {"application":"arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost","registration":"new","state":"live","since":"2100-01-01T00:00:00.000Z","confirmedAt":"2100-01-01T00:00:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Firepost/5b1d165b-6c12-35ec-9392-0bc54589f2c7","enabled":true}"#);
    let query = format!("/devices/phone?application={APPLICATION}");
    assert_snapshot!(world.ask("GET", &query, &[], "").await, @r#"200 {"application":"arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost","state":"live","since":"2100-01-01T00:00:00.000Z","confirmedAt":"2100-01-01T00:00:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Firepost/5b1d165b-6c12-35ec-9392-0bc54589f2c7"}"#);
    assert_snapshot!(world.ask("DELETE", &query, &[], "").await, @r#"200 {"application":"arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost","state":"opted_out","since":"2100-01-01T00:01:00.000Z","confirmedAt":"2100-01-01T00:00:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Firepost/5b1d165b-6c12-35ec-9392-0bc54589f2c7","enabled":false,"disabledAt":"2100-01-01T00:01:00.000Z"}"#);
    assert!(!world.is_enabled("t1"));
    assert_snapshot!(world.ask("POST", "/devices/phone", &[], "").await, @r#"405 allow: PUT, GET, DELETE {"type":"/problems/devices/method-not-allowed","title":"There is no such method here","status":405,"detail":"send a PUT, GET or DELETE request"}"#);
    assert_snapshot!(world.ask("GET", "/devices", &[], "").await, @r#"404 {"type":"/problems/devices/not-found","title":"There is nothing here","status":404,"detail":"there are PUT, GET and DELETE /devices/{id}"}"#);
}

#[tokio::test]
async fn whoever_plays_removes_an_app_and_puts_it_back() {
    let world = World::new().await;
    world.registers("phone", "t1").await;
    let endpoint = world.endpoint("t1").unwrap();
    for (installed, is_enabled) in [(false, false), (true, true)] {
        let told = json!({"token": "t1", "installed": installed}).to_string();
        let json = [("content-type", "application/json")];
        assert_eq!(world.ask("POST", "/sandbox/tokens", &json, &told).await, "204 ");
        world.stack.push.enable(&endpoint, true);
        let publish = world.stack.sns_client().publish().target_arn(&endpoint).message("hello");
        publish.send().await.unwrap();
        assert_eq!(world.is_enabled("t1"), is_enabled);
    }
}

#[tokio::test]
async fn an_order_and_a_tick_are_answered_as_in_lambda() {
    let world = World::new().await;
    let path = "/2015-03-31/functions/reconcile/invocations";
    let order = json!({"reconcile": {"application": APPLICATION, "mode": "plan"}}).to_string();
    // The stack's clock stands still, and a listing waits for its turn: a switch answers before that.
    assert_eq!(world.firepost("endpoints stop test").await.code, Some(0));
    let answer = world.ask("POST", path, &[], &order).await;
    let (status, body) = answer.split_once(' ').unwrap();
    assert_eq!(status, "200");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_snapshot!(body, @r#"{"application":"arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost","outcome":"switched_off"}"#);
    assert_snapshot!(world.ask("POST", path, &[], "{}").await, @r#"200 {"errorType":"&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>","errorMessage":"the event is none of: a scheduled event (`detail-type`), an order (`reconcile`), a step of the state machine (`step`), events of platform applications (`Records` of SNS): check what invokes the function"}"#);
}
