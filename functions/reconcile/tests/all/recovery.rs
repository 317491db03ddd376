//! Making good a certificate mistake, in waves.

use reconcile::{Asked, Now, Order, Rules, Stop, Window};
use registry::{Change, Device, State};
use sandbox::sns_api::{Action, Fault};
use upkeep::plan::Caps;

use crate::world::{APP, Setting, World, finished};

/// Forty that were disabled by mistake, while the certificate was wrong.
async fn mistake(world: &World) -> (Window, Vec<String>) {
    let mut arns = Vec::new();
    for n in 0..40 {
        arns.push(world.healthy(&format!("device-{n}"), &format!("token-{n}")).await);
    }
    // What a run compares itself with is from before: all at once is what such a mistake looks like.
    world.baseline().await;
    let from = world.now();
    for (n, arn) in arns.iter().enumerate() {
        world.push.enable(arn, false);
        world.disabled(&format!("device-{n}")).await;
    }
    world.pass(60);
    let window = Window::new(from, world.now()).unwrap();
    world.day();
    (window, arns)
}

#[tokio::test]
async fn a_certificate_mistake_is_made_good_in_waves() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    let enabled = || arns.iter().filter(|arn| world.is_enabled(arn) == Some(true)).count();
    let mut waves = Vec::new();
    for _ in 0..5 {
        let summary = world.order(Asked::Recover(window)).await;
        // Not judged before its time.
        let again = world.order(Asked::Recover(window)).await;
        assert_eq!(again.wave.or(summary.wave), summary.wave);
        waves.push((summary.wave, enabled(), summary.stop));
        world.day();
    }
    insta::assert_snapshot!(format!("{waves:?}"), @"[(Some(1), 0, None), (Some(2), 3, None), (Some(3), 18, None), (Some(4), 40, None), (None, 40, Some(WavesOver))]");
}

#[tokio::test]
async fn a_wave_that_did_badly_is_the_last() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    while world.order(Asked::Recover(window)).await.healed.enabled == 0 {
        world.day();
    }
    // It was not only the certificate.
    let enabled: Vec<_> = arns.iter().filter(|arn| world.is_enabled(arn) == Some(true)).collect();
    enabled.iter().for_each(|arn| world.push.enable(arn, false));
    world.day();
    let (stopped, calls) = world.changes_of(world.order(Asked::Recover(window))).await;
    assert_eq!(
        (stopped.stop, stopped.mode.as_str(), calls),
        (Some(Stop::WaveDidBadly), "plan", [].into())
    );
}

/// Its endpoint is disabled again, at the same moment as before.
async fn again(world: &World, row: Device) -> Device {
    let at = row.disabled_at.unwrap();
    match world.registry.note_disabled(&row, at, true, &world.attempt()).await.unwrap() {
        Change::Done(row) => row,
        other => unreachable!("{other:?}"),
    }
}

fn enabled(world: &World, arns: &[String]) -> usize {
    arns.iter().filter(|arn| world.is_enabled(arn) == Some(true)).count()
}

#[tokio::test]
async fn that_much_is_disabled_stops_no_recovery_and_every_other_run() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    let (applied, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((applied.stop, calls), (Some(Stop::BreakerOpen), [].into()));
    // It is told all the same.
    let recovered = world.order(Asked::Recover(window)).await;
    assert_eq!((recovered.stop, recovered.mode.as_str()), (None, "recover"));
    assert!(
        recovered
            .breaker
            .is_some_and(|breaker| breaker.starts_with("40 endpoints are disabled"))
    );
    assert_eq!(enabled(&world, &arns), 0);
}

#[tokio::test]
async fn a_recovery_from_a_short_listing_waits_for_its_own_plan_to_be_approved() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    for n in 0..25 {
        world.push.put(APP, &format!("another-{n}"), true, "").unwrap();
    }
    world.pass(60);
    let first = world.order(Asked::Recover(window)).await;
    assert_eq!((first.wave, first.before.endpoints), (Some(1), 65));
    world.day();
    let others = world.push.endpoints(APP).into_iter().map(|endpoint| endpoint.arn);
    others
        .filter(|arn| !arns.contains(arn))
        .for_each(|arn| world.push.delete(&arn));
    // A listing lags behind.
    world.pass(60);

    let (stopped, calls) = world.changes_of(world.order(Asked::Recover(window))).await;
    assert_eq!((stopped.stop, calls), (Some(Stop::BreakerOpen), [].into()));
    let approved = |plan_hash: String| {
        Order::Now(Now {
            asked: Some(Asked::Recover(window)),
            plan_hash: Some(plan_hash),
        })
    };
    world.pass(60);
    let another = finished(world.run(&world.sweep, &approved("1-0".to_owned())).await);
    assert_eq!(another.stop, Some(Stop::BreakerOpen));
    world.pass(60);
    let (went_through, calls) = world.changes_of(world.run(&world.sweep, &approved(stopped.plan_hash))).await;
    assert_eq!(
        (finished(went_through).stop, calls),
        (None, [("SetEndpointAttributes", 3)].into())
    );
}

