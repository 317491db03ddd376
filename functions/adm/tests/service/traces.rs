//! The line of a send has the trace of the request, or of the queue's message.

use sandbox::Journal;
use serde_json::{Value, json};

use crate::world::{MESSAGE, World};

const INVOCATION: &str = "1-5759e988-bd862e3fe1be46a994272793";
const MESSAGES_OWN: &str = "1-58406520-a006649127e371903a2de979";

fn header(id: &str) -> String {
    format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1")
}

/// The traces in the lines so far.
fn traces(journal: &Journal) -> Vec<Value> {
    let lines = journal.requests_of("adm");
    lines.iter().map(|line| line["trace_id"].clone()).collect()
}

#[tokio::test]
async fn a_message_of_the_queue_is_told_under_its_own_trace_or_the_invocations() {
    let journal = Journal::begin();
    let world = World::start().await;
    world.queue.send("{}", &[]);
    let event = world.queue.event(&world.queue.receive(1));
    let mut own: Value = serde_json::from_str(&event).unwrap();
    own["Records"][0]["attributes"]["AWSTraceHeader"] = json!(header(MESSAGES_OWN));
    let mut odd = own.clone();
    odd["Records"][0]["attributes"]["AWSTraceHeader"] = json!("Root=s3cr3t");
    for event in [event, own.to_string(), odd.to_string()] {
        let header = header(INVOCATION);
        world.invoke_in(&world.service, &event, Some(&header)).await.unwrap();
    }
    assert_eq!(traces(&journal), [json!(INVOCATION), json!(MESSAGES_OWN), json!(INVOCATION)]);
}

#[tokio::test]
async fn a_request_is_told_under_the_invocations_trace_and_without_one_under_none() {
    let journal = Journal::begin();
    let world = World::start().await;
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/adm/topics", "rawQueryString": "",
        "headers": {"host": "a1b2c3.lambda-url"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3", "domainName": "a1b2c3.lambda-url", "domainPrefix": "a1b2c3",
            "http": {"method": "GET", "path": "/adm/topics", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x"},
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "06/Mar/2026:20:00:00 +0000", "timeEpoch": 1
        },
        "isBase64Encoded": false
    });
    let header = header(INVOCATION);
    for header in [Some(header.as_str()), Some("Root=s3cr3t"), None] {
        world.invoke_in(&world.service, &event.to_string(), header).await.unwrap();
    }
    assert_eq!(world.send("key", MESSAGE).await.status, 200);
    assert_eq!(traces(&journal), [json!(INVOCATION), Value::Null, Value::Null, Value::Null]);
}
