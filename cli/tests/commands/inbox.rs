//! `firepost inbox`, against a local stack.

use jiff::SignedDuration;
use serde_json::Value;

use crate::world::{Said, World, advance, firepost, now};

#[tokio::test]
async fn an_empty_record_is_said_to_be_empty() {
    let world = World::new().await;
    let said = world.firepost("inbox list").await;
    assert_eq!((said.code, &*said.out), (Some(0), "Nothing of that kind is on record.\n"));
    let said = world.firepost("inbox list --json").await;
    assert_eq!((said.code, &*said.out), (Some(0), ""));
}

#[tokio::test]
async fn the_list_shows_the_newest_records_first() {
    let world = purchase().await;
    insta::assert_snapshot!(world.firepost("inbox list").await.out, @r"
    Received             Occurred             Type                          Marks     Subject (times in UTC)
    2100-01-01 00:03:00  2100-01-01 00:01:00  SUBSCRIPTION_RENEWED          conflict  rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    2100-01-01 00:02:00  2099-12-31 23:32:00  SUBSCRIPTION_IN_GRACE_PERIOD  -         rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    2100-01-01 00:01:00  2100-01-01 00:01:00  SUBSCRIPTION_RENEWED          -         rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    2100-01-01 00:00:00  2099-12-31 23:00:00  SUBSCRIPTION_PURCHASED        -         rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    ");
    insta::assert_snapshot!(world.firepost("inbox list --limit 1 --json").await.out, @r#"{"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444860000#SUBSCRIPTION_RENEWED#10507128","message_id":"ddad4e02-6419-5bfc-b156-6205011a9853","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","sns_timestamp":"2100-01-01T00:03:00.000Z","received_at":"2100-01-01T00:03:00.000Z","expires_at":"2100-04-01T00:03:00.000Z","signature_version":1,"digest":"10507128a2c5794fe9c2c4ad799bd964f49d7a0a501b91b4efe22501789e8f25","repaired":false,"conflict":true,"warnings":[],"unreadable":null,"held_subject":null,"held_event":null,"due":"7","handed_on":null,"attempts":0,"failure":null,"failed_at":null,"replay":null,"trace_id":"1-f48657b4-7c8f66c57ae396858b70c5ef","dead":false}"#);
}

#[tokio::test]
async fn the_list_can_be_narrowed() {
    let world = purchase().await;
    world
        .firepost(&format!("trigger rtn X --quirk unreadable --at {}", now()))
        .await;
    world
        .firepost("trigger sns SubscriptionConfirmation --topic arn:aws:sns:us-east-1:999999999999:mine")
        .await;
    world
        .firepost(&format!(
            "trigger rtn X --topic arn:aws:sns:us-east-1:999999999999:mine --at {}",
            now()
        ))
        .await;
    for (arguments, expected) in [
        ("", 6),
        ("--source rtn", 4),
        ("--source unread", 1),
        ("--source held", 1),
        ("--limit 5", 5),
        ("--since 2100-01-01T00:02:00Z", 4),
        ("--since 2100-01-02T00:00:00Z", 0),
        ("--since 7d", 6),
    ] {
        let said = world.firepost(&format!("inbox list {arguments} --json")).await;
        assert_eq!(
            (said.code, said.out.lines().count()),
            (Some(0), expected),
            "{arguments}: {}",
            said.err
        );
    }
    let said = world.firepost("inbox list --source unread").await;
    insta::assert_snapshot!(said.out, @r"
    Received             Occurred  Type  Marks                 Subject (times in UTC)
    2100-01-01 00:04:00  -         -     unreadable: not_json  unread#arn:aws:sns:us-east-1:033616359524:LT0XA
    ");
}

#[tokio::test]
async fn a_history_is_in_order_of_events_with_late_ones_and_conflicts_marked() {
    let world = purchase().await;
    let subject = subject(&world).await;
    let said = world.firepost(&format!("inbox history {subject}")).await;
    insta::assert_snapshot!(said.out, @r"
    Occurred             Received             Type                          Marks     Event (times in UTC)
    2099-12-31 23:00:00  2100-01-01 00:00:00  SUBSCRIPTION_PURCHASED        -         0000004102441200000#SUBSCRIPTION_PURCHASED
    2099-12-31 23:32:00  2100-01-01 00:02:00  SUBSCRIPTION_IN_GRACE_PERIOD  late      0000004102443120000#SUBSCRIPTION_IN_GRACE_PERIOD
    2100-01-01 00:01:00  2100-01-01 00:01:00  SUBSCRIPTION_RENEWED          -         0000004102444860000#SUBSCRIPTION_RENEWED
    2100-01-01 00:01:00  2100-01-01 00:03:00  SUBSCRIPTION_RENEWED          conflict  0000004102444860000#SUBSCRIPTION_RENEWED#10507128

    State: active since 2100-01-01 00:01:00
    ");
    let said = world.firepost(&format!("inbox history {subject} --json")).await;
    let history = serde_json::from_str::<Value>(&said.out).unwrap();
    insta::assert_snapshot!(history["purchase"], @r#"{"replaced_by":null,"since":"2100-01-01T00:01:00.000Z","state":"active"}"#);
    let events = history["events"].as_array().unwrap().iter().map(|event| {
        format!(
            "{} late: {}, conflict: {}, {}",
            event["event"], event["late"], event["conflict"], event["read"]["event"]["kind"]
        )
    });
    insta::assert_snapshot!(events.collect::<Vec<_>>().join("\n"), @r#"
    "0000004102441200000#SUBSCRIPTION_PURCHASED" late: false, conflict: false, "SUBSCRIPTION_PURCHASED"
    "0000004102443120000#SUBSCRIPTION_IN_GRACE_PERIOD" late: true, conflict: false, "SUBSCRIPTION_IN_GRACE_PERIOD"
    "0000004102444860000#SUBSCRIPTION_RENEWED" late: false, conflict: false, "SUBSCRIPTION_RENEWED"
    "0000004102444860000#SUBSCRIPTION_RENEWED#10507128" late: false, conflict: true, "SUBSCRIPTION_RENEWED"
    "#);
}

#[tokio::test]
async fn what_is_not_a_purchase_has_a_history_without_a_state() {
    let world = World::new().await;
    world
        .firepost(&format!("trigger rtn X --seed a --quirk unreadable --at {}", now()))
        .await;
    let said = world
        .firepost("inbox history unread#arn:aws:sns:us-east-1:033616359524:LT0XA")
        .await;
    insta::assert_snapshot!(said.out, @r"
    Occurred  Received             Type  Marks                 Event (times in UTC)
    -         2100-01-01 00:00:00  -     unreadable: not_json  4adfe6df-babc-5601-aac3-e47e67a17e5c
    ");
}

#[tokio::test]
async fn a_device_has_a_history_without_a_state() {
    let world = World::new().await;
    let first = world.device("DeviceRegisteredNotification", "serial").await;
    advance(SignedDuration::from_mins(1));
    world.device("DeviceDeregisteredNotification", "serial").await;
    world.device("DeviceDeregisteredNotification", "another").await;
    world.hand_on(&first).await;
    world.replay(&first, "march").await;
    let said = world.firepost("inbox history drs#serial").await;
    insta::assert_snapshot!(said.out, @r"
    Occurred             Received             Type                            Marks     Event (times in UTC)
    2100-01-01 00:00:00  2100-01-01 00:00:00  DeviceRegisteredNotification    replayed  0000004102444800000#amzn1.dash.notification.v1.test#DeviceRegisteredNotification
    2100-01-01 00:01:00  2100-01-01 00:01:00  DeviceDeregisteredNotification  -         0000004102444860000#amzn1.dash.notification.v1.test#DeviceDeregisteredNotification
    ");
    let said = world.firepost("inbox history drs#serial --json").await;
    let history = serde_json::from_str::<Value>(&said.out).unwrap();
    assert_eq!(history["purchase"], Value::Null);
    let kinds = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["read"]["event"]["kind"].clone());
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        ["DeviceRegisteredNotification", "DeviceDeregisteredNotification"]
    );
    for (arguments, expected) in [
        ("--source drs", 3),
        ("--source due", 3),
        ("--source rtn", 0),
        ("--source dead", 0),
    ] {
        let said = world.firepost(&format!("inbox list {arguments} --json")).await;
        assert_eq!(
            (said.code, said.out.lines().count()),
            (Some(0), expected),
            "{arguments}: {}",
            said.err
        );
    }
}

#[tokio::test]
async fn an_event_of_a_device_is_shown_as_its_own_reader_reads_it() {
    let world = World::new().await;
    let event = world.device("DeviceRegisteredNotification", "serial").await;
    world.hand_on(&event).await;
    world.replay(&event, "march").await;
    let said = world.firepost(&format!("inbox show drs#serial {}", event.event)).await;
    insta::assert_snapshot!(said.out, @r#"
    Subject       drs#serial
    Event         0000004102444800000#amzn1.dash.notification.v1.test#DeviceRegisteredNotification
    MessageId     id-of-0000004102444800000-amzn1.dash.notification.v1.test-DeviceRegisteredNotification
    Topic         arn:aws:sns:us-east-1:033616359524:LT0XA
    Sent          2100-01-01 00:00:00
    Received      2100-01-01 00:00:00
    Expires       2100-04-01 00:00:00
    Signature     version 1
    Digest        b61c86958ea1f1c94bdd0e6cdcbc3b921f0be625358d54be3435f63d40d91292
    Marks         replayed
    Due in shard  3
    Handed on     2100-01-01 00:00:00
    Replay        march
    Recorded by   a test

    The message, as it was signed:
    {"customerInfo":{"directedCustomerId":"amzn1.account.test"},"deviceInfo":{"deviceIdentifier":{"serialNumber":"serial"},"productIdentifier":{"modelId":"model"}},"notificationInfo":{"notificationId":"amzn1.dash.notification.v1.test","notificationTime":"2100-01-01T00:00:00Z","notificationType":"DeviceRegisteredNotification","version":"2015-06-05"}}

    What it is read as:
    {
      "kind": "DeviceRegisteredNotification",
      "notification_id": "amzn1.dash.notification.v1.test",
      "occurred_at": "2100-01-01T00:00:00.000Z",
      "lwa_client_id": null,
      "wire_version": "any",
      "device": {
        "serial_number": "serial",
        "model_id": "model"
      },
      "customer_id": "amzn1.account.test",
      "order": null,
      "slots": null,
      "extra": {}
    }
    "#);
}

#[tokio::test]
async fn what_neither_reader_can_read_is_shown_with_what_each_of_them_says() {
    let world = World::new().await;
    world.unread("unread", "{}").await;
    let said = world
        .firepost("inbox show unread#arn:aws:sns:us-east-1:033616359524:LT0XA unread --json")
        .await;
    let shown = serde_json::from_str::<Value>(&said.out).unwrap();
    assert_eq!(
        shown["read"]["unreadable"],
        "rtn: field notificationType is missing; drs: field notificationInfo is missing"
    );
}

#[tokio::test]
async fn one_record_is_shown_in_full() {
    let world = World::new().await;
    world
        .firepost(&format!(
            "trigger rtn CONSUMABLE_PURCHASED --seed a --quirk trailing-comma --at {}",
            now()
        ))
        .await;
    let record = format!("{} 0000004102444800000#CONSUMABLE_PURCHASED", subject(&world).await);
    let said = world.firepost(&format!("inbox show {record}")).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    insta::assert_snapshot!(said.out, @r#"
    Subject       rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11
    Event         0000004102444800000#CONSUMABLE_PURCHASED
    MessageId     1b315bbf-6e76-5383-b476-d92603ccdd4c
    Topic         arn:aws:sns:us-east-1:033616359524:LT0XA
    Sent          2100-01-01 00:00:00
    Received      2100-01-01 00:00:00
    Expires       2100-04-01 00:00:00
    Signature     version 1
    Digest        16e1f32a7b4634f648a1b94aeff5f36ec89ab55e8763786537751808871e0c5a
    Marks         repaired
    Due in shard  3
    Recorded by   local-4102444800000-0
    Trace         1-f4865700-fefe3fe859951de97129edf9

    The message, as it was signed:
    {"appPackageName":"com.example.stargazer","notificationType":"CONSUMABLE_PURCHASED","appUserId":"udk8jYUc8ZlI_-hHQtxk9fDeOpWhdtJ_VixpzHfzP2Y=","receiptId":"eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11","relatedReceipts":{},"timestamp":4102444800000,"betaProductTransaction":false,}

    What it is read as:
    {
      "kind": "CONSUMABLE_PURCHASED",
      "family": "consumable",
      "package": "com.example.stargazer",
      "app_user_id": "udk8jYUc8ZlI_-hHQtxk9fDeOpWhdtJ_VixpzHfzP2Y=",
      "receipt_id": "eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11",
      "cancelled_receipt_id": null,
      "occurred_at": "2100-01-01T00:00:00.000Z",
      "environment": "production",
      "extra": {}
    }
    "#);
    let said = world.firepost(&format!("inbox show {record} --json")).await;
    insta::assert_snapshot!(said.out, @r#"{"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11","event":"0000004102444800000#CONSUMABLE_PURCHASED","message_id":"1b315bbf-6e76-5383-b476-d92603ccdd4c","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","sns_timestamp":"2100-01-01T00:00:00.000Z","received_at":"2100-01-01T00:00:00.000Z","expires_at":"2100-04-01T00:00:00.000Z","signature_version":1,"digest":"16e1f32a7b4634f648a1b94aeff5f36ec89ab55e8763786537751808871e0c5a","repaired":true,"conflict":false,"warnings":[],"unreadable":null,"held_subject":null,"held_event":null,"due":"3","handed_on":null,"attempts":0,"failure":null,"failed_at":null,"replay":null,"trace_id":"1-f4865700-fefe3fe859951de97129edf9","dead":false,"nonce":"local-4102444800000-0","raw":"{\"appPackageName\":\"com.example.stargazer\",\"notificationType\":\"CONSUMABLE_PURCHASED\",\"appUserId\":\"udk8jYUc8ZlI_-hHQtxk9fDeOpWhdtJ_VixpzHfzP2Y=\",\"receiptId\":\"eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11\",\"relatedReceipts\":{},\"timestamp\":4102444800000,\"betaProductTransaction\":false,}","read":{"event":{"kind":"CONSUMABLE_PURCHASED","family":"consumable","package":"com.example.stargazer","app_user_id":"udk8jYUc8ZlI_-hHQtxk9fDeOpWhdtJ_VixpzHfzP2Y=","receipt_id":"eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:1:11","cancelled_receipt_id":null,"occurred_at":"2100-01-01T00:00:00.000Z","environment":"production","extra":{}},"repaired":true,"warnings":[]}}"#);
}

#[tokio::test]
async fn what_cannot_be_read_is_shown_with_the_reason() {
    let world = World::new().await;
    let id = "00000000-0000-5000-8000-000000000000";
    world
        .firepost(&format!(
            "trigger sns Notification --message hello --message-id {id} --at {}",
            now()
        ))
        .await;
    let said = world
        .firepost(&format!("inbox show unread#arn:aws:sns:us-east-1:033616359524:LT0XA {id}"))
        .await;
    insta::assert_snapshot!(said.out, @"
    Subject       unread#arn:aws:sns:us-east-1:033616359524:LT0XA
    Event         00000000-0000-5000-8000-000000000000
    MessageId     00000000-0000-5000-8000-000000000000
    Topic         arn:aws:sns:us-east-1:033616359524:LT0XA
    Sent          2100-01-01 00:00:00
    Received      2100-01-01 00:00:00
    Expires       2100-04-01 00:00:00
    Signature     version 1
    Digest        2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
    Marks         unreadable: not_json
    Recorded by   local-4102444800000-0
    Trace         1-f4865700-fefe3fe859951de97129edf9

    The message, as it was signed:
    hello

    It cannot be read: message is not JSON.
    ");
}

#[tokio::test]
async fn a_message_cannot_play_tricks_on_the_terminal() {
    let world = World::new().await;
    let id = "00000000-0000-5000-8000-000000000000";
    world
        .firepost(&format!(
            "trigger sns Notification --message \u{1b}[2J --message-id {id} --at {}",
            now()
        ))
        .await;
    let said = world
        .firepost(&format!("inbox show unread#arn:aws:sns:us-east-1:033616359524:LT0XA {id}"))
        .await;
    assert_eq!(
        (said.code, said.out.contains("\n\\u{1b}[2J\n")),
        (Some(0), true),
        "{}",
        said.out
    );
}

#[tokio::test]
async fn what_is_not_on_record_is_a_sentence() {
    let world = World::new().await;
    let said = world.firepost("inbox show rtn#com.example#a 1#X").await;
    let sentence = "no event 1#X of rtn#com.example#a is on record; it was never recorded, or its time is over";
    assert_eq!(said, no(1, sentence));
    let said = world.firepost("inbox history rtn#com.example#a --json").await;
    assert_eq!(
        said,
        no(
            1,
            "nothing of rtn#com.example#a is on record; it was never recorded, or its time is over"
        )
    );
}

#[tokio::test]
async fn wrong_usage_and_no_stack_are_sentences() {
    for arguments in [
        "",
        "list --limit 0",
        "list --source sqs",
        "list --since soon",
        "show rtn#a",
        "history",
        "list --deployed --stack http://x",
    ] {
        let said = firepost(&format!("inbox {arguments}")).await;
        assert_eq!(
            (said.code, said.out.as_str(), said.err.is_empty()),
            (Some(2), "", false),
            "{arguments}"
        );
    }
    let said = firepost("inbox list --stack http://127.0.0.1:1").await;
    assert_eq!(
        said,
        no(
            2,
            "no local stack answers at http://127.0.0.1:1; start one with `firepost`, or say where with --stack"
        )
    );
    let said = firepost("inbox list --deployed").await;
    assert_eq!(
        said,
        no(
            2,
            "the environment variable NOTIFICATIONS_TABLE must be set to the name of a DynamoDB table"
        )
    );
}

/// A purchase and a renewal, a payment that failed between them and is told late, and a second opinion on the renewal.
async fn purchase() -> World {
    let world = World::new().await;
    for arguments in [
        "SUBSCRIPTION_PURCHASED --late 1h",
        "SUBSCRIPTION_RENEWED",
        "SUBSCRIPTION_IN_GRACE_PERIOD --late 30m",
        "SUBSCRIPTION_RENEWED --late 2m --field betaProductTransaction=true",
    ] {
        let said = world
            .firepost(&format!("trigger rtn {arguments} --seed a --at {}", now()))
            .await;
        assert_eq!(said.code, Some(0), "{}", said.out);
        advance(SignedDuration::from_mins(1));
    }
    world
}

/// The subject of the newest record.
async fn subject(world: &World) -> String {
    let said = world.firepost("inbox list --limit 1 --json").await;
    serde_json::from_str::<Value>(&said.out).unwrap()["subject"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn no(code: i32, sentence: &str) -> Said {
    Said {
        code: Some(code),
        out: String::new(),
        err: format!("firepost: {sentence}\n"),
    }
}

#[tokio::test]
async fn a_receipt_that_a_change_of_plan_replaced_is_shown_as_replaced() {
    let world = World::new().await;
    let old = "--field receiptId=OLD:3:11";
    let at = now();
    world
        .firepost(&format!("trigger rtn SUBSCRIPTION_PURCHASED {old} --at {at}"))
        .await;
    let said = world
        .firepost(&format!("trigger rtn SUBSCRIPTION_MODIFIED_IMMEDIATE --field receiptId=NEW:3:11 --field relatedReceipts={{\"cancelledReceiptId\":\"OLD:3:11\"}} --at {at}"))
        .await;
    assert_eq!(said.code, Some(0), "{}", said.err);

    let said = world
        .firepost("inbox history rtn#com.example.stargazer#OLD:3:11 --json")
        .await;

    let history = serde_json::from_str::<Value>(&said.out).unwrap();
    assert_eq!(history["purchase"]["state"], "replaced");
    assert_eq!(history["purchase"]["replaced_by"], "NEW:3:11");
    assert_eq!(history["events"].as_array().map(Vec::len), Some(1));
}