#[tokio::test]
async fn a_wave_is_judged_a_day_after_it_however_often_it_runs() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    let mut waves = Vec::new();
    for _ in 0..18 {
        let summary = world.order(Asked::Recover(window)).await;
        waves.push((summary.wave.unwrap_or_default(), enabled(&world, &arns)));
        world.pass(6 * 3_600);
    }
    waves.dedup();
    insta::assert_snapshot!(format!("{waves:?}"), @"[(1, 0), (2, 3), (3, 18), (4, 40), (0, 40)]");
}

#[tokio::test]
async fn a_wave_that_was_run_again_is_judged_by_all_it_has_enabled() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    while world.order(Asked::Recover(window)).await.healed.enabled == 0 {
        world.day();
    }
    let bad: Vec<_> = arns.iter().filter(|arn| world.is_enabled(arn) == Some(true)).collect();
    // There is nothing left to enable in it.
    world.pass(3_600);
    let again = world.order(Asked::Recover(window)).await;
    assert_eq!((again.wave, again.healed.enabled), (Some(2), 0));
    bad.iter().for_each(|arn| world.push.enable(arn, false));
    // At once, since more would be enabled if it were not for that; and for good after a day.
    for hours in [1, 24, 24] {
        world.pass(hours * 3_600);
        let (stopped, calls) = world.changes_of(world.order(Asked::Recover(window))).await;
        assert_eq!((stopped.stop, calls), (Some(Stop::WaveDidBadly), [].into()));
    }
    assert_eq!(enabled(&world, &arns), 0);
}

#[tokio::test]
async fn that_a_wave_did_badly_is_never_forgotten() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    while world.order(Asked::Recover(window)).await.healed.enabled == 0 {
        world.day();
    }
    let is_enabled = |arn: &&String| world.is_enabled(arn) == Some(true);
    let bad: Vec<_> = arns.iter().filter(is_enabled).collect();
    bad.iter().for_each(|arn| world.push.enable(arn, false));
    world.day();
    world.order(Asked::Recover(window)).await;
    // Somebody enables them by hand; that is no proof.
    bad.iter().for_each(|arn| world.push.enable(arn, true));
    for _ in 0..35 {
        world.pass(3_600);
        let stopped = world.order(Asked::Recover(window)).await;
        assert_eq!((stopped.stop, stopped.healed.enabled), (Some(Stop::WaveDidBadly), 0));
    }
    world.order(Asked::Plan).await;
    assert_eq!(world.order(Asked::Recover(window)).await.stop, Some(Stop::WaveDidBadly));
}

#[tokio::test]
async fn what_sns_did_not_enable_is_neither_enabled_nor_disabled_again() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    // The first wave holds none of them.
    assert_eq!(world.order(Asked::Recover(window)).await.wave, Some(1));
    world.day();
    world.api.script_for(Action::SetEndpointAttributes, vec![Fault::Throttled; 3]);
    let throttled = world.order(Asked::Recover(window)).await;
    assert_eq!((throttled.wave, throttled.healed.enabled), (Some(2), 0));
    world.api.script_for(Action::SetEndpointAttributes, []);
    // Nothing is known of it, so it is the turn of the same one.
    world.day();
    let again = world.order(Asked::Recover(window)).await;
    assert_eq!((again.wave, again.stop, again.healed.enabled), (Some(2), None, 3));
    world.day();
    assert_eq!(world.order(Asked::Recover(window)).await.wave, Some(3));
    assert_eq!(enabled(&world, &arns), 18);
}

#[tokio::test]
async fn what_was_quarantined_by_the_mistake_is_brought_back() {
    let world = World::start().await;
    let (window, arns) = mistake(&world).await;
    // Those that came back again and again, and were disabled each time: one is quarantined, one is about to be.
    for n in [0, 1] {
        let row = world.row(&format!("device-{n}")).await;
        let mut row = again(&world, row).await;
        row = again(&world, row).await;
        if n == 0 {
            let quarantined = world.registry.quarantine(&row, &world.attempt()).await.unwrap();
            assert!(matches!(quarantined, Change::Done(_)));
        }
    }
    for _ in 0..7 {
        let summary = world.order(Asked::Recover(window)).await;
        assert_eq!(summary.left_disabled, summary.after.disabled);
        world.day();
    }
    assert_eq!(enabled(&world, &arns), 40);
    for n in [0, 1] {
        let row = world.row(&format!("device-{n}")).await;
        assert_eq!((row.state, row.disabled_again), (State::Live, 0));
    }
}

#[tokio::test]
async fn a_wave_that_a_cap_cuts_short_goes_on() {
    let setting = Setting {
        rules: Rules {
            caps: Caps {
                enables: 8,
                ..Setting::default().rules.caps
            },
            ..Setting::default().rules
        },
        ..Setting::default()
    };
    let world = World::with(setting).await;
    let (window, arns) = mistake(&world).await;
    let mut waves = Vec::new();
    for _ in 0..9 {
        let summary = world.order(Asked::Recover(window)).await;
        waves.push((summary.wave, enabled(&world, &arns), summary.stop));
        world.day();
    }
    insta::assert_snapshot!(format!("{waves:?}"), @"[(Some(1), 0, None), (Some(2), 3, None), (Some(3), 11, None), (Some(3), 18, None), (Some(4), 26, None), (Some(4), 34, None), (Some(4), 40, None), (None, 40, Some(WavesOver)), (None, 40, Some(WavesOver))]");
}
