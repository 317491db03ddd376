//! Amazon's three limits, and when one is near.

use serde::{Serialize, Serializer};

/// A limit of "Topic Based Messaging".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// 10,000 app instances on one topic.
    InstancesPerTopic,
    /// 100 topics of one app instance.
    TopicsPerInstance,
    /// 100 topics of one security profile.
    TopicsPerProfile,
}

/// How much of a limit is used, by the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Of which.
    pub limit: Limit,
    /// So much.
    pub count: u64,
    /// Of so much.
    pub of: u64,
}

impl Limit {
    /// The number.
    pub fn most(self) -> u64 {
        match self {
            Self::InstancesPerTopic => 10_000,
            Self::TopicsPerInstance | Self::TopicsPerProfile => 100,
        }
    }

    /// The name in answers and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InstancesPerTopic => "instances_per_topic",
            Self::TopicsPerInstance => "topics_per_instance",
            Self::TopicsPerProfile => "topics_per_profile",
        }
    }

    /// The use of it, if it is at nine tenths or more.
    pub(super) fn near(self, count: u64) -> Option<Usage> {
        let of = self.most();
        (count.saturating_mul(10) >= of * 9).then_some(Usage { limit: self, count, of })
    }
}

impl Usage {
    /// The one of which the greatest part is used.
    pub(super) fn nearest(usages: &[Self]) -> Option<Self> {
        let part = |usage: &&Self| usage.count.saturating_mul(10_000) / usage.of;
        usages.iter().max_by_key(part).copied()
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_near_from_nine_tenths_on() {
        for (limit, far, near) in [
            (Limit::InstancesPerTopic, 8_999, 9_000),
            (Limit::TopicsPerInstance, 89, 90),
            (Limit::TopicsPerProfile, 89, 90),
        ] {
            assert_eq!(limit.near(far), None);
            let usage = limit.near(near).unwrap();
            assert_eq!((usage.limit, usage.count, usage.of), (limit, near, limit.most()));
        }
    }

    #[test]
    fn the_nearest_is_the_one_that_is_used_most() {
        let near = |limit: Limit, count| limit.near(count).unwrap();
        let usages = [
            near(Limit::InstancesPerTopic, 9_050),
            near(Limit::TopicsPerInstance, 101),
            near(Limit::TopicsPerProfile, 91),
        ];
        assert_eq!(Usage::nearest(&usages), Some(usages[1]));
        assert_eq!(Usage::nearest(&[usages[0], usages[2]]), Some(usages[2]));
        assert_eq!(Usage::nearest(&[]), None);
    }
}
