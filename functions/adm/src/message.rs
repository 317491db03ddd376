//! A message to the subscribers of a topic, every rule kept.
//!
//! Promises that ADM has no reason of its own to refuse it: whoever holds a [`TopicMessage`] need not check anything again. There
//! is one way in, [`TopicMessage::read`], and it names all faults at once, before anything is sent.
//!
//! Source of every rule: "Topic Based Messaging", developer.amazon.com/docs/adm/topic-based-messaging.html.

use crate::{ConsolidationKey, Expiry, Faults, Payload, Priority, Topic, Warning, request};

/// A message that may be sent. `Debug` shows its topic and no text of what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicMessage {
    pub(crate) topic: Topic,
    pub(crate) payload: Payload,
    pub(crate) consolidation_key: Option<ConsolidationKey>,
    pub(crate) expires_after: Expiry,
    pub(crate) priority: Priority,
}

/// A message that may be sent, and what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The message.
    pub message: TopicMessage,
    /// What is odd.
    pub warnings: Vec<Warning>,
}

impl TopicMessage {
    /// Reads the body of a `POST /adm/topics/{topic}/messages`: a JSON object with Amazon's own field names. `topic` is the one in
    /// the path, decoded; the body may repeat it, so that Amazon's samples can be posted as they are.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong.
    pub fn read(topic: &str, body: &[u8]) -> Result<Accepted, Faults> {
        request::read(topic, body)
    }

    /// Where it goes.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// What it carries.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// What makes it one with others.
    pub fn consolidation_key(&self) -> Option<&ConsolidationKey> {
        self.consolidation_key.as_ref()
    }

    /// The same message under this key, in place of its own if it has one.
    ///
    /// It is another message to [`Fingerprint::of`](crate::Fingerprint::of): take the fingerprint before, of what the caller wrote.
    #[must_use]
    pub fn with_consolidation_key(self, key: ConsolidationKey) -> Self {
        Self {
            consolidation_key: Some(key),
            ..self
        }
    }

    /// The same message to another topic.
    #[must_use]
    pub(crate) fn to(self, topic: Topic) -> Self {
        Self { topic, ..self }
    }

    /// How long it is kept for devices that are offline.
    pub fn expires_after(&self) -> Expiry {
        self.expires_after
    }

    /// Whether it may wake a device.
    pub fn priority(&self) -> Priority {
        self.priority
    }
}
