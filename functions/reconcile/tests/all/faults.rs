//! Every action of SNS and every way in which it may fail, while a run applies its plan: the next runs make it right.

use std::time::Duration;

use inbox::Invoked;
use reconcile::{Asked, Now, Order};
use sandbox::dynamo;
use sandbox::sns_api::{Action, Fault};

use crate::world::{Setting, WANTING, World, app};

const ACTIONS: [Action; 6] = [
    Action::CreatePlatformEndpoint,
    Action::DeleteEndpoint,
    Action::GetEndpointAttributes,
    Action::GetPlatformApplicationAttributes,
    Action::ListEndpointsByPlatformApplication,
    Action::SetEndpointAttributes,
];

const FAULTS: [Fault; 14] = [
    Fault::Throttled,
    Fault::THROTTLING,
    Fault::TOO_MANY,
    Fault::Internal,
    Fault::Answer(503, "ServiceUnavailable", "Service unavailable"),
    Fault::HangUp,
    Fault::LoseResponse,
    Fault::Silent,
    Fault::SilentAfter,
    Fault::Unauthorized,
    Fault::Answer(404, "NotFound", "Endpoint does not exist"),
    Fault::Answer(
        400,
        "InvalidParameter",
        "Invalid parameter: Token Reason: Endpoint arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/00000000-0000-3000-8000-000000000000 already exists with the same Token, but different attributes.",
    ),
    Fault::Answer(
        400,
        "InvalidParameter",
        "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters",
    ),
    Fault::Answer(400, "ValidationError", "1 validation error detected"),
];

/// That SNS has no place for a token is the one answer that says something about the device.
const SLOT_TAKEN: Fault = Fault::Answer(
    400,
    "InvalidParameter",
    "Invalid parameter: This endpoint is already registered with a different token.",
);

async fn run_in_trouble(action: Action, fault: Fault, times: usize) {
    let world = World::with(Setting {
        patience: Duration::from_millis(400),
        ..Setting::default()
    })
    .await;
    world.sick_fleet().await;
    world.api.script_for(action, vec![fault; times]);
    let order = Order::Now(Now {
        asked: Some(Asked::Apply),
        plan_hash: None,
    });
    let (application, ends_at, id) = (app(), world.ends_at(), world.id());
    let ran = world
        .sweep
        .run(&application, &order, ends_at, Invoked::untraced(&id), &mut |_| {})
        .await;
    let met = format!("{action:?} {fault:?}: {ran:?}");
    world.api.script_for(action, []);

    world.day();
    world.order(Asked::Apply).await;
    // What nobody knows counts as done: those devices wait for their next confirmation, and the app starts each day.
    for id in WANTING {
        let row = world.row(id).await;
        world.confirm(id, row.token.as_str()).await;
    }
    world.pass(60);
    world.order(Asked::Apply).await;
    assert_eq!(world.wrong().await, [""; 0], "{met}");
    // Until the second phase of every deletion is over.
    for _ in 0..2 {
        world.day();
        world.order(Asked::Apply).await;
    }
    let (last, calls) = world.changes_of(world.order(Asked::Apply)).await;
    assert_eq!(calls, [].into(), "{met}: {:?}", last.actions);
}

async fn matrix(actions: &[Action]) {
    for action in actions {
        for fault in FAULTS {
            run_in_trouble(*action, fault, 2).await;
        }
    }
}

#[tokio::test]
async fn whatever_becomes_of_a_creation_the_next_runs_make_it_right() {
    matrix(&ACTIONS[..1]).await;
}

#[tokio::test]
async fn whatever_becomes_of_a_deletion_the_next_runs_make_it_right() {
    matrix(&ACTIONS[1..2]).await;
}

#[tokio::test]
async fn whatever_becomes_of_a_look_the_next_runs_make_it_right() {
    matrix(&ACTIONS[2..4]).await;
}

#[tokio::test]
async fn whatever_becomes_of_a_page_the_next_runs_make_it_right() {
    matrix(&ACTIONS[4..5]).await;
}

#[tokio::test]
async fn whatever_becomes_of_a_change_the_next_runs_make_it_right() {
    matrix(&ACTIONS[5..]).await;
}

#[tokio::test]
async fn a_token_without_a_place_is_on_record_and_is_tried_again_when_the_device_says_so() {
    run_in_trouble(Action::CreatePlatformEndpoint, SLOT_TAKEN, 2).await;
    run_in_trouble(Action::SetEndpointAttributes, SLOT_TAKEN, 2).await;
}

#[tokio::test]
async fn whatever_becomes_of_the_end_of_a_subscription_the_next_run_ends_it() {
    // That there is none is its end.
    let faults = FAULTS.into_iter().filter(|fault| !matches!(fault, Fault::Answer(404, ..)));
    for fault in faults {
        let world = World::with(Setting {
            patience: Duration::from_millis(400),
            ..Setting::default()
        })
        .await;
        world.baseline().await;
        world.inherited_subscription().await;
        world.api.script_for(Action::Unsubscribe, [fault]);
        let first = world.order(Asked::Apply).await;
        world.api.script_for(Action::Unsubscribe, []);
        world.day();
        world.order(Asked::Apply).await;
        assert_eq!(world.push.subscriptions().len(), 0, "{fault:?}: {first:?}");
        assert!(world.row("phone").await.inherited_subscriptions.is_empty());
        let (_, calls) = world.changes_of(world.order(Asked::Apply)).await;
        assert_eq!(calls, [].into(), "{fault:?}");
    }
}

#[tokio::test]
async fn whatever_becomes_of_a_call_to_the_table_the_next_runs_make_it_right() {
    for operation in ["GetItem", "PutItem", "Scan", "TransactWriteItems", "DeleteItem"] {
        for fault in [
            dynamo::Fault::Deny,
            dynamo::Fault::InternalError,
            dynamo::Fault::LoseResponse,
            dynamo::Fault::Throttle,
        ] {
            let world = World::start().await;
            world.sick_fleet().await;
            let order = Order::Now(Now {
                asked: Some(Asked::Apply),
                plan_hash: None,
            });
            // In the middle of the run, for all attempts at some calls.
            let (application, ends_at, id) = (app(), world.ends_at(), world.id());
            let mut pages = 0;
            let faults = &world.faults;
            let mut watch = |_| {
                pages += 1;
                if pages == 6 {
                    faults.inject(operation, fault, 9);
                }
            };
            let ran = world
                .sweep
                .run(&application, &order, ends_at, Invoked::untraced(&id), &mut watch)
                .await;
            let met = format!("{operation} {fault:?}: {ran:?}");
            world.faults.clear();
            world.day();
            world.order(Asked::Apply).await;
            for id in WANTING {
                let row = world.row(id).await;
                world.confirm(id, row.token.as_str()).await;
            }
            world.pass(60);
            world.order(Asked::Apply).await;
            assert_eq!(world.wrong().await, [""; 0], "{met}");
        }
    }
}
