//! Dash Replenishment notifications.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn amazons_samples_are_read_as_one_line_of_json_each() {
    let desk = Desk::new("drs", "samples");
    let samples = samples();
    for (file, sample) in &samples {
        desk.put(file, sample);
    }
    let arguments: Vec<&str> = samples.keys().map(String::as_str).chain(["--json"]).collect();
    let answer = desk.read(&arguments, "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.out, @r#"
    {"file":"device-deregistered.txt","event":{"kind":"DeviceDeregisteredNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-09-29T18:03:28.669Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"any","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":null,"slots":null,"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"device-registered.txt","event":{"kind":"DeviceRegisteredNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-10-01T02:23:52.747Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"any","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":null,"slots":null,"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"item-shipped-v1.txt","event":{"kind":"ItemShippedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-10-01T20:43:28.626Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v1","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":null,"quantity":"12","unit":"count","unit_raw":"Count","estimated_delivery":"2015-10-07T06:59:59.000Z","extra":{}}],"extra":{}},"slots":null,"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"item-shipped-v2.txt","event":{"kind":"ItemShippedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2016-12-02T01:41:59.936Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v2","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AGY3J5MKHWP6I2RHDYPJO4WRHHQA","order":{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":"2016-11-16T07:59:59.000Z","extra":{}}],"extra":{}},"slots":null,"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"order-cancelled.txt","event":{"kind":"OrderCancelledNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-10-01T20:20:29.461Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"any","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[],"extra":{}},"slots":null,"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    {"file":"order-placed-v1.txt","event":{"kind":"OrderPlacedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-10-01T20:19:39.959Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v1","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":{"instance_id":"amzn1.dash.v2.o.ci43xxxxxxxxxx0","slot_id":"myProduct","products":[{"asin":null,"quantity":"12","unit":"count","unit_raw":"count","estimated_delivery":"2015-10-07T06:59:59.000Z","extra":{}}],"extra":{}},"slots":null,"extra":{}},"repaired":true,"warnings":[],"reason":null,"field":null}
    {"file":"order-placed-v2.txt","event":{"kind":"OrderPlacedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2016-12-02T21:09:58.689Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v2","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AH54JCXQ7WZKCZOFxxxxxxxx","order":{"instance_id":"amzn1.dash.v2.o.ci45xxxxxxxxxxx","slot_id":"myProduct","products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":"2016-12-09T07:59:59.000Z","extra":{}}],"extra":{}},"slots":null,"extra":{}},"repaired":true,"warnings":[],"reason":null,"field":null}
    {"file":"subscription-changed-v1.txt","event":{"kind":"SubscriptionChangedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2015-09-30T23:27:50.771Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v1","device":{"serial_number":"mySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AHxxxxxxxxGA2O5Q","order":null,"slots":{"myFirstSlot":{"subscribed":true,"products":[],"products_are_previous":false,"extra":{}},"mySecondSlot":{"subscribed":true,"products":[],"products_are_previous":false,"extra":{}}},"extra":{}},"repaired":false,"warnings":["model_under_another_name"],"reason":null,"field":null}
    {"file":"subscription-changed-v2.txt","event":{"kind":"SubscriptionChangedNotification","notification_id":"amzn1.dash.notification.v1.xxxxxxxxxxxxx13","occurred_at":"2016-12-06T19:33:27.368Z","lwa_client_id":"amzn1.application-oa2-client.6b68exxxxxxxxxx9","wire_version":"v2","device":{"serial_number":"MySerialNumber","model_id":"myDeviceModel"},"customer_id":"amzn1.account.AGY3J5MxxxxxxO4WRHHQA","order":null,"slots":{"SlotId1":{"subscribed":true,"products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":null,"extra":{}}],"products_are_previous":false,"extra":{}},"SlotId2":{"subscribed":false,"products":[{"asin":"myAsinNumber","quantity":"1","unit":"count","unit_raw":"count","estimated_delivery":null,"extra":{}}],"products_are_previous":true,"extra":{}}},"extra":{}},"repaired":false,"warnings":[],"reason":null,"field":null}
    "#);
}

