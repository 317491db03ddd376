//! The local stack itself: its functions by route and by invocation, and what sets the handing on going.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ::inbox::Filter;
use bytes::Bytes;
use firepost::{DRS_TOPIC, EVENTS_TOPIC, HandOn, Stack, StackOptions};
use http::HeaderMap;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jiff::SignedDuration;
use sandbox::dynamo::Fault;
use sandbox::publisher::{Attempt, Post};
use sandbox::sns_api;
use sandbox::{Pki, Publisher};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::world::{World, advance, firepost, folder, now, outcomes};

#[tokio::test]
async fn what_is_recorded_is_handed_on_by_itself() {
    let world = World::with(|options| options.hand_on = HandOn::Automatically).await;
    world.trigger("rtn SUBSCRIPTION_RENEWED").await;
    world.trigger("drs OrderPlacedNotification --route lambda").await;
    let mut published = world.stack.api.wait_published(0).await;
    if published.len() < 2 {
        published = [published, world.stack.api.wait_published(1).await].concat();
    }
    let told = published
        .iter()
        .map(|message| (message.topic_arn.as_str(), message.attributes["type"].as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (EVENTS_TOPIC, "SUBSCRIPTION_RENEWED"),
            (EVENTS_TOPIC, "OrderPlacedNotification")
        ]
    );
}

#[tokio::test]
async fn a_stack_that_waits_to_be_asked_hands_on_when_it_is() {
    let world = World::new().await;
    world.trigger("rtn SUBSCRIPTION_RENEWED").await;
    assert_eq!(world.types(), [""; 0]);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.types(), ["SUBSCRIPTION_RENEWED"]);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.types(), ["SUBSCRIPTION_RENEWED"]);
}

#[tokio::test]
async fn what_fails_comes_again_and_nothing_twice() {
    let world = World::new().await;
    for kind in ["CONSUMABLE_PURCHASED", "SUBSCRIPTION_RENEWED"] {
        world.trigger(&format!("rtn {kind}")).await;
    }
    // The SDK tries three times; then the batch as a whole has failed.
    world.stack.api.script([sns_api::Fault::Internal; 3]);
    let failures = world.stack.hand_on_now().await.unwrap();
    assert_eq!((failures.len(), world.types().len()), (2, 0));
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.types(), ["CONSUMABLE_PURCHASED", "SUBSCRIPTION_RENEWED"]);
}

#[tokio::test]
async fn the_stream_gives_up_after_twenty_tries_more_and_the_sweep_hands_on() {
    let world = World::new().await;
    world.trigger("rtn SUBSCRIPTION_RENEWED").await;
    world.stack.api.delete_topic(EVENTS_TOPIC);
    for attempt in 1..=20 {
        assert_eq!(world.stack.hand_on_now().await.unwrap().len(), 1, "attempt {attempt}");
    }
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    world.stack.api.create_topic(EVENTS_TOPIC);
    assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
    assert_eq!(world.types(), [""; 0]);

    advance(SignedDuration::from_mins(1));
    let swept = world.stack.sweep_now().await.unwrap();
    assert_eq!((swept.counts.handed_on, swept.complete), (1, true));
    assert_eq!(world.types(), ["SUBSCRIPTION_RENEWED"]);
}

#[tokio::test]
async fn what_is_young_is_left_to_the_stream() {
    let world = World::new().await;
    world.trigger("rtn SUBSCRIPTION_RENEWED").await;
    advance(SignedDuration::from_secs(59));
    assert_eq!(world.stack.sweep_now().await.unwrap().counts.handed_on, 0);
    assert_eq!(world.types(), [""; 0]);
}

#[tokio::test]
async fn what_an_earlier_stack_has_left_is_handed_on_by_the_sweep() {
    let database = fresh("left.sqlite");
    let start = async |hand_on| {
        let mut options = StackOptions::new(now);
        options.database = Some(database.clone());
        options.hand_on = hand_on;
        World {
            stack: Stack::start(options).await.unwrap(),
        }
    };
    let world = start(HandOn::WhenAsked).await;
    world.trigger("drs ItemShippedNotification --wire v1").await;
    drop(world);
    advance(SignedDuration::from_hours(25));

    let world = start(HandOn::Automatically).await;
    let published = world.stack.api.wait_published(0).await;
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].attributes["type"], "ItemShippedNotification");
}

