//! From keys to published events: look, derive, publish, mark.
//!
//! The stream and the sweeper bring keys and nothing else; what a row holds and whether it is still due is read here, at the last
//! moment. An event is marked after it went out: killed in between, it goes out again under the same id. Nothing about one event
//! keeps another one back: what cannot be handed on is buried with its reason, and only a fault of the store or of the whole topic
//! leaves a row as it was.

use std::collections::HashSet;

use cloud::Causes;
use futures_util::future::join_all;
use inbox::{Due, Inbox, Record, Refusal, RowKey, Standing, StoreError, TraceId};
use jiff::Timestamp;

use crate::batch::batches;
use crate::event::{Event, Underivable};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::topic::Topic;

/// Reads the time. There is one, in `main`.
pub type Clock = fn() -> Timestamp;

/// Hands events on.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub(crate) inbox: Inbox,
    pub(crate) topic: Topic,
    pub(crate) clock: Clock,
    /// Of the invocation, for the log: an event has the trace of the delivery that brought it.
    trace_id: Option<TraceId>,
}

/// A row that has been looked at.
enum Looked {
    Ready(Box<Ready>),
    Over(Tried),
}

/// An event that is to go out, and its message.
struct Ready {
    ticket: Ticket,
    message: Message,
}

/// What a message on its way is about.
pub(crate) struct Ticket {
    /// Which of the rows that were asked for.
    pub(crate) position: usize,
    pub(crate) record: Record,
    pub(crate) late: bool,
}

/// What became of a row, and since when it waits, if that is known.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) outcome: Outcome,
    pub(crate) waits_since: Option<Timestamp>,
}

/// Which rows are to be handed on now.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// Not those that are due again since later than this.
    pub(crate) until: Timestamp,
    /// Nothing is begun after this.
    pub(crate) deadline: Timestamp,
}

impl Dispatch {
    /// Hands on from this record to this topic.
    pub fn new(inbox: Inbox, topic: Topic, clock: Clock) -> Self {
        Self {
            inbox,
            topic,
            clock,
            trace_id: None,
        }
    }

    /// The same, as an invocation works with it that is a part of this trace.
    #[must_use]
    pub fn in_trace(&self, trace_id: Option<TraceId>) -> Self {
        Self {
            trace_id,
            ..self.clone()
        }
    }

    /// Hands on what is due of these rows. One outcome for each, in their order; the second mention of a row is not due.
    pub async fn hand_on(&self, keys: &[RowKey]) -> Vec<Outcome> {
        let tried = self.try_all(keys, Terms::ANY).await;
        tried.into_iter().map(|tried| tried.outcome).collect()
    }

    /// The same on terms. A few at a time are in memory, and under way when time runs out.
    pub(crate) async fn try_all(&self, keys: &[RowKey], terms: Terms) -> Vec<Tried> {
        let mut tried = Vec::with_capacity(keys.len());
        let mut mentioned = HashSet::new();
        for few in keys.chunks(AT_ONCE) {
            if (self.clock)() >= terms.deadline {
                tried.extend(few.iter().map(|_| Tried::unseen(Outcome::NoTime)));
            } else {
                let first = few.iter().map(|key| mentioned.insert(key)).collect::<Vec<_>>();
                tried.append(&mut self.try_few(few, &first, terms).await);
            }
        }
        tried
    }

    async fn try_few(&self, keys: &[RowKey], first: &[bool], terms: Terms) -> Vec<Tried> {
        let looks = keys.iter().zip(first).enumerate().map(|(position, (key, first))| async move {
            match first {
                true => self.look(position, key, terms).await,
                false => Looked::Over(Tried::unseen(Outcome::NotDue)),
            }
        });
        let looked = join_all(looks).await;

        let mut tried = Vec::with_capacity(looked.len());
        let mut ready = Vec::new();
        for looked in looked {
            match looked {
                Looked::Over(over) => tried.push(Some(over)),
                Looked::Ready(event) => {
                    let Ready { ticket, message } = *event;
                    ready.push((ticket, message));
                    tried.push(None);
                }
            }
        }
        for batch in join_all(batches(ready).into_iter().map(|batch| self.publish(batch, terms.deadline))).await {
            for (ticket, outcome) in batch {
                let waits_since = Some(ticket.record.waits_since());
                tried[ticket.position] = Some(Tried { outcome, waits_since });
            }
        }
        let tried = tried.into_iter();
        tried
            .map(|tried| tried.expect("a row is over, or in exactly one batch"))
            .collect()
    }