#[test]
fn two_of_amazons_samples_are_repaired() {
    let desk = Desk::new("drs", "repaired");
    let repaired: Vec<String> = samples()
        .into_iter()
        .filter(|(_, sample)| desk.line(sample).1["repaired"] == json!(true))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(repaired, ["order-placed-v1.txt", "order-placed-v2.txt"]);
}

#[test]
fn people_are_told_the_event_and_what_was_odd_about_it() {
    let desk = Desk::new("drs", "text");
    desk.put("message.json", sample("subscription-changed-v1.txt"));
    desk.put("body.json", body(&sample("order-placed-v1.txt"), json!("2.0")).to_string());
    let answer = desk.read(&["message.json", "body.json"], "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.out, @r#"
    message.json (unverified: read does not check signatures)
      warning      model_under_another_name: device model is not named modelId, read from the only text in its place
      subject      drs#mySerialNumber
      event key    0000001443655670771#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#SubscriptionChangedNotification
      {
        "kind": "SubscriptionChangedNotification",
        "notification_id": "amzn1.dash.notification.v1.xxxxxxxxxxxxx13",
        "occurred_at": "2015-09-30T23:27:50.771Z",
        "lwa_client_id": "amzn1.application-oa2-client.6b68exxxxxxxxxx9",
        "wire_version": "v1",
        "device": {
          "serial_number": "mySerialNumber",
          "model_id": "myDeviceModel"
        },
        "customer_id": "amzn1.account.AHxxxxxxxxGA2O5Q",
        "order": null,
        "slots": {
          "myFirstSlot": {
            "subscribed": true,
            "products": [],
            "products_are_previous": false,
            "extra": {}
          },
          "mySecondSlot": {
            "subscribed": true,
            "products": [],
            "products_are_previous": false,
            "extra": {}
          }
        },
        "extra": {}
      }
    body.json (unverified: read does not check signatures)
      taken from   the Message of an SNS body
      repaired     it was not JSON as it stood: commas or brackets too many
      warning      version_mismatch: message attributes declare another version, read by structure
      subject      drs#mySerialNumber
      event key    0000001443730779959#amzn1.dash.notification.v1.xxxxxxxxxxxxx13#OrderPlacedNotification
      {
        "kind": "OrderPlacedNotification",
        "notification_id": "amzn1.dash.notification.v1.xxxxxxxxxxxxx13",
        "occurred_at": "2015-10-01T20:19:39.959Z",
        "lwa_client_id": "amzn1.application-oa2-client.6b68exxxxxxxxxx9",
        "wire_version": "v1",
        "device": {
          "serial_number": "mySerialNumber",
          "model_id": "myDeviceModel"
        },
        "customer_id": "amzn1.account.AHxxxxxxxxGA2O5Q",
        "order": {
          "instance_id": "amzn1.dash.v2.o.ci43xxxxxxxxxx0",
          "slot_id": "myProduct",
          "products": [
            {
              "asin": null,
              "quantity": "12",
              "unit": "count",
              "unit_raw": "count",
              "estimated_delivery": "2015-10-07T06:59:59.000Z",
              "extra": {}
            }
          ],
          "extra": {}
        },
        "slots": null,
        "extra": {}
      }
    "#);
}

#[test]
fn a_bare_message_a_body_an_event_and_a_record_say_the_same() {
    let desk = Desk::new("drs", "forms");
    let message = sample("item-shipped-v2.txt");
    let expected = desk.line(&message);
    assert_eq!(expected.0, Some(0));
    let body = body(&message, json!("2.0"));
    let event = json!({"requestContext": {"http": {}}, "headers": {}, "body": body.to_string()});
    let record = json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": body}]});
    for whole in [body, event, record] {
        assert_eq!(desk.line(whole.to_string()), expected, "{whole}");
    }
}

#[test]
fn people_are_told_where_the_message_was() {
    let desk = Desk::new("drs", "origins");
    let body = body(&sample("device-registered.txt"), json!("1.0"));
    for (whole, told) in [
        (body.clone(), "  taken from   the Message of an SNS body\n"),
        (
            json!({"requestContext": {}, "body": body.to_string()}),
            "  taken from   the Message of an SNS body in an API Gateway event\n",
        ),
        (
            json!({"Records": [{"Sns": body}]}),
            "  taken from   the Message of an SNS record for a Lambda function\n",
        ),
    ] {
        desk.put("message.json", whole.to_string());
        let answer = desk.read(&["message.json"], "");
        assert_eq!(answer.code, Some(0));
        assert!(answer.out.contains(told), "{}", answer.out);
    }
}

#[test]
fn message_attributes_that_declare_another_version_are_warned_of_and_change_nothing_else() {
    let desk = Desk::new("drs", "declared");
    for (file, version, warnings) in [
        ("item-shipped-v1.txt", json!("1.0"), json!([])),
        ("item-shipped-v1.txt", json!("2.0"), json!(["version_mismatch"])),
        ("item-shipped-v2.txt", json!("1.0"), json!(["version_mismatch"])),
        ("item-shipped-v2.txt", json!(2.0), json!([])),
        ("device-registered.txt", json!("2.0"), json!([])),
    ] {
        let message = sample(file);
        let (_, bare) = desk.line(&message);
        let body = body(&message, version);
        for whole in [body.clone(), json!({"Records": [{"Sns": body}]})] {
            let (code, line) = desk.line(whole.to_string());
            assert_eq!((code, &line["warnings"]), (Some(0), &warnings), "{whole}");
            assert_eq!(line["event"], bare["event"], "{whole}");
        }
    }
}

#[test]
fn a_message_that_cannot_be_read_is_told_by_reason_and_field() {
    let desk = Desk::new("drs", "unreadable");
    let message = sample("order-cancelled.txt");
    desk.put("cut.json", &message[..100]);
    desk.put("list.json", "[]");
    desk.put("field.json", message.replace("directedCustomerId", "customerId"));
    desk.put("order.json", message.replace("orderInfo", "order"));
    desk.put("time.json", message.replace("2015-10-01T20:20:29.461Z", "2015-10-01"));
    desk.put(
        "twice.json",
        message.replace("\"slotId\": ", "\"slotId\": \"other\", \"slotId\": "),
    );
    let record = json!({"Sns": body(&message, json!("1.0"))});
    desk.put("records.json", json!({"Records": [record, record]}).to_string());
    let files = [
        "cut.json",
        "list.json",
        "field.json",
        "order.json",
        "time.json",
        "twice.json",
        "records.json",
        "--json",
    ];
    let answer = desk.read(&files, "");
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.out, @r#"
    {"file":"cut.json","event":null,"repaired":false,"warnings":[],"reason":"not_json","field":null}
    {"file":"list.json","event":null,"repaired":false,"warnings":[],"reason":"wrong_shape","field":null}
    {"file":"field.json","event":null,"repaired":false,"warnings":[],"reason":"field_missing","field":"customerInfo.directedCustomerId"}
    {"file":"order.json","event":null,"repaired":false,"warnings":[],"reason":"field_missing","field":"orderInfo"}
    {"file":"time.json","event":null,"repaired":false,"warnings":[],"reason":"field_value","field":"notificationInfo.notificationTime"}
    {"file":"twice.json","event":null,"repaired":false,"warnings":[],"reason":"wrong_shape","field":null}
    {"file":"records.json","event":null,"repaired":false,"warnings":[],"reason":"field_missing","field":"notificationInfo"}
    "#);
}

#[test]
fn the_message_of_another_source_is_not_taken_for_this_one() {
    let (code, line) = Desk::new("rtn", "drs").line(sample("order-placed-v2.txt"));
    assert_eq!(
        (code, &line["reason"], &line["event"]),
        (Some(1), &json!("field_missing"), &Value::Null)
    );
}

/// A whole SNS body around a message, with the version declared in its attributes.
fn body(message: &str, version: Value) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:devices",
        "Message": message,
        "Timestamp": "2016-12-02T21:09:58.700Z",
        "MessageAttributes": {"version": {"Type": "String", "Value": version}},
    })
}

fn sample(file: &str) -> String {
    samples().remove(file).unwrap()
}

/// All messages of "Notification Messages (DRS)" (developer.amazon.com/docs/dash/notification-messages.html), to the letter, by file.
fn samples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/drs/src/sample");
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let samples: BTreeMap<_, _> = files
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                fs::read_to_string(file.path()).unwrap(),
            )
        })
        .collect();
    assert_eq!(samples.len(), 9);
    samples
}
