//! Writes that were performed and whose answers were lost: whoever wrote recognises its own row.

use std::collections::BTreeSet;
use std::time::Duration;

use registry::{Acquired, Filed, Grounds, Outcome, Paper, Registration, Renewed, Run, RunId, Switch};
use sandbox::dynamo::Fault;

use crate::world::{World, application, arn, at, attempt, done, key, recorded, registration, ticket};

const LEASE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn registrations_are_answered_as_if_nothing_had_happened() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    let mut outcomes = Vec::new();
    for (device, token, second) in [
        ("phone", "t1", 1),
        ("phone", "t1", 2),
        ("phone", "t2", 3),
        ("tablet", "t2", 4),
        ("phone", "t2", 5),
    ] {
        faults.inject("TransactWriteItems", Fault::LoseResponse, 1);
        let (said, one) = (registration(device, token, second), attempt(device, second));
        let registered = registry.register(&said, &one).await.unwrap();
        outcomes.push((registered.outcome, registered.superseded.is_some()));
    }
    assert_eq!(
        outcomes,
        [
            (Outcome::New, false),
            (Outcome::Confirmed, false),
            (Outcome::TokenChanged, false),
            (Outcome::New, true),
            (Outcome::Revived, true),
        ]
    );
    assert_eq!(faults.calls("TransactWriteItems"), 10);
    assert_eq!(world.devices().await, ["phone live t2@5", "tablet superseded t2@4"]);
}

#[tokio::test]
async fn changes_of_a_device_are_made_once() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    let seen = world.register("phone", "t1", 1).await.device;
    let lose = || {
        faults.clear();
        faults.inject("TransactWriteItems", Fault::LoseResponse, 1);
        faults.inject("PutItem", Fault::LoseResponse, 1);
    };

    lose();
    let seen = done(registry.bind(&seen, &arn("a"), &attempt("sweep", 2)).await.unwrap());
    lose();
    let seen = done(
        registry
            .enabling(&seen, ticket(1), Grounds::Confirmed, &attempt("sweep", 3))
            .await
            .unwrap(),
    );
    assert_eq!(seen.enables_since_confirm, 1);
    lose();
    let seen = recorded(registry.disabled(&seen.key, at(4), &attempt("event", 4)).await.unwrap());
    assert_eq!(seen.disabled_again, 1);
    lose();
    let seen = done(registry.not_enabled(&seen, Some(at(1)), &attempt("sweep", 4)).await.unwrap());
    assert_eq!((seen.enables_since_confirm, seen.disabled_at), (0, Some(at(4))));
    lose();
    let seen = done(registry.note_enabled(&seen, &attempt("sweep", 4)).await.unwrap());
    lose();
    let seen = done(
        registry
            .note_disabled(&seen, at(5), true, &attempt("sweep", 5))
            .await
            .unwrap(),
    );
    assert_eq!(seen.disabled_again, 2);
    lose();
    let seen = done(registry.quarantine(&seen, &attempt("sweep", 5)).await.unwrap());
    lose();
    let seen = done(registry.tombstone(&seen, &attempt("sweep", 6)).await.unwrap());
    lose();
    done(registry.unbind(&seen, &attempt("sweep", 7)).await.unwrap());
    lose();
    let seen = recorded(registry.opt_out(&key("phone"), at(8), &attempt("r", 8)).await.unwrap());

    assert_eq!(world.device("phone").await, seen);
    assert_eq!(world.devices().await, ["phone opted_out t1@1"]);
}

#[tokio::test]
async fn subscriptions_are_ended_and_slots_given_up_once() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    let subscriptions = BTreeSet::from(["news".to_owned()]);
    let said = Registration {
        subscriptions: Some(subscriptions.clone()),
        ..registration("phone", "t1", 1)
    };
    let _ = world.registry.register(&said, &attempt("phone", 1)).await.unwrap();
    let tablet = world.register("tablet", "t1", 2).await.device;

    faults.inject("PutItem", Fault::LoseResponse, 1);
    let tablet = done(registry.ended(&tablet, &subscriptions, &attempt("sweep", 3)).await.unwrap());
    faults.inject("PutItem", Fault::LoseResponse, 1);
    let tablet = done(registry.slot_conflict(&tablet, &attempt("sweep", 4)).await.unwrap());

    assert_eq!(world.device("tablet").await, tablet);
    assert_eq!(tablet.inherited_subscriptions.len(), 0);
    assert_eq!(faults.calls("PutItem"), 4);
}

#[tokio::test]
async fn an_endpoint_is_condemned_and_spared_once() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    faults.inject("PutItem", Fault::LoseResponse, 1);
    let since = registry.condemn(&arn("a"), &attempt("sweep", 1)).await.unwrap();
    assert_eq!(since, at(1));
    faults.inject("DeleteItem", Fault::LoseResponse, 1);
    registry.spare(&arn("a")).await.unwrap();
    assert!(world.rows().await.is_empty());
    assert_eq!((faults.calls("PutItem"), faults.calls("DeleteItem")), (2, 2));
}

#[tokio::test]
async fn a_lease_is_the_one_that_was_taken() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;
    let lose = || {
        faults.clear();
        faults.inject("TransactWriteItems", Fault::LoseResponse, 1);
        faults.inject("PutItem", Fault::LoseResponse, 1);
    };

    lose();
    let acquired = registry.acquire(&application(), &attempt("one", 0), LEASE).await.unwrap();
    let Acquired::Go(mut lease) = acquired else {
        panic!("{acquired:?}")
    };
    assert_eq!(lease.fence(), 1);
    lose();
    assert_eq!(registry.renew(&mut lease, at(10), LEASE).await.unwrap(), Renewed::Renewed);
    assert_eq!(lease.time_left(at(10)), Some(LEASE));
    lose();
    let (run, last) = (run(1), run(2));
    assert_eq!(
        registry.checkpoint(&mut lease, &run, at(20), LEASE).await.unwrap(),
        Filed::Filed
    );
    assert_eq!(registry.run(&application(), &run.id).await.unwrap(), Some(run));
    lose();
    let paper = Paper {
        kind: "fleet",
        number: 0,
    };
    assert_eq!(
        registry
            .keep(lease.fence(), &application(), &last.id, paper, &[1], at(20))
            .await
            .unwrap(),
        Filed::Filed
    );
    lose();
    assert_eq!(registry.finish(&mut lease, &last, at(20)).await.unwrap(), Filed::Filed);
    assert_eq!(lease.completed().len(), 1);
    lose();
    registry.release(lease).await.unwrap();

    let acquired = registry.acquire(&application(), &attempt("two", 20), LEASE).await.unwrap();
    assert!(matches!(acquired, Acquired::Go(lease) if lease.fence() == 2));
}

#[tokio::test]
async fn a_switch_is_turned_once() {
    let world = World::new().await;
    let (registry, faults) = world.with_faults().await;

    faults.inject("PutItem", Fault::LoseResponse, 1);
    let stopped = registry
        .stop(&application(), "certificate", &attempt("kim", 1))
        .await
        .unwrap();
    assert!(matches!(&stopped, Switch::Stopped { since, .. } if *since == at(1)));
    faults.inject("PutItem", Fault::LoseResponse, 1);
    let resumed = registry.resume(&application(), &attempt("kim", 2)).await.unwrap();
    assert_eq!(resumed, Switch::Running);
}

fn run(step: i64) -> Run {
    Run {
        id: RunId::parse("noon").unwrap(),
        started_at: at(0),
        step,
        phase: "listing".to_owned(),
        next_token: None,
        page: 0,
        counters: [].into(),
        plan_hash: None,
        previous: None,
    }
}
