//! What sets the function `dispatch` going: the table's stream, and the schedule of sweeps.
//!
//! Stream and schedule run in the background until the stack is dropped, or each of them when asked. Killed at any moment, as
//! dropping does, they leave what is due as it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dispatch::{Answer, BatchItemFailure, Dispatch, Invocation, SweepStopped, Swept};
use inbox::TraceId;
use intake::Clock;
use jiff::SignedDuration;
use sandbox::dynamo::{Dynamo, StreamError};
use sandbox::ids;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};

use super::event_source::EventSource;

/// Stream and schedule.
pub(super) struct HandingOn {
    /// One reader at a time, as a stream with one shard has.
    source: Arc<Mutex<EventSource>>,
    schedule: Schedule,
    /// Ends with this value.
    background: JoinSet<()>,
}

/// What EventBridge does each minute.
#[derive(Clone)]
struct Schedule {
    dispatch: Dispatch,
    clock: Clock,
    traces: Traces,
}

/// A trace of its own for each invocation of one cause.
#[derive(Clone)]
pub(super) struct Traces {
    cause: &'static str,
    clock: Clock,
    count: Arc<AtomicU64>,
}

impl HandingOn {
    pub(super) async fn of(dynamo: &Dynamo, table: &str, dispatch: Dispatch, clock: Clock) -> Result<Self, StreamError> {
        let source = EventSource::of(dynamo, table, dispatch.clone(), Traces::of("stream", clock)).await?;
        Ok(Self {
            source: Arc::new(Mutex::new(source)),
            schedule: Schedule {
                dispatch,
                clock,
                traces: Traces::of("schedule", clock),
            },
            background: JoinSet::new(),
        })
    }

    /// From now on by itself. The first sweep is at once, for what an earlier stack on the same database has left.
    pub(super) fn in_background(mut self) -> Self {
        self.background.spawn(follow(Arc::clone(&self.source)));
        self.background.spawn(self.schedule.clone().keep());
        self
    }

    /// What the stream has now.
    pub(super) async fn drain(&self) -> Result<Vec<BatchItemFailure>, StreamError> {
        self.source.lock().await.drain().await
    }

    /// A sweep now.
    pub(super) async fn sweep(&self) -> Result<Swept, SweepStopped> {
        self.schedule.sweep().await
    }
}

async fn follow(source: Arc<Mutex<EventSource>>) {
    let mut ticks = every(POLL);
    loop {
        ticks.tick().await;
        if let Err(error) = source.lock().await.drain().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the stream could not be read: it is tried again"
            );
        }
    }
}

impl Schedule {
    async fn keep(self) {
        let mut ticks = every(RATE);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sweep().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a sweep failed: the next one is in a minute"
                );
            }
        }
    }

    async fn sweep(&self) -> Result<Swept, SweepStopped> {
        let ends_at = (self.clock)()
            .saturating_add(TIMEOUT)
            .expect("seconds can be added to any time");
        let dispatch = self.dispatch.in_trace(self.traces.next());
        match dispatch.run(Invocation::Sweep, ends_at).await? {
            Answer::Sweep(swept) => Ok(swept),
            Answer::Stream { .. } => unreachable!("a sweep is answered with a sweep"),
        }
    }
}

impl Traces {
    fn of(cause: &'static str, clock: Clock) -> Self {
        Self {
            cause,
            clock,
            count: Arc::default(),
        }
    }

    /// Of an invocation that begins now.
    pub(super) fn next(&self) -> Option<TraceId> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        TraceId::of_header(&ids::tracing_header(&format!("{} {count}", self.cause), (self.clock)()))
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// "Lambda polls shards in your DynamoDB stream for records at a base rate of 4 times per second" (AWS Lambda Developer Guide, "Using
/// AWS Lambda with Amazon DynamoDB").
const POLL: Duration = Duration::from_millis(250);

/// `rate(1 minute)`, as in `template.yaml`.
const RATE: Duration = Duration::from_secs(60);

/// The function's own, as in `template.yaml`.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(50);
