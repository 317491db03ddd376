//! The three limits: said in the answer from nine tenths on, and logged once for a report.

use adm::{LedgerOutcome, Limit, Usage};
use insta::assert_snapshot;
use sandbox::Journal;

use crate::journal::lines;
use crate::world::{World, failed, report};

#[tokio::test]
async fn a_topic_is_near_its_limit_with_9000_instances() {
    let world = World::new().await;
    world.fill("news", 8_998).await;
    let journal = Journal::begin();

    let far = world.record(&report("phone", "onSubscribe", "news")).await;
    assert_eq!((far.limits, lines(&journal)), (vec![], vec![]));

    assert_snapshot!(
        world.record(&report("tablet", "onSubscribe", "news")).await.to_json(),
        @r#"{"topic":"news","outcome":"subscribed","limits":[{"limit":"instances_per_topic","count":9000,"of":10000}],"advice":"the topic is full, or will be soon: split it, or raise its number in ADM_SHARDS"}"#
    );
    assert_eq!(lines(&journal), ["WARN near_limit instances_per_topic news"]);

    // What is found is said, whether it is new or not.
    let again = world.record(&report("tablet", "onSubscribe", "news")).await;
    assert_eq!(
        (again.outcome, again.limits.len(), lines(&journal).len()),
        (LedgerOutcome::Unchanged, 1, 2)
    );
    let left = world.record(&report("tablet", "onUnsubscribe", "news")).await;
    assert_eq!((left.limits, lines(&journal).len()), (vec![], 2));
}

#[tokio::test]
async fn an_instance_is_near_its_limit_on_90_topics_and_is_kept_beyond_it() {
    let world = World::new().await;
    let journal = Journal::begin();
    for n in 1..=101 {
        let recorded = world.record(&report("phone", "onSubscribe", &format!("t{n}"))).await;
        assert_eq!(recorded.outcome, LedgerOutcome::Subscribed);
        let usage = |limit| Usage {
            limit,
            count: n,
            of: 100,
        };
        let near = [usage(Limit::TopicsPerInstance), usage(Limit::TopicsPerProfile)];
        let expected = if n < 90 { &[][..] } else { &near };
        assert_eq!(recorded.limits, expected, "{n}");
    }

    let lines = lines(&journal);
    assert_eq!(lines.len(), 12);
    assert_eq!(lines.last().unwrap(), "WARN near_limit topics_per_profile t101");
}

#[tokio::test]
async fn a_security_profile_is_near_its_limit_with_90_topics() {
    let world = World::new().await;
    for n in 0..88 {
        world.fill(&format!("t{n}"), 1).await;
    }
    let journal = Journal::begin();
    let far = world.record(&report("phone", "onSubscribe", "news")).await;
    assert_eq!((far.limits, lines(&journal)), (vec![], vec![]));

    assert_snapshot!(
        world.record(&report("phone", "onSubscribe", "sport")).await.to_json(),
        @r#"{"topic":"sport","outcome":"subscribed","limits":[{"limit":"topics_per_profile","count":90,"of":100}],"advice":"the security profile has nearly as many topics as one may have, or more: give some up"}"#
    );
    assert_eq!(lines(&journal), ["WARN near_limit topics_per_profile sport"]);
}

#[tokio::test]
async fn one_line_says_the_nearest_of_several() {
    let world = World::new().await;
    for n in 0..92 {
        world.fill(&format!("t{n}"), 1).await;
    }
    world.fill("news", 9_999).await;
    let journal = Journal::begin();

    let recorded = world.record(&report("phone", "onSubscribe", "news")).await;

    let limits: Vec<_> = recorded
        .limits
        .iter()
        .map(|usage| (usage.limit.as_str(), usage.count))
        .collect();
    assert_eq!(limits, [("instances_per_topic", 10_000), ("topics_per_profile", 93)]);
    assert_eq!(lines(&journal), ["WARN near_limit instances_per_topic news"]);
}

#[tokio::test]
async fn an_app_that_was_refused_is_told_which_limit_it_may_be() {
    let world = World::new().await;
    let refused = failed("phone", "onSubscribeError", "news", "MAXIMUM_SUBSCRIPTION_EXCEEDED");
    let journal = Journal::begin();
    assert_snapshot!(
        world.record(&refused).await.to_json(),
        @r#"{"topic":"news","outcome":"noted","advice":"one of ADM's three limits is reached, and none is near by the reports that came here: some apps do not report"}"#
    );
    world.fill("news", 10_000).await;
    assert_snapshot!(
        world.record(&refused).await.to_json(),
        @r#"{"topic":"news","outcome":"noted","limits":[{"limit":"instances_per_topic","count":10000,"of":10000}],"advice":"the topic is full, or will be soon: split it, or raise its number in ADM_SHARDS"}"#
    );

    assert_eq!(
        lines(&journal),
        ["WARN limit_exceeded - news", "WARN limit_exceeded instances_per_topic news"]
    );
    let overview = world.ledger.overview().await.unwrap();
    assert_eq!(overview.errors["MAXIMUM_SUBSCRIPTION_EXCEEDED"], 2);
    assert_eq!(overview.topics[0].instances, 10_000);
}

#[tokio::test]
async fn topics_without_end_are_not_listed() {
    let world = World::new().await;
    world.list((0..999).map(|n| format!("t{n}")).collect()).await;
    let last = world.record(&report("phone", "onSubscribe", "last")).await;
    assert_eq!(last.outcome, LedgerOutcome::Subscribed);
    let journal = Journal::begin();

    let surplus = world.record(&report("phone", "onSubscribe", "surplus")).await;

    let warnings: Vec<_> = surplus.warnings.iter().map(|warning| warning.name).collect();
    assert_eq!((surplus.outcome, &warnings[..]), (LedgerOutcome::Noted, &["LedgerFull"][..]));
    assert_eq!(lines(&journal), ["WARN limit_exceeded topics_per_profile surplus"]);
    assert!(!world.listed().await.contains("surplus"));
    // There is room on those that are listed.
    let listed = world.record(&report("tablet", "onSubscribe", "last")).await;
    assert_eq!(listed.outcome, LedgerOutcome::Subscribed);
}
