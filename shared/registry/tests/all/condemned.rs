//! Endpoints that are to be deleted.

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Application, Segment, StoreError};

use crate::world::{Row, World, application, arn, at, attempt};

#[tokio::test]
async fn an_endpoint_is_condemned_since_the_first_time_until_it_is_spared() {
    let world = World::new().await;
    let registry = &world.registry;
    assert_eq!(registry.condemned(&arn("a")).await.unwrap(), None);
    for (id, second) in [("one", 1), ("one", 1), ("two", 2)] {
        let since = registry.condemn(&arn("a"), &attempt(id, second)).await.unwrap();
        assert_eq!(since, at(1), "{id}");
    }
    assert_eq!(registry.condemned(&arn("a")).await.unwrap(), Some(at(1)));
    insta::assert_snapshot!(world.lines().await, @r#"
    condemned#endpoint/ADM/Fire/a
      at N 1772366401250
      writer S one@1772366401250
    "#);

    for _ in 0..2 {
        registry.spare(&arn("a")).await.unwrap();
        assert_eq!(registry.condemned(&arn("a")).await.unwrap(), None);
    }
    assert_eq!(registry.condemn(&arn("a"), &attempt("two", 3)).await.unwrap(), at(3));
}

#[tokio::test]
async fn they_are_on_the_pages_of_their_application_and_of_no_other() {
    let world = World::new().await;
    let other = Application::parse("arn:aws:sns:us-east-1:123456789012:app/ADM/Fire-2").unwrap();
    world.with_endpoint("phone", "t1", 1, "a").await;
    for (endpoint, second) in [(arn("a"), 1), (arn("b"), 2), (other.endpoint("c"), 3)] {
        world.registry.condemn(&endpoint, &attempt("one", second)).await.unwrap();
    }
    let page = async |application| {
        let page = world.registry.page(&application, Segment::WHOLE, None, 1_000, at(9)).await;
        let mut page = page.unwrap();
        page.condemned.sort();
        page
    };

    let ours = page(application()).await;
    assert_eq!(ours.condemned, [(arn("a"), at(1)), (arn("b"), at(2))]);
    assert_eq!((ours.devices.len(), ours.unreadable.len()), (1, 0));
    let theirs = page(other.clone()).await;
    assert_eq!(
        (theirs.condemned, theirs.devices.len()),
        (vec![(other.endpoint("c"), at(3))], 0)
    );
}

#[tokio::test]
async fn one_that_cannot_be_read_is_reported_and_never_taken_for_spared() {
    let world = World::new().await;
    let row = Row::from([("at".to_owned(), AttributeValue::S("noon".to_owned()))]);
    world.put(&format!("condemned#{}", arn("a")), row.clone()).await;
    world.put(&format!("condemned#{}#b", arn("a")), row).await;

    let page = world.registry.page(&application(), Segment::WHOLE, None, 1_000, at(9)).await;
    let mut wrong: Vec<_> = page.unwrap().unreadable.into_iter().map(|row| row.attribute).collect();
    wrong.sort_unstable();

    assert_eq!(wrong, ["at", "key"]);
    let error = world.registry.condemned(&arn("a")).await.unwrap_err();
    assert!(matches!(error, StoreError::Malformed { attribute: "at" }), "{error}");
}
