//! Finding a device by its token and by its endpoint.

use registry::{Registry, State};
use sandbox::kill::interrupted_after;

use crate::world::{World, application, arn, at, attempt, claim_key, device_key, key, token};

async fn holder(registry: &Registry, text: &str) -> Option<String> {
    let device = registry.by_token(&application(), &token(text), at(0)).await.unwrap();
    device.map(|device| device.key.id.as_str().to_owned())
}

async fn claimant(registry: &Registry, device: &str) -> Option<String> {
    let standing = registry.standing(&key(device), at(0)).await.unwrap()?;
    standing.claimant.map(|id| id.as_str().to_owned())
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

/// What is found of a token that goes to the tablet and of a phone that goes to another token, whenever that happens during the look.
async fn found(look: impl AsyncFn(&Registry) -> Option<String>) -> Vec<String> {
    let mut seen = Vec::new();
    for waits in 0.. {
        let world = World::new().await;
        world.says("phone", "t1", 1).await;
        let meanwhile = async {
            world.says("tablet", "t1", 2).await;
            world.says("phone", "t2", 3).await;
        };

        let (found, had_ended) = interrupted_after(waits, look(&world.registry), meanwhile).await;

        seen.push(found.unwrap());
        if had_ended {
            break;
        }
    }
    seen.dedup();
    seen
}

#[tokio::test]
async fn a_token_that_changes_hands_is_never_without_a_holder() {
    assert_eq!(
        found(async |registry| holder(registry, "t1").await).await,
        ["tablet", "phone"]
    );
    // The phone as it was, or as it is.
    let mut seen = found(async |registry| claimant(registry, "phone").await).await;
    seen.sort();
    seen.dedup();
    assert_eq!(seen, ["phone", "tablet"]);
}

#[tokio::test]
async fn how_a_device_stands_is_its_row_and_who_has_its_token() {
    let world = World::new().await;
    let standing = async |device| {
        let standing = world.registry.standing(&key(device), at(0)).await.unwrap()?;
        assert_eq!(standing.device, world.device(device).await);
        Some(standing.claimant.map(|id| id.as_str().to_owned()))
    };
    let some = |device: &str| Some(Some(device.to_owned()));
    assert_eq!(standing("phone").await, None);
    world.says("phone", "t1", 1).await;
    assert_eq!(standing("phone").await, some("phone"));
    world.says("tablet", "t1", 2).await;
    assert_eq!(
        (standing("phone").await, standing("tablet").await),
        (some("tablet"), some("tablet"))
    );

    // The claim still names the tablet, which does not agree.
    world.says("tablet", "t2", 3).await;
    assert_eq!(
        (standing("phone").await, standing("tablet").await),
        (Some(None), some("tablet"))
    );
    world.delete(&claim_key("t1")).await;
    assert_eq!(standing("phone").await, Some(None));
}

#[tokio::test]
async fn a_claimant_is_found_by_the_digest_of_its_token() {
    let world = World::new().await;
    world.says("phone", "t1", 1).await;
    let claimant = async |text: &str| {
        let digest = *token(text).digest().as_bytes();
        world.registry.claimant(&application(), &digest, at(0)).await.unwrap()
    };

    assert_eq!(claimant("t1").await, Some(key("phone").id));
    assert_eq!(claimant("t2").await, None);
    world.says("phone", "t2", 2).await;
    assert_eq!(claimant("t1").await, None);
}
