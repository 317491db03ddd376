//! Listing: pages, the tokens between them, SNS's pace, and what is still on the list after it is gone.

use std::time::Duration;

use inbox::Invoked;
use reconcile::{Asked, Now, Order, Progress, Rules, SweepError};
use sandbox::sns_api::push::{Quota, Spelling};
use sandbox::sns_api::{Action, Fault};

use crate::world::{APP, SMALL, Setting, World, app, finished};

async fn ten() -> World {
    let world = World::start().await;
    for n in 0..10 {
        world.healthy(&format!("device-{n}"), &format!("token-{n}")).await;
    }
    world.baseline().await;
    world
}

fn apply() -> Order {
    Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: None,
    })
}

#[tokio::test]
async fn a_next_token_that_is_not_known_any_more_begins_the_listing_again() {
    let world = ten().await;
    let push = world.push.clone();
    let mut pages = 0;
    let mut watch = move |progress| {
        if matches!(progress, Progress::Listed(_)) {
            pages += 1;
            // In the middle, and with papers kept.
            if pages == 3 {
                push.expire_tokens();
            }
        }
    };
    let (ends_at, id) = (world.ends_at(), world.id());
    let ran = world
        .sweep
        .run(&app(), &apply(), ends_at, Invoked::untraced(&id), &mut watch)
        .await
        .unwrap();
    let summary = finished(ran);
    assert_eq!((summary.restarts, summary.before.endpoints, summary.healthy), (1, 10, 10));
    assert_eq!(summary.actions, [].into());
}

#[tokio::test]
async fn a_listing_that_comes_to_no_end_is_given_up_and_nothing_is_written() {
    let world = ten().await;
    let push = world.push.clone();
    let mut watch = move |_| push.expire_tokens();
    let (ends_at, id) = (world.ends_at(), world.id());
    let ran = world
        .sweep
        .run(&app(), &apply(), ends_at, Invoked::untraced(&id), &mut watch)
        .await;
    assert!(matches!(ran, Err(SweepError::Restless)), "{ran:?}");
    assert_eq!(world.api.mutating_calls(), 0);
}

#[tokio::test]
async fn empty_pages_and_any_spelling_of_enabled_are_read() {
    let world = ten().await;
    world.push.empty_pages(3);
    world.push.spell(Spelling::Title);
    let summary = world.order(Asked::Apply).await;
    assert_eq!((summary.before.endpoints, summary.healthy, summary.calls.list), (10, 10, 7));
    world.push.spell(Spelling::Upper);
    assert_eq!(world.order(Asked::Apply).await.healthy, 10);
}

#[tokio::test]
async fn a_run_keeps_within_its_part_of_the_quota() {
    let world = World::with(Setting {
        rules: Rules {
            budget_percent: 30,
            ..Setting::default().rules
        },
        has_quotas: true,
        sizes: SMALL,
        ..Setting::default()
    })
    .await;
    world.baseline().await;
    for n in 0..60 {
        world.confirm(&format!("device-{n}"), &format!("token-{n}")).await;
    }
    world.push.set_page_size(1);
    world.push.set_quota(Quota::Soft, Some(900));
    let first = world.order(Asked::Apply).await;
    assert_eq!((first.healed.created, first.throttles), (60, 0));
    let began = world.now();
    let second = world.order(Asked::Apply).await;
    assert_eq!((second.calls.list, second.throttles), (60, 0));
    // 60 pages at 9 a second.
    assert_eq!(world.now().duration_since(began).as_secs(), 6);
}

#[tokio::test]
async fn throttles_make_it_slower_and_change_nothing_else() {
    let took = async |throttles: usize| {
        let world = ten().await;
        world.confirm("tablet", "tablet-token").await;
        for fault in [Fault::Throttled, Fault::THROTTLING, Fault::TOO_MANY] {
            let faults = vec![fault; throttles / 3];
            world.api.script_for(Action::ListEndpointsByPlatformApplication, faults);
            let summary = world.order(Asked::Plan).await;
            assert_eq!(summary.throttles, throttles as u64 / 3);
        }
        let began = world.now();
        world
            .api
            .script_for(Action::ListEndpointsByPlatformApplication, vec![Fault::Throttled; throttles]);
        let summary = world.order(Asked::Apply).await;
        assert_eq!((summary.throttles, summary.healed.created), (throttles as u64, 1));
        (world.now().duration_since(began), world.state().await)
    };
    let ((fast, state), (slow, same)) = (took(0).await, took(9).await);
    assert!(slow.as_millis() > 2 * fast.as_millis(), "{fast} {slow}");
    assert_eq!(state, same);
}

#[tokio::test]
async fn what_was_deleted_and_is_still_listed_is_not_taken_for_alive() {
    let world = ten().await;
    world.push.set_list_lag(Duration::from_secs(3_600));
    let arn = world.healthy("phone", "phone-token").await;
    world.pass(1);
    world.push.delete(&arn);
    let nobodys = world.push.put(APP, "nobodys", true, "").unwrap();
    world.push.delete(&nobodys);

    // The list still has both, so there is nothing to see; nor is there anything to be wrong about.
    let (summary, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((summary.before.endpoints, calls), (12, [].into()));
    world.pass(3_600);
    let (summary, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!((summary.healed.created, calls), (1, [("CreatePlatformEndpoint", 1)].into()));
}

#[tokio::test]
async fn a_call_that_is_not_answered_is_made_again_three_times_and_then_the_run_waits() {
    let world = ten().await;
    let list = Action::ListEndpointsByPlatformApplication;
    world.api.script_for(list, vec![Fault::Internal; 3]);
    assert_eq!(world.order(Asked::Apply).await.healthy, 10);
    world.api.script_for(list, vec![Fault::HangUp; 4]);
    let (ends_at, id) = (world.ends_at(), world.id());
    let ran = world
        .sweep
        .run(&app(), &apply(), ends_at, Invoked::untraced(&id), &mut |_| {})
        .await;
    assert!(matches!(ran, Err(SweepError::Sns(_))), "{ran:?}");
    // The lease was given back: the next invocation goes on at once.
    assert_eq!(finished(world.run(&world.sweep, &Order::Scheduled).await).healthy, 10);
}
