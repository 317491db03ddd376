//! New or duplicate: decided by one write, whatever happens around it.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use inbox::{Attempt, Digest, Recorded};
use insta::assert_snapshot;
use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;
use tokio::task::JoinSet;

use crate::world::{Message, RETENTION, World, at, attempt, message, noon, seconds};

#[tokio::test]
async fn a_first_delivery_is_recorded_with_what_it_says_and_nothing_more() {
    let world = World::new().await;

    let recorded = world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();

    assert_eq!(recorded, Recorded::New);
    let [item] = &world.items().await[..] else { panic!("one row") };
    assert_snapshot!(lines(item), @r#"
    digest B 32 bytes
    due S 4
    event S 0001600701569824#SUBSCRIPTION_PURCHASED
    expires_at N 1780142400
    message_id S b1c4d9bb-0fd9-54b2-8f74-8e59c91e396a
    nonce S first
    raw S {"appPackageName":"com.example.amazonsdkapivalidator3","notificationType":"SUBSCRIPTION_PURCHASED","appUserId":"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=","receiptId":"koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11","relatedReceipts":{},"timestamp":1600701569824,"betaProductTransaction":false}
    received_at N 1772366400250
    signature_version N 1
    sns_timestamp N 1600701575686
    subject S rtn#com.example.amazonsdkapivalidator3#koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11
    topic_arn S arn:aws:sns:us-east-1:033616359524:LT0XA
    "#);
}

#[tokio::test]
async fn a_record_reads_back_as_it_was_written() {
    let world = World::new().await;
    let message = Message {
        repaired: true,
        warnings: vec!["unknown type".to_owned(), "unknown type".to_owned()],
        unreadable: Some("not_json".to_owned()),
        ..message()
    };

    world.inbox.record(&message.entry(), &attempt("first")).await.unwrap();

    let record = world
        .inbox
        .show(&message.subject, &message.event, noon())
        .await
        .unwrap()
        .unwrap();
    let entry = message.entry();
    assert_eq!(
        (record.subject, record.event, record.message_id, record.topic_arn, record.raw),
        (
            entry.subject,
            entry.event,
            message.message_id.clone(),
            message.topic_arn.clone(),
            message.raw.clone()
        )
    );
    assert_eq!((record.sns_timestamp, record.received_at), (entry.sns_timestamp, noon()));
    assert_eq!((record.signature_version, record.repaired, record.conflict), (1, true, false));
    assert_eq!((record.warnings, record.unreadable), (message.warnings, message.unreadable));
    assert_eq!(
        (record.digest, record.nonce, record.held),
        (Digest::of(&message.raw), "first".to_owned(), None)
    );
    assert_eq!(record.expires_at, at("2026-05-30T12:00:00Z"));
}

#[tokio::test]
async fn a_second_delivery_is_a_duplicate_and_leaves_the_row_alone() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();
    let before = world.items().await;

    let later = Attempt {
        id: "second",
        now: noon() + seconds(60),
    };
    let recorded = world.inbox.record(&message().entry(), &later).await.unwrap();

    assert_eq!(recorded, Recorded::Duplicate);
    assert_eq!(world.items().await, before);
}

