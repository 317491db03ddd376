//! A store that throttles, fails, hangs or refuses: an error in time, that says who must act and tells nothing.

use std::error::Error;
use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::{Filter, Inbox, Recorded, StoreError};
use insta::assert_snapshot;
use sandbox::dynamo::Fault;

use crate::world::{TOPIC, World, attempt, inbox, message, noon, seconds};

#[tokio::test]
async fn a_store_that_keeps_failing_is_an_error_within_the_sdks_timeouts_whatever_is_asked() {
    for fault in [Fault::Throttle, Fault::InternalError, Fault::Hang] {
        let world = World::new().await;
        world.hold(&message(), &attempt("hold"), noon() + seconds(60)).await.unwrap();
        let faults = world.dynamo.with_faults().await.unwrap();
        for operation in ["DeleteItem", "GetItem", "PutItem", "Query", "Scan"] {
            faults.inject(operation, fault, usize::MAX);
        }
        let inbox = inbox(&faults.client_with(impatient()));

        let mut errors = ask_everything(&inbox).await;
        // The Query of a release and of a purge is answered; what follows is not.
        faults.clear();
        faults.inject("DeleteItem", fault, usize::MAX);
        errors.push(in_time(inbox.purge(TOPIC)).await.unwrap_err());
        faults.inject("PutItem", fault, usize::MAX);
        errors.push(in_time(inbox.release(TOPIC, &attempt("approval"))).await.unwrap_err());

        for error in errors {
            assert!(matches!(error, StoreError::Unavailable(_)), "{fault:?}: {error}");
            assert!(!error.needs_operator());
        }
    }
}

#[tokio::test]
async fn one_failure_is_repeated_by_the_sdk_and_not_seen() {
    for fault in [Fault::Throttle, Fault::InternalError] {
        let world = World::new().await;
        let (inbox, faults) = world.with_faults().await;
        faults.inject("PutItem", fault, 1);

        let recorded = inbox.record(&message().entry(), &attempt("first")).await.unwrap();

        assert_eq!((recorded, faults.calls("PutItem")), (Recorded::New, 2));
    }
}

