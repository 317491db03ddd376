use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode};
use aws_sdk_dynamodb::types::{AttributeValue, KeySchemaElement, KeyType, ScalarAttributeType};

use super::super::{Dynamo, Tables, create_tables};
use super::*;

#[tokio::test]
async fn changes_arrive_in_order_as_lambda_hands_them_to_a_function() {
    let (dynamo, client) = store().await;
    let mut stream = dynamo.stream(TABLE, StreamStart::TrimHorizon).await.unwrap();
    assert_eq!(stream.next(10).await.unwrap(), None);

    put(&client, "a").await;
    update(&client, "a").await;
    delete(&client, "a").await;

    let event = stream.next(10).await.unwrap().unwrap();
    let records = event["Records"].as_array().unwrap();
    let key = json!({"subject": {"S": "s"}, "event": {"S": "a"}});
    let images = [
        (
            "INSERT",
            json!({"subject": {"S": "s"}, "event": {"S": "a"}, "due": {"S": "0"}}),
        ),
        (
            "MODIFY",
            json!({"subject": {"S": "s"}, "event": {"S": "a"}, "due": {"S": "0"}, "attempts": {"N": "1"}}),
        ),
        ("REMOVE", Value::Null),
    ];
    assert_eq!(records.len(), images.len());
    for (record, (name, image)) in records.iter().zip(images) {
        let change = &record["dynamodb"];
        assert_eq!(
            (&record["eventName"], &change["NewImage"], &change["Keys"]),
            (&json!(name), &image, &key)
        );
        assert_eq!(
            (record["eventVersion"].as_str(), record["awsRegion"].as_str()),
            (Some("1.1"), Some("us-east-1"))
        );
        assert_eq!(
            (record["eventSource"].as_str(), change["StreamViewType"].as_str()),
            (Some("aws:dynamodb"), Some("NEW_IMAGE"))
        );
        let arn = record["eventSourceARN"].as_str().unwrap();
        assert!(
            arn.starts_with("arn:aws:dynamodb:us-east-1:123456789012:table/notifications/stream/"),
            "{arn}"
        );
        assert!(
            change["ApproximateCreationDateTime"].is_i64() && change["SizeBytes"].is_i64(),
            "{change}"
        );
        assert!(change.get("OldImage").is_none());
        assert_eq!(
            names(record),
            "awsRegion dynamodb eventID eventName eventSource eventSourceARN eventVersion"
        );
    }
    let numbers: Vec<&str> = records.iter().map(number).collect();
    assert!(numbers.is_sorted() && numbers[0] != numbers[2], "{numbers:?}");
    assert_ne!(records[0]["eventID"], records[1]["eventID"]);
    assert_eq!(stream.next(10).await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_goes_on_where_it_stopped_or_back_to_a_record() {
    let (dynamo, client) = store().await;
    put(&client, "before").await;
    let mut stream = dynamo.stream(TABLE, StreamStart::Latest).await.unwrap();
    for event in ["a", "b", "c"] {
        put(&client, event).await;
    }
    let first = stream.next(2).await.unwrap().unwrap();
    assert_eq!(events(&first), ["a", "b"]);
    let failed = number(&first["Records"][1]).to_owned();

    stream.rewind_to(&failed).await.unwrap();
    assert_eq!(events(&stream.next(10).await.unwrap().unwrap()), ["b", "c"]);
    assert_eq!(stream.next(10).await.unwrap(), None);

    let error = stream.rewind_to("7").await.unwrap_err();
    assert_eq!(error.to_string(), "the stream of table notifications cannot be read");
    let mut all = dynamo.stream(TABLE, StreamStart::TrimHorizon).await.unwrap();
    assert_eq!(events(&all.next(10).await.unwrap().unwrap()), ["before", "a", "b", "c"]);
}

#[tokio::test]
async fn an_older_table_without_a_stream_is_given_one_and_keeps_its_rows() {
    let dynamo = Dynamo::in_memory().await.unwrap();
    let client = dynamo.client();
    let key = |name: &str, role| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(role)
            .build()
            .unwrap()
    };
    let attribute = |name: &str| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let made = client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest);
    let made = made
        .set_key_schema(Some(vec![key("subject", KeyType::Hash), key("event", KeyType::Range)]))
        .set_attribute_definitions(Some(vec![attribute("subject"), attribute("event")]));
    made.send().await.unwrap();
    put(&client, "old").await;
    let error = dynamo.stream(TABLE, StreamStart::Latest).await.err().unwrap();
    assert_eq!(error.to_string(), "table notifications has no stream");

    create_tables(&client, &Tables::default()).await.unwrap();
    create_tables(&client, &Tables::default()).await.unwrap();

    let mut stream = dynamo.stream(TABLE, StreamStart::TrimHorizon).await.unwrap();
    put(&client, "new").await;
    assert_eq!(events(&stream.next(10).await.unwrap().unwrap()), ["new"]);
    let rows = client.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(rows.count, 2);
    assert!(matches!(
        dynamo.stream("trust", StreamStart::Latest).await,
        Err(StreamError::NoStream { table }) if table == "trust"
    ));
}

async fn store() -> (Dynamo, Client) {
    let dynamo = Dynamo::in_memory().await.unwrap();
    let client = dynamo.client();
    create_tables(&client, &Tables::default()).await.unwrap();
    (dynamo, client)
}

async fn put(client: &Client, event: &str) {
    let put = client.put_item().table_name(TABLE).item("subject", text("s"));
    put.item("event", text(event)).item("due", text("0")).send().await.unwrap();
}

async fn update(client: &Client, event: &str) {
    let update = client
        .update_item()
        .table_name(TABLE)
        .key("subject", text("s"))
        .key("event", text(event));
    let update = update.update_expression("SET attempts = :one");
    let one = AttributeValue::N("1".to_owned());
    update.expression_attribute_values(":one", one).send().await.unwrap();
}

async fn delete(client: &Client, event: &str) {
    let delete = client.delete_item().table_name(TABLE).key("subject", text("s"));
    delete.key("event", text(event)).send().await.unwrap();
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn events(event: &Value) -> Vec<&str> {
    let records = event["Records"].as_array().unwrap().iter();
    records
        .map(|record| record["dynamodb"]["Keys"]["event"]["S"].as_str().unwrap())
        .collect()
}

fn number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap()
}

fn names(record: &Value) -> String {
    let names: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
    names.join(" ")
}

const TABLE: &str = "notifications";
