//! The database throttles, fails, denies, hangs or loses its answers, at each call of each road that a delivery can take: SNS is
//! told 503, never 4xx, and its redelivery is taken as if nothing had been.

use sandbox::dynamo::Fault;
use sandbox::{Envelope, ids};
use tokio::task::JoinSet;

use crate::world::rows::{Row, conflicting, held, recorded};
use crate::world::{
    CONFIRMED, CONFLICT, DUPLICATE, HELD, PENDING, RECORDED, STORE_FAILED, STRANGER, TOPIC, UNSUBSCRIBED, World, mail,
};

/// A delivery, by the road that it takes.
#[derive(Clone, Copy, Debug)]
enum Road {
    New,
    Conflict,
    Approved,
    Held,
    Pending,
    Confirmed,
    Unsubscribed,
}

/// A call to the database that a delivery cannot do without.
#[derive(Clone, Copy, Debug)]
struct Call {
    road: Road,
    operation: &'static str,
    /// How many calls of that operation come before it.
    before: usize,
    /// What a redelivery is answered once the call was performed and nobody heard.
    unheard: &'static str,
}

const CALLS: [Call; 12] = [
    call(Road::New, "PutItem", 0, DUPLICATE),
    call(Road::Conflict, "PutItem", 0, CONFLICT),
    call(Road::Conflict, "PutItem", 1, DUPLICATE),
    call(Road::Approved, "GetItem", 0, RECORDED),
    call(Road::Held, "GetItem", 0, HELD),
    call(Road::Held, "TransactWriteItems", 0, HELD),
    call(Road::Pending, "GetItem", 0, PENDING),
    call(Road::Pending, "GetItem", 1, PENDING),
    call(Road::Pending, "TransactWriteItems", 0, PENDING),
    call(Road::Confirmed, "UpdateItem", 0, CONFIRMED),
    call(Road::Confirmed, "UpdateItem", 1, CONFIRMED),
    call(Road::Unsubscribed, "UpdateItem", 0, UNSUBSCRIBED),
];

const FOR_EVER: usize = usize::MAX;

const fn call(road: Road, operation: &'static str, before: usize, unheard: &'static str) -> Call {
    Call {
        road,
        operation,
        before,
        unheard,
    }
}

impl Road {
    /// A delivery that takes this road, once the world is such that it does; `seed` makes it one of its own.
    async fn delivery(self, world: &World, seed: usize) -> Envelope {
        let purchase = mail::purchase(&format!("purchase {seed}"));
        let stranger = format!("{STRANGER}{seed}");
        let asked = mail::confirmation(&stranger, &ids::token(&stranger));
        match self {
            Self::New => purchase,
            Self::Conflict => {
                assert_eq!(world.deliver(&purchase).await, RECORDED);
                mail::same_key_other_body(&purchase)
            }
            Self::Approved => {
                world.approve(&stranger).await;
                mail::sent_to(&stranger, &format!("purchase {seed}"))
            }
            Self::Held => {
                assert_eq!(world.deliver(&asked).await, PENDING);
                mail::sent_to(&stranger, &format!("purchase {seed}"))
            }
            Self::Pending => asked,
            Self::Confirmed => mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC)),
            Self::Unsubscribed => mail::farewell(TOPIC),
        }
    }

    /// The answer if all goes well.
    fn answer(self) -> &'static str {
        match self {
            Self::New | Self::Approved => RECORDED,
            Self::Conflict => CONFLICT,
            Self::Held => HELD,
            Self::Pending => PENDING,
            Self::Confirmed => CONFIRMED,
            Self::Unsubscribed => UNSUBSCRIBED,
        }
    }

    /// All rows that there must be in the end.
    fn rows(self, delivered: &Envelope, seed: usize) -> Vec<Row> {
        match self {
            Self::New | Self::Approved => vec![recorded(delivered)],
            Self::Conflict => vec![recorded(&mail::purchase(&format!("purchase {seed}"))), conflicting(delivered)],
            Self::Held => vec![held(delivered)],
            Self::Pending | Self::Confirmed | Self::Unsubscribed => Vec::new(),
        }
    }
}

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
