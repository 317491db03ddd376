//! The whole ledger in one answer.

use insta::assert_snapshot;

use crate::world::{World, failed, report};

#[tokio::test]
async fn an_empty_ledger_is_empty() {
    let world = World::new().await;
    let (ledger, faults) = world.with_faults().await;
    let overview = serde_json::to_string(&ledger.overview().await.unwrap()).unwrap();
    assert_snapshot!(
        overview,
        @r#"{"topics":[],"totalTopics":0,"remainingTopics":100,"limits":{"instances_per_topic":10000,"topics_per_instance":100,"topics_per_profile":100},"errors":{}}"#
    );
    assert_eq!(faults.calls("BatchGetItem"), 1);
}

#[tokio::test]
async fn every_topic_is_told_with_its_count_and_what_remains() {
    let world = World::new().await;
    world.fill("weather.0", 9_000).await;
    world.fill("news", 10_001).await;
    world.subscribe(["phone", "tablet"], "sport").await;
    world.subscribe(["phone"], "gone").await;
    world.record(&report("phone", "onUnsubscribe", "gone")).await;
    world.fill("empty", 0).await;
    for (instance, error) in [
        ("phone", "INTERNAL_ERROR"),
        ("tablet", "INTERNAL_ERROR"),
        ("tv", "INVALID_TOPIC"),
    ] {
        world.record(&failed(instance, "onSubscribeError", "sport", error)).await;
    }

    let overview = serde_json::to_string_pretty(&world.ledger.overview().await.unwrap()).unwrap();

    assert_snapshot!(overview, @r#"
    {
      "topics": [
        {
          "topic": "news",
          "instances": 10001,
          "remaining": 0,
          "nearLimit": true
        },
        {
          "topic": "sport",
          "instances": 2,
          "remaining": 9998,
          "nearLimit": false
        },
        {
          "topic": "weather.0",
          "instances": 9000,
          "remaining": 1000,
          "nearLimit": true
        }
      ],
      "totalTopics": 3,
      "remainingTopics": 97,
      "limits": {
        "instances_per_topic": 10000,
        "topics_per_instance": 100,
        "topics_per_profile": 100
      },
      "errors": {
        "INTERNAL_ERROR": 2,
        "INVALID_TOPIC": 1
      }
    }
    "#);
}

#[tokio::test]
async fn a_hundred_topics_are_read_a_hundred_rows_at_a_time() {
    let world = World::new().await;
    for n in 0..100 {
        world.fill(&format!("t{n:02}"), n).await;
    }
    let (ledger, faults) = world.with_faults().await;

    let overview = ledger.overview().await.unwrap();

    assert_eq!((overview.total_topics, overview.remaining_topics), (99, 1));
    let counts: Vec<_> = overview.topics.iter().map(|topic| topic.instances).collect();
    assert_eq!(counts, (1..100).collect::<Vec<_>>());
    assert_eq!((faults.calls("BatchGetItem"), faults.all_calls()), (9, 9));
}
