//! The process itself, by what its environment says: it starts, or it ends with a sentence that names what is wrong.

use std::path::Path;

use sandbox::bootstrap::{Environment, assert_each_stops_the_start, assert_starts};

#[tokio::test]
async fn a_variable_that_is_missing_or_malformed_stops_the_start_and_is_named() {
    let bad = [
        (
            "ADM_CREDENTIALS_SECRET",
            None,
            "be set to the name or ARN of a secret of AWS Secrets Manager",
        ),
        ("SENDS_TABLE", None, "be set to the name of a DynamoDB table"),
        ("IDEMPOTENCY_DAYS", Some("0"), "be a whole number of days from 1 to 365"),
    ];
    assert_each_stops_the_start(executable(), &environment(), &bad).await;
}

#[tokio::test]
async fn with_what_it_needs_the_process_starts_and_asks_for_an_event() {
    assert_starts(executable(), &environment()).await;
}

/// What it needs, and not one variable more; nobody is at the endpoint.
fn environment() -> Environment {
    Environment::of("adm").with_all([
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("ADM_CREDENTIALS_SECRET", "adm"),
        ("SENDS_TABLE", "sends"),
    ])
}

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_adm"))
}
