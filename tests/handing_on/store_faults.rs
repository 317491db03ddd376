//! The database fails at each call that handing on needs: the record is asked for again, and the event goes out when all is well.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use sandbox::dynamo::Fault;

use crate::world::replenishment::{NONE_FAILED, Way, order};
use crate::world::{RECORDED, World, clock, mail};

const FAULTS: [Fault; 4] = [Fault::Deny, Fault::InternalError, Fault::LoseResponse, Fault::Throttle];

async fn two_recorded() -> World {
    let world = World::with_faults().await;
    assert_eq!(world.deliver(&mail::purchase("a")).await, RECORDED);
    assert_eq!(world.bring(Way::Sns, &order("a")).await, NONE_FAILED);
    world
}

fn ids(world: &World) -> usize {
    let events = world.handed_on();
    events
        .iter()
        .map(|event| event["event_id"].to_string())
        .collect::<BTreeSet<_>>()
        .len()
}

#[tokio::test]
async fn rows_that_cannot_be_looked_at_come_again_and_nothing_goes_out_until_they_can() {
    for fault in FAULTS {
        let world = two_recorded().await;
        world.faults().inject("Query", fault, usize::MAX);
        for _ in 0..3 {
            assert_eq!(world.stack.hand_on_now().await.unwrap().len(), 2, "{fault:?}");
        }
        assert_eq!(world.stack.api.published(), []);
        world.faults().clear();
        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        assert_eq!((world.stack.api.published().len(), ids(&world)), (2, 2), "{fault:?}");
    }
}

#[tokio::test]
async fn events_that_cannot_be_marked_went_out_and_go_out_again_under_their_ids() {
    for fault in FAULTS {
        let world = two_recorded().await;
        world.faults().inject("UpdateItem", fault, usize::MAX);
        assert_eq!(
            world.stack.hand_on_now().await.unwrap(),
            [],
            "{fault:?}: what went out is not asked for again"
        );
        assert_eq!((world.stack.api.published().len(), ids(&world)), (2, 2));
        world.faults().clear();

        clock::advance(SignedDuration::from_mins(2));
        let swept = world.stack.sweep_now().await.unwrap();
        // A mark whose answer was lost has been made.
        let again = if fault == Fault::LoseResponse { 0 } else { 2 };
        assert_eq!((swept.counts.handed_on, ids(&world)), (again, 2), "{fault:?}");
        assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_sweep_that_cannot_read_the_index_fails_and_the_next_one_hands_on() {
    for fault in FAULTS {
        let world = two_recorded().await;
        clock::advance(SignedDuration::from_mins(2));
        world.faults().inject("Query", fault, usize::MAX);
        let stopped = world.stack.sweep_now().await.unwrap_err();
        assert_eq!(stopped.to_string(), "what waits could not be looked up", "{fault:?}");
        world.faults().clear();
        assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 2, "{fault:?}");
    }
}
