//! The steps of the state machine, invoked as it would invoke them.

use inbox::Invoked;
use reconcile::{Answer, Asked, Invocation, SweepError};
use serde_json::{Value, json};

use crate::world::{APP, World};

async fn step(world: &World, step: Value) -> Result<Value, SweepError> {
    let invocation: Invocation = serde_json::from_value(json!({"step": step})).unwrap();
    let (ends_at, id) = (world.ends_at(), world.id());
    let answer: Answer = world.sweep.invoke(&invocation, ends_at, Invoked::untraced(&id)).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

fn next(name: &str, before: &Value) -> Value {
    json!({"name": name, "application": before["application"], "run": before["run"], "fence": before["fence"]})
}

/// All of them; each one twice, as Lambda and the state machine may repeat it.
async fn machine(world: &World, mode: &str, times: usize) -> Value {
    let mut state = step(world, json!({"name": "begin", "application": APP, "mode": mode}))
        .await
        .unwrap();
    loop {
        state = step(world, next("list", &state)).await.unwrap();
        if state["isDone"] == true {
            break;
        }
    }
    for _ in 0..times {
        state = step(world, next("join", &state)).await.unwrap();
    }
    let chunks: Vec<_> = state["chunks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|chunk| chunk.as_u64().unwrap())
        .collect();
    // In any order.
    for chunk in chunks.iter().rev() {
        for _ in 0..times {
            let mut mend = next("mend", &state);
            mend["chunk"] = json!(chunk);
            assert_eq!(step(world, mend).await.unwrap()["isDone"], true);
        }
    }
    for _ in 0..times {
        state = step(world, next("finish", &state)).await.unwrap();
    }
    state
}

#[tokio::test]
async fn the_steps_come_to_the_same_end_as_one_function() {
    let world = World::start().await;
    world.sick_fleet().await;
    let whole = world.order(Asked::Apply).await;
    let (state, lines) = (world.state().await, world.lines().await);
    for times in [1, 2] {
        let world = World::start().await;
        world.sick_fleet().await;
        let ended = machine(&world, "apply", times).await;
        assert_eq!(
            (ended["phase"].as_str(), ended["isDone"].as_bool()),
            (Some("done"), Some(true))
        );
        assert_eq!(world.state().await, state);
        assert_eq!(world.lines().await, lines);
        let summary = world.report().await.summary;
        assert_eq!((summary.actions, summary.calls), (whole.actions.clone(), whole.calls));
        assert_eq!(world.wrong().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_machine_that_finds_nothing_to_do_goes_through_with_it() {
    let world = World::start().await;
    world.sick_fleet().await;
    let stopped = world.registry.stop(&crate::world::app(), "stop it", &world.attempt()).await;
    let _ = stopped.unwrap();
    let ended = machine(&world, "apply", 1).await;
    let expected = json!({"application": APP, "run": null, "fence": null, "phase": "idle", "isDone": true, "chunks": []});
    assert_eq!(ended, expected);
}

#[tokio::test]
async fn a_machine_that_is_stopped_half_way_passes_through_its_other_steps_and_the_run_goes_on_later() {
    let world = World::start().await;
    world.sick_fleet().await;
    let state = step(&world, json!({"name": "begin", "application": APP, "mode": "apply"}))
        .await
        .unwrap();
    let state = step(&world, next("list", &state)).await.unwrap();
    let state = step(&world, next("join", &state)).await.unwrap();
    let stopped = world.registry.stop(&crate::world::app(), "stop it", &world.attempt()).await;
    let _ = stopped.unwrap();
    for chunk in state["chunks"].as_array().unwrap() {
        let mut mend = next("mend", &state);
        mend["chunk"] = chunk.clone();
        assert_eq!(step(&world, mend).await.unwrap()["phase"], "idle");
    }
    assert_eq!(step(&world, next("finish", &state)).await.unwrap()["phase"], "idle");
    let resumed = world.registry.resume(&crate::world::app(), &world.attempt()).await;
    let _ = resumed.unwrap();
    // Nobody gave the lease back.
    world.pass(604);
    world.order(Asked::Apply).await;
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn a_step_that_the_schedule_begins_is_idle_until_it_is_time() {
    let world = World::start().await;
    world.sick_fleet().await;
    world.order(Asked::Plan).await;
    let scheduled = json!({"name": "begin", "application": APP, "scheduled": true});
    assert_eq!(step(&world, scheduled.clone()).await.unwrap()["phase"], "idle");
    world.pass(24 * 60 * 60);
    assert_eq!(step(&world, scheduled).await.unwrap()["phase"], "listing");
}

#[tokio::test]
async fn a_step_without_its_lease_is_refused_and_the_run_is_another_ones() {
    let world = World::start().await;
    world.sick_fleet().await;
    let state = step(&world, json!({"name": "begin", "application": APP, "mode": "apply"}))
        .await
        .unwrap();
    let other = json!({"name": "list", "application": APP, "run": state["run"], "fence": 99});
    assert!(matches!(step(&world, other).await, Err(SweepError::TakenOver)));
    // It is held for ten minutes.
    world.pass(604);
    let late = step(&world, next("list", &state)).await;
    assert!(matches!(late, Err(SweepError::TakenOver)), "{late:?}");
    world.order(Asked::Apply).await;
    assert_eq!(world.wrong().await, [""; 0]);
    let late = step(&world, next("finish", &state)).await;
    assert!(matches!(late, Err(SweepError::TakenOver)), "{late:?}");
}

#[tokio::test]
async fn a_part_that_is_left_out_keeps_the_run_open() {
    let world = World::start().await;
    world.sick_fleet().await;
    let state = step(&world, json!({"name": "begin", "application": APP, "mode": "apply"}))
        .await
        .unwrap();
    let state = step(&world, next("list", &state)).await.unwrap();
    let early = step(&world, next("finish", &state)).await;
    assert!(matches!(early, Err(SweepError::Paper("run"))), "{early:?}");
    let state = step(&world, next("join", &state)).await.unwrap();
    let open = step(&world, next("finish", &state)).await.unwrap();
    assert_eq!(
        (open["isDone"].as_bool(), open["phase"].as_str()),
        (Some(false), Some("mending"))
    );
    let again = step(&world, next("join", &open)).await.unwrap();
    assert_eq!(again["chunks"], state["chunks"]);
}
