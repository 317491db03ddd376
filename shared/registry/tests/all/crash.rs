//! A process that is killed at any moment leaves rows that agree, and whoever repeats its work ends where it would have ended.

use std::time::Duration;

use registry::{Acquired, Change, Filed, Grounds, Paper, Registration, Registry, Run, RunId, StoreError};
use sandbox::kill::killed_after;

use crate::world::{World, application, arn, at, attempt, key, registration, ticket, token};

/// One device from its registration to its end, as a function and a sweep do it.
async fn life(registry: &Registry) -> Result<(), StoreError> {
    let one = attempt("one", 9);
    let said = Registration {
        subscriptions: Some(["news".to_owned()].into()),
        ..registration("phone", "t1", 1)
    };
    let _ = registry.register(&said, &one).await?;
    let registered = registry.register(&registration("tablet", "t1", 2), &one).await?;
    if registered.leads_to_sns()
        && let Change::Done(device) = registry.bind(&registered.device, &arn("a"), &one).await?
    {
        let _ = registry.enabling(&device, ticket(1), Grounds::Confirmed, &one).await?;
    }
    let _ = registry.endpoint_disabled(&arn("a"), &token("t1"), at(3), &one).await?;
    if let Some(device) = registry.get(&key("tablet"), at(3)).await? {
        let _ = registry.ended(&device, &["weather".to_owned()].into(), &one).await?;
    }
    let _ = registry.register(&registration("phone", "t1", 4), &one).await?;
    let _ = registry.register(&registration("tablet", "t2", 5), &one).await?;
    let _ = registry.opt_out(&key("tablet"), at(6), &one).await?;
    registry.condemn(&arn("b"), &one).await?;
    registry.spare(&arn("b")).await?;
    if let Some(device) = registry.get(&key("phone"), at(6)).await? {
        let _ = registry.tombstone(&device, &one).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_rows_agree_after_every_crash_and_the_second_time_ends_as_the_first_would_have() {
    let whole = World::new().await;
    life(&whole.registry).await.unwrap();
    let expected = whole.devices().await;
    assert_eq!(expected, ["phone tombstone t1@4", "tablet opted_out t2@5"]);

    let mut kills = 0;
    for waits in 0.. {
        let world = World::new().await;
        let finished = killed_after(waits, life(&world.registry)).await;
        assert_eq!(world.contradictions().await, [""; 0], "killed after {waits}");

        life(&world.registry).await.unwrap();

        assert_eq!(world.devices().await, expected, "killed after {waits}");
        let to_end = world.device("phone").await.inherited_subscriptions;
        assert_eq!(Vec::from_iter(to_end), ["news"], "killed after {waits}");
        if finished.is_some() {
            break;
        }
        kills += 1;
    }
    assert!(kills > 20, "{kills}");
}

#[tokio::test]
async fn a_sweep_that_is_killed_goes_on_at_its_last_checkpoint_in_another_process() {
    for waits in 0.. {
        let world = World::new().await;
        let first = killed_after(waits, sweep(&world.registry, "one", 0, 3)).await;

        let steps = sweep(&world.registry, "two", 1_000, 6).await;

        // Each step once, whoever did it; the lease had run out.
        let kept = world.registry.run(&application(), &noon()).await.unwrap().unwrap();
        assert_eq!((kept.step, steps.last()), (6, Some(&6)), "killed after {waits}");
        assert_eq!(kept.counters["steps"], 6);
        for step in 1..=6 {
            let kept = world.registry.kept(&application(), &noon(), paper(step)).await.unwrap();
            assert_eq!(kept, Some(step.to_be_bytes().to_vec()), "killed after {waits}");
        }
        assert_eq!(world.registry.completed(&application()).await.unwrap().len(), 1);
        if let Some(first) = first {
            assert_eq!((first, steps), (vec![1, 2, 3], vec![4, 5, 6]));
            break;
        }
    }
}

/// Goes on from the last checkpoint, as far as a step: the sixth is the last. What a step has found is on paper before it counts.
async fn sweep(registry: &Registry, id: &str, second: i64, to: i64) -> Vec<i64> {
    let lasts = Duration::from_secs(60);
    let acquired = registry.acquire(&application(), &attempt(id, second), lasts).await.unwrap();
    let Acquired::Go(mut lease) = acquired else {
        panic!("{acquired:?}")
    };
    let mut run = match lease.latest_run().cloned() {
        Some(id) => registry.run(&application(), &id).await.unwrap().unwrap(),
        None => Run {
            id: noon(),
            started_at: at(0),
            step: 0,
            phase: "listing".to_owned(),
            next_token: None,
            page: 0,
            counters: [("steps".to_owned(), 0)].into(),
            plan_hash: None,
            previous: None,
        },
    };
    let mut steps = Vec::new();
    while run.step < to {
        run.step += 1;
        *run.counters.get_mut("steps").unwrap() += 1;
        let bytes = run.step.to_be_bytes();
        let kept = registry
            .keep(lease.fence(), &application(), &run.id, paper(run.step), &bytes, at(second))
            .await
            .unwrap();
        assert_eq!(kept, Filed::Filed);
        let filed = match run.step {
            6 => registry.finish(&mut lease, &run, at(second)).await.unwrap(),
            _ => registry.checkpoint(&mut lease, &run, at(second), lasts).await.unwrap(),
        };
        assert_eq!(filed, Filed::Filed);
        steps.push(run.step);
    }
    steps
}

fn paper(step: i64) -> Paper {
    Paper {
        kind: "step",
        number: u32::try_from(step).unwrap(),
    }
}

fn noon() -> RunId {
    RunId::parse("noon").unwrap()
}
