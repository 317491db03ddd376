//! Messages that are sent in bulk, out of a queue.
//!
//! A message of the queue is Amazon's own request with the topic in it. It is sent once, however often the queue delivers it; and what is
//! not sent stays in the queue until ADM takes it, or ends among the dead letters. When it comes back is told the queue: no sooner than
//! ADM wants. Sources: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"; Amazon SQS API Reference, ChangeMessageVisibility.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use cloud::Causes;
use futures_util::stream::{self, StreamExt as _};
use inbox::{Invoked, TraceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Service;
use super::terms::Terms;
use crate::TopicMessage;
use crate::log::{Door, FUNCTION, Line};
use crate::reply::{Reply, whole_seconds};

/// Messages of a queue, as Lambda brings them. `Debug` shows their ids.
#[derive(Deserialize)]
pub struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    receipt_handle: String,
    body: String,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    message_attributes: HashMap<String, Attribute>,
    event_source: String,
    #[serde(rename = "eventSourceARN")]
    queue_arn: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attributes {
    approximate_receive_count: String,
    /// AWS X-Ray Developer Guide, "Amazon SQS and AWS X-Ray".
    #[serde(rename = "AWSTraceHeader")]
    tracing_header: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    string_value: Option<String>,
}

/// Which messages are to stay in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    batch_item_failures: Vec<BatchItemFailure>,
}

/// A message that is to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    item_identifier: String,
}

/// The queue, to tell it when a message is to come back.
#[derive(Clone, Debug)]
pub struct BulkQueue {
    client: Client,
    url: String,
}

/// What is to become of a message of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It has been sent.
    Done,
    /// It comes back after this time.
    Later(Duration),
    /// It comes back at once, as often as the queue allows, is answered from the record, and ends among the dead letters.
    Never,
}

impl Batch {
    /// The messages of a queue's event; nothing if it is another's.
    pub(crate) fn read(event: &str) -> Option<Self> {
        let batch = serde_json::from_str::<Self>(event).ok()?;
        let is_of_a_queue = batch.records.iter().all(|record| record.event_source == "aws:sqs");
        (is_of_a_queue && !batch.records.is_empty()).then_some(batch)
    }
}

impl Record {
    /// The trace of its own that the message is a part of.
    fn trace_id(&self) -> Option<TraceId> {
        self.attributes.tracing_header.as_deref().and_then(TraceId::of_header)
    }
}

impl BulkQueue {
    /// The queue at this URL.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// If it fails, the message comes back when the queue's own time is over: no reason to fail anything.
    async fn show_again_after(&self, record: &Record, time: Duration, trace_id: Option<TraceId>) {
        let seconds = whole_seconds(time).min(LONGEST_INVISIBLE_SECONDS);
        let change = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(&record.receipt_handle)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX));
        if let Err(error) = change.send().await {
            // What SQS says may repeat the receipt, and with it a message can be deleted.
            let text = error.code().map_or_else(|| Causes(&error).to_string(), str::to_owned);
            tracing::warn!(
                function = FUNCTION,
                outcome = "fault",
                reason = "queue",
                message_id = record.message_id,
                trace_id = trace_id.map(|id| id.to_string()),
                error = text,
                "the queue could not be told when a message is to come back"
            );
        }
    }
}

impl Service {
    /// Sends the messages of a batch, each once, and answers which are to stay in the queue. `ends_at` is the end of the invocation.
    pub async fn take(&self, batch: &Batch, invoked: Invoked<'_>, ends_at: Timestamp) -> BatchAnswer {
        let until = self.until(ends_at);
        let until = until.saturating_sub(TO_TELL_THE_QUEUE).unwrap_or(until);
        let taken = batch.records.iter().enumerate().map(|(index, record)| async move {
            let id = format!("{}-{index}", invoked.id);
            let trace_id = record.trace_id().or(invoked.trace_id);
            let reply = self.send_record(record, Invoked { id: &id, trace_id }, until).await;
            let fate = Fate::of(&reply, record, self.once.pace.chance());
            match (&self.queue, fate) {
                (_, Fate::Done) | (None, _) => {}
                (Some(queue), Fate::Later(time)) => queue.show_again_after(record, time, trace_id).await,
                (Some(queue), Fate::Never) => queue.show_again_after(record, Duration::ZERO, trace_id).await,
            }
            (fate != Fate::Done).then(|| BatchItemFailure {
                item_identifier: record.message_id.clone(),
            })
        });
        // Collected, since a closure over references that is held while waiting could not be sent to another thread.
        let taken = taken.collect::<Vec<_>>();
        let taken = stream::iter(taken).buffered(AT_ONCE).collect::<Vec<_>>().await;
        BatchAnswer {
            batch_item_failures: taken.into_iter().flatten().collect(),
        }
    }

    async fn send_record(&self, record: &Record, invoked: Invoked<'_>, until: Timestamp) -> Reply {
        #[derive(Deserialize)]
        struct Addressed {
            topic: String,
        }
        let addressed = serde_json::from_str::<Addressed>(&record.body);
        let topic = addressed.map(|addressed| addressed.topic).unwrap_or_default();
        let read = TopicMessage::read(&topic, record.body.as_bytes());
        // One without a text is there all the same, and wrong.
        let text = |attribute: &Attribute| attribute.string_value.clone().unwrap_or_default();
        let attribute = |name: &str| record.message_attributes.get(name).map(text);
        // One id for all its deliveries. Moved back from the dead letters it has another: who moves it wants it tried anew.
        let derived = format!("sqs:{}", record.message_id);
        let terms = Terms::of_attributes(attribute("idempotency_key"), attribute("on_unknown"), derived);
        let principal = format!("sqs:{}", record.queue_arn);
        let line = Line {
            route: Door::Sqs,
            request: "send",
            topic: "",
            message_id: Some(&record.message_id),
            trace_id: invoked.trace_id,
            since: self.once.pace.now(),
        };
        self.send_read(read, terms, &principal, invoked.id, until, line).await
    }
}

impl Fate {
    /// Refused or unknown stays so, but what is unknown and says when to come back is then sent again. Everything else may be otherwise
    /// later, once an operator has acted at the latest.
    fn of(reply: &Reply, record: &Record, chance: f64) -> Self {
        match (reply.status, reply.retry_after) {
            (200, _) => Self::Done,
            (409 | 502 | 503, _) | (504, Some(_)) => {
                let received = record.attributes.approximate_receive_count.parse::<u32>().unwrap_or(1);
                let bound = LEAST_BACKOFF.saturating_mul(1 << received.saturating_sub(1).min(MOST_DOUBLINGS));
                let jittered = bound.min(LONGEST_BACKOFF).mul_f64(chance.clamp(0.0, 1.0));
                Self::Later(jittered.max(reply.retry_after.unwrap_or_default()).max(SOONEST))
            }
            _ => Self::Never,
        }
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.records.iter().map(|record| &record.message_id);
        f.debug_list().entries(ids).finish()
    }
}

/// A batch has ten messages unless it is configured otherwise.
const AT_ONCE: usize = 10;
const TO_TELL_THE_QUEUE: SignedDuration = SignedDuration::from_secs(4);
const LEAST_BACKOFF: Duration = Duration::from_secs(30);
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);
const MOST_DOUBLINGS: u32 = 5;
const SOONEST: Duration = Duration::from_secs(1);
/// Twelve hours after the message was received, which was up to half a minute ago: Amazon SQS API Reference, ChangeMessageVisibility.
const LONGEST_INVISIBLE_SECONDS: u64 = 43_200 - 60;
