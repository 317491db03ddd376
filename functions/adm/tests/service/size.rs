//! Sizes: of messages, of requests, of keys, and of what is answered about them.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use serde_json::Value;

use crate::world::{Answer, CLIENT_ID, MESSAGE, Terms, World};

/// Far below what a record, an answer of Lambda or a reader can bear.
const BOUND_BYTES: usize = 32 * 1024;

fn size_of(answer: &Answer) -> usize {
    answer.body.to_string().len()
}

/// A message of so many bytes as ADM counts them.
fn of_bytes(bytes: usize) -> String {
    format!(r#"{{"data":{{"a":"{}"}}}}"#, "x".repeat(bytes - r#"{"a":""}"#.len()))
}

/// An object of so many pairs.
fn pairs(many: usize, value: &str) -> String {
    let mut pairs = String::new();
    for number in 0..many {
        let comma = if number > 0 { "," } else { "" };
        write!(pairs, r#"{comma}"{number:x}":{value}"#).unwrap();
    }
    format!("{{{pairs}}}")
}

#[tokio::test]
async fn six_kilobytes_are_sent_and_one_byte_more_is_not() {
    let world = World::start().await;
    assert_snapshot!(world.send("fits", &of_bytes(6_144)).await.in_brief(), @"200 -");
    assert_eq!((world.posts(), world.delivered()), (1, 1));
    let large = world.send("large", &of_bytes(6_145)).await;
    assert_snapshot!(large.in_brief(), @"413 message-too-large");
    assert_eq!(
        large.body["faults"][0]["detail"],
        "6145 bytes as compact JSON; at most 6144 (6 KB) are allowed: 1 too many"
    );
    // Nothing is on record, so the key is free for a message that fits.
    assert_snapshot!(world.send("large", &of_bytes(6_144)).await.in_brief(), @"200 -");
    assert_eq!((world.posts(), world.delivered()), (2, 2));
}

#[tokio::test]
async fn a_message_may_be_spelled_in_sixty_four_kibibytes_and_no_more() {
    let world = World::start().await;
    let spelled = of_bytes(6_144).replace('x', "\\u0078");
    let padded = |bytes: usize| format!("{}{spelled}", " ".repeat(bytes - spelled.len()));
    assert_snapshot!(world.send("key", &padded(65_536)).await.in_brief(), @"200 -");
    assert_snapshot!(world.send("key", &of_bytes(6_144)).await.in_brief(), @"200 - idempotent-replayed: true");
    let large = world.send("key", &padded(65_537)).await;
    assert_snapshot!(large.in_brief(), @"413 message-too-large");
    assert_eq!(
        large.body["faults"][0]["detail"],
        "the request has 65537 bytes; 65536 are enough for any spelling of 6 KB"
    );
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_mebibyte_of_anything_is_answered_without_being_repeated() {
    let world = World::start().await;
    let mebibyte = 1024 * 1024;
    for body in [
        "x".repeat(mebibyte),
        "[".repeat(mebibyte),
        "{\"a\":".repeat(mebibyte / 5),
        of_bytes(mebibyte),
        format!(r#"{{"data":{}}}"#, pairs(100_000, "1")),
    ] {
        let answer = world.send("key", &body).await;
        assert_eq!(
            (answer.status, answer.body["faults"].as_array().map(Vec::len)),
            (413, Some(1)),
            "{answer}"
        );
        assert!(size_of(&answer) < 1_024, "{answer}");
    }
    assert_eq!(world.faults.all_calls(), 0);
}

#[tokio::test]
async fn thousands_of_faults_are_counted_and_fifty_are_told() {
    let world = World::start().await;
    for (body, found) in [
        (format!(r#"{{"data":{}}}"#, pairs(6_000, "1")), 6_000),
        (format!(r#"{{"data":{{}},"notification":{}}}"#, pairs(5_000, "[]")), 5_000),
        (pairs(6_000, "0"), 6_001),
        // Each name stands twice.
        (
            format!(
                r#"{{"data":{}}}"#,
                [pairs(3_000, "\"\""), pairs(3_000, "\"\"")].join(",").replace("},{", ",")
            ),
            3_001,
        ),
    ] {
        let answer = world.send("key", &body).await;
        let listed = answer.body["faults"].as_array().unwrap();
        assert_eq!((answer.status, listed.len()), (400, 50), "{answer}");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(
            detail.starts_with(&format!("{found} rules are broken, of which 50 are listed")),
            "{detail}"
        );
        assert!(size_of(&answer) < BOUND_BYTES, "{}", size_of(&answer));
    }
    // However long the names are.
    let long = format!(r#"{{"data":{{"{}":1}}}}"#, "\u{1f600}".repeat(10_000));
    let answer = world.send("key", &long).await;
    assert_eq!(answer.status, 400);
    assert!(size_of(&answer) < 2_048, "{answer}");
    assert_eq!(world.faults.all_calls(), 0);
}

#[tokio::test]
async fn hundreds_of_unknown_notification_keys_are_sent_with_fifty_warnings_on_record() {
    let world = World::start().await;
    for (key, notification) in [
        ("many", pairs(700, "\"\"")),
        ("long", {
            let name = |number: usize| format!(r#""{}{number}":"""#, "\u{1f600}".repeat(27));
            format!("{{{}}}", (0..52).map(name).collect::<Vec<_>>().join(","))
        }),
    ] {
        let body = format!(r#"{{"notification":{notification}}}"#);
        let first = world.send(key, &body).await;
        assert_eq!((first.in_brief().as_str(), first.is_recorded()), ("200 -", true));
        assert_eq!(first.body["warnings"].as_array().map(Vec::len), Some(50));
        assert!(size_of(&first) < BOUND_BYTES, "{}", size_of(&first));
        let second = world.send(key, &body).await;
        assert_eq!((second.is_replayed(), &second.body), (true, &first.body));
        let delivered = world.amazon.delivered();
        let sent = serde_json::from_str::<Value>(&notification).unwrap();
        assert_eq!(delivered.last().unwrap().body["notification"], sent);
    }
    assert_eq!(world.posts(), 2);
}

#[tokio::test]
async fn a_topic_that_is_split_has_no_more_warnings_than_any_other() {
    let world = World::with(Terms {
        shards: "SomeTopic=2",
        ..Terms::default()
    })
    .await;
    for topic in ["SomeTopic.0", "SomeTopic.1"] {
        world.amazon.subscribe(CLIENT_ID, "instance-1", topic).unwrap();
    }
    let body = format!(r#"{{"notification":{}}}"#, pairs(700, "\"\""));
    let answer = world.send("key", &body).await;
    assert_eq!((answer.status, world.delivered()), (200, 2));
    assert_eq!(answer.body["warnings"].as_array().map(Vec::len), Some(50));
    assert!(size_of(&answer) < BOUND_BYTES, "{}", size_of(&answer));
}

#[tokio::test]
async fn what_amazon_says_at_length_is_bounded_too() {
    let world = World::start().await;
    // A name of 1,024 bytes is one, and a longer one is none.
    let named: &'static str = format!(r#"{{"messageId":"{}"}}"#, "n".repeat(1_024)).leak();
    let unnamed: &'static str = format!(r#"{{"messageId":"{}"}}"#, "n".repeat(1_025)).leak();
    let wordy: &'static str = format!(r#"{{"reason":"{}"}}"#, "\\\"".repeat(20_000)).leak();
    let endless: &'static str = format!(r#"{{"messageId":"n","reason":"{}"}}"#, "x".repeat(70_000)).leak();
    let mut briefly = Vec::new();
    for (key, status, body) in [("1", 200, named), ("2", 200, unnamed), ("3", 400, wordy), ("4", 200, endless)] {
        world.amazon.script(Target::Send, [Fault::Answer(status, body)]);
        let first = world.send(key, MESSAGE).await;
        assert!(size_of(&first) < 2_048, "{first}");
        assert_eq!(world.send(key, MESSAGE).await.status, first.status);
        briefly.push(format!("{key}: {}", first.in_brief()));
    }
    assert_snapshot!(briefly.join("\n"), @r#"
    1: 200 -
    2: 504 outcome-unknown
    3: 400 refused-by-adm
    4: 504 outcome-unknown
    "#);
    assert_eq!(world.posts(), 4);
}

#[tokio::test]
async fn a_key_has_255_characters_at_most() {
    let world = World::start().await;
    assert_snapshot!(world.send(&"k".repeat(255), MESSAGE).await.in_brief(), @"200 -");
    let answer = world.send(&"k".repeat(256), MESSAGE).await;
    assert_eq!(
        (answer.status, &answer.body["faults"][0]["name"]),
        (400, &"InvalidIdempotencyKey".into())
    );
    assert_eq!(world.posts(), 1);
}
