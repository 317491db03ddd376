//! What handing on costs, in calls to the store and to the topic.

use crate::world::{NOON, World, hours, seconds};

#[tokio::test]
async fn an_event_costs_one_read_one_mark_and_a_tenth_of_a_call_to_the_topic() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..20 {
        keys.push(world.purchase(&format!("purchase {n}")).await);
    }
    let (dispatch, faults) = world.with_faults().await;

    dispatch.hand_on(&keys).await;

    assert_eq!(
        (faults.calls("Query"), faults.calls("UpdateItem"), faults.all_calls()),
        (20, 20, 40)
    );
    assert_eq!(world.api.calls().len(), 2);
}

#[tokio::test]
async fn an_event_that_is_not_due_any_more_costs_one_read() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    world.hand_on(&key).await;
    let (dispatch, faults) = world.with_faults().await;

    dispatch.hand_on(&[key]).await;

    assert_eq!((faults.calls("Query"), faults.all_calls()), (1, 1));
}

#[tokio::test]
async fn a_sweep_that_finds_nothing_asks_each_shard_once() {
    let world = World::new().await;
    let (dispatch, faults) = world.with_faults().await;

    dispatch.sweep(seconds(60), NOON + hours(1)).await.unwrap();

    assert_eq!((faults.calls("Query"), faults.all_calls()), (8, 8));
}
