//! The function as Lambda invokes it: through API Gateway in both payload formats, and with what is no request.

use devices::{Invocation, UnknownEvent, answer};
use insta::assert_snapshot;
use lambda_http::{Context, LambdaEvent};
use sandbox::Journal;
use serde_json::{Value, json};

use crate::world::{APP, World};

async fn invoke(world: &World, event: &Value) -> Result<Value, UnknownEvent> {
    invoke_in(world, event, None).await
}

async fn invoke_in(world: &World, event: &Value, header: Option<&str>) -> Result<Value, UnknownEvent> {
    let mut context = Context::default();
    context.request_id = world.request_id();
    context.xray_trace_id = header.map(str::to_owned);
    context.deadline = u64::try_from(world.ends_at().as_millisecond()).unwrap();
    let payload = serde_json::from_str::<Invocation>(&event.to_string()).unwrap();
    assert!(!format!("{payload:?}").contains("phone"));
    let answer = answer(&world.service, LambdaEvent::new(payload, context)).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// A request through a REST API, with IAM.
fn rest(method: &str, query: &Value, body: Option<String>) -> Value {
    let path = "/live/devices/phone";
    let many = query.as_object().map(|query| {
        let pairs = query.iter().map(|(name, value)| (name.clone(), json!([value])));
        pairs.collect::<serde_json::Map<_, _>>()
    });
    json!({
        "resource": "/devices/{id}", "path": "/devices/phone", "httpMethod": method, "headers": {"Host": "a1b2c3.execute-api"},
        "multiValueHeaders": {"Host": ["a1b2c3.execute-api"]}, "queryStringParameters": query,
        "multiValueQueryStringParameters": many, "pathParameters": {"id": "phone"}, "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012", "resourceId": "a1b2c3", "stage": "live", "requestId": "r", "httpMethod": method, "path": path,
            "resourcePath": "/devices/{id}", "apiId": "a1b2c3d4e5",
            "identity": {"userArn": "arn:aws:sts::123456789012:assumed-role/push/session"}
        },
        "body": body, "isBase64Encoded": false
    })
}

/// A request through an HTTP API, or a function URL.
fn http(method: &str, query: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/devices/phone", "rawQueryString": query,
        "headers": {"host": "a1b2c3.lambda-url"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3", "domainName": "a1b2c3.lambda-url", "domainPrefix": "a1b2c3",
            "http": {"method": method, "path": "/devices/phone", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x"},
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "06/Mar/2026:20:00:00 +0000", "timeEpoch": 1772827200000_i64
        },
        "isBase64Encoded": false
    })
}

#[tokio::test]
async fn a_rest_api_brings_a_registration_and_a_query() {
    let world = World::start().await;
    let body = json!({"application": APP, "token": "t1"}).to_string();
    let registered = invoke(&world, &rest("PUT", &Value::Null, Some(body))).await.unwrap();
    assert_snapshot!(registered, @r#"{"body":"{\"application\":\"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire\",\"registration\":\"new\",\"state\":\"live\",\"since\":\"2026-03-06T20:00:00.000Z\",\"confirmedAt\":\"2026-03-06T20:00:00.000Z\",\"endpoint\":\"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9\",\"enabled\":true}","headers":{},"isBase64Encoded":false,"multiValueHeaders":{"content-type":["application/json"]},"statusCode":200}"#);
    let shown = invoke(&world, &rest("GET", &json!({"application": APP}), None))
        .await
        .unwrap();
    assert_eq!(shown["statusCode"], 200, "{shown}");
    world.pass(60);
    let opted_out = invoke(&world, &rest("DELETE", &json!({"application": APP}), None))
        .await
        .unwrap();
    assert_eq!(opted_out["statusCode"], 200, "{opted_out}");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn so_does_an_http_api_escaped_or_not() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    let escaped = APP.replace(':', "%3A").replace('/', "%2F");
    for query in [format!("application={APP}"), format!("application={escaped}")] {
        let shown = invoke(&world, &http("GET", &query)).await.unwrap();
        assert_eq!(shown["statusCode"], 200, "{shown}");
    }
}

#[tokio::test]
async fn anything_else_fails_and_nothing_of_it_is_repeated() {
    let world = World::start().await;
    for event in [
        json!({"phone": 1}),
        json!([]),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "phone"}]}),
    ] {
        let failure = invoke(&world, &event).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "the event is not a request by API Gateway or a function URL"
        );
    }
}

#[tokio::test]
async fn the_line_of_a_request_has_the_invocations_trace() {
    let journal = Journal::begin();
    let world = World::start().await;
    let id = "1-5759e988-bd862e3fe1be46a994272793";
    let header = format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1");
    for header in [Some(header.as_str()), Some("Root=s3cr3t"), None] {
        invoke_in(&world, &http("GET", ""), header).await.unwrap();
    }
    let lines = journal.requests_of("devices");
    let traces: Vec<_> = lines.iter().map(|line| &line["trace_id"]).collect();
    assert_eq!(traces, [&json!(id), &Value::Null, &Value::Null]);
}
