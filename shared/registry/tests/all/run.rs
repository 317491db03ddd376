//! How far a sweep has come, written down by who has the lease and by nobody else.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Acquired, Filed, Lease, REPORT_LIMIT_BYTES, Registry, Report, Run, RunId};

use crate::world::{APPLICATION, World, application, at, attempt};

const LEASE: Duration = Duration::from_secs(60);

async fn lease(registry: &Registry, id: &str, second: i64) -> Lease {
    match registry.acquire(&application(), &attempt(id, second), LEASE).await.unwrap() {
        Acquired::Go(lease) => lease,
        held @ Acquired::Held { .. } => panic!("{held:?}"),
    }
}

fn run(id: &str, step: i64) -> Run {
    Run {
        id: RunId::parse(id).unwrap(),
        started_at: at(0),
        step,
        phase: "listing".to_owned(),
        next_token: Some("opaque".to_owned()),
        page: 100,
        counters: [("endpoints".to_owned(), 10_000)].into(),
        plan_hash: Some("v1:ba7816bf".to_owned()),
        previous: Some(RunId::parse("yesterday").unwrap()),
    }
}

fn report(text: &str) -> Report {
    Report::new(text).unwrap()
}

#[tokio::test]
async fn another_process_goes_on_where_the_last_checkpoint_was() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut first = lease(registry, "one", 0).await;
    for step in 1..=2 {
        let filed = registry.checkpoint(&mut first, &run("noon", step), at(10), LEASE).await;
        assert_eq!(filed.unwrap(), Filed::Filed);
    }
    // The checkpoint has renewed the lease.
    assert_eq!(first.time_left(at(10)), Some(LEASE));
    insta::assert_snapshot!(world.lines().await, @r#"
    lease#app/ADM/Fire
      fence N 1
      owner S one@1772366400250
      run S noon
      until N 1772366470250
      version N 3
    run#app/ADM/Fire#noon
      counters M {"endpoints": N("10000")}
      expires_at N 1774958411
      fence N 1
      next_token S opaque
      page N 100
      phase S listing
      plan_hash S v1:ba7816bf
      previous S yesterday
      started_at N 1772366400250
      step N 2
    "#);

    let second = lease(registry, "two", 74).await;

    let id = second.latest_run().unwrap();
    assert_eq!(id.as_str(), "noon");
    assert_eq!(registry.run(&application(), id).await.unwrap(), Some(run("noon", 2)));
    assert_eq!(registry.latest_run(&application()).await.unwrap().as_ref(), Some(id));
    let other = RunId::parse("yesterday").unwrap();
    assert_eq!(registry.run(&application(), &other).await.unwrap(), None);
}

#[tokio::test]
async fn a_worker_that_was_overtaken_writes_nothing() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut slow = lease(registry, "one", 0).await;
    let filed = registry.checkpoint(&mut slow, &run("noon", 1), at(1), LEASE).await;
    assert_eq!(filed.unwrap(), Filed::Filed);

    // Nothing of the second one is on record but its lease.
    let mut second = lease(registry, "two", 100).await;
    let before = world.rows().await;
    for step in [2, 100] {
        let filed = registry.checkpoint(&mut slow, &run("noon", step), at(100), LEASE).await;
        assert_eq!(filed.unwrap(), Filed::Lost);
        let filed = registry.checkpoint(&mut slow, &run("other", step), at(100), LEASE).await;
        assert_eq!(filed.unwrap(), Filed::Lost);
    }
    let id = RunId::parse("noon").unwrap();
    let filed = registry.file_report(&mut slow, &id, &report("{}"), at(100)).await;
    assert_eq!(filed.unwrap(), Filed::Lost);
    assert_eq!(world.rows().await, before);

    let filed = registry.checkpoint(&mut second, &run("noon", 2), at(101), LEASE).await;
    assert_eq!(filed.unwrap(), Filed::Filed);
}

#[tokio::test]
async fn who_has_given_the_lease_back_writes_nothing_either() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut lease_twice = lease(registry, "one", 0).await;
    let same = lease(registry, "one", 0).await;
    registry.release(same).await.unwrap();

    let filed = registry.checkpoint(&mut lease_twice, &run("noon", 1), at(1), LEASE).await;

    assert_eq!(filed.unwrap(), Filed::Lost);
    assert_eq!(world.rows().await.len(), 1);
}

#[tokio::test]
async fn no_step_is_written_over_a_later_one_and_the_same_one_is_written_once() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut lease = lease(registry, "one", 0).await;
    let mut checkpoint = async |run: &Run| registry.checkpoint(&mut lease, run, at(1), LEASE).await.unwrap();

    assert_eq!(checkpoint(&run("noon", 2)).await, Filed::Filed);
    assert_eq!(checkpoint(&run("noon", 2)).await, Filed::Filed);
    assert_eq!(checkpoint(&run("noon", 1)).await, Filed::Stale);
    let another = Run {
        page: 7,
        ..run("noon", 2)
    };
    assert_eq!(checkpoint(&another).await, Filed::Stale);
    assert_eq!(checkpoint(&run("noon", 3)).await, Filed::Filed);
}

#[tokio::test]
async fn what_a_later_holder_wrote_is_kept_even_if_somebody_has_set_the_lease_back() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut first = lease(registry, "one", 0).await;
    let id = RunId::parse("noon").unwrap();
    let filed = registry.checkpoint(&mut first, &run("noon", 1), at(1), LEASE).await;
    assert_eq!(filed.unwrap(), Filed::Filed);
    let filed = registry.file_report(&mut first, &id, &report("{}"), at(1)).await;
    assert_eq!(filed.unwrap(), Filed::Filed);
    for kind in ["run", "report"] {
        let key = format!("{kind}#{APPLICATION}#noon");
        let mut row = world.rows().await.remove(&key).unwrap();
        row.insert("fence".to_owned(), AttributeValue::N("2".to_owned()));
        world.put(&key, row).await;
    }

    let filed = registry.checkpoint(&mut first, &run("noon", 2), at(1), LEASE).await;
    assert_eq!(filed.unwrap(), Filed::Stale);
    let filed = registry.file_report(&mut first, &id, &report("{}"), at(1)).await;
    assert_eq!(filed.unwrap(), Filed::Stale);
}

#[tokio::test]
async fn a_report_is_kept_with_its_run_and_replaced_by_a_later_one() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut first = lease(registry, "one", 0).await;
    let id = RunId::parse("noon").unwrap();
    assert_eq!(registry.report(&application(), &id).await.unwrap(), None);

    for text in ["{\"n\":1}", "{\"n\":2}"] {
        let filed = registry.file_report(&mut first, &id, &report(text), at(1)).await;
        assert_eq!(filed.unwrap(), Filed::Filed);
        let kept = registry.report(&application(), &id).await.unwrap().unwrap();
        assert_eq!(kept.as_str(), text);
    }
    assert!(Report::new("x".repeat(REPORT_LIMIT_BYTES)).is_some());
    assert_eq!(Report::new("x".repeat(REPORT_LIMIT_BYTES + 1)), None);
}

#[test]
fn a_run_is_called_by_a_moment_or_a_word() {
    for id in ["2026-03-01T12:00:00Z", "a_b.C-9"] {
        assert_eq!(RunId::parse(id).unwrap().to_string(), id);
    }
    for id in ["", "a#b", "a b", &"x".repeat(65)] {
        assert!(RunId::parse(id).is_err(), "{id}");
    }
}
