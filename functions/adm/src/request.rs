//! From the bytes of a request to a message, or to everything that is wrong with it.
//!
//! No fault hides another one: a field that breaks its rule is left out and reading goes on. A field that the API does not have is
//! refused, because a misspelt `expiresAfter` that is overlooked would keep a message for a week. `null` says the same as nothing.

use std::collections::HashSet;

use crate::fault::path;
use crate::json::{self, Json};
use crate::message::Accepted;
use crate::payload::Pairs;
use crate::{ConsolidationKey, Expiry, Fault, FaultName, Faults, Payload, Priority, Topic, TopicMessage, Warning};

pub(crate) fn read(topic: &str, body: &[u8]) -> Result<Accepted, Faults> {
    let mut reader = Reader::default();
    let topic_read = reader.topic(topic);
    for (name, value) in reader.fields(body) {
        reader.field(topic, &name, value);
    }
    reader.check_payload();

    let Reader {
        data,
        notification,
        consolidation_key,
        expires_after,
        priority,
        warnings,
        faults,
        ..
    } = reader;
    let faults = Faults::of(faults);
    match (topic_read, faults) {
        (Some(topic), None) => Ok(Accepted {
            message: TopicMessage {
                topic,
                payload: Payload { data, notification },
                consolidation_key,
                expires_after: expires_after.unwrap_or_default(),
                priority: priority.unwrap_or_default(),
            },
            warnings,
        }),
        (_, faults) => Err(faults.expect("a topic that cannot be read is a fault")),
    }
}

#[derive(Default)]
struct Reader {
    data: Option<Pairs>,
    notification: Option<Pairs>,
    consolidation_key: Option<ConsolidationKey>,
    expires_after: Option<Expiry>,
    priority: Option<Priority>,
    warnings: Vec<Warning>,
    faults: Vec<Fault>,
    /// The body could not be read as an object, so that nothing can be said about what it holds.
    is_unreadable: bool,
}

impl Reader {
    fn fault(&mut self, name: FaultName, field: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(Fault {
            name,
            field: field.into(),
            detail: detail.into(),
        });
    }

    fn topic(&mut self, topic: &str) -> Option<Topic> {
        let read = Topic::new(topic);
        if read.is_none() {
            self.fault(FaultName::InvalidTopic, "topic", Topic::RULE);
        }
        read
    }

    /// The fields of the request, each once.
    fn fields(&mut self, body: &[u8]) -> Vec<(String, Json)> {
        let read = match body.len() {
            0..=MAX_REQUEST_BYTES => json::object(body),
            bytes => Err(Fault {
                name: FaultName::MessageTooLarge,
                field: String::new(),
                detail: format!("the request has {bytes} bytes; {MAX_REQUEST_BYTES} are enough for any spelling of 6 KB"),
            }),
        };
        match read {
            Ok(fields) => self.once("", fields),
            Err(fault) => {
                self.is_unreadable = true;
                self.faults.push(fault);
                Vec::new()
            }
        }
    }

    fn field(&mut self, topic: &str, name: &str, value: Json) {
        match (name, value) {
            ("data" | "notification" | "consolidationKey" | "expiresAfter" | "priority" | "topic", Json::Null) => {}
            ("data", value) => self.data = Some(self.pairs("data", value)),
            ("notification", value) => {
                let pairs = self.pairs("notification", value);
                let unknown = pairs.iter().filter_map(|(key, _)| Warning::for_notification_key(key));
                self.warnings.extend(unknown);
                self.notification = Some(pairs);
            }
            ("consolidationKey", value) => self.consolidation_key(value),
            ("expiresAfter", value) => self.expires_after(value),
            ("priority", value) => self.priority(value),
            ("topic", Json::Text(text)) if text == topic => {}
            ("topic", _) => {
                let detail = "the topic in the body must be the one in the path; it may be left out";
                self.fault(FaultName::InvalidTopic, "topic", detail);
            }
            (other, _) => {
                let detail =
                    "there is no such field: there are data, notification, consolidationKey, expiresAfter, priority, topic";
                self.fault(FaultName::UnknownField, path("", other), detail);
            }
        }
    }

