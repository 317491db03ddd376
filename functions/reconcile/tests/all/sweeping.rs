//! One sweep after the other, when nothing goes wrong.

use inbox::Invoked;
use insta::assert_snapshot;
use reconcile::{Asked, Now, Order, Ran, Rules, Sizes, Stop};
use sandbox::sns_api::Action;
use upkeep::plan::Caps;

use crate::world::{APP, SMALL, Setting, World, app, finished, told};

#[tokio::test]
async fn a_plan_changes_nothing_and_what_it_says_is_what_is_done() {
    let world = World::start().await;
    world.sick_fleet().await;
    let state = world.state().await;

    let (plan, calls) = world.changes_of(world.order(Asked::Plan)).await;
    assert_eq!((calls, world.state().await), ([].into(), state));
    let planned = world.lines().await;
    assert_snapshot!(planned.join("\n"), @"
    11 orphan at 78b8
    12 no_endpoint -> create (plan_mode)
    12 no_endpoint -> create (plan_mode) at a375
    16 opted_out -> disable (plan_mode) at 3562
    16 opted_out -> note_disabled (plan_mode) at 3562
    16 opted_out_done -> unbind (plan_mode) at cbf4
    16 opted_out_done at cbf4
    16 opted_out_over -> delete (plan_mode) at cbf4
    16 opted_out_waits at 3562
    2 user_data_differs -> mend_user_data (plan_mode) at 69ca
    3 confirmed_since_disabled -> enable (plan_mode) at 29f1
    4 not_confirmed_since at 23e3
    6 token_elsewhere -> bind (plan_mode)
    6 token_elsewhere -> bind (plan_mode)
    9 token_changed -> rekey (plan_mode) at d2ea
    ");

    let (applied, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(applied.plan_hash, plan.plan_hash);
    assert_snapshot!(format!("{calls:?}"), @r#"{"CreatePlatformEndpoint": 2, "DeleteEndpoint": 1, "SetEndpointAttributes": 4}"#);
    let held = planned.iter().map(|line| line.replace(" (plan_mode)", ""));
    assert_snapshot!(difference(&held.collect::<Vec<_>>(), &world.lines().await), @"
    - 6 token_elsewhere -> bind
    - 6 token_elsewhere -> bind
    + 6 token_elsewhere -> bind at fafe
    ");
    // Endpoints that were created anew: which one has its former id again, SNS says.
    let [did, would] = [applied.actions, plan.held].map(|mut steps| {
        steps.remove("bind");
        steps
    });
    assert_eq!(did, would);
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn the_next_run_writes_nothing() {
    let world = World::start().await;
    world.sick_fleet().await;
    world.order(Asked::Apply).await;
    let state = world.state().await;

    let (again, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((calls, again.actions), ([].into(), [].into()));
    assert_eq!(world.state().await, state);
}

#[tokio::test]
async fn a_healthy_fleet_is_listed_and_nothing_else() {
    let world = World::with(Setting {
        sizes: Sizes::default(),
        ..Setting::default()
    })
    .await;
    world.push.set_page_size(100);
    for n in 0..250 {
        world.healthy(&format!("device-{n}"), &format!("token-{n}")).await;
    }
    world.baseline().await;
    let before = (world.api.calls().len(), world.faults.calls("GetItem"));

    let summary = world.order(Asked::Apply).await;
    assert_eq!((summary.rows, summary.healthy, summary.before.endpoints), (250, 250, 250));
    // Three pages, and whether the application is healthy.
    assert_eq!(world.api.calls().len() - before.0, 4);
    assert_eq!(world.api.count(Action::GetEndpointAttributes), 0);
    assert_eq!((summary.calls.list, summary.calls.other), (3, 1));
    // The lease, the switch, the runs and the papers: as many for any fleet.
    assert!(world.faults.calls("GetItem") - before.1 < 30);
}

#[tokio::test]
async fn the_first_run_is_a_plan_whatever_was_asked_for() {
    let world = World::start().await;
    world.confirm("tablet", "tablet-token").await;

    let (first, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(
        (first.asked.as_str(), first.mode.as_str(), calls),
        ("plan", "plan", [].into())
    );
    let (second, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(
        (second.mode.as_str(), calls),
        ("apply", [("CreatePlatformEndpoint", 1)].into())
    );
}

#[tokio::test]
async fn a_listing_that_shrank_stops_a_run_until_somebody_has_looked_at_the_plan() {
    let world = World::start().await;
    let mut arns = Vec::new();
    for n in 0..40 {
        arns.push(world.healthy(&format!("device-{n}"), &format!("token-{n}")).await);
    }
    world.baseline().await;
    arns[..25].iter().for_each(|arn| world.push.delete(arn));
    world.pass(60);

    for _ in 0..2 {
        let (stopped, calls) = world.changes_of(world.order(Asked::Apply)).await;
        assert_eq!(
            (stopped.stop, stopped.mode.as_str(), calls),
            (Some(Stop::BreakerOpen), "plan", [].into())
        );
        assert_eq!(
            stopped.breaker.as_deref(),
            Some("the listing has 15 endpoints, the last one had 40")
        );
        assert_eq!(stopped.held["create"], 25);
        world.day();
    }
    let stopped = world.report().await.summary;
    let order = |hash: &str| {
        Order::Now(Now {
            asked: Some(Asked::Apply),
            plan_hash: Some(hash.to_owned()),
        })
    };
    let other = finished(world.run(&world.sweep, &order("1-00")).await);
    assert_eq!(other.stop, Some(Stop::BreakerOpen));
    let approved = finished(world.run(&world.sweep, &order(&stopped.plan_hash)).await);
    assert_eq!((approved.stop, approved.healed.created), (None, 25));
    assert!(approved.breaker.is_some());
    // It is what the next one compares itself with.
    let next = world.order(Asked::Apply).await;
    assert_eq!((next.stop, next.breaker, next.last.unwrap().endpoints), (None, None, 15));
}

#[tokio::test]
async fn a_fleet_that_was_disabled_at_once_stops_a_run() {
    let world = World::start().await;
    for n in 0..40 {
        let arn = world.healthy(&format!("device-{n}"), &format!("token-{n}")).await;
        if n == 0 {
            world.baseline().await;
        }
        if n >= 10 {
            world.push.enable(&arn, false);
        }
    }
    let (stopped, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((stopped.stop, calls), (Some(Stop::BreakerOpen), [].into()));
    assert_eq!(
        stopped.breaker.as_deref(),
        Some("30 endpoints are disabled, 0 were in the last run")
    );
    assert!(world.row("device-20").await.disabled_at.is_none());
}

#[tokio::test]
async fn a_plan_that_is_not_the_one_that_was_looked_at_is_refused() {
    let world = World::start().await;
    world.sick_fleet().await;
    let plan = world.sweep.forecast(&app(), &mut |_| {}).await.unwrap();
    let order = Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: Some(plan.summary.plan_hash.clone()),
    });
    world.confirm("another", "another-token").await;

    let (refused, calls) = world.changes_of(world.run(&world.sweep, &order)).await;
    let refused = finished(refused);
    assert_eq!(
        (refused.stop, refused.mode.as_str(), calls),
        (Some(Stop::PlanChanged), "plan", [].into())
    );
    let plan_hash = Some(refused.plan_hash);
    let order = Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash,
    });
    let applied = finished(world.run(&world.sweep, &order).await);
    assert_eq!((applied.stop, applied.mode.as_str()), (None, "apply"));
}

#[tokio::test]
async fn a_forecast_is_the_plan_and_writes_no_row() {
    let world = World::start().await;
    world.sick_fleet().await;
    let rows = (world.faults.calls("PutItem"), world.faults.calls("TransactWriteItems"));

    let forecast = world.sweep.forecast(&app(), &mut |_| {}).await.unwrap();
    assert_eq!(
        (world.faults.calls("PutItem"), world.faults.calls("TransactWriteItems")),
        rows
    );
    let plan = world.order(Asked::Plan).await;
    assert_eq!(forecast.summary.plan_hash, plan.plan_hash);
    assert_eq!(
        (&forecast.summary.held, &forecast.summary.reasons),
        (&plan.held, &plan.reasons)
    );
    assert_eq!(told(&forecast.lines), world.lines().await);
    assert!(forecast.csv().lines().count() == forecast.lines.len() + 1);
}

#[tokio::test]
async fn an_operator_stops_it_between_two_devices_and_lets_it_go_on() {
    let world = World::start().await;
    world.sick_fleet().await;
    let stopped = world.registry.stop(&app(), "stop it", &world.attempt()).await;
    let _ = stopped.unwrap();
    let (ran, calls) = world.changes_of(world.run(&world.sweep, &Order::Now(Now::default()))).await;
    assert_eq!((ran, calls), (Ran::SwitchedOff("stop it".to_owned()), [].into()));

    let _ = world.registry.resume(&app(), &world.attempt()).await.unwrap();
    let order = Order::Now(Now::default());
    let id = world.id();
    // As soon as the first device was changed.
    let (application, mut progress) = (app(), |_| {});
    let sweep = world
        .sweep
        .run(&application, &order, world.ends_at(), Invoked::untraced(&id), &mut progress);
    let api = world.api.clone();
    let stopping = async {
        let before = api.mutating_calls();
        while api.mutating_calls() == before {
            tokio::task::yield_now().await;
        }
        world.registry.stop(&app(), "stop it", &world.attempt()).await.unwrap()
    };
    let (ran, _) = tokio::join!(sweep, stopping);
    assert_eq!(ran.unwrap(), Ran::SwitchedOff("stop it".to_owned()));
    let done = world.api.mutating_calls();
    assert!(!world.wrong().await.is_empty());

    let _ = world.registry.resume(&app(), &world.attempt()).await.unwrap();
    finished(world.run(&world.sweep, &order).await);
    assert!(world.api.mutating_calls() > done);
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn a_cap_holds_back_what_is_beyond_it() {
    let world = World::with(Setting {
        rules: Rules {
            caps: Caps {
                creates: 3,
                deletes: 0,
                enables: 1,
            },
            ..Setting::default().rules
        },
        ..Setting::default()
    })
    .await;
    world.baseline().await;
    for n in 0..7 {
        world.confirm(&format!("device-{n}"), &format!("token-{n}")).await;
    }
    for created in [3, 3, 1, 0] {
        let (summary, calls) = world.changes_of(world.order(Asked::Apply)).await;
        assert_eq!(summary.healed.created, created, "{summary:?}");
        assert_eq!(
            calls.get("CreatePlatformEndpoint").copied().unwrap_or_default() as u64,
            created
        );
    }
}

#[tokio::test]
async fn what_is_larger_than_a_report_is_counted_and_left_out() {
    let world = World::with(Setting {
        sizes: Sizes {
            lines_at_most: 4,
            ..SMALL
        },
        ..Setting::default()
    })
    .await;
    for n in 0..10 {
        world.push.put(APP, &format!("token-{n}"), true, "").unwrap();
    }
    let summary = world.order(Asked::Plan).await;
    assert_eq!((summary.orphans, summary.lines_left_out), (10, 6));
    assert_eq!(world.lines().await.len(), 4);
}

/// What one has and the other does not.
fn difference(before: &[String], after: &[String]) -> String {
    let mut lines = Vec::new();
    lines.extend(
        before
            .iter()
            .filter(|line| !after.contains(line))
            .map(|line| format!("- {line}")),
    );
    lines.extend(
        after
            .iter()
            .filter(|line| !before.contains(line))
            .map(|line| format!("+ {line}")),
    );
    lines.join("\n")
}
