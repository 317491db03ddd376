//! Which condition keeps which promise: without it, somebody who comes in between breaks it.
//!
//! In every scene one acts and another comes in between: before each of its requests, and after the last. Then the same again with a
//! client that leaves out the conditions of some rows, and the promise must break.

mod between;
mod careless;
mod rows;
mod scenes;
mod sweeps;
mod tokens;

use self::scenes::{Decision, Scene, Stage};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_not_written_over_by_whoever_has_not_seen_it() {
    check(Scene::RegisteringTwice, "device#").await;
    check(Scene::ConfirmingAndChangingToken, "device#").await;
    check(Scene::SupersedingAndChangingToken, "device#").await;
    check(Scene::BindingAndRegistering, "device#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_not_claimed_by_two() {
    check(Scene::SharingAToken, "token#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_not_bound_by_two() {
    check(Scene::BindingAndBinding, "endpoint#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_was_taken_is_not_let_go_by_who_had_it() {
    // Either of the two conditions would do: the device that had it is another version, and the endpoint names another device.
    check(Scene::UnbindingAndBinding, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_and_a_fact_are_for_the_row_that_was_seen() {
    check(Scene::DisablingAndBinding, "device#").await;
    check(Scene::DisablingAndChangingToken, "device#").await;
    check(Scene::EnablingTwice, "device#").await;
    check(Scene::OptingOutAndConfirming, "device#").await;
    check(Scene::QuarantineAndChangingToken, "device#").await;
    check(Scene::TombstoneAndConfirming, "device#").await;
    for decision in [
        Decision::Ended,
        Decision::NotEnabled,
        Decision::NoteDisabled,
        Decision::NoteEnabled,
        Decision::SlotConflict,
    ] {
        check(Scene::Deciding(decision), "device#").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_of_a_token_is_not_lost_while_it_changes_hands() {
    check(Scene::TakingAndLeaving, "token#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_be_ended_is_not_forgotten_and_nothing_is_written_over_for_it() {
    check(Scene::EndingAndInheriting, "device#").await;
    check(Scene::LosingAndChangingToken, "device#").await;
    check(Scene::LateAndChangingToken, "device#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_condemned_by_the_first() {
    check(Scene::CondemningTwice, "condemned#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_is_not_taken_kept_or_given_back_over_another_holder() {
    check(Scene::LeaseTwice, "lease#").await;
    check(Scene::RenewingAndAcquiring, "lease#").await;
    check(Scene::ReleasingAndAcquiring, "lease#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_not_written_without_the_lease_or_over_a_later_one() {
    check(Scene::CheckpointAndAcquiring, "lease#").await;
    check(Scene::CheckpointAndEarlierCheckpoint, "run#").await;
    check(Scene::FinishAndAcquiring, "lease#").await;
    check(Scene::FinishAndEarlierFinish, "run#").await;
    check(Scene::KeepingAndLaterHolder, "paper#").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_is_turned_by_the_first() {
    check(Scene::StoppingTwice, "switch#").await;
}

/// The promise holds whenever the other one comes in, and does not without the conditions of the rows whose keys begin so.
async fn check(scene: Scene, rows: &'static str) {
    let world = World::new().await;
    for request in 0.. {
        let kept = Stage::new(&world, request, None).play(scene, request).await;
        assert_eq!(kept.broken, None, "{scene:?}, before request {request}");
        assert_eq!(world.contradictions().await, [""; 0], "{scene:?}, before request {request}");
        if kept.had_ended {
            break;
        }
    }
    let world = World::new().await;
    for request in 0.. {
        let mutant = Stage::new(&world, request, Some(rows)).play(scene, request).await;
        if mutant.broken.is_some() || !world.contradictions().await.is_empty() {
            return;
        }
        assert!(!mutant.had_ended, "{scene:?}: the conditions of {rows} are not needed");
    }
}
