//! A new process: the certificate comes from the table if it is there, from SNS if not, and no fault of the table is in the way.

use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::dynamo::Fault;
use sandbox::{Pki, sns_api};
use sns_webhook::ChainPolicy;
use tokio::task::JoinSet;

use crate::world::process::receive;
use crate::world::rows::recorded;
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
    let [kept] = world.items("trust").await.try_into().unwrap();
    let fetches = world.fetches().len();
    let stranger = Pki::fixed().stranger_der();
    let strange_issuer = AttributeValue::L(vec![AttributeValue::B(Blob::new(stranger.as_ref()))]);
    let spoils = [
        ("pem", Some(AttributeValue::S("no certificate".to_owned()))),
        ("pem", Some(AttributeValue::N("1".to_owned()))),
        ("pem", None),
        ("issuers", Some(AttributeValue::S("no list".to_owned()))),
        ("issuers", Some(strange_issuer)),
    ];
    for (n, (attribute, value)) in spoils.into_iter().enumerate() {
        let mut spoiled = kept.clone();
        spoiled.remove(attribute);
        spoiled.extend(value.map(|value| (attribute.to_owned(), value)));
        world.put("trust", spoiled).await;

        let process = world.process_with(|options| options.chain_policy = ChainPolicy::Require);
        let purchase = mail::purchase(&format!("purchase {n}"));
        assert_eq!(receive(&process, &purchase, "new process").await, RECORDED, "{attribute}");
        assert_eq!(world.items("trust").await, std::slice::from_ref(&kept), "{attribute}");
    }
    assert_eq!(world.fetches().len(), fetches + 2 * 5);
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
