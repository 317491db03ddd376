//! What is not authentic or not ours: refused for good over HTTPS, told as failed to SNS and to a queue, and never on record.

use firepost::DRS_TOPIC;
use sandbox::lambda::{DeadLetter, dead_letters_event};
use sandbox::{Envelope, ids};
use serde_json::{Value, json};

use crate::world::replenishment::{NONE_FAILED, QUEUE, Way, order, recorded, sent_to};
use crate::world::{DUPLICATE, HELD, PENDING, RECORDED, STRANGER, TOPIC, World, in_short, mail};

/// The answer in short, which over HTTPS has a sentence as well.
async fn told(world: &World, way: Way, envelope: &Envelope) -> String {
    let answer = world.bring(way, envelope).await;
    match way {
        Way::Https => in_short(&answer),
        Way::Sns | Way::Queue(_) => answer,
    }
}

#[tokio::test]
async fn over_https_nothing_is_taken_that_sns_did_not_sign() {
    let world = World::start().await;
    let order = order("a");
    for forgery in [
        mail::forged(order.clone()),
        mail::forged(order.clone().with("Message", "{}")),
        order.clone().with("Message", "{}"),
        order.clone().with("Signature", ""),
        order.clone().with("SignatureVersion", "2"),
        order.clone().with("TopicArn", format!("{DRS_TOPIC}2")),
    ] {
        let answer = told(&world, Way::Https, &forgery).await;
        assert!(
            ["403 signature_mismatch", "403 topic_not_admitted", "403 header_mismatch"].contains(&&*answer),
            "{answer}"
        );
    }
    assert_eq!(world.rows().await, []);
    assert_eq!(world.bring(Way::Https, &order).await, RECORDED);
}

#[tokio::test]
async fn what_sns_relays_is_believed_whatever_its_signature_for_iam_is_the_proof() {
    let world = World::start().await;
    let order = order("a");
    let bare = order
        .clone()
        .without("Signature")
        .without("SigningCertURL")
        .without("SignatureVersion");
    assert_eq!(world.bring(Way::Sns, &mail::forged(order.clone())).await, NONE_FAILED);
    assert_eq!(world.bring(Way::Sns, &bare).await, NONE_FAILED);
    assert_eq!(world.rows().await, [recorded(&order)]);
    assert_eq!(world.fetches(), [], "nobody is asked for a certificate");
}

#[tokio::test]
async fn a_topic_that_is_not_ours_is_refused_by_every_way_and_nobody_is_asked() {
    let world = World::start().await;
    // The topic of the other function is nobody's here.
    for topic in [STRANGER, TOPIC] {
        let order = sent_to(topic, "a");
        for way in Way::ALL {
            let expected = way.failed(&order, 403, "topic_not_admitted");
            assert_eq!(told(&world, way, &order).await, expected, "{way:?} {topic}");
        }
    }
    world.assert_untouched().await;
}

#[tokio::test]
async fn a_topic_that_waits_for_the_operator_is_held_over_https_and_stays_with_sns_and_the_queue_until_approved() {
    let world = World::start().await;
    let asked = mail::confirmation(STRANGER, &world.stack.api.issue_token(STRANGER));
    assert_eq!(world.bring(Way::Https, &asked).await, PENDING);
    let [posted, invoked] = ["posted", "invoked"].map(|seed| sent_to(STRANGER, seed));
    for way in [Way::Sns, Way::Queue(DeadLetter::Failure)] {
        let expected = way.failed(&invoked, 403, "topic_not_admitted");
        assert_eq!(told(&world, way, &invoked).await, expected);
    }
    assert_eq!(world.bring(Way::Https, &posted).await, HELD);
    let held = held_row(&posted);
    assert_eq!(world.rows().await, [held]);

    world.approve(STRANGER).await;

    assert_eq!(world.bring(Way::Sns, &invoked).await, NONE_FAILED);
    assert_eq!(world.bring(Way::Https, &posted).await, DUPLICATE);
    let mut expected = [recorded(&posted), recorded(&invoked)];
    expected.sort();
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn control_messages_have_no_business_in_an_invocation() {
    let world = World::start().await;
    let asked = mail::confirmation(DRS_TOPIC, &ids::token("a"));
    for message in [asked, mail::farewell(DRS_TOPIC)] {
        let expected = Way::Sns.failed(&message, 400, "not_a_notification");
        assert_eq!(told(&world, Way::Sns, &message).await, expected);
    }
    world.assert_untouched().await;
}

#[tokio::test]
async fn of_a_batch_only_what_failed_comes_again() {
    let world = World::start().await;
    let (first, second) = (order("a"), order("b"));
    let batch = [
        first.clone(),
        sent_to(STRANGER, "c"),
        Envelope::of([("Type", "Notification")]),
        second.clone(),
        first.clone(),
    ];
    let event = dead_letters_event(QUEUE, DeadLetter::Envelope, &batch);
    let queued = serde_json::from_str::<Value>(&event).unwrap();
    let failed = [1, 2].map(|at| json!({"itemIdentifier": queued["Records"][at]["messageId"]}));

    let answer = world.invoke("drs", event).await;

    assert_eq!(
        serde_json::from_str::<Value>(&answer).unwrap(),
        json!({"batchItemFailures": failed})
    );
    let mut expected = [recorded(&first), recorded(&second)];
    expected.sort();
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn an_event_that_is_neither_a_request_nor_records_fails_and_says_so() {
    let world = World::start().await;
    let sentence = "UnknownEvent: the event is neither a request by API Gateway or a function URL nor records of SNS or SQS";
    for event in [
        json!({}),
        json!([]),
        json!("s3cr3t"),
        json!({"Records": []}),
        json!({"Records": [{"eventSource": "aws:s3"}]}),
    ] {
        assert_eq!(world.invoke("drs", event.to_string()).await, sentence, "{event}");
    }
    world.assert_untouched().await;
}

/// A held order is filed by its topic, until it is approved.
fn held_row(envelope: &Envelope) -> crate::world::rows::Row {
    let row = recorded(envelope);
    crate::world::rows::Row {
        marks: vec![format!("held for {} {}", row.subject, row.event), "not due".to_owned()],
        subject: format!("held#{}", envelope.field("TopicArn").unwrap()),
        event: format!("{}#{}", row.message_id, inbox::Digest::of(&row.raw)),
        ..row
    }
}
