//! Which plan was approved.

use std::fmt;

use ring::digest::{Context, SHA256};

use crate::device::DeviceId;
use crate::plan::{Action, Decision, Verdict};

/// The sum of the hashes of all that would be done, so that the order in which rows are read does not matter. What is left alone is not in
/// it: a plan stays the same plan while healthy devices come and go.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanHash {
    sum: [u64; 4],
    actions: u64,
}

impl PlanHash {
    /// Adds what was decided for one row, or for an endpoint without one.
    pub fn add(&mut self, device: Option<&DeviceId>, decisions: &[Decision]) {
        let actions = decisions.iter().filter_map(|decision| match &decision.verdict {
            Verdict::Act(action) | Verdict::Hold(action, _) => Some((decision.reason.code(), action)),
            Verdict::Leave => None,
        });
        for (nth, (reason, action)) in actions.enumerate() {
            self.add_one(device, nth, reason, action);
        }
    }

    fn add_one(&mut self, device: Option<&DeviceId>, nth: usize, reason: &str, action: &Action) {
        let mut context = Context::new(&SHA256);
        let endpoint = action.endpoint().map(|endpoint| endpoint.to_string());
        let device = device.map_or("", DeviceId::as_str);
        // No part but the device's name may contain a line feed, and it comes last.
        for part in [
            &nth.to_string(),
            reason,
            action.code(),
            endpoint.as_deref().unwrap_or_default(),
            device,
        ] {
            context.update(part.as_bytes());
            context.update(b"\n");
        }
        let digest = context.finish();
        for (sum, bytes) in self.sum.iter_mut().zip(digest.as_ref().chunks_exact(8)) {
            let mut lane = [0; 8];
            lane.copy_from_slice(bytes);
            *sum = sum.wrapping_add(u64::from_be_bytes(lane));
        }
        self.actions = self.actions.saturating_add(1);
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.actions)?;
        self.sum.iter().try_for_each(|lane| write!(f, "{lane:016x}"))
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::PlanHash;
    use crate::device::DeviceId;
    use crate::endpoint::EndpointId;
    use crate::plan::{Action, Decision, Hold, Reason, Verdict};

    fn decision(verdict: Verdict) -> Decision {
        let reason = Reason::Duplicate;
        Decision { reason, verdict }
    }

    #[test]
    fn the_hash_is_of_what_would_be_done_in_any_order_and_in_either_mode() {
        let [one, two] = ["one", "two"].map(DeviceId::new);
        let condemn = |n| Action::Condemn(EndpointId::given([n; 16]));
        let hash = |parts: &[(&DeviceId, Verdict)]| {
            let mut hash = PlanHash::default();
            for (device, verdict) in parts {
                hash.add(Some(device), &[decision(verdict.clone()), decision(Verdict::Leave)]);
            }
            hash
        };
        let act = |n| Verdict::Act(condemn(n));
        let hold = |n| Verdict::Hold(condemn(n), Hold::PlanMode);

        let planned = hash(&[(&one, hold(1)), (&two, hold(2))]);
        assert_eq!(planned, hash(&[(&two, act(2)), (&one, act(1))]));
        assert_eq!(planned, hash(&[(&two, act(2)), (&one, act(1)), (&one, Verdict::Leave)]));
        for other in [
            hash(&[(&one, act(1))]),
            hash(&[(&one, act(2)), (&two, act(1))]),
            hash(&[(&one, act(1)), (&one, act(1))]),
            PlanHash::default(),
        ] {
            assert_ne!(planned, other);
        }
        assert_eq!(PlanHash::default().to_string(), format!("0-{}", "0".repeat(64)));
        assert!(planned.to_string().starts_with("2-"));
    }
}
