//! What a report changes, as the actions of one transaction.
//!
//! Membership and count change together, under conditions that hold only while the rows are what they were when they were read:
//! an instance joins a topic that it is not on, and leaves those that it is on. The first instance of a topic makes its eight parts of
//! the count and lists it among all topics, and the last one takes them away. So a topic is listed exactly while its parts exist, which
//! every other joining one relies on, and the list is not a row at which all of them meet.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update, builders};
use inbox::StoreError;
use jiff::Timestamp;

use super::rows::Rows;
use super::table::{CATALOGUE, CHANGED_AT, INSTANCES, KEY, STRIPES, TOPICS, counter, errors, instance, stripe};
use super::write::text;
use crate::{ErrorId, Instance, Topic};

/// The actions of one transaction, in one table.
pub(super) struct Changes<'a> {
    table: &'a str,
    actions: Vec<TransactWriteItem>,
}

impl<'a> Changes<'a> {
    pub(super) fn of(table: &'a str) -> Self {
        let actions = Vec::new();
        Self { table, actions }
    }

    pub(super) fn into_actions(self) -> Vec<TransactWriteItem> {
        self.actions
    }

    /// Puts an instance on a topic that it is not on.
    pub(super) fn join(mut self, who: &Instance, topic: &Topic, rows: &Rows, now: Timestamp) -> Result<Self, StoreError> {
        let joins = self
            .update(instance(who))
            .update_expression("ADD #topics :topics SET #changed_at = :now")
            .condition_expression("attribute_not_exists(#topics) OR NOT contains(#topics, :topic)")
            .expression_attribute_names("#topics", TOPICS)
            .expression_attribute_names("#changed_at", CHANGED_AT)
            .expression_attribute_values(":topics", names([topic]))
            .expression_attribute_values(":topic", text(topic.as_str()))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        self.push_update(joins);

        let counters = rows.counters(topic)?;
        let own = stripe(who);
        if counters.are_complete() && rows.catalogue()?.contains(topic) {
            self.add_one(topic, own);
            return Ok(self);
        }
        let listed = self
            .update(CATALOGUE.to_owned())
            .update_expression("ADD #topics :topics")
            .expression_attribute_names("#topics", TOPICS)
            .expression_attribute_values(":topics", names([topic]));
        self.push_update(listed);
        // Parts that exist all the same are of a table that somebody has changed by hand.
        for (stripe, part) in counters.parts() {
            match part {
                Some(_) if stripe == own => self.add_one(topic, own),
                Some(_) => {}
                None => {
                    let made = self
                        .update(counter(topic, stripe))
                        .update_expression("SET #instances = :instances")
                        .condition_expression("attribute_not_exists(#instances)")
                        .expression_attribute_names("#instances", INSTANCES)
                        .expression_attribute_values(":instances", number(i64::from(stripe == own)));
                    self.push_update(made);
                }
            }
        }
        Ok(self)
    }

    /// Takes an instance off some of the topics that it is on: as many as fit. Answers which.
    pub(super) fn leave(
        mut self,
        who: &Instance,
        topics: &BTreeSet<Topic>,
        leaving: &[Topic],
        rows: &Rows,
        now: Timestamp,
    ) -> Result<(Self, Vec<Topic>), StoreError> {
        let (own, mut left, mut emptied) = (stripe(who), Vec::new(), Vec::new());
        for topic in leaving {
            let counters = rows.counters(topic)?;
            let is_last = counters.total() == 1 && counters.are_complete();
            let needed = if is_last { STRIPES } else { 1 };
            // Two more: the instance, and the list of all topics.
            if self.actions.len() + needed + 2 > MOST_ACTIONS {
                break;
            }
            if is_last {
                for (stripe, part) in counters.parts() {
                    self.delete(counter(topic, stripe), INSTANCES, number(part.unwrap_or_default()));
                }
                emptied.push(topic.clone());
            } else {
                let one_less = self
                    .update(counter(topic, own))
                    .update_expression("ADD #instances :one_less")
                    .expression_attribute_names("#instances", INSTANCES)
                    .expression_attribute_values(":one_less", number(-1));
                self.push_update(one_less);
            }
            left.push(topic.clone());
        }
        if !emptied.is_empty() {
            let unlisted = self
                .update(CATALOGUE.to_owned())
                .update_expression("DELETE #topics :topics")
                .expression_attribute_names("#topics", TOPICS)
                .expression_attribute_values(":topics", names(&emptied));
            self.push_update(unlisted);
        }
        if left.len() == topics.len() {
            self.delete(instance(who), TOPICS, names(topics));
        } else {
            let leaves = self
                .update(instance(who))
                .update_expression("DELETE #topics :left SET #changed_at = :now")
                .condition_expression("#topics = :seen")
                .expression_attribute_names("#topics", TOPICS)
                .expression_attribute_names("#changed_at", CHANGED_AT)
                .expression_attribute_values(":left", names(&left))
                .expression_attribute_values(":seen", names(topics))
                .expression_attribute_values(":now", number(now.as_millisecond()));
            self.push_update(leaves);
        }
        Ok((self, left))
    }

    /// Counts an error. Ids that no page lists are counted one by one only while there are few of them.
    pub(super) fn count(mut self, who: &Instance, error: &ErrorId, rows: &Rows) -> Result<Self, StoreError> {
        let stripe = stripe(who);
        let known = rows.errors(stripe)?;
        let is_odd = matches!(error, ErrorId::Undocumented(_));
        let is_new = known.iter().all(|(id, _)| *id != error.as_str());
        let id = match is_odd && is_new && known.len() >= MOST_ERROR_IDS {
            true => OTHER_ERRORS,
            false => error.as_str(),
        };
        let one_more = self
            .update(errors(stripe))
            .update_expression("ADD #id :one")
            .expression_attribute_names("#id", id)
            .expression_attribute_values(":one", number(1));
        self.push_update(one_more);
        Ok(self)
    }

    fn add_one(&mut self, topic: &Topic, stripe: usize) {
        let one_more = self
            .update(counter(topic, stripe))
            .update_expression("ADD #instances :one")
            .condition_expression("attribute_exists(#instances)")
            .expression_attribute_names("#instances", INSTANCES)
            .expression_attribute_values(":one", number(1));
        self.push_update(one_more);
    }

    fn update(&self, key: String) -> builders::UpdateBuilder {
        Update::builder().table_name(self.table).key(KEY, text(key))
    }

    fn push_update(&mut self, update: builders::UpdateBuilder) {
        let update = update.build().expect("table, key and expression are set");
        self.actions.push(TransactWriteItem::builder().update(update).build());
    }

    /// Deletes a row whose attribute is as it was seen.
    fn delete(&mut self, key: String, attribute: &str, seen: AttributeValue) {
        let delete = Delete::builder()
            .table_name(self.table)
            .key(KEY, text(key))
            .condition_expression("#attribute = :seen")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":seen", seen)
            .build()
            .expect("table and key are set");
        self.actions.push(TransactWriteItem::builder().delete(delete).build());
    }
}

fn names<'a>(topics: impl IntoIterator<Item = &'a Topic>) -> AttributeValue {
    AttributeValue::Ss(topics.into_iter().map(Topic::to_string).collect())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// DynamoDB performs no more in one transaction.
const MOST_ACTIONS: usize = 100;
/// Ten are documented.
const MOST_ERROR_IDS: usize = 50;
/// Where the error ids beyond that are counted.
const OTHER_ERRORS: &str = "OTHER";
