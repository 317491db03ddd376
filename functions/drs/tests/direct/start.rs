//! The process itself, by what its environment says: it starts, or it ends with a sentence that names what is wrong.

use std::path::Path;

use sandbox::bootstrap::{Environment, assert_each_stops_the_start, assert_starts};

#[tokio::test]
async fn a_variable_that_is_missing_or_malformed_stops_the_start_and_is_named() {
    let bad = [
        ("NOTIFICATIONS_TABLE", None, "be set to the name of a DynamoDB table"),
        ("TRUST_TABLE", None, "be set to the name of a DynamoDB table"),
        ("CHAIN_POLICY", Some("always"), "be prefer or require"),
        ("RETENTION_DAYS", Some("1"), "be a whole number of days from 2 to 3650"),
    ];
    assert_each_stops_the_start(executable(), &environment(), &bad).await;
}

#[tokio::test]
async fn with_what_it_needs_the_process_starts_and_asks_for_an_event() {
    assert_starts(executable(), &environment()).await;
}

/// What it needs, and not one variable more; nobody is at the endpoint.
fn environment() -> Environment {
    Environment::of("drs").with_all([
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("NOTIFICATIONS_TABLE", "notifications"),
        ("TRUST_TABLE", "trust"),
    ])
}

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_drs"))
}
