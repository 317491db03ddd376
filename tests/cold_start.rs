//! A new process: the certificate comes from the table if it is there, from SNS if not, and no fault of the table is in the way.

use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::dynamo::Fault;
use sandbox::{Pki, sns_api};
use sns_webhook::ChainPolicy;
use tokio::task::JoinSet;

use crate::world::process::receive;
use crate::world::rows::{is_copy, recorded};
use crate::world::{CONFIRMED, RECORDED, STORE_FAILED, TOPIC, World, mail};

const DEADLINE: &str = r#"503 {"outcome":"unavailable","reason":"deadline","detail":"no decision within the time limit"}"#;

#[tokio::test]
async fn a_new_process_finds_the_certificate_in_the_table_and_fetches_nothing() {
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let fetched = world.fetches();
    let paths: Vec<_> = fetched.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, [mail::certificate_path().as_str(), "/intermediate.cer"]);

    let purchase = mail::purchase("b");
    assert_eq!(receive(&world.process(), &purchase, "new process").await, RECORDED);

    assert_eq!(world.fetches(), fetched);
    assert_eq!(world.trust().await, ["certificate"]);
}

#[tokio::test]
async fn what_the_table_has_instead_of_a_certificate_is_replaced_by_a_fetch() {
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let (copies, kept) = world.items("trust").await.into_iter().partition::<Vec<_>, _>(is_copy);
    let [kept] = kept.try_into().unwrap();
    assert_eq!(copies.len(), 1);
    let fetches = world.fetches().len();
    for (n, (attribute, value)) in spoils().into_iter().enumerate() {
        let mut spoiled = kept.clone();
        spoiled.remove(attribute);
        spoiled.extend(value.map(|value| (attribute.to_owned(), value)));
        world.put("trust", spoiled).await;

        let process = world.process_with(|options| options.chain_policy = ChainPolicy::Require);
        let purchase = mail::purchase(&format!("purchase {n}"));
        assert_eq!(receive(&process, &purchase, "new process").await, RECORDED, "{attribute}");
        assert!(world.items("trust").await.contains(&kept), "{attribute}");
        assert_eq!(world.trust().await, ["certificate"]);
    }
    assert_eq!(world.fetches().len(), fetches + 2 * 5);
}

/// What may be there instead of an attribute.
fn spoils() -> [(&'static str, Option<AttributeValue>); 5] {
    let stranger = Pki::fixed().stranger_der();
    [
        ("pem", Some(AttributeValue::S("no certificate".to_owned()))),
        ("pem", Some(AttributeValue::N("1".to_owned()))),
        ("pem", None),
        ("issuers", Some(AttributeValue::S("no list".to_owned()))),
        (
            "issuers",
            Some(AttributeValue::L(vec![AttributeValue::B(Blob::new(stranger.as_ref()))])),
        ),
    ]
}

#[tokio::test]
async fn a_process_that_is_prepared_needs_neither_a_look_nor_a_fetch_for_its_first_message() {
    let world = World::with_faults().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let process = world.process();
    process.prepare().await;
    let (fetched, looks) = (world.fetches(), world.faults().calls("GetItem"));
    world.faults().inject("GetItem", Fault::Deny, usize::MAX);

    assert_eq!(receive(&process, &mail::purchase("b"), "first").await, RECORDED);

    assert_eq!((world.fetches(), world.faults().calls("GetItem")), (fetched, looks));
}

#[tokio::test]
async fn whatever_is_kept_as_the_last_certificate_the_first_message_is_recorded() {
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    let items = world.items("trust").await;
    let kept = items.into_iter().find(is_copy).unwrap();
    let elsewhere = |url: &str| ("url", Some(AttributeValue::S(url.to_owned())));
    let others = [
        ("url", None),
        elsewhere("https://sns.us-east-1.example.com/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem"),
        elsewhere("https://sns.evil/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem"),
        elsewhere("no url"),
    ];
    for (n, (attribute, value)) in spoils().into_iter().chain(others).enumerate() {
        let mut spoiled = kept.clone();
        spoiled.remove(attribute);
        spoiled.extend(value.map(|value| (attribute.to_owned(), value)));
        world.put("trust", spoiled).await;

        let process = world.process_with(|options| options.chain_policy = ChainPolicy::Require);
        process.prepare().await;
        let purchase = mail::purchase(&format!("purchase {n}"));
        assert_eq!(receive(&process, &purchase, "new process").await, RECORDED, "{attribute}");
    }
}

#[tokio::test]
async fn a_store_that_fails_while_a_process_starts_costs_no_delivery() {
    for fault in [Fault::Deny, Fault::Hang, Fault::InternalError] {
        let world = World::with_faults().await;
        assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
        world.faults().inject("GetItem", fault, usize::MAX);
        let process = world.process();
        process.prepare().await;
        world.faults().clear();
        assert_eq!(receive(&process, &mail::purchase("b"), "first").await, RECORDED, "{fault:?}");
    }
}

#[tokio::test]
async fn a_table_of_certificates_that_fails_costs_a_fetch_and_no_delivery() {
    let mut deliveries = JoinSet::new();
    for (fault, attempts) in [
        (Fault::Deny, 1),
        (Fault::Hang, 1),
        (Fault::InternalError, 3),
        (Fault::LoseResponse, 3),
        (Fault::Throttle, 3),
    ] {
        deliveries.spawn(async move {
            let world = World::with_faults().await;
            world.faults().inject("GetItem", fault, attempts);
            world.faults().inject("PutItem", fault, attempts);
            let purchase = mail::purchase("a");

            assert_eq!(world.deliver(&purchase).await, RECORDED, "{fault:?}");
            assert_eq!(world.rows().await, [recorded(&purchase)]);
        });
    }
    deliveries.join_all().await;
}

#[tokio::test]
async fn a_database_that_hangs_for_a_cold_process_is_answered_503_while_sns_waits() {
    let world = World::with(|options| {
        options.faults = true;
        options.store_timeouts = inbox::timeouts();
    });
    let world = world.await;
    let purchase = mail::purchase("a");
    for operation in ["GetItem", "PutItem"] {
        world.faults().inject(operation, Fault::Hang, usize::MAX);
    }
    let answer = world.deliver(&purchase).await;
    assert!([STORE_FAILED, DEADLINE].contains(&answer.as_str()), "{answer}");

    world.faults().clear();
    assert_eq!(world.deliver(&purchase).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&purchase)]);
}

#[tokio::test]
async fn a_delivery_that_nothing_else_ends_is_answered_503_at_the_deadline_while_sns_waits() {
    let world = World::with(|options| options.fetch_deadline = Duration::from_secs(60)).await;
    world.stack.api.script([sns_api::Fault::Silent; 2]);
    let asked = mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC));

    assert_eq!(world.deliver(&asked).await, DEADLINE);

    world.stack.api.script([]);
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
}
