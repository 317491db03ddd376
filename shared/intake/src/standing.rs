//! Where a topic stands with this deployment: what admits it, or does not, before its certificate is looked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use inbox::StoreError;
use jiff::{SignedDuration, Timestamp};
use sns_webhook::{TopicArn, TrustedTopics};

use crate::trust::{TopicState, Trust};

/// Where a topic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Configured, or approved by the operator.
    Trusted,
    /// Has asked for confirmation, and waits for the operator.
    Pending,
    /// Turned down by the operator.
    Rejected,
    /// Never seen, or its waiting time is over.
    Unknown,
}

/// The configured topics, and the table's for all others.
#[derive(Debug)]
pub(crate) struct Standings {
    configured: TrustedTopics,
    trust: Trust,
    /// Approved topics and until when that is believed without asking the table again.
    approved: Mutex<HashMap<TopicArn, Timestamp>>,
}

impl Standings {
    pub(crate) fn new(configured: TrustedTopics, trust: Trust) -> Self {
        Self {
            configured,
            trust,
            approved: Mutex::default(),
        }
    }

    /// Where the topic stands. Only an approval is remembered: everything else is what an operator may be about to change.
    pub(crate) async fn of(&self, topic: &TopicArn, now: Timestamp) -> Result<Standing, StoreError> {
        if self.is_remembered(topic, now) {
            Ok(Standing::Trusted)
        } else {
            self.now(topic, now).await
        }
    }

    /// Where the topic stands at this moment, whatever is remembered.
    pub(crate) async fn now(&self, topic: &TopicArn, now: Timestamp) -> Result<Standing, StoreError> {
        if self.configured.admit(topic) {
            return Ok(Standing::Trusted);
        }
        // On the heap, as all that a delivery seldom waits for: the future of each call would be a part of every delivery's.
        Ok(
            match Box::pin(self.trust.topic(topic, now)).await?.map(|record| record.state) {
                // Subscribed by a configuration that does not name it any more.
                None | Some(TopicState::Subscribed) => Standing::Unknown,
                Some(TopicState::Pending) => Standing::Pending,
                Some(TopicState::Rejected) => Standing::Rejected,
                Some(TopicState::Confirmed) => {
                    self.remember(topic, now);
                    Standing::Trusted
                }
            },
        )
    }

    fn is_remembered(&self, topic: &TopicArn, now: Timestamp) -> bool {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.get(topic).is_some_and(|until| now < *until)
    }

    fn remember(&self, topic: &TopicArn, now: Timestamp) {
        let mut approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.retain(|_, until| now < *until);
        if approved.len() < MAX_REMEMBERED {
            approved.insert(topic.clone(), now + REMEMBERED_FOR);
        }
    }
}

/// How long an approval is believed after it has been read: a rejection takes effect within this time.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_secs(60);

/// Approved topics are few; more than these are asked about each time.
const MAX_REMEMBERED: usize = 1_000;
