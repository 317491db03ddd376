use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn order_white_space_number_spelling_escapes_and_defaults_make_no_difference() {
    let first = of(r#"{"data":{"a":"1","b":"2"},"expiresAfter":604800,"priority":"normal"}"#);
    for same in [
        r#"{"priority":"normal","expiresAfter":604800,"data":{"a":"1","b":"2"}}"#,
        r#"{"data":{"b":"2","a":"1"},"expiresAfter":604800}"#,
        "\n{ \"data\" : { \"a\" : \"1\" , \"b\" : \"2\" } }\t",
        r#"{"data":{"a":"1","b":"2"},"expiresAfter":604800.0}"#,
        r#"{"data":{"a":"1","b":"2"},"expiresAfter":6.048e5}"#,
        r#"{"d\u0061ta":{"\u0061":"\u0031","b":"2"},"notification":null,"topic":"t"}"#,
    ] {
        assert_eq!(of(same), first, "{same}");
    }
}

#[test]
fn every_change_of_meaning_makes_a_difference() {
    let bodies = [
        r#"{"data":{"a":"1"}}"#,
        r#"{"data":{"a":"2"}}"#,
        r#"{"data":{"A":"1"}}"#,
        r#"{"data":{"a":"1 "}}"#,
        r#"{"data":{"a":"1","b":""}}"#,
        r#"{"data":{}}"#,
        r#"{"notification":{"a":"1"}}"#,
        r#"{"notification":{}}"#,
        r#"{"data":{},"notification":{"a":"1"}}"#,
        r#"{"data":{"a":"1"},"notification":{}}"#,
        r#"{"data":{"a":"1"},"consolidationKey":"null"}"#,
        r#"{"data":{"a":"1"},"consolidationKey":"high"}"#,
        r#"{"data":{"a":"1"},"priority":"high"}"#,
        r#"{"data":{"a":"1"},"expiresAfter":604799}"#,
        r#"{"data":{"a":"1\",\"b\":\"2"}}"#,
        r#"{"data":{"a":"1","b":"2"}}"#,
        r#"{"data":{"a":"\u00e9"}}"#,
        r#"{"data":{"a":"e\u0301"}}"#,
    ];
    let distinct: BTreeMap<_, _> = bodies.iter().map(|body| (of(body), body)).collect();
    assert_eq!(distinct.len(), bodies.len());
    assert_ne!(of_topic("t", bodies[0]), of_topic("T", bodies[0]));
}

#[test]
fn the_first_version_is_made_like_this_for_ever() {
    assert_eq!(
        of(r#"{"data":{"key1":"value1"},"consolidationKey":"Some Key"}"#),
        "v1:0122b0f9bcd7f54d82d72fbf6d34aef2695b0e4e762509a02f65582564178624"
    );
}

proptest! {
    #[test]
    fn two_messages_share_a_fingerprint_exactly_when_they_are_one(
        left in proptest::collection::btree_map("[ab]", "[ab\",:]{0,2}", 0..3),
        right in proptest::collection::btree_map("[ab]", "[ab\",:]{0,2}", 0..3),
    ) {
        let body = |data: &BTreeMap<String, String>| serde_json::json!({ "data": data }).to_string();
        prop_assert_eq!(left == right, of(&body(&left)) == of(&body(&right)));
    }
}

fn of(body: &str) -> String {
    of_topic("t", body)
}

fn of_topic(topic: &str, body: &str) -> String {
    let message = TopicMessage::read(topic, body.as_bytes())
        .expect("every rule is kept")
        .message;
    Fingerprint::of(&message).to_string()
}