    async fn look(&self, position: usize, key: &RowKey, terms: Terms) -> Looked {
        let now = (self.clock)();
        let due = match self.inbox.standing(key, now).await {
            Ok(Standing::Due(due)) => *due,
            Ok(Standing::NotDue) => return Looked::Over(Tried::unseen(Outcome::NotDue)),
            Ok(Standing::Newer) => return Looked::Over(Tried::unseen(self.newer(None))),
            Err(StoreError::Malformed { attribute }) => {
                return Looked::Over(Tried::unseen(self.bury(key, None, format!("row:{attribute}")).await));
            }
            Err(error) => return Looked::Over(Tried::unseen(self.store_fault(error))),
        };
        let Due { record, late } = due;
        let over = |outcome| {
            let waits_since = Some(record.waits_since());
            Looked::Over(Tried { outcome, waits_since })
        };
        // A replay is stamped by the operator's clock: if that is ahead of this one, there is no telling how young it is.
        if record.due_since.is_some_and(|since| since > terms.until && since <= now) {
            return over(Outcome::Young);
        }
        match Event::derive(&record, late) {
            Ok(event) => Looked::Ready(Box::new(Ready {
                message: Message::of(event),
                ticket: Ticket { position, record, late },
            })),
            Err(Underivable::UnknownSource) => over(self.newer(Some(&record))),
            Err(underivable) => over(self.bury(key, Some(&record), underivable.to_string()).await),
        }
    }

    async fn bury(&self, key: &RowKey, read: Option<&Record>, reason: String) -> Outcome {
        match self.inbox.bury(key, read, &reason, (self.clock)()).await {
            Ok(Refusal::Dead) => {
                self.log_dead(&reason, read);
                Outcome::Dead { reason }
            }
            Ok(Refusal::StaysDue { .. } | Refusal::Overtaken) => Outcome::NotDue,
            Err(error) => self.store_fault(error),
        }
    }

    pub(crate) fn log_dead(&self, reason: &str, record: Option<&Record>) {
        tracing::error!(
            function = FUNCTION,
            outcome = "dead",
            reason,
            message_id = record.map(|record| record.message_id.as_str()),
            topic_arn = record.map(|record| record.topic_arn.as_str()),
            trace_id = record.and_then(of_delivery),
            invocation_trace_id = self.of_invocation(),
            "an event cannot be handed on: firepost inbox dead list"
        );
    }

    fn newer(&self, record: Option<&Record>) -> Outcome {
        tracing::warn!(
            function = FUNCTION,
            outcome = "newer",
            message_id = record.map(|record| record.message_id.as_str()),
            trace_id = record.and_then(of_delivery),
            invocation_trace_id = self.of_invocation(),
            "a row of a newer version is left to it"
        );
        Outcome::Newer
    }

    pub(crate) fn store_fault(&self, error: StoreError) -> Outcome {
        let text = Causes(&error).to_string();
        tracing::error!(
            function = FUNCTION,
            outcome = "fault",
            reason = "store",
            error = text,
            invocation_trace_id = self.of_invocation(),
            "a row could not be worked on"
        );
        Outcome::Store(error)
    }

    /// The trace of the invocation, for the log.
    pub(crate) fn of_invocation(&self) -> Option<String> {
        self.trace_id.map(|id| id.to_string())
    }
}

/// The trace of the delivery that brought a row, for the log.
pub(crate) fn of_delivery(record: &Record) -> Option<String> {
    record.trace_id.map(|id| id.to_string())
}

impl Tried {
    fn unseen(outcome: Outcome) -> Self {
        Self {
            outcome,
            waits_since: None,
        }
    }
}

impl Terms {
    /// Whatever is due, however long it takes.
    const ANY: Self = Self {
        until: Timestamp::MAX,
        deadline: Timestamp::MAX,
    };
}

pub(crate) const FUNCTION: &str = "dispatch";

/// Rows that are worked on at once: as many calls to the store are under way, and a third to the topic.
const AT_ONCE: usize = 25;
