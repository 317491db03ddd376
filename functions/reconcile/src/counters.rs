//! What a run counts, by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use upkeep::plan::{Action, Change, Decision, Hold, Reason, Spending, Verdict};

/// Counts by name. What is not there is nought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Counters(BTreeMap<String, u64>);

impl Counters {
    pub(crate) fn add(&mut self, name: &str, count: u64) {
        if count > 0 {
            let sum = self.0.entry(name.to_owned()).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, count)| self.add(name, *count));
    }

    pub(crate) fn of(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Those whose names begin so, without that.
    pub(crate) fn under(&self, prefix: &str) -> BTreeMap<String, u64> {
        let of_prefix = |(name, count): (&String, &u64)| Some((name.strip_prefix(prefix)?.to_owned(), *count));
        self.0.iter().filter_map(of_prefix).collect()
    }

    /// Counts what was decided for one row, or for one endpoint without one: what was done, what was held back, and how things are left.
    pub(crate) fn decided(&mut self, decisions: &[Decision]) {
        for (at, decision) in decisions.iter().enumerate() {
            match &decision.verdict {
                // A step that failed, or met somebody else, is decided once more or ends in trouble.
                Verdict::Act(action) => {
                    let is_done = decisions
                        .get(at + 1)
                        .is_none_or(|next| !is_trouble(next.reason) && next != decision);
                    if is_done {
                        self.add(&format!("{ACTION}{}", action.code()), 1);
                        let before = at.checked_sub(1).and_then(|before| decisions.get(before));
                        self.add("adopted", u64::from(adopts(action, before)));
                    }
                }
                Verdict::Hold(action, Hold::Cap(spending)) => {
                    self.add(&format!("{HELD}{}", action.code()), 1);
                    self.add(cap(*spending), 1);
                }
                Verdict::Hold(action, Hold::PlanMode | Hold::RecoverOnly) => self.add(&format!("{HELD}{}", action.code()), 1),
                Verdict::Leave => {}
            }
        }
        if let Some(last) = decisions.last() {
            self.add(&format!("{REASON}{}", last.reason.code()), 1);
        }
    }
}

/// An endpoint was there before anybody knew.
fn adopts(action: &Action, before: Option<&Decision>) -> bool {
    let is_created = before.is_some_and(|before| before.verdict == Verdict::Act(Action::Create));
    matches!(action, Action::Change(Change::Bind(_))) && !is_created
}

fn is_trouble(reason: Reason) -> bool {
    reason.row() == 19
}

fn cap(spending: Spending) -> &'static str {
    match spending {
        Spending::Create => "cap.creates",
        Spending::Delete => "cap.deletes",
        Spending::Enable => "cap.enables",
    }
}

/// What was done.
pub(crate) const ACTION: &str = "action.";
/// What was not, since something held it back.
pub(crate) const HELD: &str = "held.";
/// How things are left.
pub(crate) const REASON: &str = "reason.";

#[cfg(test)]
mod tests {
    use upkeep::EndpointId;

    use super::*;

    #[test]
    fn a_step_counts_once_and_only_if_it_did_not_end_in_trouble() {
        let disable = || Verdict::Act(Action::Disable(EndpointId::given([1; 16])));
        let decision = |reason, verdict| Decision { reason, verdict };
        let count = |decisions: &[Decision]| {
            let mut counters = Counters::default();
            counters.decided(decisions);
            counters.of("action.disable")
        };
        let waits = decision(Reason::OptedOutWaits, Verdict::Leave);
        let acts = decision(Reason::OptedOut, disable());
        assert_eq!(count(&[acts.clone(), waits.clone()]), 1);
        assert_eq!(count(&[acts.clone(), acts.clone(), waits]), 1);
        assert_eq!(count(&[acts, decision(Reason::Throttled, Verdict::Leave)]), 0);
    }
}
