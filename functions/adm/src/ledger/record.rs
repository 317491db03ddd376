//! From a report to its effect.
//!
//! | report | effect |
//! | --- | --- |
//! | `onSubscribe`, `ALREADY_SUBSCRIBED` | the instance is on the topic |
//! | `onUnsubscribe`, `NOT_SUBSCRIBED` | it is not |
//! | `onUnregistered`, `UNREGISTERED` | it is on no topic |
//! | any other error | counted |
//!
//! A report is read and written anew when somebody else was faster, a few times. Then the store counts as not available: the caller is
//! told to come back.

use inbox::StoreError;
use jiff::Timestamp;

use super::changes::Changes;
use super::rows::{Rows, of_topics};
use super::table::{CATALOGUE, errors, instance, stripe};
use super::write::Written;
use super::{Ledger, Limit, Outcome, Recorded, Usage, log};
use crate::{ErrorId, Event, Instance, Report, Topic, Warning};

impl Ledger {
    /// Records a report. The same report again changes nothing, but that errors are counted as often as they are reported.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The report may or may not be recorded then; it is safe to repeat it.
    pub async fn record(&self, report: &Report, now: Timestamp) -> Result<Recorded, StoreError> {
        let mut left = Vec::new();
        let mut tries = 0;
        loop {
            let tried = match Effect::of(&report.event) {
                Effect::Join(topic) => self.join(report, topic, now).await?,
                Effect::Leave(topic) => self.leave(report, Some(topic), now, &mut left).await?,
                Effect::LeaveAll => self.leave(report, None, now, &mut left).await?,
                Effect::Count(topic, error) => self.count(report, topic, error).await?,
            };
            match tried {
                Tried::Recorded(recorded) => return Ok(recorded),
                Tried::Partly => {}
                Tried::Overtaken(error) => {
                    tries += 1;
                    if tries == MOST_TRIES {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn join(&self, report: &Report, topic: &Topic, now: Timestamp) -> Result<Tried, StoreError> {
        let who = &report.instance;
        let rows = self.rows(around(who, topic)).await?;
        let standing = Standing::of(&rows, who, topic)?;
        if standing.is_member {
            return Ok(Tried::Recorded(joined(report, topic, Outcome::Unchanged, standing)));
        }
        if !standing.is_listed && standing.topics >= MOST_TOPICS {
            return Ok(Tried::Recorded(no_room(report, topic, standing)));
        }
        let changes = Changes::of(&self.table).join(who, topic, &rows, now)?;
        Ok(match self.write(changes.into_actions()).await? {
            Written::Done => Tried::Recorded(joined(report, topic, Outcome::Subscribed, standing.after_joining())),
            Written::Overtaken(error) => Tried::Overtaken(error),
        })
    }

    /// Takes the instance off a topic, or off all. `left` is what it has left so far: more than ninety topics take several rounds.
    async fn leave(
        &self,
        report: &Report,
        topic: Option<&Topic>,
        now: Timestamp,
        left: &mut Vec<String>,
    ) -> Result<Tried, StoreError> {
        let who = &report.instance;
        let topics = self.rows([instance(who)]).await?.topics_of(who)?;
        let mut leaving: Vec<Topic> = topics
            .iter()
            .filter(|one| topic.is_none_or(|topic| topic == *one))
            .cloned()
            .collect();
        leaving.truncate(MOST_AT_ONCE);
        if leaving.is_empty() {
            return Ok(Tried::Recorded(taken_off(report, std::mem::take(left))));
        }
        let rows = self.rows(of_topics(&leaving)).await?;
        let (changes, gone) = Changes::of(&self.table).leave(who, &topics, &leaving, &rows, now)?;
        let is_all = topic.is_some() || gone.len() == topics.len();
        match self.write(changes.into_actions()).await? {
            Written::Done => left.extend(gone.iter().map(Topic::to_string)),
            Written::Overtaken(error) => return Ok(Tried::Overtaken(error)),
        }
        Ok(match is_all {
            true => Tried::Recorded(taken_off(report, std::mem::take(left))),
            false => Tried::Partly,
        })
    }

    async fn count(&self, report: &Report, topic: &Topic, error: &ErrorId) -> Result<Tried, StoreError> {
        let who = &report.instance;
        let is_limit = *error == ErrorId::MaximumSubscriptionExceeded;
        let asked = is_limit.then(|| around(who, topic)).into_iter().flatten();
        let rows = self.rows(asked.chain([errors(stripe(who))])).await?;
        let limits = match is_limit {
            true => Standing::of(&rows, who, topic)?.limits(),
            false => Vec::new(),
        };
        let changes = Changes::of(&self.table).count(who, error, &rows)?;
        if let Written::Overtaken(error) = self.write(changes.into_actions()).await? {
            return Ok(Tried::Overtaken(error));
        }
        if is_limit {
            log::limit_exceeded(topic, Usage::nearest(&limits).map(|nearest| nearest.limit));
        }
        Ok(Tried::Recorded(Recorded::of(report, Outcome::Noted, limits)))
    }
}

/// What a report asks for.
enum Effect<'a> {
    Count(&'a Topic, &'a ErrorId),
    Join(&'a Topic),
    Leave(&'a Topic),
    LeaveAll,
}

impl<'a> Effect<'a> {
    fn of(event: &'a Event) -> Self {
        match event {
            Event::Subscribed(topic) => Self::Join(topic),
            Event::Unsubscribed(topic) => Self::Leave(topic),
            Event::Unregistered => Self::LeaveAll,
            Event::SubscribeFailed(topic, error) | Event::UnsubscribeFailed(topic, error) => match error {
                ErrorId::AlreadySubscribed => Self::Join(topic),
                ErrorId::NotSubscribed => Self::Leave(topic),
                ErrorId::Unregistered => Self::LeaveAll,
                ErrorId::InternalError
                | ErrorId::InvalidManifest
                | ErrorId::InvalidTopic
                | ErrorId::MaximumSubscriptionExceeded
                | ErrorId::NotRegisteredWithTbm
                | ErrorId::ServiceNotAvailable
                | ErrorId::TooManyRequests
                | ErrorId::Undocumented(_) => Self::Count(topic, error),
            },
        }
    }
}

/// What became of one try.
enum Tried {
    /// Somebody else was faster.
    Overtaken(StoreError),
    /// Done as far as one transaction goes.
    Partly,
    Recorded(Recorded),
}

/// How things stand around an instance and a topic.
struct Standing {
    is_member: bool,
    is_listed: bool,
    instances: u64,
    topics_of_instance: u64,
    topics: u64,
}

impl Standing {
    fn of(rows: &Rows, who: &Instance, topic: &Topic) -> Result<Self, StoreError> {
        let (own, all) = (rows.topics_of(who)?, rows.catalogue()?);
        Ok(Self {
            is_member: own.contains(topic),
            is_listed: all.contains(topic),
            instances: rows.counters(topic)?.total(),
            topics_of_instance: own.len() as u64,
            topics: all.len() as u64,
        })
    }

    fn after_joining(self) -> Self {
        Self {
            is_member: true,
            is_listed: true,
            instances: self.instances + 1,
            topics_of_instance: self.topics_of_instance + 1,
            topics: self.topics + u64::from(!self.is_listed),
        }
    }

    fn limits(&self) -> Vec<Usage> {
        let counts = [
            (Limit::InstancesPerTopic, self.instances),
            (Limit::TopicsPerInstance, self.topics_of_instance),
            (Limit::TopicsPerProfile, self.topics),
        ];
        counts.into_iter().filter_map(|(limit, count)| limit.near(count)).collect()
    }
}

/// The keys of everything around an instance and a topic.
fn around(who: &Instance, topic: &Topic) -> impl Iterator<Item = String> {
    [instance(who), CATALOGUE.to_owned()].into_iter().chain(of_topics([topic]))
}

fn joined(report: &Report, topic: &Topic, outcome: Outcome, standing: Standing) -> Recorded {
    let limits = standing.limits();
    log::near_limit(topic, &limits);
    Recorded::of(report, outcome, limits)
}

fn taken_off(report: &Report, left: Vec<String>) -> Recorded {
    let outcome = match left.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Unsubscribed,
    };
    Recorded {
        left,
        ..Recorded::of(report, outcome, Vec::new())
    }
}

/// Far more topics than Amazon allows: something makes them up.
fn no_room(report: &Report, topic: &Topic, standing: Standing) -> Recorded {
    log::limit_exceeded(topic, Some(Limit::TopicsPerProfile));
    let mut recorded = Recorded::of(report, Outcome::Noted, standing.limits());
    recorded.warnings.push(Warning {
        name: "LedgerFull",
        field: "topic".to_owned(),
        detail: "the ledger lists 1000 topics, ten times what ADM allows, and takes no other: this report is not kept",
    });
    recorded
}

/// Each comes after a read, which takes about as long as the transaction that was in the way.
const MOST_TRIES: u32 = 8;
/// One transaction has room for no more, even if all they need is one less.
const MOST_AT_ONCE: usize = 98;
/// Most topics that are listed: ten times what Amazon allows, in case it allows more one day. The list is read with each report.
const MOST_TOPICS: u64 = 1_000;
