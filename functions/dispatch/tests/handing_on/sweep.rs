//! Sweeps: all that waits, page by page, within the time there is.

use dispatch::Counts;

use crate::world::{NOON, World, advance, hours, now, seconds, set};

#[tokio::test]
async fn a_sweep_hands_on_everything_that_waits_in_any_shard() {
    let world = World::new().await;
    for n in 0..130 {
        world.purchase(&format!("purchase {n}")).await;
    }

    let swept = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap();

    let expected = Counts {
        handed_on: 130,
        ..Counts::default()
    };
    assert_eq!((swept.counts, swept.complete, swept.oldest_left_seconds), (expected, true, 0));
    assert_eq!((world.waiting().await, world.repetitions().len()), (0, 130));
    let empty = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap();
    assert_eq!((empty.counts, empty.complete), (Counts::default(), true));
}

#[tokio::test]
async fn what_is_young_is_left_to_the_stream() {
    let world = World::new().await;
    let old = world.purchase("old").await;
    advance(seconds(59));
    world.purchase("young").await;

    advance(seconds(1));
    let swept = world.dispatch.sweep(seconds(60), now() + hours(1)).await.unwrap();

    assert_eq!((swept.counts.handed_on, world.waiting().await), (1, 1));
    assert!(world.row(&old).await.handed_on.is_some());
}

#[tokio::test]
async fn what_a_replay_has_just_made_due_is_left_to_the_stream_and_waits_since_then() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    world.hand_on(&key).await;
    advance(hours(24 * 30));
    let row = world.row(&key).await;
    world
        .inbox
        .replay(&row, "march", inbox::Repetition::Never, now())
        .await
        .unwrap();

    advance(seconds(59));
    let early = world.dispatch.sweep(seconds(60), now() + hours(1)).await.unwrap();
    assert_eq!(
        (early.counts.young, early.counts.handed_on, early.oldest_left_seconds),
        (1, 0, 59)
    );
    advance(seconds(1));
    let later = world.dispatch.sweep(seconds(60), now() + hours(1)).await.unwrap();
    assert_eq!((later.counts.young, later.counts.handed_on, world.waiting().await), (0, 1, 0));
}

#[tokio::test]
async fn a_replay_by_a_clock_that_is_ahead_waits_for_no_time() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    world.hand_on(&key).await;
    advance(seconds(120));
    let row = world.row(&key).await;
    world
        .inbox
        .replay(&row, "march", inbox::Repetition::Never, now() + hours(1))
        .await
        .unwrap();

    let swept = world.dispatch.sweep(seconds(60), now() + hours(2)).await.unwrap();

    assert_eq!((swept.counts.young, swept.counts.handed_on), (0, 1));
}

#[tokio::test]
async fn a_sweep_out_of_time_says_so_and_the_next_ones_come_round_to_every_shard() {
    let world = World::new().await;
    for n in 0..40 {
        world.purchase(&format!("purchase {n}")).await;
    }
    advance(seconds(30));
    let swept = world.dispatch.sweep(seconds(0), NOON).await.unwrap();
    assert_eq!(
        (swept.counts, swept.complete, swept.oldest_left_seconds),
        (Counts::default(), false, 30)
    );

    // Each look at the clock takes a second here: time for eight empty shards, or for one with something in it.
    let (dispatch, mut complete) = (world.with_ticking_clock(), Vec::new());
    for minute in 0..8 {
        set(NOON + seconds(60 * minute));
        let swept = dispatch.sweep(seconds(0), NOON + seconds(60 * minute + 9)).await.unwrap();
        complete.push(swept.complete);
    }
    assert!(complete.contains(&false), "time ran out at least once");
    assert_eq!(
        (world.waiting().await, world.repetitions().into_values().collect::<Vec<_>>()),
        (0, vec![1; 40])
    );
}

#[tokio::test]
async fn the_age_of_the_oldest_that_is_left_is_told() {
    let world = World::new().await;
    let refused = world.purchase("anna").await;
    advance(seconds(100));
    world.purchase("bert").await;
    let receipt = ::rtn::read(&world.row(&refused).await.raw).unwrap().event.receipt_id;
    world.api.refuse_entries(sandbox::sns_api::EntryRefusal {
        containing: receipt.as_str().to_owned(),
        code: "InternalError".to_owned(),
        sender_fault: false,
        times: usize::MAX,
    });
    advance(seconds(20));

    let swept = world.dispatch.sweep(seconds(0), now() + hours(1)).await.unwrap();

    assert_eq!(
        (swept.counts.handed_on, swept.counts.refused, swept.oldest_left_seconds),
        (1, 1, 120)
    );
}