#[tokio::test]
async fn the_same_message_under_a_new_message_id_is_a_duplicate() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();

    let resent = message().message_id("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324");
    let recorded = world.inbox.record(&resent.entry(), &attempt("second")).await.unwrap();

    assert_eq!(recorded, Recorded::Duplicate);
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_deliveries_at_once_are_one_row_and_one_of_them_is_new() {
    let world = World::new().await;

    let mut deliveries = JoinSet::new();
    for n in 0..200 {
        let inbox = world.inbox.clone();
        deliveries.spawn(async move { inbox.record(&message().entry(), &attempt(&n.to_string())).await.unwrap() });
    }
    let mut outcomes = HashMap::new();
    for outcome in deliveries.join_all().await {
        *outcomes.entry(format!("{outcome:?}")).or_insert(0) += 1;
    }

    assert_eq!(
        outcomes,
        HashMap::from([("New".to_owned(), 1), ("Duplicate".to_owned(), 199)])
    );
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_a_first_delivery() {
    let world = World::new().await;
    let (inbox, faults) = world.with_faults().await;
    faults.inject("PutItem", Fault::LoseResponse, 1);

    let recorded = inbox.record(&message().entry(), &attempt("only")).await.unwrap();

    assert_eq!((recorded, faults.calls("PutItem")), (Recorded::New, 2));
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn an_attempt_takes_only_its_own_message_for_its_own_write() {
    let world = World::new().await;
    world
        .inbox
        .record(&message().raw("one").entry(), &attempt("the same"))
        .await
        .unwrap();

    let resent = message().raw("one").message_id("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324");
    let resent = world.inbox.record(&resent.entry(), &attempt("the same")).await.unwrap();
    let other = world
        .inbox
        .record(&message().raw("other").entry(), &attempt("the same"))
        .await
        .unwrap();

    assert_eq!((resent, other), (Recorded::Duplicate, Recorded::Conflict));
}

#[tokio::test]
async fn a_row_counts_as_absent_from_the_second_it_expires() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();
    let expiry = noon() + RETENTION;

    let before = Attempt {
        id: "before",
        now: expiry - seconds(1),
    };
    let before = world.inbox.record(&message().entry(), &before).await.unwrap();
    let after = world
        .inbox
        .record(
            &message().entry(),
            &Attempt {
                id: "after",
                now: expiry,
            },
        )
        .await
        .unwrap();

    assert_eq!((before, after), (Recorded::Duplicate, Recorded::New));
    let record = world
        .inbox
        .show(&message().subject, &message().event, expiry)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((record.received_at, record.nonce), (expiry, "after".to_owned()));
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn a_row_that_dynamodb_has_deleted_is_recorded_again() {
    let world = World::new().await;
    world.inbox.record(&message().entry(), &attempt("first")).await.unwrap();
    world.delete(&message()).await;

    let recorded = world.inbox.record(&message().entry(), &attempt("second")).await.unwrap();

    assert_eq!((recorded, world.items().await.len()), (Recorded::New, 1));
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_never_due() {
    let world = World::new().await;
    let message = Message {
        unreadable: Some("not_json".to_owned()),
        ..message().subject("unread#topic").event("id")
    };

    let first = world.inbox.record(&message.entry(), &attempt("first")).await.unwrap();
    let second = world.inbox.record(&message.entry(), &attempt("second")).await.unwrap();

    assert_eq!((first, second), (Recorded::New, Recorded::Duplicate));
    assert_eq!((world.items().await.len(), world.due().await), (1, 0));
}

#[tokio::test]
async fn keys_beyond_what_the_table_takes_are_recorded_told_apart_and_found_again() {
    let world = World::new().await;
    let (start_of_subject, start_of_event) = ("é".repeat(3000), "x".repeat(1020));
    let [one, other] = ["1", "2"].map(|end| {
        message()
            .subject(start_of_subject.clone() + end)
            .event(start_of_event.clone() + end)
            .raw(format!("message {end}"))
    });

    let mut recorded = Vec::new();
    for (message, id) in [(&one, "1"), (&other, "2"), (&one, "3"), (&one.clone().raw("another"), "4")] {
        recorded.push(world.inbox.record(&message.entry(), &attempt(id)).await.unwrap());
    }

    assert_eq!(
        recorded,
        [Recorded::New, Recorded::New, Recorded::Duplicate, Recorded::Conflict]
    );
    let found = world.inbox.show(&one.subject, &one.event, noon()).await.unwrap().unwrap();
    assert_eq!(found.raw, "message 1");
    assert_eq!(world.inbox.history(&other.subject, noon()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_delivery_killed_anywhere_is_one_row_after_its_redelivery() {
    for kill in 0.. {
        let world = World::new().await;
        let (one, other) = (message().raw("one"), message().raw("other"));
        world.inbox.record(&one.entry(), &attempt("other")).await.unwrap();

        // A conflict, because it is the longest road: two writes.
        let killed = killed_after(kill, world.inbox.record(&other.entry(), &attempt("killed"))).await;
        world.inbox.record(&other.entry(), &attempt("redelivered")).await.unwrap();

        let event = other.beside();
        assert_eq!(
            world.keys().await,
            [(one.subject.clone(), one.event), (one.subject, event)],
            "killed at {kill}"
        );
        if killed.is_some() {
            assert!(kill > 1, "nothing was killed");
            return;
        }
    }
}

/// The item as DynamoDB's console shows it: one attribute per line, with its type.
fn lines(item: &BTreeMap<String, AttributeValue>) -> String {
    let line = |(name, value): (&String, &AttributeValue)| match value {
        AttributeValue::S(text) => format!("{name} S {text}\n"),
        AttributeValue::N(digits) => format!("{name} N {digits}\n"),
        AttributeValue::B(bytes) => format!("{name} B {} bytes\n", bytes.as_ref().len()),
        other => format!("{name} {other:?}\n"),
    };
    item.iter().map(line).collect()
}
