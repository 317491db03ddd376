//! Very many at once.

use std::sync::Arc;

use devices::Service;
use futures_util::future::join_all;
use registry::State;
use serde_json::json;

use crate::world::{APP, Answer, World};

const MANY: usize = 100;

async fn all_at_once(world: &World, instances: &[Arc<Service>], of: impl Fn(usize) -> (String, String)) -> Vec<Answer> {
    let asks = (0..MANY).map(|number| {
        let (device, token) = of(number);
        let service = &instances[number % instances.len()];
        async move {
            let body = json!({"application": APP, "token": token});
            world.put_by(service, &device, &body).await
        }
    });
    join_all(asks).await
}

#[tokio::test]
async fn a_hundred_devices_have_an_endpoint_each() {
    let world = World::start().await;
    let instances = [0; 3].map(|_| world.instance());
    let answers = all_at_once(&world, &instances, |n| (format!("device-{n}"), format!("token-{n}"))).await;
    for answer in &answers {
        assert_eq!(answer.in_brief(), "200 new (live) enabled");
    }
    assert_eq!(world.push.endpoint_count(APP), MANY);
    let devices = (0..MANY).map(|n| format!("device-{n}")).collect::<Vec<_>>();
    let devices = devices.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(world.wrong(&devices).await, [""; 0]);
}

#[tokio::test]
async fn a_hundred_devices_with_one_token_end_with_one_owner_and_one_endpoint() {
    let world = World::start().await;
    let instances = [0; 3].map(|_| world.instance());
    let mut answers = all_at_once(&world, &instances, |n| (format!("device-{n}"), "token".to_owned())).await;
    for (number, answer) in answers.iter_mut().enumerate() {
        // With so many in one row's way some give up, and come again.
        while answer.status == 503 {
            *answer = world.put(&format!("device-{number}"), "token").await;
        }
        assert_eq!(answer.status, 200, "{answer}");
    }
    let devices = (0..MANY).map(|n| format!("device-{n}")).collect::<Vec<_>>();
    let mut live = Vec::new();
    for device in &devices {
        if world.row(device).await.state == State::Live {
            live.push(device.as_str());
        }
    }
    // Of one moment all: the greatest id counts as the newest.
    assert_eq!(live, ["device-99"]);
    assert_eq!(world.push.endpoint_count(APP), 1);
    let devices = devices.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(world.wrong(&devices).await, [""; 0]);
}

#[tokio::test]
async fn one_device_that_says_the_same_a_hundred_times_at_once_has_one_endpoint() {
    let world = World::start().await;
    let instances = [0; 3].map(|_| world.instance());
    let answers = all_at_once(&world, &instances, |_| ("phone".to_owned(), "token".to_owned())).await;
    let (done, not_now): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(
        not_now
            .iter()
            .all(|answer| answer.in_brief() == "503 unavailable retry-after: 5")
    );
    let is_enabled = |answer: &&Answer| answer.body["enabled"] == true;
    assert!(
        !done.is_empty() && done.iter().all(is_enabled),
        "{:?}",
        done.iter()
            .find(|answer| !is_enabled(answer))
            .map(|answer| answer.to_string())
    );
    assert_eq!(world.push.endpoint_count(APP), 1);
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn tokens_that_go_round_and_round_end_where_the_registry_says() {
    let world = World::start().await;
    let instances = [0; 3].map(|_| world.instance());
    for round in 0..4 {
        world.pass(60);
        let asks = (0..6).map(|number| {
            let body = json!({"application": APP, "token": format!("token-{}", (number + round) % 6)});
            let (service, world) = (&instances[number % 3], &world);
            async move { world.put_by(service, &format!("device-{number}"), &body).await }
        });
        for answer in join_all(asks).await {
            assert!(matches!(answer.status, 200 | 503), "{answer}");
        }
        for number in 0..6 {
            let answer = world
                .put(&format!("device-{number}"), &format!("token-{}", (number + round) % 6))
                .await;
            assert_eq!(answer.status, 200, "{answer}");
        }
        let devices = ["device-0", "device-1", "device-2", "device-3", "device-4", "device-5"];
        assert_eq!(world.wrong(&devices).await, [""; 0], "round {round}");
        assert_eq!(world.push.endpoint_count(APP), 6);
    }
}
