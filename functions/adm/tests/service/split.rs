//! A topic that is split: each shard once, one answer about all, and going on where it stopped.

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use serde_json::json;

use crate::world::{Answer, CLIENT_ID, MESSAGE, Terms, World};

async fn world(shards: &'static str, topics: &[&str]) -> World {
    let world = World::with(Terms {
        shards,
        ..Terms::default()
    })
    .await;
    for topic in topics {
        world.amazon.subscribe(CLIENT_ID, "instance-1", topic).unwrap();
    }
    world
}

async fn send(world: &World, topic: &str) -> Answer {
    world
        .post(
            &format!("/adm/topics/{topic}/messages"),
            &[("idempotency-key", "key")],
            MESSAGE,
        )
        .await
}

fn topics(world: &World) -> Vec<String> {
    let delivered = world.amazon.delivered().into_iter().map(|delivered| delivered.topic);
    let mut topics = delivered.collect::<Vec<_>>();
    topics.sort();
    topics
}

#[tokio::test]
async fn a_message_goes_to_each_shard_once_and_a_repetition_to_none() {
    let world = world("weather=3", &["weather.0", "weather.1", "weather.2"]).await;
    let answer = send(&world, "weather").await;
    assert_eq!((answer.status, answer.body["shards"].as_array().unwrap().len()), (200, 3));
    assert_eq!(topics(&world), ["weather.0", "weather.1", "weather.2"]);
    let again = send(&world, "weather").await;
    assert_eq!((again.status, &again.body), (200, &answer.body));
    assert_snapshot!(again.in_brief(), @"200 - idempotent-replayed: true");
    assert_eq!(world.posts(), 3);
}

#[tokio::test]
async fn the_bare_topic_is_sent_to_as_well_if_that_is_wanted() {
    let world = world("weather=2+", &["weather.0", "weather.1", "weather"]).await;
    assert_eq!(send(&world, "weather").await.status, 200);
    assert_eq!(topics(&world), ["weather", "weather.0", "weather.1"]);
}

#[tokio::test]
async fn the_same_request_goes_on_where_it_stopped() {
    let world = world("weather=2", &["weather.0", "weather.1"]).await;
    // One of the two is told to come back much later.
    world.amazon.script(Target::Send, [Fault::Pass, Fault::TooMany(Some("600"))]);
    let answer = send(&world, "weather").await;
    assert_snapshot!(answer.in_brief(), @"503 unavailable retry-after: 600");
    assert_snapshot!(answer.body["detail"].as_str().unwrap(), @"1 of 2 shards have the message; the same request goes on with the others");
    assert_eq!(world.delivered(), 1);
    world.clock.pass(600);
    assert_eq!(send(&world, "weather").await.status, 200);
    assert_eq!(topics(&world), ["weather.0", "weather.1"]);
}

#[tokio::test]
async fn more_shards_than_before_get_what_the_others_have() {
    let before = world("weather=1", &["weather.0", "weather.1"]).await;
    assert_eq!(send(&before, "weather").await.status, 200);
    let after = before.restarted(&Terms {
        shards: "weather=2",
        ..Terms::default()
    });
    assert_eq!(send(&after, "weather").await.status, 200);
    assert_eq!(topics(&after), ["weather.0", "weather.1"]);
}

#[tokio::test]
async fn an_unknown_shard_is_told_and_only_that_one_is_sent_again() {
    let world = world("weather=2", &["weather.0", "weather.1"]).await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    let answer = send(&world, "weather").await;
    assert_snapshot!(answer.in_brief(), @"504 outcome-unknown");
    assert_snapshot!(answer.body["detail"].as_str().unwrap(), @"1 of 2 shards have the message; of others it is not known; On-Unknown: resend sends to those again");
    assert_eq!(world.delivered(), 2);
    let headers = [("idempotency-key", "key"), ("on-unknown", "resend")];
    let again = world.post("/adm/topics/weather/messages", &headers, MESSAGE).await;
    assert_eq!((again.status, world.delivered()), (200, 3));
}

