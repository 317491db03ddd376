//! A store that fails: what is not recorded is told, and comes again.

use sandbox::dynamo::Fault;

use crate::mail::{event, queue, registered, row};
use crate::world::{TAKEN, World, invoke};

const ATTEMPTS: usize = 3;

#[tokio::test]
async fn whatever_the_store_does_an_invocation_by_sns_fails_until_it_is_recorded() {
    let world = World::start().await;
    let event = event(&[registered("a")]);
    for fault in [Fault::Deny, Fault::InternalError, Fault::Throttle] {
        world.faults.inject("PutItem", fault, usize::MAX);
        assert_eq!(
            world.invoke(&event).await,
            "NotRecorded: 1 of 1 records were not recorded: store",
            "{fault:?}"
        );
        world.faults.clear();
        assert_eq!(world.rows().await, [""; 0]);
    }
    assert_eq!(world.invoke(&event).await, TAKEN);
    assert_eq!(world.rows().await, [row("a")]);
}

#[tokio::test]
async fn a_message_of_a_queue_whose_write_fails_comes_again_alone() {
    let world = World::start().await;
    let process = world.process();
    let bodies = [registered("a").text(), registered("b").text()];
    // Denied once, and no repetition helps: whichever of the two it was, the other one is recorded.
    world.faults.inject("PutItem", Fault::Deny, 1);
    let answer = invoke(&process, &queue(&bodies), "first").await;
    let rows = world.rows().await;
    let expected = [("0", row("b")), ("1", row("a"))].map(|(failed, kept)| {
        (
            format!(r#"{{"batchItemFailures":[{{"itemIdentifier":"{failed}"}}]}}"#),
            vec![kept],
        )
    });
    assert!(expected.contains(&(answer.clone(), rows.clone())), "{answer} {rows:?}");

    assert_eq!(invoke(&process, &queue(&bodies), "second").await, TAKEN);
    assert_eq!(world.rows().await, [row("a"), row("b")]);
}

#[tokio::test]
async fn a_write_whose_answers_are_lost_is_found_when_it_comes_again() {
    let world = World::start().await;
    let event = event(&[registered("a")]);
    world.faults.inject("PutItem", Fault::LoseResponse, ATTEMPTS);
    assert_eq!(
        world.invoke(&event).await,
        "NotRecorded: 1 of 1 records were not recorded: store"
    );
    assert_eq!(world.invoke(&event).await, TAKEN);
    assert_eq!(world.rows().await, [row("a")]);
}

#[tokio::test]
async fn a_record_that_hangs_costs_the_others_nothing_and_fails_at_the_deadline() {
    let world = World::start().await;
    let bodies = ["a", "b", "c"].map(|seed| registered(seed).text());
    world.faults.inject("PutItem", Fault::Hang, 1);
    let answer = world.invoke(&queue(&bodies)).await;
    let rows = world.rows().await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    let hung = ["a", "b", "c"].iter().position(|seed| !rows.contains(&row(seed))).unwrap();
    assert_eq!(answer, format!(r#"{{"batchItemFailures":[{{"itemIdentifier":"{hung}"}}]}}"#));
}
