//! API Gateway event files: the body within, with the headers beside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::{AT, Desk, TOPIC, good};

fn version_1(body: &str) -> Value {
    json!({
        "resource": "/rtn", "path": "/rtn", "httpMethod": "POST", "isBase64Encoded": false, "body": body,
        "headers": {"x-amz-sns-message-type": "Notification"},
        "multiValueHeaders": {"x-amz-sns-message-type": ["Notification"], "x-amz-sns-topic-arn": [TOPIC]},
        "queryStringParameters": null, "requestContext": {"httpMethod": "POST", "stage": "prod"}, "stageVariables": null,
    })
}

fn version_2(body: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "POST /rtn", "rawPath": "/rtn", "rawQueryString": "",
        "headers": {"x-amz-sns-message-type": "Notification"}, "isBase64Encoded": true, "body": STANDARD.encode(body),
        "requestContext": {"http": {"method": "POST", "path": "/rtn"}, "stage": "$default"},
    })
}

#[test]
fn the_body_of_an_event_is_verified_in_both_formats() {
    let desk = Desk::new("event");
    for event in [version_1(&good().text()), version_2(&good().text())] {
        assert_eq!(desk.judge_with_cert(event.to_string(), &[]), "0 authentic");
        desk.put("pretty.json", format!("{event:#}"));
        let answer = desk.verify(&["pretty.json", "--cert", "cert.pem", "--at", AT]);
        assert_eq!(answer.code, Some(0));
        assert!(
            answer.out.contains("ok           body of an API Gateway event of "),
            "{}",
            answer.out
        );
    }
    let forged = good().with("Message", "{}").text();
    for event in [version_1(&forged), version_2(&forged)] {
        assert_eq!(
            desk.judge_with_cert(event.to_string(), &[]),
            "1 refused signature_mismatch at signature"
        );
    }
}

#[test]
fn the_headers_of_an_event_must_agree_too() {
    let desk = Desk::new("event-headers");
    let refused = "1 refused header_mismatch at headers";
    for (at, value) in [
        ("/headers/x-amz-sns-message-type", json!("UnsubscribeConfirmation")),
        (
            "/multiValueHeaders/x-amz-sns-message-type",
            json!(["Notification", "UnsubscribeConfirmation"]),
        ),
        (
            "/multiValueHeaders/x-amz-sns-topic-arn/0",
            json!("arn:aws:sns:us-east-1:033616359524:LT0XB"),
        ),
    ] {
        let mut event = version_1(&good().text());
        *event.pointer_mut(at).unwrap() = value;
        assert_eq!(desk.judge_with_cert(event.to_string(), &[]), refused, "{at}");
    }
    let event = version_2(&good().text()).to_string();
    assert_eq!(
        desk.judge_with_cert(&event, &["--header", "x-amz-sns-message-type=Unknown"]),
        refused
    );
    let mut raw = version_2("{}");
    raw["headers"]["x-amz-sns-rawdelivery"] = json!("true");
    assert_eq!(
        desk.judge_with_cert(raw.to_string(), &[]),
        "1 refused raw_delivery at delivery"
    );
}

#[test]
fn an_event_without_a_body_is_an_empty_delivery() {
    let desk = Desk::new("event-empty");
    let mut event = version_1("");
    event["body"] = Value::Null;
    assert_eq!(
        desk.judge_with_cert(event.to_string(), &[]),
        "1 refused not_an_envelope at envelope"
    );
}

#[test]
fn a_message_is_no_event_for_naming_a_request_context() {
    let desk = Desk::new("event-lookalike");
    let inner = good().text();
    let forged = good()
        .with("Message", "{}")
        .with("body", inner)
        .with("requestContext", json!({"stage": "prod"}));
    assert_eq!(
        desk.judge_with_cert(forged.text(), &[]),
        "1 refused signature_mismatch at signature"
    );
}

#[test]
fn an_event_that_cannot_be_decoded_is_not_judged() {
    let desk = Desk::new("event-broken");
    let mut event = version_2("{}");
    event["body"] = json!("not base64");
    desk.put("message.json", event.to_string());
    let answer = desk.verify(&["message.json"]);
    let said = "firepost: message.json is an API Gateway event, but isBase64Encoded is true and its body is not base64\n";
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (Some(2), "", said));
    let mut event = version_1("{}");
    event["headers"] = json!({"x y": "z"});
    desk.put("message.json", event.to_string());
    let answer = desk.verify(&["message.json"]);
    let said = "firepost: message.json is an API Gateway event, but one of its headers cannot be an HTTP header\n";
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (Some(2), "", said));
}
