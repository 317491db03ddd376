//! Replays under live traffic: everything selected goes out once more, and nothing twice.

use inbox::{Repetition, Replayed};

use sandbox::dynamo::StreamStart;

use crate::world::{NOON, TABLE, World, advance, hours, now, seconds};

#[tokio::test]
async fn a_replay_of_a_range_run_twice_under_live_traffic_hands_on_nothing_twice() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..30 {
        keys.push(world.purchase(&format!("old {n}")).await);
    }
    world.dispatch.hand_on(&keys).await;
    advance(hours(1));

    let mut replayed = Vec::new();
    for round in 0..2 {
        for (n, key) in keys.iter().enumerate() {
            let row = world.row(key).await;
            replayed.push(world.inbox.replay(&row, "march", Repetition::Never, now()).await.unwrap());
            // Meanwhile others arrive, and both ways of handing on are at work.
            let live = world.purchase(&format!("live {round} {n}")).await;
            world.dispatch.hand_on(&[live, key.clone()]).await;
            if n % 10 == 0 {
                world.dispatch.sweep(seconds(0), NOON + hours(9)).await.unwrap();
            }
        }
    }

    let now = replayed.iter().filter(|replayed| **replayed == Replayed::Now).count();
    let before = replayed.iter().filter(|replayed| **replayed == Replayed::Before).count();
    assert_eq!((now, before), (30, 30));
    let repetitions = world.repetitions();
    let twice = repetitions.values().filter(|times| **times == 2).count();
    assert_eq!((repetitions.len(), twice), (90, 30), "30 replayed, 60 live");
    assert_eq!(repetitions.values().max(), Some(&2));
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn replay_stream_sweep_and_arrivals_at_the_same_time_hand_on_each_event_once_for_each_cause() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..40 {
        keys.push(world.purchase(&format!("old {n}")).await);
    }
    world.dispatch.hand_on(&keys).await;
    advance(hours(1));
    let mut stream = world.dynamo.stream(TABLE, StreamStart::Latest).await.unwrap();

    let replay = async {
        let mut replayed = 0;
        for key in keys.iter().chain(&keys) {
            let row = world.row(key).await;
            let done = world.inbox.replay(&row, "march", Repetition::Never, now()).await.unwrap();
            replayed += usize::from(done == Replayed::Now);
        }
        replayed
    };
    let arrivals = async {
        for n in 0..40 {
            world.purchase(&format!("live {n}")).await;
        }
    };
    let streaming = async {
        while world.published().len() < 40 + 40 + 40 {
            match stream.next(7).await.unwrap() {
                Some(event) => {
                    let batch = serde_json::from_value(event).unwrap();
                    world.dispatch.take(&batch, NOON + hours(9)).await;
                }
                None => tokio::task::yield_now().await,
            }
        }
    };
    let sweeps = async {
        for _ in 0..20 {
            world.dispatch.sweep(seconds(60), NOON + hours(9)).await.unwrap();
        }
    };
    let (replayed, ..) = tokio::join!(replay, arrivals, streaming, sweeps);

    assert_eq!(replayed, 40);
    let repetitions = world.repetitions();
    assert_eq!(repetitions.values().filter(|times| **times == 2).count(), 40, "the old ones");
    assert_eq!(repetitions.values().filter(|times| **times == 1).count(), 40, "the live ones");
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn a_forced_replay_goes_out_again() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    for _ in 0..2 {
        world.hand_on(&key).await;
        let row = world.row(&key).await;
        let replayed = world.inbox.replay(&row, "march", Repetition::Forced, now()).await.unwrap();
        assert_eq!(replayed, Replayed::Now);
    }
    world.hand_on(&key).await;

    assert_eq!(world.repetitions().into_values().collect::<Vec<_>>(), [3]);
}
