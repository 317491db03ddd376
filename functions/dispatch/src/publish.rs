//! From a batch of messages to what SNS said of each, and that put on record.
//!
//! Told apart by who must act: a message that is at fault is counted against its event, a topic or a store that is at fault against
//! nobody.

use std::sync::Arc;

use cloud::Causes;
use futures_util::future::join_all;
use inbox::{Record, Refusal};
use jiff::Timestamp;

use crate::dispatch::{Dispatch, FUNCTION, Ticket, of_delivery};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::topic::{EntryRefused, TopicError};

impl Dispatch {
    /// Publishes a batch. What the topic takes for invalid as a whole is tried one by one, so that the one at fault is found and
    /// the others go out.
    pub(crate) async fn publish(&self, batch: Vec<(Ticket, Message)>, deadline: Timestamp) -> Vec<(Ticket, Outcome)> {
        match self.topic.publish(batch.iter().map(|(_, message)| message)).await {
            Ok(results) => self.mark(batch.into_iter().zip(results)).await,
            Err(TopicError::Invalid(cause)) => {
                tracing::warn!(
                    function = FUNCTION,
                    outcome = "refused_whole",
                    events = batch.len(),
                    error = %cause,
                    invocation_trace_id = self.of_invocation(),
                    "a call was refused as a whole: its events are tried one by one"
                );
                self.publish_alone(batch, deadline).await
            }
            Err(error) => {
                let fault = Arc::new(error);
                self.log_topic_fault(&fault, batch.len());
                let outcome = |(ticket, _): (Ticket, Message)| (ticket, Outcome::Topic(Arc::clone(&fault)));
                batch.into_iter().map(outcome).collect()
            }
        }
    }

    /// Publishes each message in a call of its own, and marks it before the next. One that is still taken for invalid is at fault.
    async fn publish_alone(&self, batch: Vec<(Ticket, Message)>, deadline: Timestamp) -> Vec<(Ticket, Outcome)> {
        let mut tried = Vec::with_capacity(batch.len());
        for (ticket, message) in batch {
            if (self.clock)() >= deadline {
                tried.push((ticket, Outcome::NoTime));
                continue;
            }
            let answer = self.topic.publish(std::iter::once(&message)).await;
            let result = match answer.map(|results| results.into_iter().collect::<Result<(), _>>()) {
                Ok(result) => result,
                Err(TopicError::Invalid(cause)) => Err(EntryRefused::of_call(&cause)),
                Err(error) => {
                    self.log_topic_fault(&error, 1);
                    tried.push((ticket, Outcome::Topic(Arc::new(error))));
                    continue;
                }
            };
            tried.append(&mut self.mark([((ticket, message), result)].into_iter()).await);
        }
        tried
    }

    /// Puts on record what SNS said of each message.
    async fn mark(&self, results: impl Iterator<Item = ((Ticket, Message), Result<(), EntryRefused>)>) -> Vec<(Ticket, Outcome)> {
        let marks = results.map(|((ticket, message), result)| async move {
            let outcome = match result {
                Ok(()) => self.went_out(&ticket.record, ticket.late, &message).await,
                Err(refused) => self.refused(&ticket.record, &message, refused).await,
            };
            (ticket, outcome)
        });
        join_all(marks).await
    }

    async fn went_out(&self, record: &Record, late: bool, message: &Message) -> Outcome {
        let marked = self.inbox.handed_on(record, (self.clock)()).await;
        if let Err(error) = &marked {
            let error = Causes(error).to_string();
            tracing::error!(
                function = FUNCTION,
                outcome = "fault",
                reason = "store",
                error,
                event_id = %message.event_id,
                trace_id = of_delivery(record),
                invocation_trace_id = self.of_invocation(),
                "an event went out and could not be marked: it will go out again"
            );
        }
        tracing::info!(
            function = FUNCTION,
            outcome = "handed_on",
            event_id = %message.event_id,
            message_id = record.message_id,
            late = late.then_some(true),
            replay = record.replay,
            trace_id = of_delivery(record),
            invocation_trace_id = self.of_invocation(),
            "event handed_on"
        );
        Outcome::HandedOn {
            late,
            marked: marked.is_ok(),
        }
    }

    async fn refused(&self, record: &Record, message: &Message, refused: EntryRefused) -> Outcome {
        let code = match refused {
            EntryRefused::Message { code } => code,
            // What is SNS's fault passes, and what is the topic's will be mended: neither is held against the event.
            EntryRefused::Sns { code } => {
                tracing::warn!(
                    function = FUNCTION,
                    outcome = "refused",
                    reason = code,
                    event_id = %message.event_id,
                    trace_id = of_delivery(record),
                    invocation_trace_id = self.of_invocation(),
                    "SNS did not take an event now"
                );
                return Outcome::Refused { code };
            }
            EntryRefused::Topic(error) => {
                self.log_topic_fault(&error, 1);
                return Outcome::Topic(error);
            }
        };
        let reason = format!("sns:{code}");
        match self.inbox.refused(record, &reason, MAX_ATTEMPTS, (self.clock)()).await {
            Ok(Refusal::Dead) => {
                self.log_dead(&reason, Some(record));
                Outcome::Dead { reason }
            }
            Ok(Refusal::StaysDue { attempts }) => {
                tracing::warn!(
                    function = FUNCTION,
                    outcome = "refused",
                    reason,
                    attempts,
                    event_id = %message.event_id,
                    trace_id = of_delivery(record),
                    invocation_trace_id = self.of_invocation(),
                    "SNS refused an event"
                );
                Outcome::Refused { code }
            }
            Ok(Refusal::Overtaken) => Outcome::NotDue,
            Err(error) => self.store_fault(error),
        }
    }

    fn log_topic_fault(&self, error: &TopicError, events: usize) {
        let (reason, text) = (error.reason(), Causes(error).to_string());
        tracing::error!(
            function = FUNCTION,
            outcome = "fault",
            reason,
            error = text,
            events,
            invocation_trace_id = self.of_invocation(),
            "nothing was handed on"
        );
    }
}

/// An event that SNS refuses for its own faults is refused the next time, too; a few more tries outlive a deployment's mistake.
const MAX_ATTEMPTS: u32 = 5;
