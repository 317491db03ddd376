//! What each request is answered, in full.

use insta::assert_snapshot;
use sandbox::adm::Fault;
use sandbox::adm::Target;

use crate::world::{CLIENT_ID, MESSAGE, TOPIC, World};

/// Seed of "Topic Based Messaging", section "Request format", as it stands there.
const SAMPLE: &str = r#"{
    "data":{"key1":"value1","key2":"value2"},
    "notification":{"title":"ADM Message Notification","body":"We have a new offer for you!"},
    "consolidationKey":"Some Key",
    "expiresAfter":86400,
    "priority": "high",
    "topic":"SomeTopic"
}"#;

#[tokio::test]
async fn amazons_sample_is_sent_and_answered_with_its_name() {
    let world = World::start().await;
    assert_snapshot!(world.send("\"key-1\"", SAMPLE).await, @r#"
    200
    content-type: application/json
    {"messageId":"amzn1.adm-message.7744c2d1-bace-56b1-b34b-3bf6daf95c56","requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3","topic":"SomeTopic"}
    "#);
    let [delivered] = &world.amazon.delivered()[..] else {
        panic!("one message")
    };
    let sample = serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap();
    assert_eq!(delivered.body, sample);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_before_anything_is_asked() {
    let world = World::start().await;
    let answer = world
        .send_with(
            &[("on-unknown", "maybe")],
            r#"{"data":{"unread":3},"expiresAfter":0,"priority":"urgent"}"#,
        )
        .await;
    assert_snapshot!(answer, @r#"
    400
    content-type: application/problem+json
    {"detail":"5 rules are broken; nothing was sent","faults":[{"detail":"give each message a key of its own, such as a UUID, and repeat it when you repeat the request","field":"Idempotency-Key","name":"InvalidIdempotencyKey"},{"detail":"must be fail or resend; leave it out for fail, or resend if the message has a consolidationKey","field":"On-Unknown","name":"InvalidOnUnknown"},{"detail":"must be a text: put the value in quotes, since ADM carries nothing else","field":"data.unread","name":"InvalidData"},{"detail":"must be a whole number of seconds from 1 to 2678400 (31 days)","field":"expiresAfter","name":"InvalidExpiration"},{"detail":"must be \"normal\" or \"high\"","field":"priority","name":"InvalidPriority"}],"status":400,"title":"The message breaks rules of Amazon Device Messaging","type":"/problems/adm/invalid-message"}
    "#);
    let large = format!(r#"{{"data":{{"a":"{}"}}}}"#, "x".repeat(6137));
    assert_snapshot!(world.send("key", &large).await, @r#"
    413
    content-type: application/problem+json
    {"detail":"one rule is broken; nothing was sent","faults":[{"detail":"6145 bytes as compact JSON; at most 6144 (6 KB) are allowed: 1 too many","field":"data","name":"MessageTooLarge"}],"status":413,"title":"The message is larger than Amazon Device Messaging carries","type":"/problems/adm/message-too-large"}
    "#);
    assert_eq!((world.posts(), world.amazon.calls(Target::Token).len()), (0, 0));
    assert_eq!(world.faults.all_calls(), 0);
}

#[tokio::test]
async fn what_adm_does_not_want_is_answered_in_its_words() {
    let world = World::start().await;
    world.amazon.unsubscribe(CLIENT_ID, "instance-1", TOPIC).unwrap();
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    400
    content-type: application/problem+json
    {"code":"NoActiveSubscriptions","detail":"Topic SomeTopic has no active subscriptions.","requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3","status":400,"title":"Amazon Device Messaging refused the message","type":"/problems/adm/refused-by-adm"}
    "#);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"400 refused-by-adm idempotent-replayed: true");
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_429_is_waited_out_and_a_longer_one_is_passed_on() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::TooMany(Some("3"))]);
    assert_snapshot!(world.send("patient", MESSAGE).await.in_brief(), @"200 -");
    world.amazon.script(Target::Send, [Fault::TooMany(Some("120"))]);
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    503
    content-type: application/problem+json
    retry-after: 120
    {"detail":"ADM answered 429; it does not have the message","requestId":"3bef9292-8d78-560f-af31-993891168761","status":503,"title":"Amazon Device Messaging cannot take the message now","type":"/problems/adm/unavailable"}
    "#);
    // Too early: nothing is sent.
    world.clock.pass(60);
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    503
    content-type: application/problem+json
    retry-after: 60
    {"detail":"an attempt has ended with MaxRateExceeded, and it is too early for another; nothing was sent","status":503,"title":"Amazon Device Messaging cannot take the message now","type":"/problems/adm/unavailable"}
    "#);
    assert_eq!(world.posts(), 3);
    world.clock.pass(60);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"200 -");
    assert_eq!((world.posts(), world.delivered()), (4, 2));
    // The header has whole seconds, and none too few.
    world.amazon.script(Target::Send, [Fault::TooMany(Some("120.25"))]);
    assert_snapshot!(world.send("fraction", MESSAGE).await.in_brief(), @"503 unavailable retry-after: 121");
}

#[tokio::test]
async fn credentials_that_amazon_refuses_are_an_operators_and_leave_the_key_free() {
    let world = World::start().await;
    world.amazon.rotate_secret(CLIENT_ID, "another");
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    502
    content-type: application/problem+json
    {"detail":"Login with Amazon does not accept the client id and the client secret; nothing was sent","requestId":"b95bdfd3-ea28-5cbe-92e6-8a5c5c5932c9","status":502,"title":"Amazon does not accept the credentials of this deployment","type":"/problems/adm/credentials-refused"}
    "#);
    world.amazon.rotate_secret(CLIENT_ID, crate::world::CLIENT_SECRET);
    assert_snapshot!(world.send("key", MESSAGE).await.in_brief(), @"200 -");
}

#[tokio::test]
async fn a_profile_is_registered_and_says_which_it_is() {
    let world = World::start().await;
    assert_snapshot!(world.post("/adm/registration", &[], "").await, @r#"
    200
    content-type: application/json
    {"requestId":"81e7256a-9520-5a4d-827e-99a1e8aaa9b3","securityProfile":"amzn1.application.df2ddec2b8e9c4edccbb0e55cd0ae444"}
    "#);
    world.amazon.script(Target::Register, [Fault::Unavailable(Some("7"))]);
    assert_snapshot!(world.post("/adm/registration", &[], "").await, @r#"
    503
    content-type: application/problem+json
    retry-after: 7
    {"detail":"ADM answered 503","requestId":"fbcf1cf9-e449-5c16-a68d-062d32ab1f15","status":503,"title":"Amazon Device Messaging cannot take the message now","type":"/problems/adm/unavailable"}
    "#);
}

#[tokio::test]
async fn other_paths_and_methods_are_told_what_there_is() {
    let world = World::start().await;
    assert_snapshot!(world.post("/adm/topics/a/b", &[], "").await, @r#"
    404
    content-type: application/problem+json
    {"detail":"there are POST /adm/topics/{topic}/messages, POST /adm/topics/{topic}/assignment, POST /adm/registration, GET /adm/topics and POST /adm/subscriptions","status":404,"title":"There is nothing here","type":"/problems/adm/not-found"}
    "#);
    let answer = world.request("GET", "/adm/topics/news/messages", &[], "").await;
    assert_snapshot!(answer, @r#"
    405
    allow: POST
    content-type: application/problem+json
    {"detail":"send a POST request","status":405,"title":"There is no such method here","type":"/problems/adm/method-not-allowed"}
    "#);
}

#[tokio::test]
async fn a_topic_with_a_percent_sign_is_the_one_that_the_body_names() {
    let world = World::start().await;
    world.amazon.subscribe(CLIENT_ID, "instance-1", "50%25").unwrap();
    let world = &world;
    let post = async |path: &str, body: &str| world.post(path, &[("idempotency-key", path)], body).await;
    let decoded_already = post("/adm/topics/50%25/messages", r#"{"data":{},"topic":"50%25"}"#).await;
    assert_eq!(
        (decoded_already.status, &decoded_already.body["topic"]),
        (200, &"50%25".into())
    );
    let as_it_came = post("/adm/topics/50%2525/messages", r#"{"data":{},"topic":"50%25"}"#).await;
    assert_eq!((as_it_came.status, &as_it_came.body["topic"]), (200, &"50%25".into()));
    assert_snapshot!(post("/adm/topics/50%2525/messages", r#"{"data":{}}"#).await, @r#"
    400
    content-type: application/problem+json
    {"detail":"one rule is broken; nothing was sent","faults":[{"detail":"repeat a topic that has a % in the body: gateways decode a path, or leave it as it is","field":"topic","name":"InvalidTopic"}],"status":400,"title":"The message breaks rules of Amazon Device Messaging","type":"/problems/adm/invalid-message"}
    "#);
}
