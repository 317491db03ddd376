//! One line of a report: what was decided for a row, and why.
//!
//! It names a device by the first digits of a digest and an endpoint by its id: neither says who anybody is, and with either one the row can be
//! found.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use upkeep::EndpointId;
use upkeep::plan::{Decision, Hold, Reason, Spending, Verdict};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The row of the table of decisions.
    pub row: u8,
    /// Why.
    pub code: Cow<'static, str>,
    /// What follows, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Cow<'static, str>>,
    /// What holds it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Cow<'static, str>>,
    /// The device, by the first eight digits of the digest of its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The endpoint, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// Whom lines are about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    /// The device, as a log may have it.
    pub(crate) device: Option<&'a str>,
    /// The endpoint, where a decision names no other.
    pub(crate) endpoint: Option<EndpointId>,
}

impl Line {
    /// What was decided in order, without what says nothing: the same thing twice, and that all is well in the end.
    pub(crate) fn all(about: About<'_>, decisions: &[Decision]) -> Vec<Self> {
        let mut lines = Vec::new();
        for decision in decisions {
            let line = Self::of(about, decision);
            let says_nothing = decision.reason == Reason::Healthy && decision.verdict == Verdict::Leave;
            if !says_nothing && lines.last() != Some(&line) {
                lines.push(line);
            }
        }
        lines
    }

    fn of(about: About<'_>, decision: &Decision) -> Self {
        let (action, held) = match &decision.verdict {
            Verdict::Act(action) => (Some(action), None),
            Verdict::Hold(action, hold) => (Some(action), Some(held(*hold))),
            Verdict::Leave => (None, None),
        };
        let endpoint = action.and_then(upkeep::plan::Action::endpoint).or(about.endpoint);
        Self {
            row: decision.reason.row(),
            code: decision.reason.code().into(),
            action: action.map(|action| action.code().into()),
            held: held.map(Into::into),
            device: about.device.map(str::to_owned),
            endpoint: endpoint
                .filter(|endpoint| *endpoint != CREATED)
                .map(|endpoint| endpoint.to_string()),
        }
    }

    /// The same step, whatever it is called by.
    pub(crate) fn is_step(&self, other: &Self) -> bool {
        (self.row, &self.code, &self.action) == (other.row, &other.code, &other.action)
    }
}

fn held(hold: Hold) -> &'static str {
    match hold {
        Hold::PlanMode => "plan_mode",
        Hold::RecoverOnly => "recover_only",
        Hold::Cap(Spending::Create) => "cap_of_creates",
        Hold::Cap(Spending::Delete) => "cap_of_deletes",
        Hold::Cap(Spending::Enable) => "cap_of_enables",
    }
}

/// What stands in a forecast for an endpoint that is not there yet. No UUID is like that.
pub(crate) const CREATED: EndpointId = EndpointId::given([0xff; 16]);
