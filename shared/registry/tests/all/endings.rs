//! Opting out, and being given up.

use registry::{Change, Grounds, Noted, Outcome, Refusal, Stale, State};

use crate::world::{World, at, attempt, done, key, recorded, ticket};

#[tokio::test]
async fn who_has_opted_out_stays_so_until_a_later_confirmation() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;

    let out = world
        .registry
        .opt_out(&key("phone"), at(5), &attempt("request", 6))
        .await
        .unwrap();
    let device = recorded(out);
    assert_eq!((device.state, device.since), (State::OptedOut, at(5)));
    assert_eq!(world.devices().await, ["phone opted_out t1@1 a"]);

    for (token, second) in [("t1", 5), ("t2", 4)] {
        let late = world.register("phone", token, second).await;
        assert_eq!(late.outcome, Outcome::Stale(Stale::Older));
    }
    assert_eq!(world.devices().await, ["phone opted_out t1@1 a"]);

    let back = world.register("phone", "t1", 6).await;
    assert_eq!((back.outcome, back.device.since), (Outcome::Revived, at(6)));
    assert_eq!(world.devices().await, ["phone live t1@6 a"]);
}

#[tokio::test]
async fn opting_out_is_late_after_a_confirmation_and_nothing_new_the_second_time() {
    let world = World::new().await;
    world.says("phone", "t1", 3).await;

    let opt_out = async |second| {
        let attempt = attempt("request", 9);
        world.registry.opt_out(&key("phone"), at(second), &attempt).await.unwrap()
    };
    assert!(matches!(opt_out(2).await, Noted::Known(device) if device.state == State::Live));
    recorded(opt_out(3).await);
    assert!(matches!(opt_out(3).await, Noted::Known(device) if device.state == State::OptedOut));
    assert_eq!(recorded(opt_out(4).await).since, at(4));
    // The future counts as now.
    assert_eq!(recorded(opt_out(100).await).since, at(9));

    let nobody = world.registry.opt_out(&key("nobody"), at(1), &attempt("request", 1)).await;
    assert_eq!(nobody.unwrap(), Noted::Unknown);
}

#[tokio::test]
async fn who_has_opted_out_still_wants_nothing_when_another_device_has_its_token() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;
    let _ = world
        .registry
        .opt_out(&key("phone"), at(2), &attempt("request", 2))
        .await
        .unwrap();

    let registered = world.register("tablet", "t1", 3).await;

    assert_eq!(registered.superseded.unwrap().state, State::OptedOut);
    assert_eq!(world.devices().await, ["phone opted_out t1@1", "tablet live t1@3"]);
}

#[tokio::test]
async fn a_superseded_device_may_opt_out_and_is_not_brought_back_by_what_it_said_before() {
    let world = World::new().await;
    world.says("phone", "t1", 1).await;
    world.says("tablet", "t1", 2).await;
    recorded(
        world
            .registry
            .opt_out(&key("phone"), at(5), &attempt("request", 5))
            .await
            .unwrap(),
    );

    world.says("phone", "t2", 4).await;

    assert_eq!(world.devices().await, ["phone opted_out t1@1", "tablet live t1@2"]);
}

#[tokio::test]
async fn who_is_given_up_is_brought_back_by_a_later_confirmation_with_its_endpoint() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;

    let gone = done(world.registry.tombstone(&seen, &attempt("sweep", 5)).await.unwrap());
    assert_eq!((gone.state, gone.since), (State::Tombstone, at(5)));
    // The same again changes nothing.
    assert_eq!(
        done(world.registry.tombstone(&gone, &attempt("sweep", 6)).await.unwrap()),
        gone
    );
    assert_eq!(world.devices().await, ["phone tombstone t1@1 a"]);

    assert_eq!(world.register("phone", "t1", 1).await.outcome, Outcome::Repeated);
    assert_eq!(world.register("phone", "t1", 6).await.outcome, Outcome::Revived);
    assert_eq!(world.devices().await, ["phone live t1@6 a"]);
}

