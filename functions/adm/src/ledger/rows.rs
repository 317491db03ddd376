//! Reading: some rows of the ledger as they are now.
//!
//! Every read is consistent, so that what was answered is seen. The rows of one read are not of one moment; what is written on their
//! ground is written under conditions. A row that cannot be typed is an error that names the attribute, never a default.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemError;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use inbox::StoreError;

use super::Ledger;
use super::table::{CATALOGUE, INSTANCES, KEY, STRIPES, TOPICS, counter, counters, errors, instance};
use super::write::text;
use crate::{Instance, Topic};

/// Rows that were asked for. One that does not exist is not there.
pub(super) struct Rows(HashMap<String, Item>);

type Item = HashMap<String, AttributeValue>;

/// The eight parts of the count of a topic, as far as they exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counters([Option<i64>; STRIPES]);

impl Ledger {
    /// The rows with these keys.
    pub(super) async fn rows(&self, keys: impl IntoIterator<Item = String>) -> Result<Rows, StoreError> {
        let mut wanted: Vec<Item> = keys
            .into_iter()
            .map(|key| Item::from([(KEY.to_owned(), text(key))]))
            .collect();
        let mut rows = HashMap::new();
        let mut rounds = wanted.len().div_ceil(MOST_KEYS) + SPARE_ROUNDS;
        while !wanted.is_empty() {
            rounds = rounds.checked_sub(1).ok_or_else(withheld)?;
            let some = wanted.split_off(wanted.len().saturating_sub(MOST_KEYS));
            let (found, rest) = self.some_rows(some).await?;
            for item in found {
                let key = item.get(KEY).and_then(|key| key.as_s().ok());
                rows.insert(key.ok_or(StoreError::Malformed { attribute: KEY })?.clone(), item);
            }
            wanted.extend(rest);
        }
        Ok(Rows(rows))
    }

    /// The rows with at most a hundred keys, and the keys that DynamoDB did not come to.
    async fn some_rows(&self, keys: Vec<Item>) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let request = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let request = request.build().expect("keys are set");
        let answer = self.client.batch_get_item().request_items(&self.table, request).send().await;
        let answer = answer.map_err(|error| StoreError::from_sdk("BatchGetItem", error))?;
        let found = answer.responses.and_then(|mut tables| tables.remove(&self.table));
        let rest = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
        Ok((found.unwrap_or_default(), rest.map(|rest| rest.keys).unwrap_or_default()))
    }
}

impl Rows {
    /// The topics that an instance is on.
    pub(super) fn topics_of(&self, of: &Instance) -> Result<BTreeSet<Topic>, StoreError> {
        self.topics(&instance(of))
    }

    /// All topics.
    pub(super) fn catalogue(&self) -> Result<BTreeSet<Topic>, StoreError> {
        self.topics(CATALOGUE)
    }

    /// The count of a topic.
    pub(super) fn counters(&self, topic: &Topic) -> Result<Counters, StoreError> {
        let mut counters = [None; STRIPES];
        for (stripe, count) in counters.iter_mut().enumerate() {
            let value = self.0.get(&counter(topic, stripe)).and_then(|row| row.get(INSTANCES));
            *count = value.map(|value| number(INSTANCES, value)).transpose()?;
        }
        Ok(Counters(counters))
    }

    /// What one of the rows of errors counts.
    pub(super) fn errors(&self, stripe: usize) -> Result<Vec<(&str, i64)>, StoreError> {
        let row = self.0.get(&errors(stripe)).into_iter().flatten();
        row.filter(|(name, _)| *name != KEY)
            .map(|(name, value)| Ok((name.as_str(), number(ERRORS, value)?)))
            .collect()
    }

    fn topics(&self, key: &str) -> Result<BTreeSet<Topic>, StoreError> {
        let malformed = || StoreError::Malformed { attribute: TOPICS };
        match self.0.get(key).and_then(|row| row.get(TOPICS)) {
            Some(AttributeValue::Ss(names)) => {
                let topics = names.iter().map(|name| Topic::new(name).ok_or_else(malformed));
                topics.collect()
            }
            Some(_) => Err(malformed()),
            None => Ok(BTreeSet::new()),
        }
    }
}

impl Counters {
    /// The number of instances.
    pub(super) fn total(&self) -> u64 {
        u64::try_from(self.0.iter().flatten().sum::<i64>()).unwrap_or_default()
    }

    /// All eight parts exist.
    pub(super) fn are_complete(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// The parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, Option<i64>)> {
        self.0.into_iter().enumerate()
    }
}

/// The keys that `Rows` needs for the count of topics.
pub(super) fn of_topics<'a>(topics: impl IntoIterator<Item = &'a Topic>) -> impl Iterator<Item = String> {
    topics.into_iter().flat_map(|topic| counters(topic).collect::<Vec<_>>())
}

fn number(attribute: &'static str, value: &AttributeValue) -> Result<i64, StoreError> {
    let digits = value.as_n().ok().and_then(|digits| digits.parse().ok());
    digits.ok_or(StoreError::Malformed { attribute })
}

fn withheld() -> StoreError {
    StoreError::from_sdk::<BatchGetItemError>("BatchGetItem", SdkError::construction_failure(Withheld))
}

/// DynamoDB answers a read in part when it is throttled:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
#[derive(Debug, thiserror::Error)]
#[error("some rows were withheld again and again")]
struct Withheld;

/// DynamoDB reads no more in one call.
const MOST_KEYS: usize = 100;
const SPARE_ROUNDS: usize = 3;
/// Any attribute of a row of errors.
const ERRORS: &str = "errors";
