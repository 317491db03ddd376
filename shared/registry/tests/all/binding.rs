//! An endpoint is one device's.

use std::collections::BTreeSet;

use registry::{Change, EndpointArn, Refusal};

use crate::world::{World, arn, attempt, done};

#[tokio::test]
async fn an_endpoint_is_taken_from_the_device_that_had_it() {
    let world = World::new().await;
    world.with_endpoint("phone", "t1", 1, "a").await;

    world.with_endpoint("tablet", "t2", 2, "a").await;

    assert_eq!(world.devices().await, ["phone live t1@1", "tablet live t2@2 a"]);
}

#[tokio::test]
async fn another_endpoint_takes_the_place_of_the_first_and_letting_go_leaves_none() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;

    let seen = done(world.registry.bind(&seen, &arn("b"), &attempt("sweep", 2)).await.unwrap());
    assert_eq!(world.devices().await, ["phone live t1@1 b"]);
    // The same again changes nothing.
    let again = world.registry.bind(&seen, &arn("b"), &attempt("sweep", 3)).await.unwrap();
    assert_eq!(done(again), seen);

    let seen = done(world.registry.unbind(&seen, &attempt("sweep", 3)).await.unwrap());
    assert_eq!(world.devices().await, ["phone live t1@1"]);
    assert_eq!(done(world.registry.unbind(&seen, &attempt("sweep", 4)).await.unwrap()), seen);
    assert_eq!(world.rows().await.len(), 2);
}

#[tokio::test]
async fn an_endpoint_of_another_application_is_refused() {
    let world = World::new().await;
    let seen = world.register("phone", "t1", 1).await.device;
    let other = EndpointArn::parse("arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Water/a").unwrap();

    let change = world.registry.bind(&seen, &other, &attempt("sweep", 2)).await.unwrap();

    assert_eq!(change, Change::Refused(Refusal::OtherApplication));
}

#[tokio::test]
async fn subscriptions_are_for_whoever_takes_the_token_to_end() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let news = BTreeSet::from(["arn:aws:sns:us-east-1:123456789012:news:1".to_owned()]);
    done(
        world
            .registry
            .subscriptions(&seen, news.clone(), &attempt("phone", 1))
            .await
            .unwrap(),
    );

    let registered = world.register("tablet", "t1", 2).await;

    assert_eq!(registered.superseded.unwrap().subscriptions, news);
    let tablet = registered.device;
    assert_eq!((tablet.subscriptions.len(), &tablet.inherited_subscriptions), (0, &news));
    let phone = world.device("phone").await;
    assert_eq!((phone.subscriptions.len(), phone.inherited_subscriptions.len()), (0, 0));
    let ended = world.registry.ended(&tablet, &news, &attempt("tablet", 2)).await.unwrap();
    assert!(done(ended).inherited_subscriptions.is_empty());
}

#[tokio::test]
async fn a_binding_that_names_another_device_is_never_deleted() {
    let world = World::new().await;
    let phone = world.with_endpoint("phone", "t1", 1, "a").await;
    world.says("tablet", "t2", 1).await;
    // By hand.
    let key = format!("endpoint#{}", arn("a"));
    let mut row = world.rows().await.remove(&key).unwrap();
    row.insert(
        "device".to_owned(),
        aws_sdk_dynamodb::types::AttributeValue::S("tablet".to_owned()),
    );
    world.put(&key, row.clone()).await;

    let error = world.registry.unbind(&phone, &attempt("sweep", 2)).await.unwrap_err();

    assert_eq!(error.to_string(), "the store is not available");
    assert_eq!(world.rows().await.remove(&key), Some(row));
}
