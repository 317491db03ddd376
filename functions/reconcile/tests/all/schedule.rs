//! The schedule: what is due begins, what is unfinished goes on, and most of the time nothing is done.

use inbox::Invoked;
use reconcile::{Asked, Invocation, Order, Ran};
use serde_json::{Value, json};

use crate::world::{APP, World, app, finished};

async fn tick(world: &World) -> Value {
    let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    let invocation: Invocation = serde_json::from_value(event).unwrap();
    let (ends_at, id) = (world.ends_at(), world.id());
    serde_json::to_value(
        world
            .sweep
            .invoke(&invocation, ends_at, Invoked::untraced(&id))
            .await
            .unwrap(),
    )
    .unwrap()
}

fn outcome(answer: &Value) -> &str {
    answer["applications"][0]["outcome"].as_str().unwrap()
}

#[tokio::test]
async fn a_run_begins_a_day_after_the_last_and_in_between_two_rows_are_read() {
    let world = World::start().await;
    world.healthy("phone", "phone-token").await;
    let first = tick(&world).await;
    assert_eq!(
        (outcome(&first), &first["applications"][0]["summary"]["mode"]),
        ("done", &json!("plan"))
    );
    for _ in 0..3 {
        world.pass(300);
        let (reads, all) = (world.faults.calls("GetItem"), world.calls());
        assert_eq!(outcome(&tick(&world).await), "idle");
        assert_eq!((world.faults.calls("GetItem") - reads, world.calls() - all), (2, 2));
    }
    world.day();
    let second = tick(&world).await;
    assert_eq!(
        (outcome(&second), &second["applications"][0]["summary"]["mode"]),
        ("done", &json!("apply"))
    );
}

#[tokio::test]
async fn what_is_unfinished_goes_on_with_the_next_tick() {
    let world = World::start().await;
    world.sick_fleet().await;
    let ends_at = world.now() + jiff::SignedDuration::from_millis(30_001);
    let (application, id) = (app(), world.id());
    let ran = world
        .sweep
        .run(&application, &Order::Scheduled, ends_at, Invoked::untraced(&id), &mut |_| {})
        .await
        .unwrap();
    let Ran::Unfinished { run, phase } = ran else {
        panic!("{ran:?}")
    };
    assert_eq!(phase, "listing");
    world.pass(300);
    let next = tick(&world).await;
    assert_eq!(
        (outcome(&next), next["applications"][0]["run"].as_str()),
        ("done", Some(run.as_str()))
    );
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn an_order_for_something_else_is_another_run() {
    let world = World::start().await;
    world.sick_fleet().await;
    let ends_at = world.now() + jiff::SignedDuration::from_millis(30_001);
    let (application, id) = (app(), world.id());
    let ran = world
        .sweep
        .run(&application, &Order::Scheduled, ends_at, Invoked::untraced(&id), &mut |_| {})
        .await
        .unwrap();
    let Ran::Unfinished { run, .. } = ran else { panic!("{ran:?}") };
    let plan = world.order(Asked::Plan).await;
    assert_ne!(plan.run.as_deref(), Some(run.as_str()));
    assert_eq!(plan.mode, "plan");
    let order: Invocation = serde_json::from_value(json!({"reconcile": {"application": APP, "mode": "apply"}})).unwrap();
    let (ends_at, id) = (world.ends_at(), world.id());
    let answer = world.sweep.invoke(&order, ends_at, Invoked::untraced(&id)).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(
        (answer["outcome"].as_str(), answer["summary"]["mode"].as_str()),
        (Some("done"), Some("apply"))
    );
    assert_eq!(world.wrong().await, [""; 0]);
}

#[tokio::test]
async fn an_application_that_is_not_served_is_refused() {
    let world = World::start().await;
    let other = APP.replace("Fire", "Water");
    let order: Invocation = serde_json::from_value(json!({"reconcile": {"application": other}})).unwrap();
    let (ends_at, id) = (world.ends_at(), world.id());
    let error = world.sweep.invoke(&order, ends_at, Invoked::untraced(&id)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the application is not one of those that are served: see PLATFORM_APPLICATIONS"
    );
    assert_eq!(world.calls(), 0);
    let _ = finished(world.run(&world.sweep, &Order::Scheduled).await);
}
