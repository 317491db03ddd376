//! The database throttles, fails, denies, hangs or loses its answers: SNS is told 503, never 4xx; Lambda is told of a failure, so
//! that it repeats the invocation or leaves the message in the queue; and the repetition is taken as if nothing had been.

use sandbox::Envelope;
use sandbox::dynamo::Fault;
use tokio::task::JoinSet;

use crate::world::replenishment::{Way, order, recorded, same_key_other_body, sent_to};
use crate::world::rows::Row;
use crate::world::{CONFLICT, DUPLICATE, RECORDED, STRANGER, World, in_short};

const FOR_EVER: usize = usize::MAX;

/// A call to the database that a notification cannot do without.
#[derive(Clone, Copy, Debug)]
struct Call {
    way: Way,
    road: Road,
    operation: &'static str,
    /// How many calls of that operation come before it.
    before: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Road {
    New,
    Conflict,
    /// Of a topic that the operator has approved, so that the table is asked about it.
    Approved,
}

/// Each call, on each road, by each way.
fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for way in Way::KINDS {
        for (road, operation, before) in [
            (Road::New, "PutItem", 0),
            (Road::Conflict, "PutItem", 0),
            (Road::Conflict, "PutItem", 1),
            (Road::Approved, "GetItem", 0),
        ] {
            calls.push(Call {
                way,
                road,
                operation,
                before,
            });
        }
    }
    calls
}

impl Call {
    /// A notification that takes this road, once the world is such that it does.
    async fn notification(self, world: &World, seed: &str) -> Envelope {
        match self.road {
            Road::New => order(seed),
            Road::Conflict => {
                let first = order(seed);
                world.bring(self.way, &first).await;
                same_key_other_body(&first)
            }
            Road::Approved => {
                let topic = format!("{STRANGER}{}", seed.replace(' ', "-"));
                world.approve(&topic).await;
                sent_to(&topic, seed)
            }
        }
    }

    /// The answer once all is well, if nothing was written before.
    fn taken(self) -> &'static str {
        self.way.taken(match self.road {
            Road::New | Road::Approved => RECORDED,
            Road::Conflict => CONFLICT,
        })
    }

    /// All rows that there must be in the end.
    fn rows(self, notification: &Envelope, seed: &str) -> Vec<Row> {
        match self.road {
            Road::New | Road::Approved => vec![recorded(notification)],
            Road::Conflict => vec![recorded(&order(seed)), crate::world::replenishment::conflicting(notification)],
        }
    }
}

/// A world whose functions have the certificate already.
async fn warm_world() -> World {
    let world = World::with_faults().await;
    assert_eq!(world.bring(Way::Https, &order("warms up")).await, RECORDED);
    world
}

async fn told(world: &World, way: Way, envelope: &Envelope) -> String {
    let answer = world.bring(way, envelope).await;
    match (way, answer.starts_with("200")) {
        (Way::Https, false) => in_short(&answer),
        (Way::Https, true) | (Way::Sns | Way::Queue(_), _) => answer,
    }
}

async fn check(fault: Fault) {
    let world = warm_world().await;
    let mut expected = world.rows().await;
    for (number, call) in calls().into_iter().enumerate() {
        let seed = format!("order {number}");
        let notification = call.notification(&world, &seed).await;
        world.faults().inject(call.operation, Fault::Pass, call.before);
        world.faults().inject(call.operation, fault, FOR_EVER);
        let first = told(&world, call.way, &notification).await;
        world.faults().clear();
        let again = told(&world, call.way, &notification).await;

        assert_eq!(first, call.way.failed(&notification, 503, "store"), "{fault:?} {call:?}");
        let performed =
            fault == Fault::LoseResponse && call.operation == "PutItem" && (call.road, call.before) != (Road::Conflict, 0);
        let taken = if performed { call.way.taken(DUPLICATE) } else { call.taken() };
        assert_eq!(again, taken, "{fault:?} {call:?}");
        expected.extend(call.rows(&notification, &seed));
    }
    expected.sort();
    assert_eq!(world.rows().await, expected);
    // Nothing is lost on the way out either.
    let left = world.stack.hand_on_now().await.unwrap();
    assert_eq!((left, world.stack.api.published().len()), (vec![], expected.len()));
}

#[tokio::test]
async fn a_database_that_throttles_drops_nothing() {
    check(Fault::Throttle).await;
}

#[tokio::test]
async fn a_database_that_fails_drops_nothing() {
    check(Fault::InternalError).await;
}

#[tokio::test]
async fn a_database_that_denies_access_drops_nothing() {
    check(Fault::Deny).await;
}

#[tokio::test]
async fn a_database_whose_answers_are_lost_drops_nothing() {
    check(Fault::LoseResponse).await;
}

#[tokio::test]
async fn one_fault_alone_is_not_noticed() {
    for fault in [Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
        let world = warm_world().await;
        for (number, call) in calls().into_iter().enumerate() {
            let notification = call.notification(&world, &format!("order {number}")).await;
            world.faults().inject(call.operation, Fault::Pass, call.before);
            world.faults().inject(call.operation, fault, 1);
            assert_eq!(
                told(&world, call.way, &notification).await,
                call.taken(),
                "{fault:?} {call:?}"
            );
            world.faults().clear();
        }
    }
}

#[tokio::test]
async fn a_database_that_hangs_is_told_in_time_by_every_way_and_drops_nothing() {
    let mut worlds = JoinSet::new();
    for way in Way::KINDS {
        worlds.spawn(async move {
            let world = World::with(|options| {
                options.faults = true;
                options.store_timeouts = inbox::timeouts();
            });
            let world = world.await;
            assert_eq!(world.bring(Way::Https, &order("warms up")).await, RECORDED);
            let order = order("a");
            world.faults().inject("PutItem", Fault::Hang, FOR_EVER);
            assert_eq!(told(&world, way, &order).await, way.failed(&order, 503, "store"), "{way:?}");
            world.faults().clear();
            assert_eq!(told(&world, way, &order).await, way.taken(RECORDED), "{way:?}");
        });
    }
    worlds.join_all().await;
}
