//! The ledger as it is shown.

use insta::assert_snapshot;
use sandbox::dynamo::Fault;

use super::told;
use crate::world::World;

#[tokio::test]
async fn the_ledger_begins_with_the_subscriptions_of_amazons_side() {
    let world = World::new().await;
    assert_snapshot!(told(&world.firepost("adm subscriptions").await), @r#"
    Instances  Of 10000  Room  Topic
    3          0.03 %    9997  news
    1          0.01 %    9999  weather.0
    1          0.01 %    9999  weather.1

    5 subscriptions to 3 topics; Amazon allows 100 topics.
    exit 0
    "#);
    assert_snapshot!(world.firepost("adm subscriptions --json").await.out, @r#"{"topics":[{"topic":"news","instances":3,"remaining":9997,"nearLimit":false},{"topic":"weather.0","instances":1,"remaining":9999,"nearLimit":false},{"topic":"weather.1","instances":1,"remaining":9999,"nearLimit":false}],"totalTopics":3,"remainingTopics":97,"limits":{"instances_per_topic":10000,"topics_per_instance":100,"topics_per_profile":100},"errors":{}}"#);
}

#[tokio::test]
async fn what_apps_report_is_counted_and_their_errors_are_named() {
    let world = World::new().await;
    for report in [
        r#"{"instance":"a","topic":"sports","event":"onSubscribe"}"#,
        r#"{"instance":"b","topic":"sports","event":"onSubscribe"}"#,
        r#"{"instance":"b","topic":"sports","event":"onSubscribe"}"#,
        r#"{"instance":"local-instance-1","topic":"news","event":"onUnsubscribe"}"#,
        r#"{"instance":"c","topic":"news","event":"onSubscribeError","errorId":"MAXIMUM_SUBSCRIPTION_EXCEEDED"}"#,
    ] {
        let answer = world.ask("POST", "/adm/subscriptions", &[], report).await;
        assert!(answer.starts_with("200 "), "{answer}");
    }
    assert_snapshot!(told(&world.firepost("adm subscriptions").await), @r#"
    Instances  Of 10000  Room  Topic
    2          0.02 %    9998  news
    2          0.02 %    9998  sports
    1          0.01 %    9999  weather.0
    1          0.01 %    9999  weather.1

    6 subscriptions to 4 topics; Amazon allows 100 topics.

    Errors that apps have reported: MAXIMUM_SUBSCRIPTION_EXCEEDED 1
    exit 0
    "#);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_not_an_empty_one() {
    let world = World::with(|options| options.faults = true).await;
    world
        .stack
        .faults
        .as_ref()
        .unwrap()
        .inject("BatchGetItem", Fault::InternalError, usize::MAX);
    assert_snapshot!(told(&world.firepost("adm subscriptions").await), @r#"
    firepost: not now (503 unavailable): the ledger cannot be reached. Repeat it after 5 s
    exit 1
    "#);
    assert_eq!(world.firepost("adm subscriptions --json").await.code, Some(1));
}
