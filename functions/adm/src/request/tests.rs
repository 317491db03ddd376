use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::wire;

/// The body of the page's "Send a Message to topic", section "Request format", as it stands there.
const SAMPLE: &str = r#"{
    "data":{"key1":"value1","key2":"value2"},
    "notification":{"title":"ADM Message Notification","body":"We have a new offer for you!"},
    "consolidationKey":"Some Key",
    "expiresAfter":86400,
    "priority": "high",
    "topic":"SomeTopic"
}"#;

#[test]
fn amazons_sample_is_sent_byte_for_byte_without_its_white_space() {
    let Accepted { message, warnings } = TopicMessage::read("SomeTopic", SAMPLE.as_bytes()).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(message.payload().size_bytes(), 107);
    let compact = SAMPLE
        .replace("\n    ", "")
        .replace('\n', "")
        .replace(": \"high\"", ":\"high\"");
    assert_eq!(wire::send_body(&message), compact);
}

#[test]
fn amazons_other_samples_are_accepted_as_they_stand() {
    for (fields, bytes) in [
        (
            r#""data":{ "from":"Sam", "message":"Hey, Max. How are you?", "time":"10/26/2012 09:10:00" }"#,
            78,
        ),
        (
            r#""notification":{"title":"ADM Message Notification","body":"We have a new offer for you!"}"#,
            74,
        ),
        (
            r#""data":{"firstKey":"firstValue","secondKey":"secondValue"},"consolidationKey":"ADM_Enqueue_Sample""#,
            51,
        ),
        (
            r#""data":{},"consolidationKey":"SyncNow","priority": "high","topic":"SomeTopic""#,
            2,
        ),
    ] {
        let message = accepted(&format!("{{{fields}}}"));
        assert_eq!(message.payload().size_bytes(), bytes, "{fields}");
    }
}

