//! Dead letters are redriven into the function as they are, whichever way they went.

use serde_json::{Value, json};

use crate::mail::{event, queue, registered, row};
use crate::world::{TAKEN, World, invoke};

/// What Lambda sends to an on-failure destination: "Capturing records of Lambda asynchronous invocations".
fn failure(event: &Value) -> Value {
    json!({
        "version": "1.0",
        "timestamp": "2026-03-06T12:03:05.568Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:drs:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorType": "NotRecorded", "errorMessage": "1 of 1 records were not recorded: store"},
    })
}

#[tokio::test]
async fn every_form_of_dead_letter_is_recorded_once_with_what_had_been_recorded_before() {
    let world = World::start().await;
    let bodies = [
        registered("a").text(),
        event(&[registered("b")]).to_string(),
        failure(&event(&[registered("c")])).to_string(),
    ];
    assert_eq!(world.invoke(&event(&[registered("b")])).await, TAKEN);
    for id in ["first", "second"] {
        assert_eq!(invoke(&world.process(), &queue(&bodies), id).await, TAKEN);
        assert_eq!(world.rows().await, [row("a"), row("b"), row("c")]);
    }
}

#[tokio::test]
async fn a_dead_letter_that_is_still_wrong_stays_one() {
    let world = World::start().await;
    let wrong = event(&[registered("a").without("MessageId")]);
    let bodies = [
        registered("a").without("MessageId").text(),
        wrong.to_string(),
        failure(&wrong).to_string(),
        failure(&json!({"Records": [{"eventSource": "aws:s3"}]})).to_string(),
    ];
    let all = ["0", "1", "2", "3"].map(|id| json!({"itemIdentifier": id}));
    assert_eq!(
        world.invoke(&queue(&bodies)).await,
        json!({"batchItemFailures": all}).to_string()
    );
    assert_eq!(world.rows().await, [""; 0]);
}
