//! Messages that keep the rules, and all that is wrong with those that do not, without a stack.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::{MESSAGE, SAMPLE, file, told};
use crate::world::{firepost, run};

#[tokio::test]
async fn amazons_sample_is_accepted_and_has_107_bytes() {
    let sample = file("sample.json", SAMPLE);
    assert_snapshot!(told(&firepost(&format!("adm check {sample}")).await), @"
    adm/sample.json
      accepted     for the topic SomeTopic
      size         107 bytes of 6144 (data 33, notification 74)
    exit 0
    ");
    assert_snapshot!(firepost(&format!("adm check {sample} --json")).await.out, @r#"{"file":"adm/sample.json","accepted":true,"topic":"SomeTopic","size_bytes":107,"limit_bytes":6144,"data_bytes":33,"notification_bytes":74,"faults":[],"warnings":[]}"#);
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_with_what_to_do() {
    let bad = file(
        "bad.json",
        r#"{"topic":"a b","data":{"unread":3},"expiresAfter":0,"priority":"urgent","consolidationkey":"k"}"#,
    );
    assert_snapshot!(told(&firepost(&format!("adm check {bad}")).await), @r#"
    adm/bad.json
      fault        InvalidTopic topic: a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else
      fault        InvalidData data.unread: must be a text: put the value in quotes, since ADM carries nothing else
      fault        InvalidExpiration expiresAfter: must be a whole number of seconds from 1 to 2678400 (31 days)
      fault        InvalidPriority priority: must be "normal" or "high"
      fault        UnknownField consolidationkey: there is no such field: there are data, notification, consolidationKey, expiresAfter, priority, topic
      refused      5 rules are broken; nothing was sent
    exit 1
    "#);
    assert_snapshot!(firepost(&format!("adm check {bad} --json")).await.out, @r#"{"file":"adm/bad.json","accepted":false,"topic":null,"size_bytes":null,"limit_bytes":6144,"data_bytes":null,"notification_bytes":null,"faults":[{"name":"InvalidTopic","field":"topic","detail":"a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else"},{"name":"InvalidData","field":"data.unread","detail":"must be a text: put the value in quotes, since ADM carries nothing else"},{"name":"InvalidExpiration","field":"expiresAfter","detail":"must be a whole number of seconds from 1 to 2678400 (31 days)"},{"name":"InvalidPriority","field":"priority","detail":"must be \"normal\" or \"high\""},{"name":"UnknownField","field":"consolidationkey","detail":"there is no such field: there are data, notification, consolidationKey, expiresAfter, priority, topic"}],"warnings":[]}"#);
}

#[tokio::test]
async fn an_oddity_is_told_and_accepted() {
    let odd = file("odd.json", r#"{"topic":"news","notification":{"titel":"Grüße"}}"#);
    assert_snapshot!(told(&firepost(&format!("adm check {odd}")).await), @r#"
    adm/odd.json
      accepted     for the topic news
      size         19 bytes of 6144 (notification 19)
      warning      UnknownNotificationKey notification.titel: not one of the keys that ADM documents for notifications; it is sent, and devices may ignore it
    exit 0
    "#);
    assert_snapshot!(firepost(&format!("adm check {odd} --json")).await.out, @r#"{"file":"adm/odd.json","accepted":true,"topic":"news","size_bytes":19,"limit_bytes":6144,"data_bytes":null,"notification_bytes":19,"faults":[],"warnings":[{"name":"UnknownNotificationKey","field":"notification.titel","detail":"not one of the keys that ADM documents for notifications; it is sent, and devices may ignore it"}]}"#);
}

#[tokio::test]
async fn a_message_of_6_kb_is_accepted_and_one_byte_more_is_not() {
    for (name, letters, expected) in [
        ("fits.json", 6136, "size         6144 bytes of 6144 (data 6144)"),
        (
            "large.json",
            6137,
            "fault        MessageTooLarge data: 6145 bytes as compact JSON; at most 6144 (6 KB) are allowed: 1 too many",
        ),
    ] {
        let message = file(name, &format!(r#"{{"topic":"t","data":{{"a":"{}"}}}}"#, "x".repeat(letters)));
        let said = firepost(&format!("adm check {message}")).await;
        assert_eq!(said.code, Some(i32::from(letters > 6136)));
        assert!(said.out.contains(expected), "{}", said.out);
    }
}

#[tokio::test]
async fn the_topic_is_in_the_message_or_an_option_or_missing() {
    let nowhere = file("nowhere.json", r#"{"data":{}}"#);
    assert_snapshot!(told(&firepost(&format!("adm check {nowhere}")).await), @r#"
    adm/nowhere.json
      fault        InvalidTopic topic: no topic is named: write it into the message, or say it with --topic
      refused      one rule is broken; nothing was sent
    exit 1
    "#);
    assert_snapshot!(told(&firepost(&format!("adm check {nowhere} --topic news")).await), @r#"
    adm/nowhere.json
      accepted     for the topic news
      size         2 bytes of 6144 (data 2)
    exit 0
    "#);
    let elsewhere = file("elsewhere.json", MESSAGE);
    assert_snapshot!(told(&firepost(&format!("adm check {elsewhere} --topic weather")).await), @r#"
    adm/elsewhere.json
      fault        InvalidTopic topic: the topic in the body must be the one in the path; it may be left out
      refused      one rule is broken; nothing was sent
    exit 1
    "#);
}

#[tokio::test]
async fn what_is_no_object_has_no_topic_to_be_missed() {
    for (name, message, fault) in [
        ("list.json", "[1]", "InvalidJson: the request must be a JSON object"),
        (
            "empty.json",
            "",
            "InvalidJson: the request must be JSON: it breaks off at line 1, column 0",
        ),
    ] {
        let said = firepost(&format!("adm check {}", file(name, message))).await;
        assert_eq!(
            (said.code, said.out),
            (
                Some(1),
                format!("adm/{name}\n  fault        {fault}\n  refused      one rule is broken; nothing was sent\n")
            )
        );
    }
}

#[tokio::test]
async fn several_are_told_in_order_and_one_that_is_refused_decides() {
    let (good, bad) = (file("good.json", MESSAGE), file("worse.json", "{}"));
    let said = firepost(&format!("adm check {good} {bad} {good} --json --topic news")).await;
    let accepted = said.out.lines().map(|line| line.contains(r#""accepted":true"#));
    assert_eq!((said.code, accepted.collect::<Vec<_>>()), (Some(1), vec![true, false, true]));
}

#[tokio::test]
async fn standard_input_is_read_for_a_dash() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firepost"));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/adm/sample.json");
    command.args(["adm", "check", "-"]).stdin(File::open(sample).unwrap());
    let said = run(command).await;
    assert_eq!(
        told(&said),
        "-\n  accepted     for the topic SomeTopic\n  size         107 bytes of 6144 (data 33, notification 74)\nexit 0"
    );
}

#[tokio::test]
async fn a_field_with_an_escape_sequence_moves_no_cursor() {
    let message = file("escape.json", "{\"topic\":\"t\",\"data\":{\"\\u001b[2J\":1}}");
    let said = firepost(&format!("adm check {message}")).await;
    assert!(
        said.out.contains(r"fault        InvalidData data.\u{1b}[2J: must be a text"),
        "{}",
        said.out
    );
}

#[tokio::test]
async fn wrong_usage_is_told_before_anything_is_checked() {
    let good = file("usage.json", MESSAGE);
    for (arguments, sentence) in [
        (
            "check".to_owned(),
            "error: the following required arguments were not provided:",
        ),
        (
            format!("check {good} adm/missing.json"),
            "firepost: cannot read adm/missing.json: ",
        ),
        (
            format!("check {good} --topic a/b"),
            "error: invalid value 'a/b' for '--topic <TOPIC>': a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %",
        ),
    ] {
        let said = firepost(&format!("adm {arguments}")).await;
        assert_eq!((said.code, &*said.out), (Some(2), ""), "{arguments}");
        assert!(said.err.starts_with(sentence), "{}", said.err);
    }
}