#[test]
fn what_is_not_said_is_sent_as_amazons_default() {
    assert_snapshot!(
        String::from_utf8_lossy(&wire::send_body(&accepted(r#"{"data":{},"consolidationKey":null}"#))),
        @r#"{"data":{},"expiresAfter":604800,"priority":"normal","topic":"SomeTopic"}"#
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let body = r#"{"data":{"n":1,"ok":"x","o":{},"l":[],"b":true,"z":null,"ok":"y"},"notification":"hello","consolidationKey":7,
        "expiresAfter":2678401,"priority":"urgent","topic":"Other","expiresafter":60,"expiresAfter":60}"#;
    assert_snapshot!(faults("not a topic", body), @r#"
    InvalidTopic topic: a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else
    DuplicateField expiresAfter: stands twice in one object; say it once
    DuplicateField data.ok: stands twice in one object; say it once
    InvalidData data.n: must be a text: put the value in quotes, since ADM carries nothing else
    InvalidData data.o: must be a text: put the value in quotes, since ADM carries nothing else
    InvalidData data.l: must be a text: put the value in quotes, since ADM carries nothing else
    InvalidData data.b: must be a text: put the value in quotes, since ADM carries nothing else
    InvalidData data.z: must be a text: put the value in quotes, since ADM carries nothing else
    InvalidData notification: must be a JSON object of texts
    InvalidConsolidationKey consolidationKey: must be a text of 1 to 64 characters
    InvalidExpiration expiresAfter: must be a whole number of seconds from 1 to 2678400 (31 days)
    InvalidPriority priority: must be "normal" or "high"
    InvalidTopic topic: the topic in the body must be the one in the path; it may be left out
    UnknownField expiresafter: there is no such field: there are data, notification, consolidationKey, expiresAfter, priority, topic
    "#);
}

#[test]
fn a_message_that_carries_nothing_is_refused() {
    for body in ["{}", r#"{"data":null}"#, r#"{"data":null,"notification":null}"#] {
        assert_eq!(
            faults("SomeTopic", body),
            "InvalidData data: give data, notification or both; data may be {}"
        );
    }
}

#[test]
fn what_is_no_json_object_is_refused_without_a_word_of_it() {
    for (body, fault) in [
        (
            "",
            "InvalidJson : the request must be JSON: it breaks off at line 1, column 0",
        ),
        (
            "{\"data\":{\"secret\":}",
            "InvalidJson : the request must be JSON: it breaks off at line 1, column 19",
        ),
        ("[]", "InvalidJson : the request must be a JSON object"),
        ("\"data\"", "InvalidJson : the request must be a JSON object"),
        (
            "{\"data\":{}} x",
            "InvalidJson : the request must be JSON: it breaks off at line 1, column 13",
        ),
    ] {
        assert_eq!(faults("SomeTopic", body), fault, "{body}");
    }
    let not_utf8 = TopicMessage::read("SomeTopic", b"{\"data\":{\"a\":\"\xff\"}}").unwrap_err();
    assert_eq!(not_utf8.listed()[0].name, FaultName::InvalidJson);
}

#[test]
fn six_kilobytes_are_the_limit_for_both_parts_together() {
    let overhead = r#"{"a":""}"#.len();
    let message = |data: usize, notification: usize| {
        format!(
            r#"{{"data":{{"a":"{}"}},"notification":{{"body":"{}"}}}}"#,
            "x".repeat(data - overhead),
            "y".repeat(notification - overhead - 3)
        )
    };
    assert_eq!(accepted(&message(3000, 3144)).payload().size_bytes(), 6144);
    assert_eq!(
        faults("SomeTopic", &message(3000, 3145)),
        "MessageTooLarge data and notification: 6145 bytes as compact JSON; at most 6144 (6 KB) are allowed: 1 too many"
    );

    let escaped = format!(r#"{{"data":{{"a":"{}"}}}}"#, "\\u0041".repeat(6144 - overhead));
    assert_eq!(accepted(&escaped).payload().size_bytes(), 6144);
}

#[test]
fn a_request_beyond_any_spelling_of_six_kilobytes_is_not_parsed() {
    let body = vec![b'['; 64 * 1024 + 1];
    let faults = TopicMessage::read("SomeTopic", &body).unwrap_err();
    assert!(faults.is_size_only());
    assert_eq!(
        faults.listed()[0].detail,
        "the request has 65537 bytes; 65536 are enough for any spelling of 6 KB"
    );
}

#[test]
fn a_request_of_nonsense_is_answered_with_fifty_faults_at_most() {
    let fields: Vec<String> = (0..1000).map(|number| format!("\"{number}\":0")).collect();
    let faults = TopicMessage::read("SomeTopic", format!("{{\"data\":{{}},{}}}", fields.join(",")).as_bytes()).unwrap_err();
    assert_eq!((faults.listed().len(), faults.found()), (50, 1000));
}

#[test]
fn a_consolidation_key_of_65_characters_is_refused() {
    let body = |length: usize| format!(r#"{{"data":{{}},"consolidationKey":"{}"}}"#, "\u{e9}".repeat(length));
    assert_eq!(
        accepted(&body(64)).consolidation_key().map(|key| key.as_str().len()),
        Some(128)
    );
    assert_eq!(
        faults("SomeTopic", &body(65)),
        "InvalidConsolidationKey consolidationKey: the key has 65 characters; at most 64 are allowed"
    );
}

#[test]
fn an_empty_consolidation_key_is_refused() {
    assert_eq!(
        faults("SomeTopic", r#"{"data":{},"consolidationKey":""}"#),
        "InvalidConsolidationKey consolidationKey: the key is empty; leave it out, or give 1 to 64 characters"
    );
}

#[test]
fn a_key_can_be_given_to_a_message_and_is_sent_with_it() {
    let key = ConsolidationKey::new("0123456789abcdef0123456789abcdef").unwrap();
    for body in [r#"{"data":{}}"#, r#"{"data":{},"consolidationKey":"another"}"#] {
        let message = accepted(body).with_consolidation_key(key.clone());
        assert_eq!(message.consolidation_key(), Some(&key));
        assert_eq!(
            String::from_utf8_lossy(&wire::send_body(&message)),
            r#"{"data":{},"consolidationKey":"0123456789abcdef0123456789abcdef","expiresAfter":604800,"priority":"normal","topic":"SomeTopic"}"#
        );
    }
}

#[test]
fn thirty_one_days_are_accepted_in_any_spelling_of_the_number() {
    for spelling in ["2678400", "2678400.0", "2.6784e6", "26784E2"] {
        let message = accepted(&format!(r#"{{"data":{{}},"expiresAfter":{spelling}}}"#));
        assert_eq!(
            message.expires_after(),
            Expiry::from_number(2_678_400.0).unwrap(),
            "{spelling}"
        );
    }
    for refused in ["2678401", "0", "-1", "1.5", "\"86400\"", "true", "[]", "18446744073709551615"] {
        assert_eq!(
            faults("SomeTopic", &format!(r#"{{"data":{{}},"expiresAfter":{refused}}}"#)),
            "InvalidExpiration expiresAfter: must be a whole number of seconds from 1 to 2678400 (31 days)"
        );
    }
}

#[test]
fn an_unknown_notification_key_is_a_warning_and_is_sent() {
    let body = br#"{"notification":{"title":"a","titel":"b"}}"#;
    let Accepted { message, warnings } = TopicMessage::read("SomeTopic", body).unwrap();
    let told: Vec<_> = warnings
        .iter()
        .map(|warning| (warning.name, warning.field.as_str()))
        .collect();
    assert_eq!(told, [("UnknownNotificationKey", "notification.titel")]);
    let sent: Vec<_> = message.payload().notification().unwrap().iter().collect();
    assert_eq!(sent, [("title", "a"), ("titel", "b")]);
}

#[test]
fn no_debug_output_shows_what_a_message_carries() {
    let message = accepted(r#"{"data":{"from":"Sam"},"notification":{"body":"offer"},"consolidationKey":"user-7"}"#);
    assert_snapshot!(
        format!("{message:?}"),
        @r#"TopicMessage { topic: Topic("SomeTopic"), payload: Payload { data: Some([redacted, 1 pairs]), notification: Some([redacted, 1 pairs]) }, consolidation_key: Some([redacted]), expires_after: Expiry(604800), priority: Normal }"#
    );
}

proptest! {
    #[test]
    fn reading_never_panics(topic in ".*", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _read = TopicMessage::read(&topic, &body);
    }

    #[test]
    fn reading_json_never_panics_and_what_is_accepted_is_within_the_limits(
        data in "[\\[\\]{}\":,a-c0-9. \\\\]{0,40}",
        expires in "[-0-9.eE]{1,8}",
    ) {
        let body = format!(r#"{{"data":{{"a":"{data}"}},"expiresAfter":{expires}}}"#);
        if let Ok(Accepted { message, .. }) = TopicMessage::read("SomeTopic", body.as_bytes()) {
            prop_assert!((1..=2_678_400).contains(&message.expires_after().seconds()));
            prop_assert!(message.payload().size_bytes() <= 6144);
        }
    }

    #[test]
    fn what_is_sent_reads_back_as_the_same_message(
        data in proptest::option::of(proptest::collection::btree_map(".*", ".*", 0..4)),
        notification in proptest::collection::btree_map("[a-z_]{1,9}", ".*", 0..4),
        key in proptest::option::of(".{1,64}"),
        expires_after in proptest::option::of(1_u32..=2_678_400),
        priority in proptest::option::of(proptest::sample::select(vec!["normal", "high"])),
    ) {
        let body = serde_json::json!({
            "data": data, "notification": notification, "consolidationKey": key, "expiresAfter": expires_after, "priority": priority
        });
        let first = TopicMessage::read("SomeTopic", body.to_string().as_bytes()).expect("every rule is kept").message;
        let again = TopicMessage::read("SomeTopic", &wire::send_body(&first)).expect("it was accepted before").message;
        prop_assert_eq!(first, again);
    }
}

fn accepted(body: &str) -> TopicMessage {
    TopicMessage::read("SomeTopic", body.as_bytes())
        .expect("every rule is kept")
        .message
}

/// One line for each fault.
fn faults(topic: &str, body: &str) -> String {
    let faults = TopicMessage::read(topic, body.as_bytes()).expect_err("a rule is broken");
    assert_eq!(faults.found(), faults.listed().len());
    let lines: Vec<_> = faults
        .listed()
        .iter()
        .map(|fault| format!("{} {}: {}", fault.name, fault.field, fault.detail))
        .collect();
    lines.join("\n")
}
