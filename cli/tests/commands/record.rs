//! Rows put on record without a delivery, and what happens to them later.

use std::collections::BTreeMap;

use inbox::{Attempt, Entry, Filter, Record, Refusal, Repetition, Replayed};
use sandbox::rtn::Payload;
use serde_json::json;

use crate::world::{World, now};

impl World {
    /// An event of the purchase that `seed` stands for.
    pub(crate) async fn purchase(&self, kind: &str, seed: &str) -> Record {
        let raw = Payload::new(kind, seed, now()).text();
        let event = rtn::read(&raw).unwrap().event;
        self.put(event.subject(), event.event_key(), &raw, None).await
    }

    /// An event of the device with this serial number.
    pub(crate) async fn device(&self, kind: &str, serial: &str) -> Record {
        let raw = device_message(kind, serial);
        let event = drs::read(&raw, None).unwrap().event;
        self.put(event.subject(), event.event_key(), &raw, None).await
    }

    /// A message that could not be read when it came.
    pub(crate) async fn unread(&self, message_id: &str, raw: &str) -> Record {
        self.put(
            format!("unread#{TOPIC}"),
            message_id.to_owned(),
            raw,
            Some("not_json".to_owned()),
        )
        .await
    }

    /// Marks a record as handed on.
    pub(crate) async fn hand_on(&self, record: &Record) {
        self.stack.inbox.handed_on(record, now()).await.unwrap();
    }

    /// Marks everything that is on record as handed on.
    pub(crate) async fn hand_on_all(&self) {
        for record in self.everything().await {
            self.hand_on(&record).await;
        }
    }

    /// Makes a record dead.
    pub(crate) async fn bury(&self, record: &Record, reason: &str) {
        let buried = self
            .stack
            .inbox
            .bury(&record.into(), Some(record), reason, now())
            .await
            .unwrap();
        assert_eq!(buried, Refusal::Dead);
    }

    /// Makes a record due again.
    pub(crate) async fn replay(&self, record: &Record, name: &str) {
        let inbox = &self.stack.inbox;
        let replayed = inbox.replay(record, name, Repetition::Never, now()).await.unwrap();
        assert_eq!(replayed, Replayed::Now);
    }

    /// Changes a row behind the program's back, by copying one attribute over another, and makes it dead.
    pub(crate) async fn damage(&self, record: &Record, attribute: &str, by: &str) {
        let client = self.stack.dynamo.client();
        let scan = client.scan().table_name("notifications").send().await.unwrap();
        let mut items = scan.items.unwrap_or_default().into_iter();
        let found = items.find(|item| item["subject"].as_s() == Ok(&record.subject) && item["event"].as_s() == Ok(&record.event));
        let mut item = found.unwrap();
        item.insert(attribute.to_owned(), item[by].clone());
        let put = client.put_item().table_name("notifications").set_item(Some(item));
        put.send().await.unwrap();
        let inbox = &self.stack.inbox;
        let buried = inbox.bury(&record.into(), None, "row:damaged", now()).await.unwrap();
        assert_eq!(buried, Refusal::Dead);
    }

    /// A record as it is now.
    pub(crate) async fn again(&self, record: &Record) -> Record {
        let found = self.stack.inbox.show(&record.subject, &record.event, now()).await.unwrap();
        found.unwrap()
    }

    /// Everything on record.
    pub(crate) async fn everything(&self) -> Vec<Record> {
        let filter = Filter {
            source: None,
            since: None,
            limit: 1000,
        };
        self.stack.inbox.list(&filter, now()).await.unwrap()
    }

    /// Every row of the table with all its attributes, as it is stored.
    pub(crate) async fn rows(&self) -> Vec<String> {
        let scan = self
            .stack
            .dynamo
            .client()
            .scan()
            .table_name("notifications")
            .send()
            .await
            .unwrap();
        assert_eq!(scan.last_evaluated_key, None, "all in one page");
        let in_order = scan.items().iter().map(|item| item.iter().collect::<BTreeMap<_, _>>());
        let mut rows = in_order.map(|item| format!("{item:?}")).collect::<Vec<_>>();
        rows.sort();
        rows
    }

    async fn put(&self, subject: String, event: String, raw: &str, unreadable: Option<String>) -> Record {
        let message_id = format!("id-of-{event}").replace('#', "-");
        let entry = Entry {
            subject: subject.clone(),
            event: event.clone(),
            message_id: &message_id,
            topic_arn: TOPIC,
            sns_timestamp: now(),
            signature_version: 1,
            repaired: false,
            warnings: Vec::new(),
            raw,
            unreadable,
            trace_id: None,
        };
        let attempt = Attempt {
            id: "a test",
            now: now(),
        };
        self.stack.inbox.record(&entry, &attempt).await.unwrap();
        let found = self.stack.inbox.show(&subject, &event, now()).await.unwrap();
        found.unwrap()
    }
}

/// What Amazon sends of a device, now.
pub(crate) fn device_message(kind: &str, serial: &str) -> String {
    let message = json!({
        "notificationInfo": {
            "notificationType": kind,
            "notificationId": "amzn1.dash.notification.v1.test",
            "notificationTime": now().to_string(),
            "version": "2015-06-05"
        },
        "customerInfo": { "directedCustomerId": "amzn1.account.test" },
        "deviceInfo": { "deviceIdentifier": { "serialNumber": serial }, "productIdentifier": { "modelId": "model" } }
    });
    message.to_string()
}

pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