#[tokio::test]
async fn a_missing_permission_is_told_with_the_stores_own_words() {
    let world = World::new().await;
    let (inbox, faults) = world.with_faults().await;
    faults.inject("PutItem", Fault::Deny, 1);

    let error = inbox.record(&message().entry(), &attempt("first")).await.unwrap_err();

    assert!(error.needs_operator());
    assert_snapshot!(chain(&error), @"
    the store does not let us in
    PutItem was answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/sandbox/sandbox is not authorized to perform this action (request SANDBOXFAULT)
    ");
}

#[tokio::test]
async fn a_missing_table_is_told_by_its_name() {
    let world = World::new().await;
    let elsewhere = Inbox::new(world.client.clone(), "elsewhere", seconds(60));

    for error in ask_everything(&elsewhere).await {
        assert!(matches!(error, StoreError::TableMissing(_)), "{error}");
        assert!(error.needs_operator());
    }
}

#[tokio::test]
async fn an_item_beyond_the_limit_is_an_invalid_request_that_quotes_nothing() {
    let world = World::new().await;
    let secret = "secret".repeat(70_000);

    let error = world
        .inbox
        .record(&message().raw(secret).entry(), &attempt("first"))
        .await
        .unwrap_err();

    assert!(matches!(error, StoreError::Invalid(_)) && error.needs_operator());
    assert!(!format!("{error:?} {}", chain(&error)).contains("secret"));
    assert_eq!(world.items().await, []);
}

#[tokio::test]
async fn no_answer_is_told_with_its_cause() {
    let world = World::new().await;
    let faults = world.dynamo.with_faults().await.unwrap();
    faults.inject("PutItem", Fault::Hang, usize::MAX);

    let one_long_attempt = TimeoutConfig::builder().operation_timeout(Duration::from_millis(100)).build();
    let inbox = inbox(&faults.client_with(one_long_attempt));
    let error = inbox.record(&message().entry(), &attempt("first")).await.unwrap_err();

    assert_snapshot!(chain(&error), @"
    the store is not available
    PutItem got no answer
    operation timeout (all attempts including retries) occurred after 100ms
    ");
}

#[tokio::test]
async fn a_row_that_cannot_be_typed_is_an_error_that_names_the_attribute_only() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();
    let sound = world.items().await.remove(0);

    for (attribute, value) in [
        ("raw", AttributeValue::N("1".to_owned())),
        ("received_at", AttributeValue::N("9".repeat(30))),
        ("signature_version", AttributeValue::S("secret".to_owned())),
        ("digest", AttributeValue::S("secret".to_owned())),
        ("repaired", AttributeValue::S("secret".to_owned())),
        ("warnings", AttributeValue::L(vec![AttributeValue::Bool(true)])),
        ("held_event", AttributeValue::S("secret".to_owned())),
    ] {
        let mut item = sound.clone();
        item.insert(attribute.to_owned(), value);
        world.put(item).await;

        let error = world.inbox.history(&message().subject, noon()).await.unwrap_err();

        let named = if attribute == "held_event" {
            "held_subject"
        } else {
            attribute
        };
        assert_eq!(error.to_string(), format!("a row has no readable `{named}`"));
        assert!(error.needs_operator());
    }
}

#[tokio::test]
async fn nothing_of_a_message_is_shown_for_debugging() {
    let world = World::new().await;
    let message = message();
    world.inbox.record(&message.entry(), &attempt("first")).await.unwrap();
    world.hold(&message, &attempt("first"), noon() + seconds(60)).await.unwrap();
    let records = world
        .inbox
        .list(
            &Filter {
                source: None,
                since: None,
                limit: 9,
            },
            noon(),
        )
        .await
        .unwrap();

    let shown = format!(
        "{records:?} {:?} {:?}",
        records[0].held.as_ref().or(records[1].held.as_ref()),
        message.entry()
    );

    for secret in ["koxIn_LO2u7rc", "io9oFdzmCSMuKk", "amazonsdkapivalidator3"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// One call of every kind; all of them fail.
async fn ask_everything(inbox: &Inbox) -> Vec<StoreError> {
    let (message, asked) = (message(), attempt("asked"));
    let (entry, filter) = (
        message.entry(),
        Filter {
            source: Some("rtn#"),
            since: Some(noon()),
            limit: 1,
        },
    );
    let (recorded, history, shown, listed, released, purged) = tokio::join!(
        in_time(inbox.record(&entry, &asked)),
        in_time(inbox.history(&message.subject, noon())),
        in_time(inbox.show(&message.subject, &message.event, noon())),
        in_time(inbox.list(&filter, noon())),
        in_time(inbox.release(TOPIC, &asked)),
        in_time(inbox.purge(TOPIC)),
    );
    vec![
        recorded.unwrap_err(),
        history.unwrap_err(),
        shown.unwrap_err(),
        listed.unwrap_err(),
        released.unwrap_err(),
        purged.unwrap_err(),
    ]
}

/// No call takes longer than its operation may, with a margin for a busy machine.
async fn in_time<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), call)
        .await
        .expect("an answer within the timeouts")
}

#[test]
fn three_attempts_and_the_waits_between_them_fit_into_an_operation_and_two_operations_into_a_handler() {
    let (timeouts, retries) = (inbox::timeouts(), inbox::retries());
    let (attempt, operation) = (
        timeouts.operation_attempt_timeout().unwrap(),
        timeouts.operation_timeout().unwrap(),
    );
    let waits = retries.initial_backoff() * 3;

    assert_eq!(
        (attempt, operation, retries.max_attempts()),
        (Duration::from_secs(1), Duration::from_secs(4), 3)
    );
    assert!(attempt * retries.max_attempts() + waits < operation);
}

/// The deployed timeouts, a tenth of them.
fn impatient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(100))
        .operation_timeout(Duration::from_millis(400))
        .build()
}

fn chain(error: &StoreError) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.join("\n")
}
