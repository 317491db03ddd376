//! What the command says of each answer, and that it sends once.

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use serde_json::Value;

use super::{MESSAGE, SAMPLE, file, told};
use crate::world::{World, firepost};

#[tokio::test]
async fn a_message_is_sent_once_however_often_it_is_sent_under_its_key() {
    let world = World::new().await;
    let message = file("once.json", MESSAGE);
    assert_snapshot!(told(&world.adm_send(&message, "--key k-1").await), @r#"
    adm/once.json
      topic    news
      key      k-1
      answer   200 sent
      message  amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56
      request  81e7256a-9520-5a4d-827e-99a1e8aaa9b3
    exit 0
    "#);
    assert_snapshot!(told(&world.adm_send(&message, "--key k-1").await), @r#"
    adm/once.json
      topic    news
      key      k-1
      answer   200 replayed
      message  amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56
      request  81e7256a-9520-5a4d-827e-99a1e8aaa9b3
    exit 0
    "#);
    assert_snapshot!(world.adm_send(&message, "--key k-1 --json").await.out, @r#"{"file":"adm/once.json","topic":"news","key":"k-1","status":200,"replayed":true,"recorded":true,"retry_after":null,"answer":{"topic":"news","messageId":"amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56","requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3"}}"#);
    assert_eq!(world.posts(), (1, 1));
}

#[tokio::test]
async fn another_message_under_the_key_is_refused() {
    let world = World::new().await;
    world.adm_send(&file("first.json", MESSAGE), "--key k").await;
    let other = file("other.json", r#"{"data":{},"topic":"news"}"#);
    assert_snapshot!(told(&world.adm_send(&other, "--key k").await), @r#"
    adm/other.json
      topic    news
      key      k
      answer   422 idempotency-key-reused
    firepost: refused (422 idempotency-key-reused): under this key another message was sent, or was to be sent, to this topic; give each message a key of its own
    exit 1
    "#);
    assert_eq!(world.posts(), (1, 1));
}

#[tokio::test]
async fn a_key_that_is_made_is_told_before_anything_is_sent_and_repeats_the_message() {
    let world = World::new().await;
    let message = file("keyless.json", MESSAGE);
    let said = world.adm_send(&message, "--json").await;
    let line = serde_json::from_str::<Value>(&said.out).unwrap();
    let key = line["key"].as_str().unwrap();
    assert_eq!(
        (key.len(), said.err),
        (36, format!("firepost: the key of this message is {key}\n"))
    );
    let again = world.adm_send(&message, &format!("--key {key} --json")).await;
    let again = serde_json::from_str::<Value>(&again.out).unwrap();
    assert_eq!((&again["replayed"], &again["answer"]), (&Value::Bool(true), &line["answer"]));

    // Another message is another key's.
    let other = world.adm_send(&message, "--json").await;
    assert!(!other.out.contains(key), "{}", other.out);
    assert_eq!(world.posts(), (2, 2));
}

#[tokio::test]
async fn a_message_that_breaks_rules_is_told_as_check_tells_it_and_nobody_is_asked() {
    let world = World::new().await;
    let bad = file("breaks.json", r#"{"topic":"news","data":{"unread":3},"priority":"urgent"}"#);
    assert_snapshot!(told(&world.adm_send(&bad, "--key k").await), @r#"
    adm/breaks.json
      answer   400 invalid-message
      fault    InvalidData data.unread: must be a text: put the value in quotes, since ADM carries nothing else
      fault    InvalidPriority priority: must be "normal" or "high"
    firepost: refused (400 invalid-message): 2 rules are broken; nothing was sent
    exit 1
    "#);
    assert_snapshot!(world.adm_send(&bad, "--json").await.out, @r#"{"file":"adm/breaks.json","topic":null,"key":null,"status":400,"replayed":false,"recorded":true,"retry_after":null,"answer":{"type":"/problems/adm/invalid-message","title":"The message breaks rules of Amazon Device Messaging","status":400,"detail":"2 rules are broken; nothing was sent","faults":[{"name":"InvalidData","field":"data.unread","detail":"must be a text: put the value in quotes, since ADM carries nothing else"},{"name":"InvalidPriority","field":"priority","detail":"must be \"normal\" or \"high\""}]}}"#);
    assert_eq!((world.posts(), world.stack.adm.calls(Target::Token).len()), ((0, 0), 0));
}

#[tokio::test]
async fn what_adm_refuses_is_told_in_its_words_and_not_asked_twice() {
    let world = World::new().await;
    let sample = file("refused.json", SAMPLE);
    assert_snapshot!(told(&world.adm_send(&sample, "--key k").await), @r#"
    adm/refused.json
      topic    SomeTopic
      key      k
      answer   400 refused-by-adm
      request  81e7256a-9520-5a4d-827e-99a1e8aaa9b3
    firepost: refused (400 refused-by-adm): Topic SomeTopic has no active subscriptions.
    exit 1
    "#);
    assert_snapshot!(told(&world.adm_send(&sample, "--key k").await), @r#"
    adm/refused.json
      topic    SomeTopic
      key      k
      answer   400 refused-by-adm, replayed
      request  81e7256a-9520-5a4d-827e-99a1e8aaa9b3
    firepost: refused (400 refused-by-adm, replayed): Topic SomeTopic has no active subscriptions.
    exit 1
    "#);
    assert_eq!(world.posts(), (1, 0));
}

#[tokio::test]
async fn a_short_429_is_waited_out_and_a_long_one_is_passed_on() {
    let world = World::new().await;
    let message = file("throttled.json", r#"{"data":{}}"#);
    world.stack.adm.script(Target::Send, [Fault::TooMany(Some("1"))]);
    assert_eq!(world.adm_send(&message, "--topic news --key short").await.code, Some(0));
    world.stack.adm.script(Target::Send, [Fault::TooMany(Some("120"))]);
    assert_snapshot!(told(&world.adm_send(&message, "--topic news --key long").await), @r#"
    adm/throttled.json
      topic    news
      key      long
      answer   503 unavailable
      request  3bef9292-8d78-560f-af31-993891168761
    firepost: not now (503 unavailable): ADM answered 429; it does not have the message. Repeat it after 120 s
      firepost adm send adm/throttled.json --topic news --key long --stack STACK
    exit 1
    "#);
    assert_eq!(world.posts(), (3, 1));
}

#[tokio::test]
async fn credentials_that_amazon_does_not_accept_are_an_operators() {
    let world = World::new().await;
    world
        .stack
        .adm
        .script(Target::Token, [Fault::Answer(401, r#"{"error":"invalid_client"}"#)]);
    assert_snapshot!(told(&world.adm_send(&file("operator.json", MESSAGE), "--key k").await), @r#"
    adm/operator.json
      topic    news
      key      k
      answer   502 credentials-refused
      request  b95bdfd3-ea28-5cbe-92e6-8a5c5c5932c9
    firepost: an operator must act (502 credentials-refused): Login with Amazon does not accept the client id and the client secret; nothing was sent
      firepost adm send adm/operator.json --key k --stack STACK
    exit 1
    "#);
    world
        .stack
        .adm
        .script(Target::Token, [Fault::Answer(401, r#"{"error":"invalid_client"}"#)]);
    assert_snapshot!(told(&world.firepost("adm register").await), @r#"
    firepost: an operator must act (502 credentials-refused): Login with Amazon does not accept the client id and the client secret; nothing was sent
    exit 1
    "#);
}

#[tokio::test]
async fn a_split_topic_is_sent_to_shard_by_shard_and_goes_on_where_it_stopped() {
    let world = World::new().await;
    let message = file("split.json", r#"{"data":{},"topic":"weather","notification":{"titel":"a"}}"#);
    assert_snapshot!(told(&world.adm_send(&message, "--key k-1").await), @r#"
    adm/split.json
      topic    weather
      key      k-1
      answer   200 sent
      shard    weather.0: 200 amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56
      shard    weather.1: 200 amzn1.adm-message.5ac56250-b54b-5939-a5c7-25659c3385ea
      warning  UnknownNotificationKey notification.titel: not one of the keys that ADM documents for notifications; it is sent, and devices may ignore it
    exit 0
    "#);
    assert_eq!(world.posts(), (2, 2));
    world
        .stack
        .adm
        .script(Target::Send, [Fault::Pass, Fault::Unavailable(Some("300"))]);
    let said = world.adm_send(&message, "--key k-2").await;
    let shards = said.out.lines().filter(|line| line.starts_with("  shard"));
    assert_eq!((said.code, shards.count(), world.posts()), (Some(1), 2, (4, 3)));
    assert!(said.err.contains("1 of 2 shards have the message"), "{}", said.err);
}

#[tokio::test]
async fn the_profile_is_registered_and_named() {
    let world = World::new().await;
    assert_snapshot!(told(&world.firepost("adm register").await), @r#"
    The security profile amzn1.application.67cc750558f86702933180ec177de108 is registered for topics.
    exit 0
    "#);
    assert_snapshot!(world.firepost("adm register --json").await.out, @r#"{"status":200,"retry_after":null,"answer":{"securityProfile":"amzn1.application.67cc750558f86702933180ec177de108","requestId":"fbcf1cf9-e449-5c16-a68d-062d32ab1f15"}}"#);
    world.stack.adm.script(Target::Register, [Fault::Unavailable(Some("7"))]);
    assert_snapshot!(told(&world.firepost("adm register").await), @r#"
    firepost: not now (503 unavailable): ADM answered 503. Repeat it after 7 s
    exit 1
    "#);
}

#[tokio::test]
async fn a_topic_with_a_percent_sign_is_one_if_the_message_repeats_it() {
    let world = World::new().await;
    world.stack.adm.subscribe("local", "instance", "50%25").unwrap();
    let message = file("percent.json", r#"{"data":{},"topic":"50%25"}"#);
    assert_eq!(world.adm_send(&message, "--key k").await.code, Some(0));
    assert_eq!(world.stack.adm.delivered()[0].topic, "50%25");
    let silent = file("silent.json", r#"{"data":{}}"#);
    let said = world.adm_send(&silent, "--topic 50%25 --key other").await;
    assert!(
        said.out
            .contains("fault    InvalidTopic topic: repeat a topic that has a % in the body"),
        "{}",
        told(&said)
    );
    assert_eq!((said.code, world.posts()), (Some(1), (1, 1)));
}

#[tokio::test]
async fn what_cannot_be_asked_is_exit_code_2() {
    let message = file("nobody.json", MESSAGE);
    let nobody = "firepost: no local stack answers at http://127.0.0.1:1; start one with `firepost`, or say where with --stack\n";
    for command in [
        format!("send {message} --key k"),
        "register".to_owned(),
        "subscriptions".to_owned(),
    ] {
        let said = firepost(&format!("adm {command} --stack http://127.0.0.1:1")).await;
        assert_eq!((said.code, &*said.out, &*said.err), (Some(2), "", nobody), "{command}");
    }
    // Something else has the port.
    let world = World::new().await;
    let amazon = world.stack.adm_endpoint.url();
    let said = firepost(&format!("adm register --stack {amazon}")).await;
    let sentence = format!("firepost: what answers at {amazon} is not a local stack\n");
    assert_eq!((said.code, &*said.out, said.err), (Some(2), "", sentence));
    for arguments in [
        "send".to_owned(),
        format!("send {message} --wait 11"),
        format!("send {message} --on-unknown retry"),
        format!("send {message} --deployed --stack http://127.0.0.1:1"),
        format!("send {message} --topic \u{fc}"),
        "send adm/missing.json".to_owned(),
    ] {
        let said = firepost(&format!("adm {arguments}")).await;
        assert_eq!((said.code, &*said.out), (Some(2), ""), "{arguments}");
    }
}
