//! Who may sweep.

use std::time::Duration;

use registry::{Acquired, Application, Lease, MARGIN, Registry, Renewed};

use crate::world::{World, application, at, attempt};

const LEASE: Duration = Duration::from_secs(60);

async fn ask(registry: &Registry, id: &str, second: i64) -> Acquired {
    registry.acquire(&application(), &attempt(id, second), LEASE).await.unwrap()
}

#[track_caller]
fn go(acquired: Acquired) -> Lease {
    match acquired {
        Acquired::Go(lease) => lease,
        Acquired::Held { .. } => panic!("{acquired:?}"),
    }
}

fn held(seconds: u64) -> Acquired {
    let retry_after = Duration::from_secs(seconds);
    Acquired::Held { retry_after }
}

#[tokio::test]
async fn one_sweeps_at_a_time_and_each_later_one_has_a_greater_number() {
    let world = World::new().await;
    let registry = &world.registry;
    let lease = go(ask(registry, "one", 0).await);
    assert_eq!((lease.fence(), lease.latest_run()), (1, None));
    assert_eq!(lease.time_left(at(0)), Some(LEASE));
    assert_eq!(lease.time_left(at(60)), None);

    assert_eq!(ask(registry, "two", 1).await, held(63));
    // The lease is over, and its margin is not.
    assert_eq!(ask(registry, "two", 63).await, held(1));
    let second = go(ask(registry, "two", 64).await);
    assert_eq!((second.fence(), MARGIN), (2, Duration::from_secs(3)));
    insta::assert_snapshot!(world.lines().await, @r#"
    lease#app/ADM/Fire
      fence N 2
      owner S two@1772366464250
      until N 1772366524250
      version N 2
    "#);
}

#[tokio::test]
async fn each_application_has_a_lease_of_its_own() {
    let world = World::new().await;
    let _lease = go(ask(&world.registry, "one", 0).await);
    let other = Application::parse("arn:aws:sns:us-east-1:123456789012:app/ADM/Water").unwrap();

    let acquired = world.registry.acquire(&other, &attempt("two", 0), LEASE).await.unwrap();

    assert_eq!(go(acquired).application(), &other);
}

#[tokio::test]
async fn a_lease_is_renewed_and_never_shortened() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut lease = go(ask(registry, "one", 0).await);

    assert_eq!(registry.renew(&mut lease, at(30), LEASE).await.unwrap(), Renewed::Renewed);
    assert_eq!(
        registry.renew(&mut lease, at(30), Duration::from_secs(1)).await.unwrap(),
        Renewed::Renewed
    );

    assert_eq!(lease.time_left(at(30)), Some(LEASE));
    assert_eq!(ask(registry, "two", 70).await, held(24));
}

#[tokio::test]
async fn a_lease_that_has_run_out_goes_on_unless_somebody_has_taken_it() {
    let world = World::new().await;
    let registry = &world.registry;
    let mut lease = go(ask(registry, "one", 0).await);
    assert_eq!(registry.renew(&mut lease, at(100), LEASE).await.unwrap(), Renewed::Renewed);

    let _second = go(ask(registry, "two", 170).await);

    assert_eq!(registry.renew(&mut lease, at(171), LEASE).await.unwrap(), Renewed::Lost);
    // It does not take the other one's lease with it.
    registry.release(lease).await.unwrap();
    assert_eq!(ask(registry, "three", 171).await, held(63));
}

#[tokio::test]
async fn a_lease_that_was_given_back_is_free_at_once_and_its_number_is_not_used_again() {
    let world = World::new().await;
    let registry = &world.registry;
    for fence in 1..=3 {
        let lease = go(ask(registry, "one", fence).await);
        assert_eq!(lease.fence(), fence);
        registry.release(lease).await.unwrap();
    }
    assert!(!world.lines().await.contains("expires_at"));
}

#[tokio::test]
async fn the_same_attempt_again_has_the_lease_that_it_took() {
    let world = World::new().await;
    let first = go(ask(&world.registry, "one", 0).await);

    assert_eq!(go(ask(&world.registry, "one", 0).await), first);
    assert_eq!(ask(&world.registry, "one", 1).await, held(63));
}

#[tokio::test]
async fn a_lease_is_no_longer_than_a_function_lives() {
    let world = World::new().await;
    let long = world
        .registry
        .acquire(&application(), &attempt("one", 0), Duration::MAX)
        .await;

    assert_eq!(go(long.unwrap()).time_left(at(0)), Some(Duration::from_secs(900)));
}
