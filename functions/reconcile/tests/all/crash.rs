//! Processes that are killed at any of their calls, and two at a time: the end is the one that a single process would have come to.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use inbox::Invoked;
use reconcile::{Asked, Now, Order, Ran, Summary};
use sandbox::sns_api::Action;

use crate::world::{APP, Setting, WANTING, World, app, finished, told};

/// Drops the work as soon as so many calls have arrived, at SNS and at the table together; `None` if that happened.
async fn killed_at_call<F: Future>(world: &World, call: usize, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let before = world.calls();
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if world.calls() - before >= call => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

fn apply() -> Order {
    Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: None,
    })
}

async fn sick() -> World {
    let world = World::start().await;
    world.sick_fleet().await;
    world
}

/// The same with fewer devices, so that it can be killed often.
async fn small() -> World {
    let world = World::start().await;
    world.push.set_page_size(1);
    world.small_fleet().await;
    world
}

/// What a run says of itself, but for what depends on how many processes it took.
fn said(summary: &Summary, lines: &[String]) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}\n{}",
        summary.before,
        summary.after,
        summary.healed,
        summary.actions,
        summary.held,
        summary.reasons.len(),
        lines.join("\n")
    )
}

/// Kills a run at every third call, from one on.
async fn kill_at_every_third_from(first: usize) {
    let world = small().await;
    let whole = world.order(Asked::Apply).await;
    let (state, report) = (world.state().await, said(&whole, &world.lines().await));
    let mut doubts = BTreeSet::new();
    for call in (first..).step_by(3) {
        let world = small().await;
        let (order, application, id, ends_at) = (apply(), app(), world.id(), world.ends_at());
        let mut quiet = |_| {};
        let run = world
            .sweep
            .run(&application, &order, ends_at, Invoked::untraced(&id), &mut quiet);
        if killed_at_call(&world, call, run).await.is_some() {
            assert!(call > 90, "{call}");
            break;
        }
        let killed = world.registry.latest_run(&app()).await.unwrap();

        // The lease of the one that was killed runs out.
        world.pass(604);
        let again = finished(world.run(&world.sweep, &apply()).await);
        let met = format!("killed at call {call}: {again:?}");
        let wrong = world.wrong().await;
        if wrong.is_empty() {
            assert_eq!(world.state().await, state, "{met}");
            // It may have come to its end, and only its process does not know.
            let ended = world.sweep.report(&app(), killed.as_ref()).await.unwrap();
            let ended = ended.filter(|ended| ended.summary.mode == "apply");
            let ended = ended.unwrap_or(world.report().await);
            assert_eq!(said(&ended.summary, &told(&ended.lines)), report, "{met}");
            continue;
        }
        // It had counted an enable, and nobody knows whether it was performed: the device's next confirmation is needed.
        assert!(wrong.len() <= 2, "{met}: {wrong:?}");
        for id in ["phone", "tablet"] {
            let row = world.row(id).await;
            if wrong.iter().any(|wrong| wrong.contains(id)) {
                assert_eq!(row.enables_since_confirm, 1, "{met}: {wrong:?}");
                doubts.insert(id);
                world.confirm(id, row.token.as_str()).await;
            }
        }
        world.order(Asked::Apply).await;
        assert_eq!(world.wrong().await, [""; 0], "{met}");
    }
    assert!(doubts.is_subset(&["phone", "tablet"].into()), "{doubts:?}");
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_call_ends_as_if_it_had_not_been() {
    kill_at_every_third_from(1).await;
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_other_call_ends_as_if_it_had_not_been() {
    kill_at_every_third_from(2).await;
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_call_between_ends_as_if_it_had_not_been() {
    kill_at_every_third_from(3).await;
}

#[tokio::test]
async fn a_run_that_has_no_more_time_goes_on_in_the_next_invocation() {
    let world = sick().await;
    let whole = world.order(Asked::Apply).await;
    let (state, report) = (world.state().await, said(&whole, &world.lines().await));

    let world = sick().await;
    let mut invocations = 1;
    let last = loop {
        // So little that each ends in the middle of something.
        let ends_at = world.now() + jiff::SignedDuration::from_millis(30_001);
        let (application, id) = (app(), world.id());
        match world
            .sweep
            .run(&application, &apply(), ends_at, Invoked::untraced(&id), &mut |_| {})
            .await
            .unwrap()
        {
            Ran::Finished(summary) => break summary,
            Ran::Unfinished { .. } => invocations += 1,
            other => panic!("{other:?}"),
        }
    };
    assert!(invocations > 6, "{invocations}");
    assert_eq!(world.state().await, state);
    assert_eq!((said(&last, &world.lines().await), last.in_doubt), (report, 0));
}

#[tokio::test]
async fn of_two_at_once_one_sweeps() {
    let world = sick().await;
    let (application, order, ends_at) = (app(), apply(), world.ends_at());
    let (one, two) = (world.instance(&Setting::default()), world.instance(&Setting::default()));
    let (mut quiet, mut silent) = (|_| {}, |_| {});
    let (one, two) = tokio::join!(
        one.run(&application, &order, ends_at, Invoked::untraced("one"), &mut quiet),
        two.run(&application, &order, ends_at, Invoked::untraced("two"), &mut silent)
    );
    let ran = [one.unwrap(), two.unwrap()];
    assert_eq!(ran.iter().filter(|ran| matches!(ran, Ran::Finished(_))).count(), 1);
    assert_eq!(ran.iter().filter(|ran| matches!(ran, Ran::Held { .. })).count(), 1);
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn who_has_lost_the_lease_half_way_writes_nothing_over_what_the_other_did() {
    let mut lost = 0;
    // Before, in the middle of and after what it changes.
    for call in (5..200).step_by(15) {
        let world = sick().await;
        let (order, application, ends_at) = (apply(), app(), world.ends_at());
        let slow = world.instance(&Setting::default());
        let mut quiet = |_| {};
        let mut slow = pin!(slow.run(&application, &order, ends_at, Invoked::untraced("slow"), &mut quiet));
        let before = world.calls();
        let early = poll_fn(|context| match slow.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if world.calls() - before >= call => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        if early.is_some() {
            break;
        }
        world.pass(604);
        finished(world.run(&world.sweep, &apply()).await);
        let (enabled, report) = (enables(&world), world.report().await);

        let ran = slow.await;
        assert!(!matches!(ran, Ok(Ran::Finished(_))), "{call}: {ran:?}");
        lost += usize::from(matches!(ran, Ok(Ran::Lost(_))));
        let again = world.report().await;
        assert_eq!(again.summary, report.summary);
        assert_eq!(told(&again.lines), told(&report.lines));
        // Nor is anything called that it had begun with.
        assert_eq!(enables(&world), enabled, "{call}");
        for id in WANTING {
            assert!(world.row(id).await.enables_since_confirm <= 1);
        }
    }
    assert!(lost > 3, "{lost}");
}

/// Calls that enable something.
fn enables(world: &World) -> usize {
    world.api.count(Action::SetEndpointAttributes) + world.api.count(Action::CreatePlatformEndpoint)
}

#[tokio::test]
async fn a_run_that_is_older_than_a_day_is_not_gone_on_with() {
    let world = sick().await;
    let (application, order, ends_at, id) = (app(), apply(), world.ends_at(), world.id());
    let mut quiet = |_| {};
    let run = world
        .sweep
        .run(&application, &order, ends_at, Invoked::untraced(&id), &mut quiet);
    assert!(killed_at_call(&world, 20, run).await.is_none());
    let abandoned = world.registry.latest_run(&app()).await.unwrap().unwrap();

    world.day();
    let next = finished(world.run(&world.sweep, &Order::Scheduled).await);
    assert_ne!(next.run.as_deref(), Some(abandoned.as_str()));
    assert_eq!(world.wrong().await, [""; 0]);
    assert_eq!(world.push.endpoint_count(APP), 11);
}
