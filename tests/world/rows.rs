//! What the tables hold, read with the SDK past the code under test, and what they should hold.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use inbox::Digest;
use sandbox::Envelope;
use serde_json::Value;

use super::World;

/// A row of the table of notifications, as far as it differs from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) subject: String,
    pub(crate) event: String,
    pub(crate) message_id: String,
    pub(crate) raw: String,
    /// What sets it apart from a first, readable notification that is due to be handed on.
    pub(crate) marks: Vec<String>,
}

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The row that a purchase notification must have become, made from the message by the documented rules alone.
pub(crate) fn recorded(envelope: &Envelope) -> Row {
    let raw = envelope.field("Message").unwrap().to_owned();
    let payload: Value = serde_json::from_str(&raw).unwrap();
    let text = |name: &str| payload[name].as_str().unwrap().to_owned();
    Row {
        subject: format!("rtn#{}#{}", text("appPackageName"), text("receiptId")),
        event: format!("{:019}#{}", payload["timestamp"].as_i64().unwrap(), text("notificationType")),
        message_id: envelope.field("MessageId").unwrap().to_owned(),
        raw,
        marks: Vec::new(),
    }
}

/// The row beside another one that has its key.
pub(crate) fn conflicting(envelope: &Envelope) -> Row {
    let row = recorded(envelope);
    Row {
        event: format!("{}#{}", row.event, Digest::of(&row.raw).short()),
        marks: vec!["conflict".to_owned()],
        ..row
    }
}

/// The row of a notification whose topic waits for the operator.
pub(crate) fn held(envelope: &Envelope) -> Row {
    let row = recorded(envelope);
    Row {
        subject: format!("held#{}", envelope.field("TopicArn").unwrap()),
        event: format!("{}#{}", row.message_id, Digest::of(&row.raw)),
        marks: vec![format!("held for {} {}", row.subject, row.event), "not due".to_owned()],
        ..row
    }
}

/// The row of a message that cannot be read.
pub(crate) fn quarantined(envelope: &Envelope, reason: &str) -> Row {
    let field = |name| envelope.field(name).unwrap().to_owned();
    Row {
        subject: format!("unread#{}", field("TopicArn")),
        event: field("MessageId"),
        message_id: field("MessageId"),
        raw: field("Message"),
        marks: vec![format!("unreadable: {reason}"), "not due".to_owned()],
    }
}

impl World {
    /// Everything in the table of notifications, in order.
    pub(crate) async fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<_> = self.items("notifications").await.iter().map(row).collect();
        rows.sort();
        rows
    }

    /// Everything in the table of topics and certificates, a line each, in order, but the second copy of a certificate.
    pub(crate) async fn trust(&self) -> Vec<String> {
        let items = self.items("trust").await;
        let mut lines: Vec<_> = items.iter().filter(|item| !is_copy(item)).map(trust_line).collect();
        lines.sort();
        lines
    }

    /// Everything in a table, whatever it is.
    pub(crate) async fn items(&self, table: &str) -> Vec<Item> {
        let mut pages = self.store.scan().table_name(table).into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.unwrap());
        }
        items
    }

    /// Writes an item behind everybody's back.
    pub(crate) async fn put(&self, table: &str, item: Item) {
        let put = self.store.put_item().table_name(table).set_item(Some(item));
        put.send().await.unwrap();
    }

    /// Deletes an item of the table of topics and certificates, as time to live does.
    pub(crate) async fn forget(&self, item: &Item) {
        let delete = self.store.delete_item().table_name("trust").key("key", item["key"].clone());
        delete.send().await.unwrap();
    }
}

fn row(item: &Item) -> Row {
    let text = |name: &str| item.get(name).map(|value| value.as_s().unwrap().clone());
    let is = |name: &str| item.get(name).is_some_and(|value| *value.as_bool().unwrap());
    let list = |name: &str| item.get(name).map(|value| format!("{:?}", value.as_l().unwrap()));
    let marks = [
        is("conflict").then(|| "conflict".to_owned()),
        is("repaired").then(|| "repaired".to_owned()),
        text("held_subject").map(|subject| format!("held for {subject} {}", text("held_event").unwrap())),
        list("warnings"),
        text("unreadable").map(|reason| format!("unreadable: {reason}")),
        text("due").is_none().then(|| "not due".to_owned()),
    ];
    Row {
        subject: text("subject").unwrap(),
        event: text("event").unwrap(),
        message_id: text("message_id").unwrap(),
        raw: text("raw").unwrap(),
        marks: marks.into_iter().flatten().collect(),
    }
}

/// `certificate`, `waiting: LT0XA`, or a topic with what is known about it.
/// Whether it is what a process reads before its first message.
pub(crate) fn is_copy(item: &Item) -> bool {
    item["key"].as_s().is_ok_and(|key| key.starts_with("last_cert#"))
}

fn trust_line(item: &Item) -> String {
    let name = |arn: &str| arn.rsplit(':').next().unwrap_or_default().to_owned();
    let key = item["key"].as_s().unwrap();
    if key.starts_with("cert#") {
        return "certificate".to_owned();
    }
    if key == "pending" {
        let mut topics: Vec<_> = item["topics"].as_m().unwrap().keys().map(|arn| name(arn)).collect();
        topics.sort();
        return format!("waiting: {}", topics.join(" ")).trim_end().to_owned();
    }
    let mut line = format!("{} {}", name(key), item["state"].as_s().unwrap());
    for attribute in ["held", "token", "unsubscribed_at"] {
        match item.get(attribute) {
            Some(AttributeValue::N(number)) if attribute == "held" => line.push_str(&format!(", {number} held")),
            Some(_) => line.push_str(&format!(", {attribute}")),
            None => {}
        }
    }
    line
}

/// An item, an attribute a line, in order of their names.
pub(crate) fn described(item: &Item) -> String {
    let mut lines: Vec<_> = item
        .iter()
        .map(|(name, value)| match value {
            AttributeValue::S(text) => format!("{name} S {text}"),
            AttributeValue::N(number) => format!("{name} N {number}"),
            AttributeValue::B(bytes) => format!("{name} B, {} bytes", bytes.as_ref().len()),
            other => format!("{name} {other:?}"),
        })
        .collect();
    lines.sort();
    lines.join("\n")
}
