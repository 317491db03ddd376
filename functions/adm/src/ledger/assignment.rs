//! Which shard of a split topic an app instance subscribes to.
//!
//! Promises that an instance that is on a shard keeps it, also when there are more shards than before, because a move would mean that it
//! gets every message twice for a while, or misses some. Others are spread by rendezvous hashing ("Using Name-Based Mappings to
//! Increase Hit Rates", Thaler and Ravishankar, 1998): each instance has its own order of the shards, so the answer is the same before
//! it has subscribed, and a new shard takes only its share. A shard that is nearly full is left alone as long as there is another.

use std::cmp::Reverse;

use inbox::StoreError;
use ring::digest::{Context, SHA256};
use serde::Serialize;

use super::rows::of_topics;
use super::table::instance;
use super::{Ledger, Limit};
use crate::{Instance, Problem, ProblemType, Shards, Topic};

/// Where to subscribe. Its fields are the members of the JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The topic that was asked for.
    pub topic: String,
    /// The topic to give to `subscribeToTopic`.
    pub subscribe_to: String,
}

/// Why there is no assignment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unassigned {
    /// There is no room.
    #[error(transparent)]
    Full(TopicFull),
    /// The ledger cannot be read now.
    #[error("the ledger cannot be read")]
    Store(#[source] StoreError),
}

/// Every shard of a topic has as many instances as Amazon allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("each of the {shards} shards of {topic} has {most} app instances, as many as ADM allows: raise its number in ADM_SHARDS", most = Limit::InstancesPerTopic.most())]
pub struct TopicFull {
    topic: Topic,
    shards: usize,
}

impl Ledger {
    /// The topic that this instance is to subscribe to, to get the messages to `topic`. Nothing is written: the app reports when it has
    /// subscribed. Asks the store for one read if the topic is split, and for another if the instance's first choice is nearly full.
    ///
    /// # Errors
    /// [`Unassigned`]
    pub async fn assign(&self, shards: &Shards, topic: &Topic, who: &Instance) -> Result<Assignment, Unassigned> {
        let to = |shard: &Topic| Assignment {
            topic: topic.to_string(),
            subscribe_to: shard.to_string(),
        };
        let Some(split) = shards.split(topic) else {
            return Ok(to(topic));
        };
        let choices = in_order(&split.shards, who);
        let first = choices.first().expect("a split topic has a shard");
        let keys = of_topics([*first]).chain([instance(who)]);
        let rows = self.rows(keys).await.map_err(Unassigned::Store)?;
        let on = rows.topics_of(who).map_err(Unassigned::Store)?;
        // On the topic itself, and it is sent to: a shard on top would bring every message twice.
        let bare = split.bare.as_ref();
        if let Some(kept) = choices.iter().copied().chain(bare).find(|shard| on.contains(*shard)) {
            return Ok(to(kept));
        }
        let count = rows.counters(first).map_err(Unassigned::Store)?.total();
        if count < NEARLY_FULL {
            return Ok(to(first));
        }
        let rows = self.rows(of_topics(&split.shards)).await.map_err(Unassigned::Store)?;
        let mut counted = Vec::new();
        for shard in choices {
            counted.push((rows.counters(shard).map_err(Unassigned::Store)?.total(), shard));
        }
        // Of equals the first, so that many who come at once do not all go to the same one.
        match counted.iter().min_by_key(|(count, _)| *count) {
            Some((count, emptiest)) if *count < Limit::InstancesPerTopic.most() => Ok(to(emptiest)),
            Some(_) | None => Err(Unassigned::Full(TopicFull {
                topic: topic.clone(),
                shards: split.shards.len(),
            })),
        }
    }
}

impl From<TopicFull> for Problem {
    fn from(full: TopicFull) -> Self {
        Self::new(ProblemType::TopicFull, full.to_string())
    }
}

/// The shards in the order in which this instance prefers them.
fn in_order<'a>(shards: &'a [Topic], who: &Instance) -> Vec<&'a Topic> {
    let mut choices: Vec<_> = shards.iter().collect();
    choices.sort_by_cached_key(|shard| {
        let mut weight = Context::new(&SHA256);
        weight.update(who.bytes());
        weight.update(shard.as_str().as_bytes());
        Reverse(weight.finish().as_ref().to_vec())
    });
    choices
}

/// 95 % of what Amazon allows.
const NEARLY_FULL: u64 = 9_500;

#[cfg(test)]
mod tests {
    use super::*;

    fn first(shards: &str, n: u32) -> Topic {
        let shards = Shards::parse(shards).unwrap();
        let split = shards.split(&Topic::new("weather").unwrap()).unwrap();
        let who = Instance::new(&format!("amzn1.adm-registration.v3.{n}")).unwrap();
        in_order(&split.shards, &who)[0].clone()
    }

    #[test]
    fn instances_are_spread_evenly() {
        let mut counts = std::collections::BTreeMap::<Topic, u32>::new();
        for n in 0..10_000 {
            *counts.entry(first("weather=4", n)).or_default() += 1;
        }
        assert_eq!(counts.len(), 4);
        // Five standard deviations of a fair spread are 217.
        assert!(counts.values().all(|count| count.abs_diff(2_500) < 217), "{counts:?}");
    }

    #[test]
    fn a_new_shard_takes_its_share_and_moves_nobody_else() {
        let new = Topic::new("weather.4").unwrap();
        let moved = (0..10_000).filter(|n| {
            let (before, after) = (first("weather=4", *n), first("weather=5", *n));
            assert!(after == before || after == new);
            after != before
        });
        assert!(moved.count().abs_diff(2_000) < 200);
    }
}
