//! A process that is killed at each of its waits, and the repetition by Lambda or the queue: one row a notification, every time.
//!
//! A process is killed between handing a request to the network and reading the answer, so every test runs a second time with the
//! first answer of the database lost: then the kill also comes after a write that was performed.

use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;
use serde_json::Value;

use crate::mail::{event, queue, registered, row};
use crate::world::{TAKEN, World, invoke};

/// What the first answer of the database is.
const FIRST_ANSWERS: [Fault; 2] = [Fault::Pass, Fault::LoseResponse];

/// More than any invocation waits.
const MOST_WAITS: usize = 1_000;

/// Invokes warm processes with new notifications, each killed one wait later than the last, and then invoked again.
async fn assert_recorded_once(first_answer: Fault, event: impl Fn(&[String]) -> Value) {
    let world = World::start().await;
    let process = world.process();
    let mut expected = Vec::new();
    for waits in 0..MOST_WAITS {
        let seeds = [format!("{waits:04} a"), format!("{waits:04} b")];
        let event = event(&seeds);
        world.faults.inject("PutItem", first_answer, 1);
        let id = format!("request {waits}");
        let first = killed_after(waits, invoke(&process, &event, &id)).await;
        // Lambda repeats an invocation under the same id.
        assert_eq!(invoke(&process, &event, &id).await, TAKEN);
        world.faults.clear();

        expected.extend(seeds.iter().map(|seed| row(seed)));
        if let Some(first) = first {
            assert_eq!(first, TAKEN);
            break;
        }
    }
    assert!(expected.len() > 2, "it was killed at least once");
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn records_of_sns_are_recorded_once_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        assert_recorded_once(first_answer, |seeds| {
            event(&seeds.iter().map(|seed| registered(seed)).collect::<Vec<_>>())
        })
        .await;
    }
}

#[tokio::test]
async fn messages_of_a_queue_are_recorded_once_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        assert_recorded_once(first_answer, |seeds| {
            queue(&seeds.iter().map(|seed| registered(seed).text()).collect::<Vec<_>>())
        })
        .await;
    }
}