#[tokio::test]
async fn a_function_is_invoked_by_the_path_of_lambdas_api() {
    let world = World::new().await;
    let event = firepost("trigger drs OrderPlacedNotification --at 2100-01-01T00:00:00Z --route lambda --as-event -").await;
    let stranger = event.out.replace(DRS_TOPIC, "arn:aws:sns:us-east-1:999999999999:not-yours");
    let scheduled = json!({"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}).to_string();
    for (function, event, expected) in [
        ("drs", event.out.as_str(), r#"200 {"batchItemFailures":[]}"#),
        (
            "drs",
            &stranger,
            r#"200 {"errorType":"NotRecorded","errorMessage":"1 of 1 records were not recorded: topic_not_admitted"}"#,
        ),
        (
            "drs",
            "{}",
            r#"200 {"errorType":"UnknownEvent","errorMessage":"the event is neither a request by API Gateway or a function URL nor records of SNS or SQS"}"#,
        ),
        (
            "dispatch",
            &scheduled,
            r#"200 {"handed_on":0,"late":0,"unmarked":0,"not_due":0,"newer":0,"refused":0,"dead":0,"faults":0,"young":0,"complete":true,"oldest_left_seconds":0}"#,
        ),
        (
            "drs",
            "{",
            r#"400 {"Message":"could not parse request body into json: EOF while parsing an object at line 1 column 1","Type":"User"}"#,
        ),
        (
            "rtn",
            "{}",
            r#"404 {"Message":"the functions that can be invoked here are adm, devices, dispatch, drs and reconcile; rtn has the route POST /rtn","Type":"User"}"#,
        ),
    ] {
        assert_eq!(world.invoke(function, event).await, expected);
    }
    let everything = Filter {
        source: Some("drs#"),
        since: None,
        limit: 100,
    };
    assert_eq!(world.stack.inbox.list(&everything, now()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_of_an_api_is_taken_by_invocation_as_by_the_route() {
    let world = World::new().await;
    let trigger = "trigger drs DeviceRegisteredNotification --at 2100-01-01T00:00:00Z --seed a";
    let event = firepost(&format!("{trigger} --as-event - --payload 2.0")).await;
    let answer = world.invoke("drs", &event.out).await;
    let answer = serde_json::from_str::<Value>(answer.strip_prefix("200 ").unwrap()).unwrap();
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&json!(200), &json!(r#"{"outcome":"recorded"}"#))
    );
    assert_eq!(outcomes(&world.firepost(&format!("{trigger} --json")).await), "200 duplicate");
}

#[tokio::test]
async fn a_store_that_fails_fails_the_invocation_and_answers_the_route_503() {
    let world = World::with(|options| options.faults = true).await;
    let faults = world.stack.faults.as_ref().unwrap();
    for (route, expected) in [("https", "503 unavailable store"), ("lambda", "200 function_error store")] {
        faults.inject("PutItem", Fault::InternalError, usize::MAX);
        let said = world
            .firepost(&format!(
                "trigger drs OrderPlacedNotification --at {} --route {route} --json",
                now()
            ))
            .await;
        assert_eq!((said.code, &*outcomes(&said)), (Some(1), expected), "{}", said.err);
        faults.clear();
    }
}

#[tokio::test]
async fn whoever_follows_is_told_when_the_stack_ends() {
    let World { stack } = World::with(|options| options.hand_on = HandOn::Automatically).await;
    let mut tail = Command::new(env!("CARGO_BIN_EXE_firepost"))
        .args(["tail", "--all", "--stack", &stack.url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = firepost(&format!(
        "trigger rtn SUBSCRIPTION_RENEWED --at {} --stack {}",
        now(),
        stack.url
    ))
    .await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    let mut out = BufReader::new(tail.stdout.take().unwrap());
    let line = spawn_blocking(move || {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line
    });
    assert!(
        line.await
            .unwrap()
            .starts_with("2100-01-01 00:00:00  rtn  SUBSCRIPTION_RENEWED ")
    );

    let sentence = format!("firepost: the local stack at {} has ended\n", stack.url);
    drop(stack);
    let ended = spawn_blocking(|| tail.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap()),
        (Some(2), sentence)
    );
}

#[tokio::test]
async fn the_stack_describes_its_parts() {
    let world = World::new().await;
    let told = world.get("/sandbox").await.replace(&world.stack.url, "STACK");
    let mut told = serde_json::from_str::<BTreeMap<String, Value>>(told.strip_prefix("200 ").unwrap()).unwrap();
    assert_eq!(told.remove("dynamodb"), Some(json!(world.stack.dynamo.endpoint())));
    assert_eq!(told.remove("amazon"), Some(json!(world.stack.adm_endpoint.url())));
    assert!(
        told.remove("sns")
            .is_some_and(|url| url.as_str().unwrap().starts_with("http://127.0.0.1:"))
    );
    insta::assert_snapshot!(json!(told), @r#"{"adm":"STACK/adm","devices":"STACK/devices","drs_topic_arn":"arn:aws:sns:us-east-1:123456789012:drs","events":"STACK/sandbox/events","events_topic_arn":"arn:aws:sns:us-east-1:123456789012:events","functions":{"drs":"STACK/drs","rtn":"STACK/rtn"},"invocations":"STACK/2015-03-31/functions/{function}/invocations","platform_application":"arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost"}"#);
}

impl World {
    async fn trigger(&self, arguments: &str) {
        let said = self.firepost(&format!("trigger {arguments} --at {}", now())).await;
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    }

    /// The types of what was handed on, in order.
    fn types(&self) -> Vec<String> {
        let published = self.stack.api.published();
        published.iter().map(|message| message.attributes["type"].clone()).collect()
    }

    pub(crate) async fn invoke(&self, function: &str, event: &str) -> String {
        let post = Post {
            headers: HeaderMap::new(),
            body: event.to_owned().into(),
        };
        self.send(&format!("/2015-03-31/functions/{function}/invocations"), &post)
            .await
    }

    async fn get(&self, path: &str) -> String {
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let url = format!("{}{path}", self.stack.url).parse().unwrap();
        let answer = client.get(url).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        format!("{status} {}", String::from_utf8(body.to_vec()).unwrap())
    }

    async fn send(&self, path: &str, post: &Post) -> String {
        let publisher = Publisher::new(Pki::fixed().client_tls()).with_delays([]);
        let url = format!("{}{path}", self.stack.url).parse().unwrap();
        match publisher.deliver(&url, post).await.attempts.pop().unwrap() {
            Attempt::Answered { status, body } => format!("{status} {body}"),
            Attempt::TimedOut | Attempt::Unreachable(_) => "no answer".to_owned(),
        }
    }
}

/// The path of a file that is not there.
fn fresh(name: &str) -> PathBuf {
    let path = folder("stack").join(name);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path
}
