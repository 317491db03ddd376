//! The process itself, by what its environment says: it starts, or it ends with a sentence that names what is wrong.

use std::path::Path;

use sandbox::Bootstrap;
use sandbox::bootstrap::Environment;

#[tokio::test]
async fn a_variable_that_is_missing_or_malformed_stops_the_start_and_is_named() {
    for (name, value, must) in [
        ("EVENTS_TOPIC_ARN", None, "be the ARN of a standard SNS topic"),
        ("EVENTS_TOPIC_ARN", Some("events"), "be the ARN of a standard SNS topic"),
        ("NOTIFICATIONS_TABLE", None, "be set to the name of a DynamoDB table"),
    ] {
        let environment = match value {
            Some(value) => environment().with(name, value),
            None => environment().without(name),
        };
        let mut process = Bootstrap::start(executable(), &environment).await.unwrap();
        process.ready().await.unwrap_err();
        let ended = process.ended().await.unwrap();
        assert_eq!(ended.log, [format!("Error: the environment variable {name} must {must}")]);
        assert_eq!(ended.status.code(), Some(1));
    }
}

#[tokio::test]
async fn with_what_it_needs_the_process_starts_and_asks_for_an_event() {
    let mut process = Bootstrap::start(executable(), &environment()).await.unwrap();
    process.ready().await.unwrap();
}

/// What it needs, and not one variable more; nobody is at the endpoint.
fn environment() -> Environment {
    Environment::of("dispatch").with_all([
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("EVENTS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:events"),
        ("NOTIFICATIONS_TABLE", "notifications"),
    ])
}

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_dispatch"))
}
