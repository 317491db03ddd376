//! Every fault, seen through the SDK.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;

use super::super::{Dynamo, Tables, create_tables};
use super::*;

#[tokio::test]
async fn each_fault_is_what_the_sdk_takes_it_for_and_then_the_store_is_itself_again() {
    let dynamo = Dynamo::in_memory().await.unwrap();
    create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
    let faults = dynamo.with_faults().await.unwrap();
    let failures = [Fault::InternalError, Fault::Hang, Fault::LoseResponse];
    for fault in [Fault::Collide, Fault::Deny, Fault::Throttle, Fault::Pass]
        .into_iter()
        .chain(failures)
    {
        faults.inject("PutItem", fault, 1);
    }
    let client = one_attempt(&faults);

    let mut seen = Vec::new();
    for _ in 0..8 {
        let answer = put(&client, "row").await;
        seen.push(answer.map_or_else(|error| described(&error), |()| "stored".to_owned()));
    }

    let refused = [
        "TransactionCanceledException",
        "AccessDeniedException",
        "ProvisionedThroughputExceededException",
        "stored",
    ];
    assert_eq!(seen[..4], refused);
    assert_eq!(seen[4..], ["InternalServerError", "timeout", "no answer", "stored"]);
    assert_eq!(
        (faults.calls("PutItem"), faults.calls("GetItem"), faults.all_calls()),
        (8, 0, 8)
    );
}

#[tokio::test]
async fn a_lost_response_means_a_performed_request() {
    let dynamo = Dynamo::in_memory().await.unwrap();
    create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
    let faults = dynamo.with_faults().await.unwrap();
    faults.inject("PutItem", Fault::LoseResponse, 1);
    faults.inject("PutItem", Fault::InternalError, 1);

    let lost = put(&one_attempt(&faults), "lost").await.unwrap_err();
    let failed = put(&one_attempt(&faults), "failed").await.unwrap_err();

    assert_eq!([described(&lost), described(&failed)], ["no answer", "InternalServerError"]);
    let stored = dynamo.client().scan().table_name("trust").send().await.unwrap();
    let keys: Vec<_> = stored.items().iter().map(|item| item["key"].clone()).collect();
    assert_eq!(keys, [AttributeValue::S("lost".to_owned())]);
}

fn one_attempt(faults: &Faults) -> Client {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(500))
        .build();
    let config = config(&faults.endpoint, timeouts)
        .to_builder()
        .retry_config(RetryConfig::disabled());
    Client::from_conf(config.build())
}

type PutError = SdkError<aws_sdk_dynamodb::operation::put_item::PutItemError>;

async fn put(client: &Client, key: &str) -> Result<(), PutError> {
    client
        .put_item()
        .table_name("trust")
        .item("key", AttributeValue::S(key.to_owned()))
        .send()
        .await
        .map(|_| ())
}

fn described(error: &PutError) -> String {
    match error {
        SdkError::TimeoutError(_) => "timeout".to_owned(),
        SdkError::DispatchFailure(_) => "no answer".to_owned(),
        _ => error.code().unwrap_or("other").to_owned(),
    }
}
