//! Many at once.

use std::time::Duration;

use registry::{Acquired, Change, Grounds, StoreError};
use tokio::task::JoinSet;

use crate::world::{World, application, attempt, registration, ticket};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_devices_that_register_one_token_at_once_the_newest_has_it() {
    let world = World::new().await;
    let mut callers = JoinSet::new();
    for n in 0..200 {
        let registry = world.registry.clone();
        callers.spawn(async move {
            let id = format!("device-{n:03}");
            // In no order, and some at the same moment.
            let registration = registration(&id, "shared", (n * 37) % 101);
            loop {
                match registry.register(&registration, &attempt(&id, 1_000)).await {
                    Ok(registered) => break registered.superseded.map(|device| device.key),
                    // Overtaken again and again: come back, as one who is answered 503 does.
                    Err(StoreError::Unavailable(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    let superseded = callers.join_all().await;

    let devices = world.devices().await;
    assert_eq!(devices.len(), 200);
    let live: Vec<_> = devices.iter().filter(|device| device.contains(" live ")).collect();
    // 30 and 131 say so at 100, none later.
    let newest = (0..200).max_by_key(|n| ((n * 37) % 101, *n)).unwrap();
    assert_eq!(live, [&format!("device-{newest:03} live shared@{}", (newest * 37) % 101)]);
    // Nobody is told twice to clean up after the same device.
    let mut told: Vec<_> = superseded.into_iter().flatten().collect();
    let all = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_workers_one_may_enable_and_one_may_sweep() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let mut workers = JoinSet::new();
    for n in 0..50 {
        let (registry, seen) = (world.registry.clone(), seen.clone());
        workers.spawn(async move {
            let id = format!("worker-{n}");
            let attempt = attempt(&id, 2);
            let enabling = registry
                .enabling(&seen, ticket(1), Grounds::Confirmed, &attempt)
                .await
                .unwrap();
            let acquired = registry
                .acquire(&application(), &attempt, Duration::from_secs(60))
                .await
                .unwrap();
            (matches!(enabling, Change::Done(_)), matches!(acquired, Acquired::Go(_)))
        });
    }
    let answers = workers.join_all().await;
    assert_eq!(answers.iter().filter(|(enables, _)| *enables).count(), 1);
    assert_eq!(answers.iter().filter(|(_, sweeps)| *sweeps).count(), 1);
}
