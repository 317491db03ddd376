//! The whole ledger, for people: every topic, and how far each limit is.

use std::collections::BTreeMap;

use inbox::StoreError;
use serde::Serialize;

use super::rows::of_topics;
use super::table::{CATALOGUE, STRIPES, errors};
use super::{Ledger, Limit};

/// What the ledger knows. Its fields are the members of the JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Every topic that somebody is on, by name.
    pub topics: Vec<TopicUse>,
    /// How many there are.
    pub total_topics: u64,
    /// How many more the security profile may have.
    pub remaining_topics: u64,
    /// Amazon's limits by name.
    pub limits: BTreeMap<&'static str, u64>,
    /// How often each error was reported, for those that change no subscription.
    pub errors: BTreeMap<String, u64>,
}

/// How much of a topic is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopicUse {
    /// The topic.
    pub topic: String,
    /// So many instances are on it.
    pub instances: u64,
    /// So many more may be.
    pub remaining: u64,
    /// Nine tenths are used, or more.
    pub near_limit: bool,
}

impl Ledger {
    /// Everything: eight rows for each topic are read, a hundred in a call.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read.
    pub async fn overview(&self) -> Result<Overview, StoreError> {
        let keys = (0..STRIPES).map(errors).chain([CATALOGUE.to_owned()]);
        let rows = self.rows(keys).await?;
        let mut errors = BTreeMap::new();
        for stripe in 0..STRIPES {
            for (id, count) in rows.errors(stripe)? {
                *errors.entry(id.to_owned()).or_default() += u64::try_from(count).unwrap_or_default();
            }
        }
        let listed = rows.catalogue()?;
        let rows = self.rows(of_topics(&listed)).await?;
        let mut topics = Vec::new();
        for topic in &listed {
            let instances = rows.counters(topic)?.total();
            // Two that leave a topic at the same moment may both believe that the other one stays: then it is listed, and empty.
            if instances > 0 {
                let limit = Limit::InstancesPerTopic;
                topics.push(TopicUse {
                    topic: topic.to_string(),
                    instances,
                    remaining: limit.most().saturating_sub(instances),
                    near_limit: limit.near(instances).is_some(),
                });
            }
        }
        let total_topics = topics.len() as u64;
        let limits = [Limit::InstancesPerTopic, Limit::TopicsPerInstance, Limit::TopicsPerProfile];
        Ok(Overview {
            topics,
            total_topics,
            remaining_topics: Limit::TopicsPerProfile.most().saturating_sub(total_topics),
            limits: limits.map(|limit| (limit.as_str(), limit.most())).into(),
            errors,
        })
    }
}
