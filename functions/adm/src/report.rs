//! What an app reports about its topics: the callbacks of ADM's client, as the app received them.
//!
//! Promises a report whose parts fit together: an error id where Amazon gives one and nowhere else, a topic where the callback has one.
//! All faults are told at once. An error id that no page lists is kept with a warning, since Amazon may add some.
//!
//! Sources: "Topic Based Messaging", sections "Callback method description" and "Error ID and description"; `onUnregistered` is in
//! `ADMMessageHandlerJobBase` of ADM's API reference and has no topic.

mod error_id;

pub use error_id::ErrorId;

use crate::fields::{Fields, Found, Rule};
use crate::{FaultName, Faults, Instance, Topic, Warning, instance};

/// One callback of one app instance. `Debug` shows what happened, and not to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub(crate) instance: Instance,
    pub(crate) event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `onSubscribe`
    Subscribed(Topic),
    /// `onSubscribeError`
    SubscribeFailed(Topic, ErrorId),
    /// `onUnregistered`: the instance has given its registration id up, and every topic with it.
    Unregistered,
    /// `onUnsubscribe`
    Unsubscribed(Topic),
    /// `onUnsubscribeError`
    UnsubscribeFailed(Topic, ErrorId),
}

impl Report {
    /// Reads the body of a `POST /adm/subscriptions`.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong.
    pub fn read(body: &[u8]) -> Result<Self, Faults> {
        let mut fields = Fields::read(body, &["instance", "topic", "event", "errorId"]);
        let instance = fields.required(instance::RULE, Instance::new);
        let callback = fields.required(EVENT, Callback::from_name);
        let topic = fields.optional(TOPIC, Topic::new);
        let error = fields.optional(ERROR_ID, ErrorId::new);
        let event = callback.and_then(|callback| {
            let topic = fits(&mut fields, TOPIC, topic, callback.has_topic(), NO_TOPIC);
            let error = fits(&mut fields, ERROR_ID, error, callback.has_error(), NO_ERROR_ID);
            callback.with(topic, error)
        });
        match (instance, event, fields.faults()) {
            (Some(instance), Some(event), None) => Ok(Self { instance, event }),
            (_, _, faults) => Err(faults.expect("a field that cannot be read is a fault")),
        }
    }

    /// Whose it is.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What happened.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What is odd about it.
    pub fn warnings(&self) -> Vec<Warning> {
        match self.event.error() {
            Some(ErrorId::Undocumented(_)) => vec![Warning {
                name: "UnknownErrorId",
                field: ERROR_ID.field.to_owned(),
                detail: "not one of the error ids that ADM documents; it is counted, and changes nothing else",
            }],
            Some(_) | None => Vec::new(),
        }
    }
}

impl Event {
    /// The topic that it is about; none when it is about all.
    pub fn topic(&self) -> Option<&Topic> {
        match self {
            Self::Subscribed(topic)
            | Self::SubscribeFailed(topic, _)
            | Self::Unsubscribed(topic)
            | Self::UnsubscribeFailed(topic, _) => Some(topic),
            Self::Unregistered => None,
        }
    }

    /// Why it failed, if it did.
    pub fn error(&self) -> Option<&ErrorId> {
        match self {
            Self::SubscribeFailed(_, error) | Self::UnsubscribeFailed(_, error) => Some(error),
            Self::Subscribed(_) | Self::Unsubscribed(_) | Self::Unregistered => None,
        }
    }
}

/// The value of a field, if it is there exactly when it has to be.
fn fits<T>(fields: &mut Fields, rule: Rule, found: Found<T>, is_wanted: bool, surplus: &str) -> Option<T> {
    match (found, is_wanted) {
        (Found::Read(value), true) => Some(value),
        (Found::Nothing, true) => {
            fields.fault(rule, rule.detail);
            None
        }
        (Found::Read(_), false) => {
            fields.fault(rule, surplus);
            None
        }
        (Found::Nothing, false) | (Found::Wrong, _) => None,
    }
}

/// The name of a callback.
#[derive(Clone, Copy)]
enum Callback {
    Subscribe,
    SubscribeError,
    Unregistered,
    Unsubscribe,
    UnsubscribeError,
}

impl Callback {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "onSubscribe" => Self::Subscribe,
            "onSubscribeError" => Self::SubscribeError,
            "onUnregistered" => Self::Unregistered,
            "onUnsubscribe" => Self::Unsubscribe,
            "onUnsubscribeError" => Self::UnsubscribeError,
            _ => return None,
        })
    }

    fn has_topic(self) -> bool {
        !matches!(self, Self::Unregistered)
    }

    fn has_error(self) -> bool {
        matches!(self, Self::SubscribeError | Self::UnsubscribeError)
    }

    fn with(self, topic: Option<Topic>, error: Option<ErrorId>) -> Option<Event> {
        match self {
            Self::Subscribe => topic.map(Event::Subscribed),
            Self::SubscribeError => Some(Event::SubscribeFailed(topic?, error?)),
            Self::Unregistered => Some(Event::Unregistered),
            Self::Unsubscribe => topic.map(Event::Unsubscribed),
            Self::UnsubscribeError => Some(Event::UnsubscribeFailed(topic?, error?)),
        }
    }
}

const EVENT: Rule = Rule {
    field: "event",
    fault: FaultName::InvalidEvent,
    detail: "must be one of onSubscribe, onSubscribeError, onUnsubscribe, onUnsubscribeError, onUnregistered",
};
const TOPIC: Rule = Rule {
    field: "topic",
    fault: FaultName::InvalidTopic,
    detail: Topic::RULE,
};
const NO_TOPIC: &str = "onUnregistered is about all topics: leave the topic out";
const ERROR_ID: Rule = Rule {
    field: "errorId",
    fault: FaultName::InvalidErrorId,
    detail: "the errorId that the callback was given: 1 to 64 of the characters A-Z and _",
};
const NO_ERROR_ID: &str = "only onSubscribeError and onUnsubscribeError have one: leave it out";

#[cfg(test)]
mod tests;
