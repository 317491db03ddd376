//! The event source mapping: what Lambda does between the table's stream and the function `dispatch`.
//!
//! Configured as in `template.yaml`: batches of a hundred, only rows that are due and untried, and what the function reports as
//! failed comes again with all that follow it, twenty times at most ("Using AWS Lambda with Amazon DynamoDB", AWS Lambda Developer
//! Guide). What is given up stays due, and is the sweep's.

use dispatch::{BatchItemFailure, Dispatch, StreamBatch};
use jiff::Timestamp;
use sandbox::dynamo::{DUE_AND_UNTRIED, Dynamo, EventFilter, StreamError, StreamStart, TableStream};

use super::handing_on::Traces;

/// A place in the stream, and the function behind it.
pub(super) struct EventSource {
    stream: TableStream,
    filter: EventFilter,
    dispatch: Dispatch,
    traces: Traces,
    stuck: Option<Stuck>,
}

/// The record that the stream stands still at.
struct Stuck {
    sequence_number: String,
    tries: u32,
}

/// What a look at the stream came to.
enum Polled {
    /// There was nothing new.
    Nothing,
    /// A batch is done with.
    Done,
    /// A part of a batch is to come again.
    Failed(Vec<BatchItemFailure>),
}

impl EventSource {
    /// From now on: what an earlier stack has left is the sweep's.
    pub(super) async fn of(dynamo: &Dynamo, table: &str, dispatch: Dispatch, traces: Traces) -> Result<Self, StreamError> {
        Ok(Self {
            stream: dynamo.stream(table, StreamStart::Latest).await?,
            filter: EventFilter::of(DUE_AND_UNTRIED).expect("a pattern that a test reads"),
            dispatch,
            traces,
            stuck: None,
        })
    }

    /// Goes on until there is nothing more, or a part of a batch has failed: then it is the answer, and comes again.
    pub(super) async fn drain(&mut self) -> Result<Vec<BatchItemFailure>, StreamError> {
        loop {
            match self.poll().await? {
                Polled::Done => {}
                Polled::Failed(failures) => return Ok(failures),
                Polled::Nothing => return Ok(Vec::new()),
            }
        }
    }

    async fn poll(&mut self) -> Result<Polled, StreamError> {
        let Some(event) = self.stream.next(BATCH_SIZE).await? else {
            return Ok(Polled::Nothing);
        };
        let Some(event) = self.filter.keep(event) else {
            return Ok(Polled::Done);
        };
        let batch = serde_json::from_value::<StreamBatch>(event).expect("what the filter has kept has records");
        let dispatch = self.dispatch.in_trace(self.traces.next());
        let (failures, _) = dispatch.take(&batch, Timestamp::MAX).await;
        // In the order of the stream: the first has the lowest sequence number, where Lambda goes back to.
        let Some(first) = failures.first() else {
            self.stuck = None;
            return Ok(Polled::Done);
        };
        let tries = match &self.stuck {
            Some(stuck) if stuck.sequence_number == first.item_identifier => stuck.tries + 1,
            Some(_) | None => 1,
        };
        if tries > MAXIMUM_RETRY_ATTEMPTS {
            tracing::error!(
                records = failures.len(),
                "the event source mapping gives up on records: they are the sweep's"
            );
            self.stuck = None;
            return Ok(Polled::Done);
        }
        self.stream.rewind_to(&first.item_identifier).await?;
        self.stuck = Some(Stuck {
            sequence_number: first.item_identifier.clone(),
            tries,
        });
        Ok(Polled::Failed(failures))
    }
}

const BATCH_SIZE: usize = 100;
const MAXIMUM_RETRY_ATTEMPTS: u32 = 20;
