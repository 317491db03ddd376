//! The stream of the table: the speed of handing on.
//!
//! Source: "Using AWS Lambda with Amazon DynamoDB" (docs.aws.amazon.com/lambda/latest/dg/with-ddb.html). A record that is reported
//! as failed is delivered again with all that follow it, and keeps its shard waiting until it succeeds or Lambda gives up. So
//! only faults that may pass soon are reported; everything else is on record, and the sweeper's.

use std::fmt;

use inbox::RowKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dispatch::{Dispatch, FUNCTION, Terms, Tried};
use crate::outcome::{Counts, Outcome};

/// A batch of records of the table's stream.
#[derive(Deserialize)]
pub struct StreamBatch {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

/// A record that is to be delivered again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// The record's sequence number.
    pub item_identifier: String,
}

/// A record as far as handing on needs it: whose it is, and what row it is about.
struct Change {
    sequence_number: String,
    key: RowKey,
}

impl Dispatch {
    /// Hands on what the records of a batch are about; answers which of them Lambda should deliver again. Begins nothing after
    /// `deadline`: what it did not come to is among them.
    pub async fn take(&self, batch: &StreamBatch, deadline: Timestamp) -> (Vec<BatchItemFailure>, Counts) {
        let mut changes = Vec::with_capacity(batch.records.len());
        let mut strange = 0_u64;
        for record in &batch.records {
            match Change::read(record) {
                Some(change) if change.is_due => changes.push(change.of),
                Some(_) => {}
                None => strange += 1,
            }
        }
        if strange > 0 {
            tracing::error!(
                function = FUNCTION,
                outcome = "not_ours",
                records = strange,
                invocation_trace_id = self.of_invocation(),
                "records that are not of the table's stream are passed over"
            );
        }
        let keys = changes.iter().map(|change| change.key.clone()).collect::<Vec<_>>();
        let terms = Terms {
            until: Timestamp::MAX,
            deadline,
        };
        let tried = self.try_all(&keys, terms).await;
        let mut counts = Counts::default();
        let mut failures = Vec::new();
        for (change, Tried { outcome, .. }) in changes.into_iter().zip(&tried) {
            counts.add(outcome);
            if outcome.is_fault() {
                failures.push(BatchItemFailure {
                    item_identifier: change.sequence_number,
                });
            }
        }
        if tried.iter().any(|tried| matches!(tried.outcome, Outcome::NoTime)) {
            tracing::warn!(
                function = FUNCTION,
                outcome = "no_time",
                records = failures.len(),
                invocation_trace_id = self.of_invocation(),
                "time ran out: the rest comes again"
            );
        }
        (failures, counts)
    }
}

/// A change, and whether its image says that there is something to hand on.
struct Read {
    of: Change,
    is_due: bool,
}

impl Change {
    /// None for what is not a record of a table like ours.
    fn read(record: &Value) -> Option<Read> {
        let text = |pointer| {
            record
                .pointer(pointer)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        if text("/eventSource")? != "aws:dynamodb" {
            return None;
        }
        let of = Self {
            sequence_number: text("/dynamodb/SequenceNumber")?.to_owned(),
            key: RowKey {
                subject: text("/dynamodb/Keys/subject/S")?.to_owned(),
                event: text("/dynamodb/Keys/event/S")?.to_owned(),
            },
        };
        // The image says only whether to look; what to hand on is read from the row. A view without images has to be looked at.
        let is_due = match (text("/eventName"), record.pointer("/dynamodb/NewImage")) {
            (Some("REMOVE"), _) => false,
            (_, None) => true,
            (_, Some(image)) => image.get(inbox::table::DUE).is_some(),
        };
        Some(Read { of, is_due })
    }
}

/// The records hold whole rows.
impl fmt::Debug for StreamBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamBatch {{ {} records }}", self.records.len())
    }
}
