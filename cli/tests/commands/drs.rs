//! `firepost trigger drs`, against a local stack by both routes, and into files.

use std::collections::BTreeSet;

use ::inbox::Filter;
use serde_json::Value;

use crate::world::{Said, World, firepost, now, outcomes};

#[tokio::test]
async fn every_documented_type_is_taken_in_both_versions_by_both_routes() {
    let world = World::new().await;
    for kind in sandbox::drs::TYPES {
        for (arguments, expected) in [
            ("--wire v1 --seed posted", "200 recorded"),
            ("--wire v2 --seed posted", "200 recorded"),
            ("--wire v1 --seed invoked --route lambda", "200 taken"),
            ("--wire v2 --seed invoked --route lambda", "200 taken"),
        ] {
            let said = world.firepost(&format!("trigger drs {kind} {arguments} {AT} --json")).await;
            assert_eq!(
                (said.code, &*outcomes(&said)),
                (Some(0), expected),
                "{kind} {arguments}: {}",
                said.err
            );
        }
    }
    let everything = Filter {
        source: Some("drs#"),
        since: None,
        limit: 100,
    };
    let records = world.stack.inbox.list(&everything, now()).await.unwrap();
    let read = records.iter().map(|record| drs::read(&record.raw, None).unwrap().event);
    let kinds = read.map(|event| event.kind.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(kinds, sandbox::drs::TYPES.map(str::to_owned).into());
    assert_eq!(records.len(), 24);
    assert!(records.iter().all(|record| record.warnings.is_empty()));
}

#[tokio::test]
async fn an_attempt_is_told_to_people_and_as_json_by_both_routes() {
    let world = World::new().await;
    let order = format!("trigger drs OrderPlacedNotification {AT} --seed a");
    insta::assert_snapshot!(world.firepost(&format!("{order} --duplicate")).await.out, @"
    OrderPlacedNotification
      to       STACK/drs
      message  bc787d05-6032-5363-a39f-afa4eb82d812
      subject  drs#WM-1DF85665C0A8B4A0
      event    0000004102444800000#amzn1.dash.notification.v1.ed6a4e837ce42303449096f4e5dada5b#OrderPlacedNotification
      1. 200 recorded
      2. 200 duplicate
    ");
    insta::assert_snapshot!(world.firepost(&format!("{order} --route lambda")).await.out, @"
    OrderPlacedNotification
      to       STACK/2015-03-31/functions/drs/invocations
      message  bc787d05-6032-5363-a39f-afa4eb82d812
      subject  drs#WM-1DF85665C0A8B4A0
      event    0000004102444800000#amzn1.dash.notification.v1.ed6a4e837ce42303449096f4e5dada5b#OrderPlacedNotification
      1. 200 taken
    ");
    insta::assert_snapshot!(world.firepost(&format!("{order} --route lambda --topic {STRANGER} --json")).await.out, @r#"{"attempt":1,"url":"STACK/2015-03-31/functions/drs/invocations","message_id":"d112a8f9-9fef-55c9-a77a-63d1c33a8dbc","subject":"drs#WM-1DF85665C0A8B4A0","event":"0000004102444800000#amzn1.dash.notification.v1.ed6a4e837ce42303449096f4e5dada5b#OrderPlacedNotification","status":200,"outcome":"function_error","reason":"topic_not_admitted","detail":"1 of 1 records were not recorded: topic_not_admitted","error":null}"#);
}

#[tokio::test]
async fn what_is_asked_for_is_what_the_function_meets() {
    let world = World::new().await;
    let order = "OrderPlacedNotification";
    for (arguments, code, expected) in [
        (format!("{order} --seed a --duplicate"), 0, "200 recorded, 200 duplicate"),
        (
            format!("{order} --seed a --route lambda --duplicate"),
            0,
            "200 taken, 200 taken",
        ),
        (
            format!("{order} --seed a --message-id 00000000-0000-5000-8000-000000000000"),
            0,
            "200 duplicate",
        ),
        (
            format!("{order} --seed a --field orderInfo.productInfo.0.quantity=3"),
            0,
            "200 conflict",
        ),
        (format!("{order} --seed a --late 2h"), 0, "200 recorded"),
        (format!("{order} --signature-version 2"), 0, "200 recorded"),
        (format!("{order} --quirk trailing-comma"), 0, "200 recorded"),
        (format!("{order} --quirk unreadable"), 0, "200 quarantined not_json"),
        (format!("{order} --quirk unreadable --route lambda"), 0, "200 taken"),
        (
            format!("{order} --field deviceInfo.deviceIdentifier.serialNumber="),
            0,
            "200 quarantined field_value:deviceInfo.deviceIdentifier.serialNumber",
        ),
        ("ANotificationOfTomorrow".to_owned(), 0, "200 recorded"),
        (format!("{order} --forge"), 1, "403 refused signature_mismatch"),
        (format!("{order} --tamper Message={{}}"), 1, "403 refused signature_mismatch"),
        (format!("{order} --topic {STRANGER}"), 1, "403 refused topic_not_admitted"),
        (
            format!("{order} --topic {STRANGER} --route lambda"),
            1,
            "200 function_error topic_not_admitted",
        ),
        (format!("{order} --raw"), 1, "403 refused raw_delivery"),
    ] {
        let said = world.firepost(&format!("trigger drs {arguments} {AT} --json")).await;
        assert_eq!(
            (said.code, &*outcomes(&said)),
            (Some(code), expected),
            "{arguments}: {}",
            said.err
        );
    }
}

#[tokio::test]
async fn an_attribute_declares_a_version_and_the_record_remarks_what_does_not_agree() {
    let world = World::new().await;
    for attribute in ["version=2.0", "version=1.0"] {
        let arguments = format!("OrderPlacedNotification --wire v1 --seed {attribute} --attribute {attribute} {AT}");
        assert_eq!(world.firepost(&format!("trigger drs {arguments}")).await.code, Some(0));
    }
    let everything = Filter {
        source: Some("drs#"),
        since: None,
        limit: 10,
    };
    let records = world.stack.inbox.list(&everything, now()).await.unwrap();
    let mut warnings = records.iter().map(|record| record.warnings.join(" ")).collect::<Vec<_>>();
    warnings.sort();
    assert_eq!(warnings, ["", "version_mismatch"]);
}

#[tokio::test]
async fn the_event_that_is_written_is_what_the_function_is_invoked_with() {
    for form in ["sns", "sqs", "sqs-event", "sqs-failure"] {
        let order = format!("trigger drs OrderPlacedNotification {AT} --seed {form} --route lambda");
        let said = firepost(&format!("{order} --as-event - --payload {form}")).await;
        let event = serde_json::from_str::<Value>(&said.out).unwrap();
        assert_eq!(event["Records"].as_array().map(Vec::len), Some(1), "{}", said.out);
        let invocation = serde_json::from_str::<drs::Invocation>(&said.out).unwrap();
        assert!(matches!(invocation, drs::Invocation::Records(_)));
    }
}

#[tokio::test]
async fn the_handshake_is_sent_to_the_route_that_was_asked_for() {
    let world = World::new().await;
    let said = world.firepost("trigger sns SubscriptionConfirmation --function drs").await;
    assert_eq!(
        said,
        Said {
            code: Some(0),
            out: "SubscriptionConfirmation\n  to       STACK/drs\n  1. 200 subscription_confirmed\n".to_owned(),
            err: String::new(),
        }
    );
    // The other function's topic is nobody's there.
    let said = world
        .firepost("trigger sns SubscriptionConfirmation --function drs --topic arn:aws:sns:us-east-1:033616359524:LT0XA --json")
        .await;
    assert_eq!(outcomes(&said), "200 subscription_pending topic_pending");
}

#[tokio::test]
async fn wrong_usage_is_told_and_sends_nothing() {
    let mut told = String::new();
    for arguments in [
        "",
        "X --wire v3",
        "X --route post",
        "X --route lambda --forge",
        "X --route lambda --raw",
        "X --field nothing",
        "X --attribute nothing",
        "X --quirk nonsense",
        "X --payload sns",
        "X --as-event - --payload sns",
        "X --as-event - --payload 1.0 --route lambda",
        "X --as-event - --base64 --route lambda",
    ] {
        let said = firepost(&format!("trigger drs {arguments}")).await;
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments}");
        told += &format!("trigger drs {arguments}\n  {}\n", said.err.lines().next().unwrap_or_default());
    }
    insta::assert_snapshot!(told, @"
    trigger drs 
      error: the following required arguments were not provided:
    trigger drs X --wire v3
      error: invalid value 'v3' for '--wire <VERSION>'
    trigger drs X --route post
      error: invalid value 'post' for '--route <ROUTE>'
    trigger drs X --route lambda --forge
      firepost: nobody can forge what comes by --route lambda: only the topic may invoke the function, which IAM sees to, and no signature is checked; try --topic with a topic that is not trusted
    trigger drs X --route lambda --raw
      firepost: SNS never delivers raw messages to a function; leave --raw out
    trigger drs X --field nothing
      error: invalid value 'nothing' for '--field <PATH=VALUE>': write it as NAME=VALUE
    trigger drs X --attribute nothing
      error: invalid value 'nothing' for '--attribute <NAME=VALUE>': write it as NAME=VALUE
    trigger drs X --quirk nonsense
      error: invalid value 'nonsense' for '--quirk <NAME>'
    trigger drs X --payload sns
      error: the following required arguments were not provided:
    trigger drs X --as-event - --payload sns
      firepost: records of SNS and SQS come without a request; add --route lambda
    trigger drs X --as-event - --payload 1.0 --route lambda
      firepost: this form is of a request, which --route lambda does not make; use --payload sns or sqs
    trigger drs X --as-event - --base64 --route lambda
      firepost: records are never in base64; leave --base64 out
    ");
}

/// The time of the stack's clock.
const AT: &str = "--at 2100-01-01T00:00:00Z";
const STRANGER: &str = "arn:aws:sns:us-east-1:999999999999:not-yours";
