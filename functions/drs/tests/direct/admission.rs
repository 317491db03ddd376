//! Whose topics are taken: IAM says who may invoke the function, and the function says for which topics.

use sandbox::SubscriptionConfirmation;

use crate::https::post;
use crate::mail::{NOON, STRANGER, event, queue, sent_to, signed};
use crate::world::{TAKEN, World, invoke};

const REFUSED: &str = "NotRecorded: 1 of 1 records were not recorded: topic_not_admitted";

#[tokio::test]
async fn a_topic_that_is_unknown_waits_or_was_rejected_is_not_taken_from_and_one_approved_is() {
    let world = World::start().await;
    let event = event(&[sent_to(STRANGER, "a")]);
    let dead_letter = queue(&[sent_to(STRANGER, "a").text()]);
    assert_eq!(world.invoke(&event).await, REFUSED);

    let token = world.api.issue_token(STRANGER);
    let asked = signed(SubscriptionConfirmation::new(STRANGER, &token, NOON));
    let answer = invoke(&world.process(), &post(&asked), "asked").await;
    assert!(answer.contains("subscription_pending"), "{answer}");
    assert_eq!(world.invoke(&event).await, REFUSED);

    world.reject(STRANGER).await;
    assert_eq!(world.invoke(&event).await, REFUSED);
    assert_eq!(
        world.invoke(&dead_letter).await,
        r#"{"batchItemFailures":[{"itemIdentifier":"0"}]}"#
    );
    assert_eq!(world.rows().await, [""; 0]);

    world.approve(STRANGER).await;
    assert_eq!(world.invoke(&dead_letter).await, TAKEN);
    assert_eq!(world.invoke(&event).await, TAKEN);
    assert_eq!(world.rows().await, [crate::mail::row("a")]);
}

#[tokio::test]
async fn a_topic_that_is_trusted_is_not_asked_about_and_no_other_call_is_made_than_the_write() {
    let world = World::start().await;
    assert_eq!(world.invoke(&event(&[crate::mail::registered("a")])).await, TAKEN);
    assert_eq!((world.faults.calls("PutItem"), world.faults.all_calls()), (1, 1));
}
