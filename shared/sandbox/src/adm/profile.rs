//! A security profile, its topics and who is subscribed, within the limits of "Topic Based Messaging", section "Considerations".

use std::collections::{BTreeMap, BTreeSet};

use crate::ids;

/// The three limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicLimits;

impl TopicLimits {
    /// "One topic can be subscribed to a maximum of 10000 app instances."
    pub const INSTANCES_PER_TOPIC: usize = 10_000;
    /// "One app instance can be subscribed to a maximum of 100 topics."
    pub const TOPICS_PER_INSTANCE: usize = 100;
    /// "One security profile can be allocated with a maximum of 100 topics."
    pub const TOPICS_PER_PROFILE: usize = 100;
}

/// What an app's `onSubscribeError` and `onUnsubscribeError` are told (section "Error ID and description").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscribeError {
    /// ALREADY_SUBSCRIBED.
    AlreadySubscribed,
    /// INVALID_TOPIC.
    InvalidTopic,
    /// MAXIMUM_SUBSCRIPTION_EXCEEDED: one of the three limits.
    MaximumSubscriptionExceeded,
    /// NOT_REGISTERED_WITH_TBM.
    NotRegisteredWithTbm,
    /// NOT_SUBSCRIBED.
    NotSubscribed,
}

impl SubscribeError {
    /// The id.
    pub fn id(self) -> &'static str {
        match self {
            Self::AlreadySubscribed => "ALREADY_SUBSCRIBED",
            Self::InvalidTopic => "INVALID_TOPIC",
            Self::MaximumSubscriptionExceeded => "MAXIMUM_SUBSCRIPTION_EXCEEDED",
            Self::NotRegisteredWithTbm => "NOT_REGISTERED_WITH_TBM",
            Self::NotSubscribed => "NOT_SUBSCRIBED",
        }
    }
}

pub(super) struct Profile {
    pub(super) name: String,
    pub(super) client_secret: String,
    pub(super) may_push: bool,
    pub(super) is_registered: bool,
    topics: BTreeMap<String, BTreeSet<String>>,
    /// How many topics an instance is on.
    instances: BTreeMap<String, usize>,
}

impl Profile {
    pub(super) fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            name: format!("amzn1.application.{}", ids::document_id(client_id)),
            client_secret: client_secret.to_owned(),
            may_push: true,
            is_registered: false,
            topics: BTreeMap::new(),
            instances: BTreeMap::new(),
        }
    }

    pub(super) fn instances_of(&self, topic: &str) -> usize {
        self.topics.get(topic).map_or(0, BTreeSet::len)
    }

    /// "When a client app subscribes to a new topic not currently existing in the associated security profile, a new topic is
    /// created".
    pub(super) fn subscribe(&mut self, instance: &str, topic: &str) -> Result<(), SubscribeError> {
        self.check(topic)?;
        let known = self.topics.get(topic);
        if known.is_some_and(|instances| instances.contains(instance)) {
            return Err(SubscribeError::AlreadySubscribed);
        }
        let of_instance = self.instances.get(instance).copied().unwrap_or_default();
        let is_full = known.map_or(self.topics.len() >= TopicLimits::TOPICS_PER_PROFILE, |instances| {
            instances.len() >= TopicLimits::INSTANCES_PER_TOPIC
        });
        if is_full || of_instance >= TopicLimits::TOPICS_PER_INSTANCE {
            return Err(SubscribeError::MaximumSubscriptionExceeded);
        }
        self.topics.entry(topic.to_owned()).or_default().insert(instance.to_owned());
        self.instances.insert(instance.to_owned(), of_instance + 1);
        Ok(())
    }

    /// The topic stays when its last subscriber leaves; the page does not say that it would go.
    pub(super) fn unsubscribe(&mut self, instance: &str, topic: &str) -> Result<(), SubscribeError> {
        self.check(topic)?;
        let was_there = self.topics.get_mut(topic).is_some_and(|instances| instances.remove(instance));
        if !was_there {
            return Err(SubscribeError::NotSubscribed);
        }
        if let Some(topics) = self.instances.get_mut(instance) {
            *topics -= 1;
        }
        Ok(())
    }

    fn check(&self, topic: &str) -> Result<(), SubscribeError> {
        match (is_topic(topic), self.is_registered) {
            (false, _) => Err(SubscribeError::InvalidTopic),
            (true, false) => Err(SubscribeError::NotRegisteredWithTbm),
            (true, true) => Ok(()),
        }
    }
}

/// `[a-zA-Z0-9-_.~%]{1,100}`.
pub(super) fn is_topic(text: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_.~%".contains(character);
    (1..=100).contains(&text.len()) && text.chars().all(is_allowed)
}
