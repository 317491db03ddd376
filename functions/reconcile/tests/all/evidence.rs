//! Evidence, and the want of it; and what takes two phases.

use reconcile::{Asked, Now, Order, Rules, Stop};
use registry::State;
use sandbox::sns_api::push::{TakenToken, Undocumented};
use upkeep::plan::Orphans;

use crate::world::{APP, Setting, World, key};

#[tokio::test]
async fn a_disabled_endpoint_is_left_alone_until_the_device_says_that_its_token_is_good() {
    let world = World::start().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.baseline().await;
    world.push.enable(&arn, false);

    // Nobody has heard when: it goes on record, and that is all.
    let (first, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(
        (calls, world.lines().await),
        (
            [].into(),
            vec![
                "4 disabled_unseen -> note_disabled at 29f1".to_owned(),
                "4 not_confirmed_since at 29f1".to_owned(),
            ]
        )
    );
    assert_eq!(first.left_disabled, 1);
    for _ in 0..3 {
        world.day();
        let (again, calls) = world.changes_of(world.order(Asked::Apply)).await;
        assert_eq!((calls, again.actions, again.left_disabled), ([].into(), [].into(), 1));
        // It was known without a look.
        assert_eq!(again.calls.other, 1);
    }
    assert_eq!(world.is_enabled(&arn), Some(false));

    world.confirm("phone", "phone-token").await;
    world.pass(1);
    let (healed, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((healed.healed.enabled, calls), (1, [("SetEndpointAttributes", 1)].into()));
    assert_eq!(world.is_enabled(&arn), Some(true));

    // It was no good: once for each confirmation, and the quality of it is told.
    world.push.enable(&arn, false);
    world.pass(3_600);
    let (again, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((again.enabled_since_last, again.disabled_again, calls), (1, 1, [].into()));
    assert_eq!(world.row("phone").await.disabled_again, 1);
    world.pass(60);
    world.confirm("phone", "phone-token").await;
    world.pass(60);
    assert_eq!(world.order(Asked::Apply).await.healed.enabled, 1);
    world.push.enable(&arn, false);
    world.pass(3_600);
    let twice = world.order(Asked::Apply).await;
    let steps = [("note_disabled".to_owned(), 1), ("quarantine".to_owned(), 1)];
    assert_eq!((twice.actions, twice.quarantined), (steps.into(), 1));
    world.pass(60);
    world.confirm("phone", "phone-token").await;
    world.pass(60);
    let (last, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((last.actions, calls), ([].into(), [].into()));
    assert_eq!((last.left_disabled, last.quarantined), (1, 1));
    assert_eq!(world.row("phone").await.state, State::Quarantined);
    assert_eq!(world.is_enabled(&arn), Some(false));
}

#[tokio::test]
async fn what_stays_disabled_is_deleted_in_two_phases() {
    let world = World::start().await;
    let arn = world.healthy("phone", "phone-token").await;
    world.push.enable(&arn, false);
    world.disabled("phone").await;
    world.baseline().await;
    world.pass(30 * 86_400);

    let (_, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((calls, world.row("phone").await.state), ([].into(), State::Tombstone));
    for _ in 0..2 {
        world.pass(43_000);
        let (_, calls) = world.changes_of(world.order(Asked::Apply)).await;
        assert_eq!(calls, [].into());
    }
    world.pass(43_000);
    let (last, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((calls, last.after.endpoints), ([("DeleteEndpoint", 1)].into(), 0));
    assert!(
        world
            .registry
            .get(&key("phone"), world.now())
            .await
            .unwrap()
            .is_none_or(|row| row.endpoint.is_none())
    );
}

#[tokio::test]
async fn an_endpoint_that_nobody_claims_is_reported_or_deleted_in_two_phases() {
    let rules = |orphans| Setting {
        rules: Rules {
            orphans,
            ..Setting::default().rules
        },
        ..Setting::default()
    };
    let world = World::with(rules(Orphans::Delete)).await;
    let nobodys = world.push.put(APP, "nobodys", true, "").unwrap();
    let claimed = world.push.put(APP, "late", true, "").unwrap();
    world.baseline().await;
    let reporting = world.instance(&rules(Orphans::Report));
    let now = Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: None,
    });
    let (_, calls) = world.changes_of(world.run(&reporting, &now)).await;
    assert_eq!((calls, world.report().await.summary.actions), ([].into(), [].into()));

    let first = world.order(Asked::Apply).await;
    assert_eq!((first.orphans, first.actions["condemn"]), (2, 2));
    world.day();
    // A device claims one of them in between.
    world.confirm("tablet", "late").await;
    for deleted in [false, false, true] {
        world.pass(60);
        world.order(Asked::Apply).await;
        assert_eq!(world.push.endpoint(&nobodys).is_none(), deleted);
    }
    assert_eq!(world.is_enabled(&claimed), Some(true));
    assert_eq!(world.row("tablet").await.endpoint.unwrap().as_str(), claimed);
    // Nothing is left of it: one with its token would have its id again.
    for arn in [&nobodys, &claimed] {
        let endpoint = registry::EndpointArn::parse(arn).unwrap();
        assert_eq!(world.registry.condemned(&endpoint).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_condemned_endpoint_that_is_gone_or_somebodys_only_one_is_spared() {
    let world = World::start().await;
    let gone = world.push.put(APP, "gone", true, "").unwrap();
    let only = world.healthy("phone", "phone-token").await;
    world.baseline().await;
    for arn in [&gone, &only] {
        let endpoint = registry::EndpointArn::parse(arn).unwrap();
        world.registry.condemn(&endpoint, &world.attempt()).await.unwrap();
    }
    world.push.delete(&gone);
    world.pass(60);

    let summary = world.order(Asked::Apply).await;
    assert_eq!(summary.actions, [("spare".to_owned(), 2)].into());
    for arn in [&gone, &only] {
        let endpoint = registry::EndpointArn::parse(arn).unwrap();
        assert_eq!(world.registry.condemned(&endpoint).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_subscriptions_of_whoever_had_the_token_are_ended() {
    let world = World::start().await;
    world.baseline().await;
    world.inherited_subscription().await;

    let (plan, calls) = world.changes_of(world.order(Asked::Plan)).await;
    assert_eq!((calls, plan.held), ([].into(), [("unsubscribe".to_owned(), 1)].into()));
    let (applied, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(applied.actions["unsubscribe"], 1);
    assert_eq!((calls, world.push.subscriptions().len()), ([("Unsubscribe", 1)].into(), 0));
    assert_eq!(world.changes_of(world.order(Asked::Apply)).await.1, [].into());
}

#[tokio::test]
async fn of_two_endpoints_with_one_token_one_stays() {
    let world = World::start().await;
    world.push.set_undocumented(Undocumented {
        taken_token: TakenToken::Duplicates,
        ..Undocumented::default()
    });
    let own = world.healthy("phone", "phone-token").await;
    let other = world.push.put(APP, "another", true, "").unwrap();
    let set = world.sns.client().set_endpoint_attributes().endpoint_arn(&other);
    set.attributes("Token", "phone-token").send().await.unwrap();
    world.baseline().await;

    assert_eq!(world.order(Asked::Apply).await.duplicates, 1);
    for _ in 0..3 {
        world.day();
        world.order(Asked::Apply).await;
    }
    assert_eq!((world.is_enabled(&own), world.push.endpoint(&other)), (Some(true), None));
}

#[tokio::test]
async fn an_application_that_cannot_send_is_not_swept() {
    let world = World::start().await;
    world.confirm("tablet", "tablet-token").await;
    world.baseline().await;
    let lists = || world.api.count(sandbox::sns_api::Action::ListEndpointsByPlatformApplication);
    let before = lists();
    world.push.disable_application(APP);
    let (stopped, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(
        (stopped.stop, calls, lists()),
        (Some(Stop::ApplicationDisabled), [].into(), before)
    );

    let world = World::start().await;
    world.confirm("tablet", "tablet-token").await;
    world.baseline().await;
    world.push.set_certificate(APP, world.now());
    let (stopped, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((stopped.stop, calls), (Some(Stop::CertificateExpired), [].into()));
    world
        .push
        .set_certificate(APP, world.now() + jiff::SignedDuration::from_hours(1));
    // It compares itself with the last that could.
    world.pass(1);
    assert_eq!(world.order(Asked::Apply).await.healed.created, 1);
}
