//! How often an action may be called ("Amazon Simple Notification Service endpoints and quotas", "Amazon SNS API throttling").
//!
//! A hard quota is an action's own and the same everywhere. The soft one depends on the region; its table names sixteen actions and
//! one number, and does not say whether each has it or all together: here all together, so that who keeps it here keeps it at AWS.
//! No page gives the burst: here it is what a second allows. Publish has quotas of messages, which are not imitated.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::sns_api::Action;

/// The quotas and what is left of them.
#[derive(Default)]
pub(super) struct Quotas {
    changed: BTreeMap<Quota, Option<u32>>,
    buckets: HashMap<(Quota, String), Bucket>,
}

/// What a quota is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quota {
    /// ListEndpointsByPlatformApplication: 30 a second.
    ListEndpoints,
    /// ListPlatformApplications: 15 a second.
    ListApplications,
    /// ListSubscriptions: 30 a second.
    ListSubscriptions,
    /// ListSubscriptionsByTopic: 30 a second.
    ListSubscriptionsByTopic,
    /// What creates, reads, changes and deletes endpoints and applications: 3,000, 900, 150 or 30 a second by region.
    Soft,
    /// Subscribe: 100 a second.
    Subscribe,
    /// Unsubscribe: 100 a second.
    Unsubscribe,
}

impl Quota {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ListEndpoints,
        Self::ListApplications,
        Self::ListSubscriptions,
        Self::ListSubscriptionsByTopic,
        Self::Soft,
        Self::Subscribe,
        Self::Unsubscribe,
    ];

    fn of(action: Action) -> Option<Self> {
        match action {
            Action::ConfirmSubscription | Action::GetSubscriptionAttributes | Action::Publish | Action::PublishBatch => None,
            Action::CreatePlatformEndpoint
            | Action::DeleteEndpoint
            | Action::GetEndpointAttributes
            | Action::GetPlatformApplicationAttributes
            | Action::SetEndpointAttributes
            | Action::SetPlatformApplicationAttributes => Some(Self::Soft),
            Action::ListEndpointsByPlatformApplication => Some(Self::ListEndpoints),
            Action::ListPlatformApplications => Some(Self::ListApplications),
            Action::ListSubscriptions => Some(Self::ListSubscriptions),
            Action::ListSubscriptionsByTopic => Some(Self::ListSubscriptionsByTopic),
            Action::Subscribe => Some(Self::Subscribe),
            Action::Unsubscribe => Some(Self::Unsubscribe),
        }
    }

    fn per_second(self, region: &str) -> u32 {
        match self {
            Self::ListApplications => 15,
            Self::ListEndpoints | Self::ListSubscriptions | Self::ListSubscriptionsByTopic => 30,
            Self::Subscribe | Self::Unsubscribe => 100,
            Self::Soft => match region {
                "us-east-1" => 3_000,
                "eu-west-1" | "us-west-2" => 900,
                "ap-northeast-1" | "ap-northeast-2" | "ap-south-1" | "ap-southeast-1" | "ap-southeast-2" | "eu-central-1"
                | "us-east-2" | "us-west-1" => 150,
                _ => 30,
            },
        }
    }
}

struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Quotas {
    /// Changes a quota in every region; nothing is no limit.
    pub(super) fn change(&mut self, quota: Quota, per_second: Option<u32>) {
        self.changed.insert(quota, per_second);
        self.buckets.retain(|(changed, _), _| *changed != quota);
    }

    /// Whether an action may be called once more now.
    pub(super) fn allows(&mut self, action: Action, region: &str, now: Timestamp) -> bool {
        let Some(quota) = Quota::of(action) else {
            return true;
        };
        let usual = || Some(quota.per_second(region));
        let Some(per_second) = self.changed.get(&quota).copied().unwrap_or_else(usual) else {
            return true;
        };
        let full = f64::from(per_second);
        let bucket = self
            .buckets
            .entry((quota, region.to_owned()))
            .or_insert(Bucket { left: full, at: now });
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        bucket.left = full.min(bucket.left + passed * full);
        bucket.at = bucket.at.max(now);
        let is_allowed = bucket.left >= 1.0;
        if is_allowed {
            bucket.left -= 1.0;
        }
        is_allowed
    }
}
