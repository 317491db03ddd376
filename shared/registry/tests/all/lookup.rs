//! Finding a device by its token and by its endpoint.

use registry::{Registry, State};
use sandbox::kill::interrupted_after;

use crate::world::{World, application, arn, at, attempt, claim_key, device_key, key, token};

async fn holder(registry: &Registry, text: &str) -> Option<String> {
    let device = registry.by_token(&application(), &token(text), at(0)).await.unwrap();
    device.map(|device| device.key.id.as_str().to_owned())
}

#[tokio::test]
async fn a_token_is_its_newest_devices_whatever_its_state_unless_it_has_another_one() {
    let world = World::new().await;
    assert_eq!(holder(&world.registry, "t1").await, None);
    world.says("phone", "t1", 1).await;
    assert_eq!(holder(&world.registry, "t1").await.as_deref(), Some("phone"));
    world.says("tablet", "t1", 2).await;
    assert_eq!(holder(&world.registry, "t1").await.as_deref(), Some("tablet"));

    let _ = world.registry.opt_out(&key("tablet"), at(3), &attempt("r", 3)).await.unwrap();
    let device = world.registry.by_token(&application(), &token("t1"), at(3)).await.unwrap();
    assert_eq!(device.unwrap().state, State::OptedOut);

    world.says("tablet", "t2", 4).await;
    assert_eq!(holder(&world.registry, "t1").await, None);
    assert_eq!(holder(&world.registry, "t2").await.as_deref(), Some("tablet"));
}

#[tokio::test]
async fn a_superseded_device_is_nobodys_holder_even_if_the_other_one_is_gone() {
    let world = World::new().await;
    world.says("phone", "t1", 5).await;
    world.says("tablet", "t1", 6).await;
    for key in [claim_key("t1"), device_key("tablet")] {
        world.delete(&key).await;
    }

    world.says("phone", "t1", 5).await;

    assert_eq!(world.devices().await, ["phone superseded t1@5"]);
    assert_eq!(holder(&world.registry, "t1").await, None);
}

#[tokio::test]
async fn an_endpoint_is_found_with_its_device() {
    let world = World::new().await;
    let device = world.with_endpoint("phone", "t1", 1, "a").await;

    assert_eq!(
        world.registry.by_endpoint(&arn("a"), at(1)).await.unwrap(),
        Some(device.clone())
    );
    assert_eq!(world.registry.get(&key("phone"), at(1)).await.unwrap(), Some(device));
    assert_eq!(world.registry.by_endpoint(&arn("b"), at(1)).await.unwrap(), None);
    assert_eq!(world.registry.get(&key("tablet"), at(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_that_changes_hands_is_never_without_a_holder() {
    let mut seen = Vec::new();
    for waits in 0.. {
        let world = World::new().await;
        world.says("phone", "t1", 1).await;
        let meanwhile = async {
            world.says("tablet", "t1", 2).await;
            world.says("phone", "t2", 3).await;
        };

        let (found, had_ended) = interrupted_after(waits, holder(&world.registry, "t1"), meanwhile).await;

        seen.push(found.unwrap());
        if had_ended {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen, ["tablet", "phone"]);
}
