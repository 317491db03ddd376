//! The answer to a report.

use serde::Serialize;

use super::{Usage, advice};
use crate::{Report, Topic, Warning};

/// What became of a report. Its fields are the members of the JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// The topic of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What it changed.
    pub outcome: Outcome,
    /// The topics that the instance has been taken off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// The limits that are near, or passed, now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Usage>,
    /// The seconds after which the app may try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What to do, if there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
    /// What is odd about the report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// No membership: an error was counted, or there was no room for it.
    Noted,
    /// The instance is on the topic now.
    Subscribed,
    /// Nothing: the ledger said so already.
    Unchanged,
    /// The instance is off the topic now, or off all topics.
    Unsubscribed,
}

impl Recorded {
    pub(super) fn of(report: &Report, outcome: Outcome, limits: Vec<Usage>) -> Self {
        Self {
            topic: report.event.topic().map(Topic::to_string),
            outcome,
            left: Vec::new(),
            retry_after: advice::retry_after(report),
            advice: advice::of(report, &limits),
            limits,
            warnings: report.warnings(),
        }
    }

    /// The object as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are always JSON")
    }
}