#[tokio::test]
async fn a_shard_without_subscribers_is_not_missed() {
    let world = world("weather=3", &["weather.1"]).await;
    let answer = send(&world, "weather").await;
    assert_eq!((answer.status, topics(&world)), (200, vec!["weather.1".to_owned()]));
    world.amazon.unsubscribe(CLIENT_ID, "instance-1", "weather.1").unwrap();
    let headers = [("idempotency-key", "another")];
    let nobody = world.post("/adm/topics/weather/messages", &headers, MESSAGE).await;
    assert_snapshot!(nobody.in_brief(), @"400 refused-by-adm");
}

#[tokio::test]
async fn an_app_instance_is_told_its_shard_and_counted_there() {
    let world = world("weather=2", &[]).await;
    let instance = json!({"instance": "registration-1"}).to_string();
    let assigned = world.post("/adm/topics/weather/assignment", &[], &instance).await;
    assert_snapshot!(assigned, @r#"
    200
    content-type: application/json
    {"subscribeTo":"weather.0","topic":"weather"}
    "#);
    let shard = assigned.body["subscribeTo"].clone();
    let report = json!({"instance": "registration-1", "topic": shard, "event": "onSubscribe"}).to_string();
    assert_snapshot!(world.post("/adm/subscriptions", &[], &report).await, @r#"
    200
    content-type: application/json
    {"outcome":"subscribed","topic":"weather.0"}
    "#);
    assert_snapshot!(world.request("GET", "/adm/topics", &[], "").await, @r#"
    200
    content-type: application/json
    {"errors":{},"limits":{"instances_per_topic":10000,"topics_per_instance":100,"topics_per_profile":100},"remainingTopics":99,"topics":[{"instances":1,"nearLimit":false,"remaining":9999,"topic":"weather.0"}],"totalTopics":1}
    "#);
    // A topic that is not split is its own shard, and its name may be repeated.
    let other = json!({"instance": "registration-1", "topic": "news"}).to_string();
    let assigned = world.post("/adm/topics/news/assignment", &[], &other).await;
    assert_eq!(assigned.body, json!({"topic": "news", "subscribeTo": "news"}));
}

#[tokio::test]
async fn what_is_wrong_with_a_report_or_a_question_is_told() {
    let world = world("weather=2", &[]).await;
    let report = json!({"instance": "", "topic": "the weather", "event": "subscribed"}).to_string();
    assert_snapshot!(world.post("/adm/subscriptions", &[], &report).await, @r#"
    400
    content-type: application/problem+json
    {"detail":"3 rules are broken; nothing was changed","faults":[{"detail":"the registration id of the app instance: a text of 1 to 2048 visible ASCII characters","field":"instance","name":"InvalidInstance"},{"detail":"must be one of onSubscribe, onSubscribeError, onUnsubscribe, onUnsubscribeError, onUnregistered","field":"event","name":"InvalidEvent"},{"detail":"a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else","field":"topic","name":"InvalidTopic"}],"status":400,"title":"The request breaks rules","type":"/problems/adm/invalid-request"}
    "#);
    let question = json!({"app": "registration-1", "topic": "news"}).to_string();
    assert_snapshot!(world.post("/adm/topics/weather/assignment", &[], &question).await, @r#"
    400
    content-type: application/problem+json
    {"detail":"3 rules are broken; nothing was changed","faults":[{"detail":"there is no such field: there are instance, topic","field":"app","name":"UnknownField"},{"detail":"the registration id of the app instance: a text of 1 to 2048 visible ASCII characters","field":"instance","name":"InvalidInstance"},{"detail":"the topic in the body must be the one in the path; it may be left out","field":"topic","name":"InvalidTopic"}],"status":400,"title":"The request breaks rules","type":"/problems/adm/invalid-request"}
    "#);
    let question = json!({"instance": "registration-1"}).to_string();
    assert_snapshot!(world.post("/adm/topics/a,b/assignment", &[], &question).await, @r#"
    400
    content-type: application/problem+json
    {"detail":"one rule is broken; nothing was changed","faults":[{"detail":"a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else","field":"topic","name":"InvalidTopic"}],"status":400,"title":"The request breaks rules","type":"/problems/adm/invalid-request"}
    "#);
}
