//! Appstore Real-Time Notifications.

use std::iter;

use sandbox::rtn::{Payload, Quirk, TYPES};
use serde_json::{Value, json};

use crate::desk::Desk;

/// The Message inside a sample.
fn message_of(sample: &str) -> String {
    body(sample)["Message"].as_str().unwrap().to_owned()
}

fn body(sample: &str) -> Value {
    serde_json::from_str(sample).unwrap()
}

#[test]
fn amazons_samples_are_read_as_one_line_of_json_each() {
    let desk = Desk::new("rtn", "samples");
    desk.put("subscription.json", SUBSCRIPTION);
    desk.put("consumable.json", CONSUMABLE);
    desk.put("entitlement.json", ENTITLEMENT);
    let answer = desk.read(&["subscription.json", "consumable.json", "entitlement.json", "--json"], "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.out, @r#"
    {"file":"subscription.json","event":{"kind":"SUBSCRIPTION_PURCHASED","family":"subscription","package":"com.example.amazonsdkapivalidator3","app_user_id":"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=","receipt_id":"koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11","cancelled_receipt_id":null,"occurred_at":"2020-09-21T15:19:29.824Z","environment":"production","extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"consumable.json","event":{"kind":"CONSUMABLE_PURCHASED","family":"consumable","package":"com.playrix.gardenscapes.amazon","app_user_id":"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=","receipt_id":"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+","cancelled_receipt_id":null,"occurred_at":"2020-04-28T15:16:07.189Z","environment":"production","extra":{}},"repaired":true,"warnings":[],"reason":null,"field":null}
    {"file":"entitlement.json","event":{"kind":"ENTITLEMENT_PURCHASED","family":"entitlement","package":"com.playrix.gardenscapes.amazon","app_user_id":"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=","receipt_id":"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+","cancelled_receipt_id":null,"occurred_at":"2020-04-28T15:16:07.189Z","environment":"production","extra":{}},"repaired":true,"warnings":[],"reason":null,"field":null}
    "#);
}

#[test]
fn a_bare_message_a_body_an_event_and_a_record_say_the_same() {
    let desk = Desk::new("rtn", "forms");
    let expected = desk.line(SUBSCRIPTION);
    assert_eq!(expected.0, Some(0));
    let event = json!({"requestContext": {"http": {}}, "isBase64Encoded": false, "headers": {}, "body": SUBSCRIPTION});
    let record = json!({"Records": [{"EventSource": "aws:sns", "Sns": body(SUBSCRIPTION)}]});
    for message in [
        message_of(SUBSCRIPTION),
        SUBSCRIPTION.replace("SigningCertURL", "SigningCertUrl"),
        event.to_string(),
        record.to_string(),
    ] {
        assert_eq!(desk.line(message), expected);
    }
}

#[test]
fn people_are_told_where_the_message_was_and_that_nothing_was_verified() {
    let desk = Desk::new("rtn", "text");
    let event = json!({"requestContext": {"http": {}}, "headers": {}, "body": CONSUMABLE});
    desk.put("event.json", event.to_string());
    desk.put("message.json", message_of(SUBSCRIPTION));
    let answer = desk.read(&["event.json", "message.json"], "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.out, @r#"
    event.json (unverified: read does not check signatures)
      taken from   the Message of an SNS body in an API Gateway event
      repaired     it was not JSON as it stood: commas or brackets too many
      subject      rtn#com.playrix.gardenscapes.amazon#bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+
      event key    0000001588086967189#CONSUMABLE_PURCHASED
      {
        "kind": "CONSUMABLE_PURCHASED",
        "family": "consumable",
        "package": "com.playrix.gardenscapes.amazon",
        "app_user_id": "kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=",
        "receipt_id": "bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+",
        "cancelled_receipt_id": null,
        "occurred_at": "2020-04-28T15:16:07.189Z",
        "environment": "production",
        "extra": {}
      }
    message.json (unverified: read does not check signatures)
      subject      rtn#com.example.amazonsdkapivalidator3#koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11
      event key    0000001600701569824#SUBSCRIPTION_PURCHASED
      {
        "kind": "SUBSCRIPTION_PURCHASED",
        "family": "subscription",
        "package": "com.example.amazonsdkapivalidator3",
        "app_user_id": "io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=",
        "receipt_id": "koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11",
        "cancelled_receipt_id": null,
        "occurred_at": "2020-09-21T15:19:29.824Z",
        "environment": "production",
        "extra": {}
      }
    "#);
}

#[test]
fn all_documented_types_are_read_without_repair_or_warning() {
    let desk = Desk::new("rtn", "types");
    for notification_type in TYPES {
        let (code, line) = desk.line(Payload::new(notification_type, "seed", "2026-03-06T19:55:38Z".parse().unwrap()).text());
        assert_eq!((code, &line["event"]["kind"]), (Some(0), &json!(notification_type)));
        assert_eq!((&line["repaired"], &line["warnings"]), (&json!(false), &json!([])));
    }
}

#[test]
fn what_is_odd_is_repaired_or_warned_of() {
    let desk = Desk::new("rtn", "quirks");
    let mut told = String::new();
    for quirk in Quirk::ALL {
        let (code, line) = desk.line(quirk.text("seed", "2026-03-06T19:55:38Z".parse().unwrap()));
        let outcome = [&line["repaired"], &line["warnings"], &line["reason"], &line["field"]]
            .map(Value::to_string)
            .join(" ");
        told.push_str(&format!("{} {} {outcome}\n", code.unwrap(), quirk.name()));
    }
    insta::assert_snapshot!(told, @r#"
    0 beta-product false [] null null
    0 related-receipts-absent false [] null null
    0 related-receipts-list false [] null null
    0 related-receipts-null false [] null null
    0 strange-receipt-id false [] null null
    0 surplus-bracket true [] null null
    0 timestamp-text false ["timestamp_as_text"] null null
    0 trailing-comma true [] null null
    0 unknown-type false ["type_unlisted"] null null
    1 unreadable false [] "not_json" null
    "#);
}

#[test]
fn an_unlisted_type_is_read_with_a_warning() {
    let desk = Desk::new("rtn", "unlisted");
    desk.put(
        "message.json",
        message_of(SUBSCRIPTION).replace("SUBSCRIPTION_PURCHASED", "SUBSCRIPTION_PAUSED"),
    );
    let answer = desk.read(&["message.json"], "");
    assert_eq!(answer.code, Some(0));
    assert!(
        answer
            .out
            .contains("  warning      type_unlisted: notification type is not documented, kept as it is\n"),
        "{}",
        answer.out
    );
}

#[test]
fn a_field_that_nobody_listed_cannot_reach_the_terminal_with_its_control_characters() {
    let desk = Desk::new("rtn", "terminal");
    let message = message_of(SUBSCRIPTION).replacen('{', "{\"note\":\"\u{9b}31m\",", 1);
    desk.put("message.json", message);
    let answer = desk.read(&["message.json"], "");
    assert_eq!(answer.code, Some(0));
    assert!(answer.out.contains(r#""note": "\u{9b}31m""#), "{}", answer.out);
}

#[test]
fn a_message_that_cannot_be_read_is_told_by_reason_and_field() {
    let desk = Desk::new("rtn", "unreadable");
    desk.put("cut.json", &message_of(SUBSCRIPTION)[..100]);
    desk.put("empty.json", "");
    desk.put("field.json", message_of(SUBSCRIPTION).replace("receiptId", "receipt"));
    desk.put("list.json", "[]");
    desk.put("bytes.json", b"{\"\xff\"}");
    desk.put(
        "confirmation.json",
        SUBSCRIPTION.replace("\"Message\" : \"", "\"Message\" : \"You have chosen to subscribe."),
    );
    let files = [
        "cut.json",
        "empty.json",
        "field.json",
        "list.json",
        "bytes.json",
        "confirmation.json",
    ];
    let answer = desk.read(&files, "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.out, @r#"
    cut.json (unverified: read does not check signatures)
      unreadable   not_json: message is not JSON: JSON text is cut short at line 1, column 100
    empty.json (unverified: read does not check signatures)
      unreadable   not_json: message is not JSON: JSON text is cut short at line 1, column 0
    field.json (unverified: read does not check signatures)
      unreadable   field_missing: field receiptId is missing
    list.json (unverified: read does not check signatures)
      unreadable   wrong_shape: message is not an object with each field once: JSON value has an unexpected shape at line 1, column 0
    bytes.json (unverified: read does not check signatures)
      unreadable   not_utf8: message is not UTF-8: first bad byte at offset 2
    confirmation.json (unverified: read does not check signatures)
      taken from   the Message of an SNS body
      unreadable   not_json: message is not JSON: text is not JSON at line 1, column 1
    "#);
    let answer = desk.read(&files.into_iter().chain(iter::once("--json")).collect::<Vec<_>>(), "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.out, @r#"
    {"file":"cut.json","event":null,"repaired":false,"warnings":[],"reason":"not_json","field":null}
    {"file":"empty.json","event":null,"repaired":false,"warnings":[],"reason":"not_json","field":null}
    {"file":"field.json","event":null,"repaired":false,"warnings":[],"reason":"field_missing","field":"receiptId"}
    {"file":"list.json","event":null,"repaired":false,"warnings":[],"reason":"wrong_shape","field":null}
    {"file":"bytes.json","event":null,"repaired":false,"warnings":[],"reason":"not_utf8","field":null}
    {"file":"confirmation.json","event":null,"repaired":false,"warnings":[],"reason":"not_json","field":null}
    "#);
}

#[test]
fn standard_input_is_read_for_a_dash() {
    let answer = Desk::new("rtn", "stdin").read(&["-", "--json"], &message_of(SUBSCRIPTION));
    assert_eq!(answer.code, Some(0));
    assert!(
        answer
            .out
            .starts_with("{\"file\":\"-\",\"event\":{\"kind\":\"SUBSCRIPTION_PURCHASED\","),
        "{}",
        answer.out
    );
}

#[test]
fn a_question_that_cannot_be_asked_is_exit_code_2() {
    let desk = Desk::new("rtn", "usage");
    desk.put("message.json", message_of(SUBSCRIPTION));
    for file in ["missing.json", "."] {
        let answer = desk.read(&["message.json", file], "");
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""));
        assert!(
            answer.err.starts_with(&format!("firepost: cannot read {file}: ")),
            "{}",
            answer.err
        );
    }
    assert_eq!(desk.read(&[], "").code, Some(2));
}

#[test]
fn the_help_shows_examples_and_exit_codes() {
    let answer = Desk::new("rtn", "help").read(&["--help"], "");
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.out.contains("Examples:") && answer.out.contains("Exit codes: 0 all could be read"),
        "{}",
        answer.out
    );
}

// The bodies of "Real-Time Notifications Examples" (developer.amazon.com/docs/in-app-purchasing/rtn-example.html), to the letter, with
// the hosts that a proxy had put into them.
const SUBSCRIPTION: &str = r#"{
 "Type" : "Notification",
 "MessageId" : "b1c4d9bb-0fd9-54b2-8f74-8e59c91e396a",
 "TopicArn" : "arn:aws:sns:us-east-1:033616359524:LT0XA",
 "Message" : "{\"appPackageName\":\"com.example.amazonsdkapivalidator3\",\"notificationType\":\"SUBSCRIPTION_PURCHASED\",\"appUserId\":\"io9oFdzmCSMuKk_pp9pYccoIHRfc6kSAAYaNo51xZrg=\",\"receiptId\":\"koxIn_LO2u7rc-_MF40hKz1vqSSJSlitfTNDeH_JAs8=:3:11\",\"relatedReceipts\":{},\"timestamp\":1600701569824,\"betaProductTransaction\":false}",
 "Timestamp" : "2020-09-21T15:19:35.686Z",
 "SignatureVersion" : "1",
 "Signature" : "EXAMPLEab123...",
 "SigningCertURL" : "https://sns---us-east-1.amazonaws.com.rproxy.goskope.com/SimpleNotificationService-a86cb10b4e1f29c941702d737128f7b6.pem",
 "UnsubscribeURL" : "https://sns---us-east-1.amazonaws.com.rproxy.goskope.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:033616359524:LT0XA:a745747c-8230-4cd2-84c6-d0e7df9f1ca1"
}
"#;
const CONSUMABLE: &str = r#"{
    "Type" : "Notification",
    "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
    "Message": "{\"receiptId\":\"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+\",\"relatedReceipts\": {},\"appUserId\":\"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=\",\"notificationType\":\"CONSUMABLE_PURCHASED\",\"appPackageName\":\"com.playrix.gardenscapes.amazon\",\"timestamp\":1588086967189, \"betaProductTransaction\":false,}",
    "Timestamp" : "2012-05-02T00:54:06.655Z",
    "SignatureVersion" : "1",
    "Signature" : "EXAMPLEw6JRN...",
    "SigningCertURL" : "https://sns---us-west-2.amazonaws.com.rproxy.goskope.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
    "UnsubscribeURL" : "UnsubscribeUrl"
}
"#;
const ENTITLEMENT: &str = r#"{
    "Type" : "Notification",
    "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
    "Message": "{\"receiptId\":\"bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+\",\"relatedReceipts\": {},\"appUserId\":\"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=\",\"notificationType\":\"ENTITLEMENT_PURCHASED\",\"appPackageName\":\"com.playrix.gardenscapes.amazon\",\"timestamp\":1588086967189, \"betaProductTransaction\":false,}",
    "Timestamp" : "2012-05-02T00:54:06.655Z",
    "SignatureVersion" : "1",
    "Signature" : "EXAMPLEw6JRN...",
    "SigningCertURL" : "https://sns---us-west-2.amazonaws.com.rproxy.goskope.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
    "UnsubscribeURL" : "UnsubscribeUrl"
}
"#;