    fn consolidation_key(&mut self, value: Json) {
        let (field, limit) = ("consolidationKey", ConsolidationKey::MAX_CHARACTERS);
        let fault = match value {
            Json::Text(text) => {
                self.consolidation_key = ConsolidationKey::new(&text);
                let characters = text.chars().count();
                match characters {
                    0 => Some(format!("the key is empty; leave it out, or give 1 to {limit} characters")),
                    _ if characters > limit => Some(format!("the key has {characters} characters; at most {limit} are allowed")),
                    _ => None,
                }
            }
            _ => Some(format!("must be a text of 1 to {limit} characters")),
        };
        if let Some(detail) = fault {
            self.fault(FaultName::InvalidConsolidationKey, field, detail);
        }
    }

    fn expires_after(&mut self, value: Json) {
        self.expires_after = match value {
            Json::Number(seconds) => Expiry::from_number(seconds),
            _ => None,
        };
        if self.expires_after.is_none() {
            let detail = format!(
                "must be a whole number of seconds from 1 to {} (31 days)",
                Expiry::MAX_SECONDS
            );
            self.fault(FaultName::InvalidExpiration, "expiresAfter", detail);
        }
    }

    fn priority(&mut self, value: Json) {
        self.priority = match value {
            Json::Text(name) => Priority::from_name(&name),
            _ => None,
        };
        if self.priority.is_none() {
            self.fault(FaultName::InvalidPriority, "priority", "must be \"normal\" or \"high\"");
        }
    }

    /// The texts of an object; what is no text is a fault with the name of its key.
    fn pairs(&mut self, field: &'static str, value: Json) -> Pairs {
        let mut pairs = Pairs::default();
        let Json::Object(fields) = value else {
            self.fault(FaultName::InvalidData, field, "must be a JSON object of texts");
            return pairs;
        };
        for (key, value) in self.once(field, fields) {
            match value {
                Json::Text(text) => pairs.push(key, text),
                _ => self.fault(
                    FaultName::InvalidData,
                    path(field, &key),
                    "must be a text: put the value in quotes, since ADM carries nothing else",
                ),
            }
        }
        pairs
    }

    /// The first of every name; each name that comes again is a fault.
    fn once(&mut self, parent: &str, fields: Vec<(String, Json)>) -> Vec<(String, Json)> {
        let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
        let mut first = Vec::new();
        for (name, value) in fields {
            if seen.insert(name.clone()) {
                first.push((name, value));
            } else if repeated.insert(name.clone()) {
                let detail = "stands twice in one object; say it once";
                self.fault(FaultName::DuplicateField, path(parent, &name), detail);
            }
        }
        first
    }

    fn check_payload(&mut self) {
        let size_bytes = [&self.data, &self.notification]
            .into_iter()
            .flatten()
            .map(Pairs::size_bytes)
            .sum::<usize>();
        let field = match (&self.data, &self.notification) {
            (None, None) if self.is_unreadable => return,
            (None, None) => {
                let detail = "give data, notification or both; data may be {}";
                self.fault(FaultName::InvalidData, "data", detail);
                return;
            }
            (Some(_), None) => "data",
            (None, Some(_)) => "notification",
            (Some(_), Some(_)) => "data and notification",
        };
        if size_bytes > Payload::MAX_BYTES {
            let surplus = size_bytes - Payload::MAX_BYTES;
            let limit = Payload::MAX_BYTES;
            let detail = format!("{size_bytes} bytes as compact JSON; at most {limit} (6 KB) are allowed: {surplus} too many");
            self.fault(FaultName::MessageTooLarge, field, detail);
        }
    }
}

/// Every byte of 6 KB may be written as `\u0041`, and there may be some white space; the rest of the fields are small.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;