#[tokio::test]
async fn a_decision_on_a_row_that_has_changed_is_not_carried_out() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let now = world.register("phone", "t1", 2).await.device;

    let change = world.registry.tombstone(&seen, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(change, Change::Overtaken(Some(now.clone())));
    let change = world.registry.quarantine(&seen, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(change, Change::Overtaken(Some(now.clone())));
    let change = world
        .registry
        .enabling(&seen, ticket(1), Grounds::Confirmed, &attempt("sweep", 3))
        .await
        .unwrap();
    assert_eq!(change, Change::Overtaken(Some(now.clone())));
    let change = world.registry.slot_conflict(&seen, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(change, Change::Overtaken(Some(now.clone())));
    let change = world.registry.unbind(&seen, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(change, Change::Overtaken(Some(now)));
    assert_eq!(world.devices().await, ["phone live t1@2 a"]);

    world.delete(&crate::world::device_key("phone")).await;
    let change = world.registry.tombstone(&seen, &attempt("sweep", 3)).await.unwrap();
    assert_eq!(change, Change::Overtaken(None));

    // Made anew, it is another row, though it has been written once, as the first one had when it was seen.
    let first = world.register("tablet", "t2", 4).await.device;
    world.delete(&crate::world::device_key("tablet")).await;
    world.delete(&crate::world::claim_key("t2")).await;
    let second = world.register("tablet", "t2", 5).await.device;
    let change = world.registry.tombstone(&first, &attempt("sweep", 6)).await.unwrap();
    assert_eq!(change, Change::Overtaken(Some(second)));
}

#[tokio::test]
async fn who_has_no_place_at_sns_keeps_its_claim_and_nothing_else_until_it_confirms_again() {
    let world = World::new().await;
    let registry = &world.registry;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;

    let none = done(registry.slot_conflict(&seen, &attempt("sweep", 5)).await.unwrap());

    assert_eq!((none.state, none.since, &none.endpoint), (State::SlotConflict, at(5), &None));
    assert_eq!(done(registry.slot_conflict(&none, &attempt("sweep", 6)).await.unwrap()), none);
    assert_eq!(world.devices().await, ["phone slot_conflict t1@1"]);
    assert!(!world.lines().await.contains("expires_at"));
    let again = world.register("phone", "t1", 1).await;
    assert_eq!((again.outcome, again.leads_to_sns()), (Outcome::Repeated, false));
    let back = world.register("phone", "t1", 6).await;
    assert_eq!((back.outcome, back.leads_to_sns()), (Outcome::Revived, true));
    assert_eq!(world.devices().await, ["phone live t1@6"]);

    done(registry.slot_conflict(&back.device, &attempt("sweep", 7)).await.unwrap());
    world.says("tablet", "t1", 8).await;
    assert_eq!(world.devices().await, ["phone superseded t1@6", "tablet live t1@8"]);
}

#[tokio::test]
async fn each_state_has_what_is_not_done_with_it() {
    let world = World::new().await;
    let registry = &world.registry;
    let live = world.with_endpoint("live", "t1", 1, "a").await;
    let quarantined = world.with_endpoint("quarantined", "t2", 1, "b").await;
    let quarantined = done(registry.quarantine(&quarantined, &attempt("sweep", 2)).await.unwrap());
    let tombstone = world.with_endpoint("tombstone", "t3", 1, "c").await;
    let tombstone = done(registry.tombstone(&tombstone, &attempt("sweep", 2)).await.unwrap());
    world.with_endpoint("opted-out", "t4", 1, "d").await;
    let opted_out = recorded(registry.opt_out(&key("opted-out"), at(2), &attempt("r", 2)).await.unwrap());
    let slot_conflict = world.register("slot-conflict", "t6", 1).await.device;
    let slot_conflict = done(registry.slot_conflict(&slot_conflict, &attempt("sweep", 2)).await.unwrap());
    world.says("superseded", "t5", 1).await;
    world.says("winner", "t5", 2).await;
    let superseded = world.device("superseded").await;

    let mut refused = Vec::new();
    for device in [&live, &quarantined, &slot_conflict, &tombstone, &opted_out, &superseded] {
        let attempt = attempt("sweep", 3);
        let endpoint = device.endpoint.clone().unwrap_or(crate::world::arn("e"));
        let is_refused = |change| match change {
            Change::Refused(Refusal::State(state)) => {
                assert_eq!(state, device.state);
                true
            }
            _ => false,
        };
        let one = ticket(1);
        refused.push(format!(
            "{}: bind {}, enabling {} {}, quarantine {}, absolve {}, slot_conflict {}, tombstone {}",
            device.state.as_str(),
            is_refused(registry.bind(device, &endpoint, &attempt).await.unwrap()),
            is_refused(registry.enabling(device, one, Grounds::Confirmed, &attempt).await.unwrap()),
            is_refused(registry.enabling(device, one, Grounds::Recovery, &attempt).await.unwrap()),
            is_refused(registry.quarantine(device, &attempt).await.unwrap()),
            is_refused(registry.absolve(device, &attempt).await.unwrap()),
            is_refused(registry.slot_conflict(device, &attempt).await.unwrap()),
            is_refused(registry.tombstone(device, &attempt).await.unwrap()),
        ));
        // Those that are of no state are over the version: the first one was not refused, or this is the first.
        assert!(!is_refused(registry.note_enabled(device, &attempt).await.unwrap()));
        assert!(!is_refused(registry.unbind(device, &attempt).await.unwrap()));
    }
    insta::assert_snapshot!(refused.join("\n"), @r#"
    live: bind false, enabling false false, quarantine false, absolve false, slot_conflict false, tombstone false
    quarantined: bind false, enabling true true, quarantine false, absolve false, slot_conflict true, tombstone false
    slot_conflict: bind true, enabling true true, quarantine true, absolve true, slot_conflict false, tombstone false
    tombstone: bind true, enabling true true, quarantine true, absolve true, slot_conflict true, tombstone false
    opted_out: bind true, enabling true true, quarantine true, absolve true, slot_conflict true, tombstone true
    superseded: bind true, enabling true true, quarantine true, absolve true, slot_conflict true, tombstone true
    "#);
}
