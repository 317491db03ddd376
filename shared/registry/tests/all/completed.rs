//! The runs that were completed, and the lease in the hands of several processes.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Acquired, Completed, Filed, Lease, Registry, Run, RunId, StoreError};

use crate::world::{APPLICATION, World, application, at, attempt};

const LEASE: Duration = Duration::from_secs(60);

async fn lease(registry: &Registry, id: &str, second: i64) -> Lease {
    match registry.acquire(&application(), &attempt(id, second), LEASE).await.unwrap() {
        Acquired::Go(lease) => lease,
        held @ Acquired::Held { .. } => panic!("{held:?}"),
    }
}

pub(crate) fn run(id: &str, started: i64, step: i64) -> Run {
    Run {
        id: RunId::parse(id).unwrap(),
        started_at: at(started),
        step,
        phase: "mending".to_owned(),
        next_token: None,
        page: 0,
        counters: [].into(),
        plan_hash: None,
        previous: None,
    }
}

fn names(completed: &[Completed]) -> Vec<(&str, jiff::Timestamp)> {
    completed.iter().map(|one| (one.run.as_str(), one.started_at)).collect()
}

#[tokio::test]
async fn the_last_two_that_were_completed_are_known_the_newest_first() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut first = lease(registry, "one", 0).await;
    assert_eq!(
        (first.completed(), registry.completed(&application()).await.unwrap()),
        (&[][..], vec![])
    );

    for (id, second) in [("monday", 1), ("tuesday", 2), ("wednesday", 3)] {
        let filed = registry.finish(&mut first, &run(id, second, 1), at(second + 10)).await;
        assert_eq!(filed.unwrap(), Filed::Filed);
    }

    let expected = [("wednesday", at(3)), ("tuesday", at(2))];
    assert_eq!(names(first.completed()), expected);
    assert_eq!(names(&registry.completed(&application()).await.unwrap()), expected);
    let wednesday = registry
        .run(&application(), &RunId::parse("wednesday").unwrap())
        .await
        .unwrap();
    assert_eq!(wednesday.unwrap().phase, "done");
    // It lasts as long as before, and is kept.
    assert_eq!(first.time_left(at(0)), Some(LEASE));
    registry.release(first).await.unwrap();
    let second = lease(registry, "two", 20).await;
    assert_eq!(names(second.completed()), expected);
    assert_eq!(second.latest_run().unwrap().as_str(), "wednesday");
    let lines = world.lines().await;
    let row = lines.split("run#").next().unwrap();
    insta::assert_snapshot!(row, @r#"
    lease#app/ADM/Fire
      completed L [S("wednesday@1772366403250"), S("tuesday@1772366402250")]
      fence N 2
      owner S two@1772366420250
      run S wednesday
      until N 1772366480250
      version N 6
    "#);
}

#[tokio::test]
async fn a_run_is_completed_once_and_by_who_has_the_lease() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut slow = lease(registry, "one", 0).await;
    let (noon, later) = (run("noon", 0, 7), run("noon", 0, 8));
    for run in [&noon, &noon, &later] {
        assert_eq!(registry.finish(&mut slow, run, at(1)).await.unwrap(), Filed::Filed);
        assert_eq!(names(slow.completed()), [("noon", at(0))]);
    }
    assert_eq!(registry.finish(&mut slow, &noon, at(1)).await.unwrap(), Filed::Stale);

    let _second = lease(registry, "two", 100).await;
    let before = world.rows().await;
    assert_eq!(
        registry.finish(&mut slow, &run("next", 1, 1), at(100)).await.unwrap(),
        Filed::Lost
    );
    assert_eq!(world.rows().await, before);
}

#[tokio::test]
async fn a_lease_is_taken_up_by_its_number_while_it_lasts() {
    let world = World::new().await;
    let registry = &world.registry;
    let (app, long) = (application(), Duration::from_secs(100));
    assert!(registry.take_up(&app, 1, at(0)).await.unwrap().is_none());
    let first = lease(registry, "one", 0).await;
    assert!(registry.take_up(&app, 1, at(59)).await.unwrap().is_some());
    for (fence, second) in [(1, 60), (0, 1), (2, 1)] {
        assert!(
            registry.take_up(&app, fence, at(second)).await.unwrap().is_none(),
            "{fence} {second}"
        );
        assert_eq!(registry.take_up(&app, fence, at(second)).await.unwrap(), None);
    }

    let mut taken_up = registry.take_up(&app, 1, at(1)).await.unwrap().unwrap();
    assert_eq!(taken_up, first);
    let filed = registry.checkpoint(&mut taken_up, &run("noon", 0, 1), at(1), long).await;
    assert_eq!(filed.unwrap(), Filed::Filed);
    assert!(registry.take_up(&app, 1, at(100)).await.unwrap().is_some());
    // Whoever had it in hand before may give it back.
    registry.release(first).await.unwrap();
    assert!(registry.take_up(&app, 1, at(1)).await.unwrap().is_none());
    let filed = registry.checkpoint(&mut taken_up, &run("noon", 0, 2), at(2), long).await;
    assert_eq!(filed.unwrap(), Filed::Lost);
}

#[tokio::test]
async fn a_lease_whose_completed_runs_cannot_be_read_is_nobodys() {
    let world = World::new().await;
    let _lease = lease(&world.registry, "one", 0).await;
    let key = format!("lease#{APPLICATION}");
    for wrong in [
        AttributeValue::S("noon".to_owned()),
        AttributeValue::L(vec![AttributeValue::S("noon".to_owned())]),
        AttributeValue::L(vec![AttributeValue::S("noon@x".to_owned())]),
        AttributeValue::L(vec![AttributeValue::N("1".to_owned())]),
    ] {
        let mut row = world.rows().await.remove(&key).unwrap();
        row.insert("completed".to_owned(), wrong);
        world.put(&key, row).await;
        let error = world.registry.take_up(&application(), 1, at(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Malformed { attribute: "completed" }), "{error}");
    }
}
