//! A delivery whose process is killed at each of its waits, and its repetition: one row, and one event under one id.
//!
//! Every test runs a second time with the first answer of the database lost: then the kill also comes after a write that was
//! performed.

use dispatch::Dispatch;
use intake::Intake;
use lambda_http::{Context, LambdaEvent};
use sandbox::Envelope;
use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;
use std::collections::BTreeSet;

use crate::world::process::receive;
use crate::world::replenishment::{NONE_FAILED, Way, order, recorded};
use crate::world::{DUPLICATE, RECORDED, World};

/// What the first answer of the database is.
const FIRST_ANSWERS: [Fault; 2] = [Fault::Pass, Fault::LoseResponse];

/// More than any delivery waits.
const MOST_WAITS: usize = 1_000;

/// One notification to a process, as one attempt.
async fn bring(process: &Intake, way: Way, envelope: &Envelope, attempt: &str) -> String {
    let Some(event) = way.invocation(std::slice::from_ref(envelope)) else {
        return receive(process, envelope, attempt).await;
    };
    let mut context = Context::default();
    context.request_id = attempt.to_owned();
    let invocation = serde_json::from_str::<drs::Invocation>(&event).unwrap();
    match drs::answer(process, LambdaEvent::new(invocation, context)).await {
        Ok(answer) => serde_json::to_string(&answer).unwrap(),
        Err(failure) => failure.to_string(),
    }
}

#[tokio::test]
async fn an_order_is_recorded_once_and_handed_on_when_the_process_is_killed_at_any_wait() {
    for way in Way::KINDS {
        for first_answer in FIRST_ANSWERS {
            let world = World::with_faults().await;
            let process = world.drs_process();
            let warms_up = order("warms up");
            assert_eq!(bring(&process, way, &warms_up, "warm").await, way.taken(RECORDED));
            let mut expected = vec![recorded(&warms_up)];
            for waits in 0..MOST_WAITS {
                let order = order(&format!("order {waits}"));
                world.faults().inject("PutItem", first_answer, 1);
                let first = killed_after(waits, bring(&process, way, &order, &format!("{waits} first"))).await;
                let second = bring(&process, way, &order, &format!("{waits} second")).await;
                world.faults().clear();

                let known = [way.taken(RECORDED), way.taken(DUPLICATE)];
                assert!(known.contains(&second.as_str()), "{way:?} after {waits} waits: {second}");
                expected.push(recorded(&order));
                if let Some(first) = first {
                    assert_eq!((first.as_str(), second.as_str()), (known[0], known[1]), "{way:?}");
                    break;
                }
            }
            assert!(expected.len() > 2, "never killed");
            expected.sort();
            assert_eq!(world.rows().await, expected, "{way:?}");
            assert_handed_on_once(&world, expected.len()).await;
        }
    }
}

/// Lambda repeats an invocation under the id that it had: what its first attempt wrote is still recorded once.
#[tokio::test]
async fn an_invocation_that_is_repeated_under_its_id_is_recorded_once() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let process = world.drs_process();
        for waits in 0..MOST_WAITS {
            let order = order(&format!("order {waits}"));
            world.faults().inject("PutItem", first_answer, 1);
            let first = killed_after(waits, bring(&process, Way::Sns, &order, &format!("invocation {waits}"))).await;
            let second = bring(&process, Way::Sns, &order, &format!("invocation {waits}")).await;
            world.faults().clear();
            assert_eq!(second, NONE_FAILED);
            assert_eq!(world.rows().await.len(), waits + 1);
            if first.is_some() {
                break;
            }
        }
    }
}

async fn assert_handed_on_once(world: &World, events: usize) {
    let dispatch: Dispatch = world.dispatch();
    let swept = dispatch
        .sweep(jiff::SignedDuration::ZERO, jiff::Timestamp::MAX)
        .await
        .unwrap();
    assert_eq!(swept.counts.handed_on, events as u64);
    let ids = world.handed_on().into_iter().map(|event| event["event_id"].to_string());
    assert_eq!(
        (world.stack.api.published().len(), ids.collect::<BTreeSet<_>>().len()),
        (events, events)
    );
}
