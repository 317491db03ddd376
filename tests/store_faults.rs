//! The database throttles, fails, denies, hangs or loses its answers, at each call of each road that a delivery can take: SNS is
//! told 503, never 4xx, and its redelivery is taken as if nothing had been.

mod calls;

use sandbox::dynamo::Fault;
use tokio::task::JoinSet;

use self::calls::{CALLS, Call};
use crate::world::rows::Row;
use crate::world::{CONFLICT, DUPLICATE, RECORDED, STORE_FAILED, TOPIC, UNSUBSCRIBED, World, in_short, mail};

const FOR_EVER: usize = usize::MAX;

/// Delivers with `fault` at the call, `times` times, and again once all is well; both answers, and what must be recorded now.
async fn delivered_twice(world: &World, call: Call, fault: Fault, times: usize, seed: usize) -> ([String; 2], Vec<Row>) {
    let delivery = call.road.delivery(world, seed).await;
    world.faults().inject(call.operation, Fault::Pass, call.before);
    world.faults().inject(call.operation, fault, times);
    let first = world.deliver(&delivery).await;
    world.faults().clear();
    let again = world.deliver(&delivery).await;
    ([first, again], call.road.rows(&delivery, seed))
}

/// A world whose process has the certificate already, so that the first call is one that a delivery cannot do without.
async fn warm_world() -> World {
    let world = World::with_faults().await;
    assert_eq!(world.deliver(&mail::farewell(TOPIC)).await, UNSUBSCRIBED);
    world
}

/// Every call meets the fault for ever, and then no more.
async fn check(fault: Fault) {
    let world = warm_world().await;
    let mut expected = Vec::new();
    for (seed, call) in CALLS.into_iter().enumerate() {
        let (answers, rows) = delivered_twice(&world, call, fault, FOR_EVER, seed).await;
        let again = if fault == Fault::LoseResponse {
            call.unheard
        } else {
            call.road.answer()
        };
        assert_eq!(answers, [STORE_FAILED, again], "{call:?}");
        expected.extend(rows);
    }
    expected.sort();
    assert_eq!(world.rows().await, expected);
}

#[tokio::test]
async fn a_database_that_throttles_is_answered_503_and_the_redelivery_is_taken() {
    check(Fault::Throttle).await;
}

#[tokio::test]
async fn a_database_that_fails_is_answered_503_and_the_redelivery_is_taken() {
    check(Fault::InternalError).await;
}

#[tokio::test]
async fn a_database_that_denies_access_is_answered_503_and_the_redelivery_is_taken() {
    check(Fault::Deny).await;
}

#[tokio::test]
async fn a_database_whose_answers_are_lost_is_answered_503_and_the_redelivery_is_taken() {
    check(Fault::LoseResponse).await;
}

#[tokio::test]
async fn one_fault_alone_is_not_noticed_by_sns() {
    for fault in [Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
        let world = warm_world().await;
        let mut expected = Vec::new();
        for (seed, call) in CALLS.into_iter().enumerate() {
            let (answers, rows) = delivered_twice(&world, call, fault, 1, seed).await;
            let again = if call.road.answer() == RECORDED || call.road.answer() == CONFLICT {
                DUPLICATE
            } else {
                call.road.answer()
            };
            assert_eq!(answers, [call.road.answer(), again], "{fault:?} {call:?}");
            expected.extend(rows);
        }
        expected.sort();
        assert_eq!(world.rows().await, expected);
    }
}

#[tokio::test]
async fn a_database_that_hangs_is_answered_503_while_sns_waits_and_the_redelivery_is_taken() {
    let mut deliveries = JoinSet::new();
    for call in CALLS {
        deliveries.spawn(async move {
            let world = World::with(|options| {
                options.faults = true;
                options.store_timeouts = inbox::timeouts();
            });
            let world = world.await;
            assert_eq!(world.deliver(&mail::farewell(TOPIC)).await, UNSUBSCRIBED);
            let (answers, rows) = delivered_twice(&world, call, Fault::Hang, FOR_EVER, 0).await;
            assert_eq!(answers, [STORE_FAILED, call.road.answer()], "{call:?}");
            assert_eq!(world.rows().await, rows, "{call:?}");
        });
    }
    deliveries.join_all().await;
}

#[tokio::test]
async fn transactions_that_collide_are_tried_again_and_then_answered_503_and_the_redelivery_is_taken() {
    let world = warm_world().await;
    let transactions = CALLS.into_iter().filter(|call| call.operation == "TransactWriteItems");
    let mut expected = Vec::new();
    for (seed, call) in transactions.enumerate() {
        let (answers, rows) = delivered_twice(&world, call, Fault::Collide, 3, seed).await;
        assert_eq!(answers, [call.road.answer(), call.road.answer()], "{call:?}");
        expected.extend(rows);
        let (answers, rows) = delivered_twice(&world, call, Fault::Collide, FOR_EVER, seed + 10).await;
        assert_eq!(
            answers.map(|answer| in_short(&answer)),
            ["503 standing_changed", &in_short(call.road.answer())],
            "{call:?}"
        );
        expected.extend(rows);
    }
    expected.sort();
    assert_eq!(world.rows().await, expected);
}
