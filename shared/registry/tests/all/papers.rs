//! The papers of a run.

use std::time::Duration;

use registry::{Acquired, Filed, Lease, PAPER_LIMIT_BYTES, Paper, Registry, RunId, StoreError};

use crate::world::{World, application, at, attempt};

const LEASE: Duration = Duration::from_secs(60);

async fn lease(registry: &Registry, id: &str, second: i64) -> Lease {
    match registry.acquire(&application(), &attempt(id, second), LEASE).await.unwrap() {
        Acquired::Go(lease) => lease,
        held @ Acquired::Held { .. } => panic!("{held:?}"),
    }
}

fn noon() -> RunId {
    RunId::parse("noon").unwrap()
}

fn fleet(number: u32) -> Paper {
    Paper { kind: "fleet", number }
}

#[tokio::test]
async fn each_is_kept_under_its_name_and_replaced_by_the_same_holder_and_a_later_one() {
    let world = World::new().await;
    let registry = &world.registry;
    let first = lease(registry, "one", 0).await;
    let keep = async |lease: &Lease, paper, bytes: &[u8]| {
        let filed = registry
            .keep(lease.fence(), &application(), &noon(), paper, bytes, at(1))
            .await;
        assert_eq!(filed.unwrap(), Filed::Filed);
    };
    let kept = async |paper| registry.kept(&application(), &noon(), paper).await.unwrap();

    keep(&first, fleet(0), &[0, 255]).await;
    keep(&first, fleet(1), &[1]).await;
    keep(&first, Paper { kind: "work", number: 0 }, &[2]).await;
    assert_eq!(kept(fleet(0)).await, Some(vec![0, 255]));
    assert_eq!((kept(fleet(1)).await, kept(fleet(2)).await), (Some(vec![1]), None));
    keep(&first, fleet(0), &[3]).await;
    assert_eq!(kept(fleet(0)).await, Some(vec![3]));
    keep(&lease(registry, "two", 100).await, fleet(0), &[4]).await;
    assert_eq!(kept(fleet(0)).await, Some(vec![4]));
    let other = RunId::parse("yesterday").unwrap();
    assert_eq!(registry.kept(&application(), &other, fleet(0)).await.unwrap(), None);
    insta::assert_snapshot!(world.lines().await.split("paper#").nth(1).unwrap(), @r#"
    app/ADM/Fire#noon#fleet#0
      bytes B 1 bytes
      expires_at N 1774958402
      fence N 2
    "#);
}

#[tokio::test]
async fn a_worker_that_was_overtaken_writes_over_none_of_a_later_holder() {
    let world = World::new().await;
    let registry = &world.registry;
    let slow = lease(registry, "one", 0).await;
    let second = lease(registry, "two", 100).await;
    let keep = async |fence, paper| {
        registry
            .keep(fence, &application(), &noon(), paper, &[1], at(100))
            .await
            .unwrap()
    };

    // Nobody has written it yet; no checkpoint will name this one.
    assert_eq!(keep(slow.fence(), fleet(0)).await, Filed::Filed);
    assert_eq!(keep(second.fence(), fleet(0)).await, Filed::Filed);
    let before = world.rows().await;
    assert_eq!(keep(slow.fence(), fleet(0)).await, Filed::Stale);
    assert_eq!(world.rows().await, before);
}

#[tokio::test]
async fn one_of_the_greatest_length_is_kept_and_one_beyond_an_item_is_refused() {
    let world = World::new().await;
    let registry = &world.registry;
    let lease = lease(registry, "one", 0).await;
    let long = vec![7; PAPER_LIMIT_BYTES];

    let filed = registry
        .keep(lease.fence(), &application(), &noon(), fleet(u32::MAX), &long, at(1))
        .await;
    assert_eq!(filed.unwrap(), Filed::Filed);
    let kept = registry.kept(&application(), &noon(), fleet(u32::MAX)).await.unwrap();
    assert!(kept == Some(long));

    let longer = vec![7; 400 * 1024];
    let error = registry
        .keep(lease.fence(), &application(), &noon(), fleet(0), &longer, at(1))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Invalid(_)) && error.needs_operator(), "{error}");
}

#[tokio::test]
async fn one_that_is_not_needed_for_long_ends_by_its_own_time() {
    let world = World::new().await;
    let lease = lease(&world.registry, "one", 0).await;
    let brief = world.registry.with_retention(Duration::from_secs(60));
    for (registry, number) in [(&world.registry, 0), (&brief, 1)] {
        let filed = registry
            .keep(lease.fence(), &application(), &noon(), fleet(number), &[1], at(1))
            .await;
        assert_eq!(filed.unwrap(), Filed::Filed);
    }
    let expires_at = async |number: u32| {
        let key = format!("paper#{}#noon#fleet#{number}", application());
        crate::world::number(&world.rows().await[&key], "expires_at").unwrap()
    };
    assert_eq!(expires_at(0).await - expires_at(1).await, 30 * 86_400 - 60);
}
