//! The table's stream in the samples: it tells of rows that there are, so these have to be there, and to look as it says.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::dynamo::Tables;
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::read;

#[tokio::test]
async fn the_rows_that_the_stream_tells_of_are_those_that_the_deliveries_leave() {
    for (delivery, stream) in [
        ("rtn-subscription-renewed.json", "dispatch-stream-insert.json"),
        ("drs-order-placed-v2.json", "dispatch-stream-insert-drs.json"),
    ] {
        let deployment = Deployment::new().await;
        deployment.invoke(delivery).await;
        let scan = deployment.store().scan().table_name(Tables::default().notifications);
        let rows = scan.send().await.unwrap().items.unwrap();
        let [row] = &rows[..] else { panic!("one row") };
        let image = row.iter().map(|(name, value)| (name.clone(), told(value)));
        let image = image.collect::<BTreeMap<_, _>>();
        let keys = json!({"event": image["event"], "subject": image["subject"]});

        let event = serde_json::from_str::<Value>(&read(stream)).unwrap();
        let change = &event["Records"][0]["dynamodb"];
        assert_eq!(change["Keys"], keys);
        assert_eq!(change["NewImage"], json!(image), "{stream}: {:#}", json!(image));
    }
}

/// Puts the rows there that a stream's event tells of and that are not there.
pub(crate) async fn put_rows_told_of(store: &Client, event: &str) {
    let event = serde_json::from_str::<Value>(event).unwrap();
    for record in event["Records"].as_array().into_iter().flatten() {
        let Some(image) = record["dynamodb"]["NewImage"]
            .as_object()
            .filter(|image| image.contains_key("event"))
        else {
            continue;
        };
        let row = image.iter().map(|(name, value)| (name.clone(), value_of(value)));
        let put = store
            .put_item()
            .table_name(Tables::default().notifications)
            .set_item(Some(row.collect::<HashMap<_, _>>()))
            .condition_expression("attribute_not_exists(subject)");
        if let Err(error) = put.send().await {
            assert!(error.into_service_error().is_conditional_check_failed_exception());
        }
    }
}

/// An attribute as a stream writes it ("AttributeValue", Amazon DynamoDB Streams API Reference).
fn told(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes)}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::S(text) => json!({"S": text}),
        other => panic!("{other:?}"),
    }
}

fn value_of(told: &Value) -> AttributeValue {
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    match (text("S"), text("N"), text("B")) {
        (Some(text), _, _) => AttributeValue::S(text),
        (_, Some(number), _) => AttributeValue::N(number),
        (_, _, Some(bytes)) => AttributeValue::B(Blob::new(STANDARD.decode(bytes).unwrap())),
        (None, None, None) => panic!("{told}"),
    }
}
