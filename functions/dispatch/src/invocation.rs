//! What the function is invoked with: the table's stream, or the schedule.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::dispatch::{Dispatch, FUNCTION};
use crate::stream::{BatchItemFailure, StreamBatch};
use crate::sweep::{SweepStopped, Swept};

/// An event of Lambda's.
#[derive(Debug, Deserialize)]
#[serde(try_from = "serde_json::Value")]
#[non_exhaustive]
pub enum Invocation {
    /// Records of the table's stream, from the event source mapping.
    Stream(StreamBatch),
    /// Time to sweep, from EventBridge.
    Sweep,
}

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The records that are to be delivered again.
    #[serde(rename_all = "camelCase")]
    Stream {
        /// As Lambda wants it; empty for none.
        batch_item_failures: Vec<BatchItemFailure>,
    },
    /// For whoever invokes it by hand.
    Sweep(Swept),
}

/// An event that is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the event is neither a batch of a DynamoDB stream (`Records`) nor a scheduled event (`detail-type`): check what invokes the function"
)]
pub struct BadInvocation;

impl TryFrom<serde_json::Value> for Invocation {
    type Error = BadInvocation;

    /// "Using AWS Lambda with Amazon DynamoDB"; "Schedule AWS Lambda functions using EventBridge".
    fn try_from(event: serde_json::Value) -> Result<Self, BadInvocation> {
        if event.get("detail-type").and_then(serde_json::Value::as_str) == Some("Scheduled Event") {
            return Ok(Self::Sweep);
        }
        serde_json::from_value(event).map(Self::Stream).map_err(|_| BadInvocation)
    }
}

impl Dispatch {
    /// Does what the event asks for. `ends_at` is when Lambda ends the invocation.
    ///
    /// # Errors
    /// [`SweepStopped`] if a sweep can do nothing: the invocation fails, which is what the alarm counts. A stream is answered
    /// record by record.
    pub async fn run(&self, invocation: Invocation, ends_at: Timestamp) -> Result<Answer, SweepStopped> {
        let deadline = ends_at.saturating_sub(RESERVE).unwrap_or(ends_at);
        match invocation {
            Invocation::Stream(batch) => {
                let (batch_item_failures, counts) = self.take(&batch, deadline).await;
                tracing::debug!(function = FUNCTION, ?counts, "batch over");
                Ok(Answer::Stream { batch_item_failures })
            }
            Invocation::Sweep => match self.sweep(GRACE, deadline).await {
                Ok(swept) => Ok(Answer::Sweep(swept)),
                Err(stopped) => {
                    self.log_stopped(&stopped);
                    Err(stopped)
                }
            },
        }
    }
}

/// What is younger is left to the stream, which is faster.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// What has been begun is finished: a look at the store (4 s, twice for what is not its subject's newest), a call to the topic (6 s)
/// and a mark (4 s). Should a call be refused as a whole, its ten messages go one by one, and Lambda may cut that short.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_two_events_are_told_apart_and_any_other_is_refused_with_what_to_check() {
        let read = |event: Value| serde_json::from_value::<Invocation>(event).map_err(|error| error.to_string());
        assert!(matches!(read(json!({"Records": []})), Ok(Invocation::Stream(_))));
        let scheduled = json!({"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
        assert!(matches!(read(scheduled), Ok(Invocation::Sweep)));
        for other in [
            json!({}),
            json!([]),
            json!("Scheduled Event"),
            json!({"Records": {}}),
            json!({"detail-type": "Other"}),
        ] {
            assert_eq!(read(other).unwrap_err(), BadInvocation.to_string());
        }
    }
}
