//! Requests take the same road: what comes both ways is one row.

use sandbox::Envelope;
use serde_json::{Value, json};

use crate::mail::{event, registered, row};
use crate::world::{TAKEN, World};

/// An HTTPS delivery as a REST API hands it over, payload format 1.0.
pub(crate) fn post(envelope: &Envelope) -> Value {
    json!({
        "resource": "/drs",
        "path": "/drs",
        "httpMethod": "POST",
        "headers": {"Content-Type": "text/plain; charset=UTF-8"},
        "multiValueHeaders": {"Content-Type": ["text/plain; charset=UTF-8"]},
        "requestContext": {"resourcePath": "/drs", "httpMethod": "POST", "stage": "live"},
        "body": envelope.text(),
        "isBase64Encoded": false,
    })
}

/// The same by a function URL or an HTTP API, payload format 2.0.
fn post_2(envelope: &Envelope) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/drs",
        "rawQueryString": "",
        "headers": {"content-type": "text/plain; charset=UTF-8"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "url-id",
            "http": {"method": "POST", "path": "/drs", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "any"},
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1_772_798_400_000_i64,
        },
        "body": envelope.text(),
        "isBase64Encoded": false,
    })
}

fn told(answer: &str) -> (Value, Value) {
    let mut answer = serde_json::from_str::<Value>(answer).unwrap();
    (answer["statusCode"].take(), answer["body"].take())
}

#[tokio::test]
async fn the_same_notification_by_request_record_and_queue_is_one_row() {
    let world = World::start().await;
    let envelope = registered("a");
    assert_eq!(
        told(&world.invoke(&post(&envelope)).await),
        (json!(200), json!(r#"{"outcome":"recorded"}"#))
    );
    assert_eq!(world.invoke(&event(std::slice::from_ref(&envelope))).await, TAKEN);
    assert_eq!(
        told(&crate::world::invoke(&world.process(), &post_2(&envelope), "later").await),
        (json!(200), json!(r#"{"outcome":"duplicate"}"#))
    );
    assert_eq!(world.rows().await, [row("a").replace("signature 0", "signature 1")]);
}

#[tokio::test]
async fn attributes_are_remarked_upon_and_decide_nothing() {
    let world = World::start().await;
    let envelope = crate::mail::ordered("a", "2.0");
    assert_eq!(told(&world.invoke(&post(&envelope)).await).0, json!(200));
    insta::assert_snapshot!(world.rows().await.join("\n"), @"drs#mySerialNumber 0000001443730779959#a#OrderPlacedNotification signature 1, repaired, warned: version_mismatch");
}

#[tokio::test]
async fn a_request_needs_a_signature_whatever_a_record_would_be_believed_for() {
    let world = World::start().await;
    let forged = registered("a").with("Message", "{}");
    let (status, _) = told(&world.invoke(&post(&forged)).await);
    assert_eq!(status, json!(403));
    // A record in the body of a request is no record.
    let record = event(&[registered("a")]).to_string();
    let mut request = post(&registered("a"));
    request["body"] = json!(record);
    assert_eq!(told(&world.invoke(&request).await).0, json!(400));
    assert_eq!(world.rows().await, [""; 0]);
}
