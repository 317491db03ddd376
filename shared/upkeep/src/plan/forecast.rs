//! All that will be done for a row, if nothing else happens: what a run in plan mode reports.

use super::action::Action;
use super::change::Change;
use super::facts::{Claim, Facts, Own, Row};
use super::settings::{Moment, Settings};
use super::{Decision, Verdict, plan};
use crate::device::Device;
use crate::endpoint::{Endpoint, EndpointId};

/// The decisions in order; the last one leaves things as they are. An endpoint that will be created has no id before it is: the
/// caller gives one that no endpoint has.
pub fn forecast(facts: &Facts, settings: &Settings, moment: &Moment, created: EndpointId) -> Vec<Decision> {
    let mut facts = facts.clone();
    let mut decisions = Vec::new();
    // Each step ends something, and there are not that many things; a model and a property test hold that.
    let most = MOST_STEPS + 2 * facts.holders.len();
    while decisions.len() < most {
        let decision = plan(&facts, settings, moment);
        let action = match &decision.verdict {
            Verdict::Act(action) | Verdict::Hold(action, _) => Some(action.clone()),
            Verdict::Leave => None,
        };
        decisions.push(decision);
        match action {
            Some(action) => facts.apply(&action, moment, created),
            None => break,
        }
    }
    decisions
}

impl Facts {
    /// What will be known after an action that succeeds.
    fn apply(&mut self, action: &Action, moment: &Moment, created: EndpointId) {
        if action.enables() {
            self.change(|device| {
                device.enables_since_confirm = device.enables_since_confirm.saturating_add(1);
                device.disabled_at = None;
                if action.enables_again() {
                    device.enabled_at = Some(moment.now);
                }
            });
        }
        match action {
            Action::Change(change) => {
                self.change(|device| change.on(device));
                self.bound(change);
            }
            Action::Condemn(id) => self.holder(*id, |holder| holder.condemned = Some(moment.since())),
            Action::Spare(id) => self.holder(*id, |holder| holder.condemned = None),
            Action::MendUserData(id) => self.holder(*id, |holder| holder.has_right_user_data = true),
            Action::Enable {
                endpoint,
                with_user_data,
            } => self.holder(*endpoint, |holder| {
                holder.is_enabled = true;
                holder.has_right_user_data |= with_user_data;
            }),
            Action::Rekey(id) => {
                self.holders.push(healthy(*id));
                self.own = Own::Holder;
            }
            Action::Restore { endpoint, .. } => {
                self.robbed = None;
                self.holders.retain(|holder| holder.id != *endpoint);
                self.own = Own::Other(Claim::Another);
            }
            Action::Create => self.holders.push(healthy(created)),
            Action::Disable(id) => self.holder(*id, |holder| holder.is_enabled = false),
            Action::Delete(id) => {
                self.holders.retain(|holder| holder.id != *id);
                if self.device().is_some_and(|device| device.endpoint == Some(*id)) {
                    self.own = Own::Missing;
                }
            }
        }
    }

    fn bound(&mut self, change: &Change) {
        match change {
            Change::Bind(_) => self.own = Own::Holder,
            Change::Unbind | Change::SlotConflict => self.own = Own::Unset,
            Change::NoteDisabled { .. }
            | Change::NoteEnabled
            | Change::Quarantine
            | Change::Absolve
            | Change::Bury(_)
            | Change::CountEnable { .. }
            | Change::UncountEnable { .. } => {}
        }
    }

    /// The row, if there is one that can be read.
    pub fn device(&self) -> Option<&Device> {
        match &self.row {
            Row::Known(device) => Some(device),
            Row::None | Row::Malformed => None,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Device)) {
        match &mut self.row {
            Row::Known(device) => change(device),
            Row::None | Row::Malformed => {}
        }
    }

    fn holder(&mut self, id: EndpointId, change: impl Fn(&mut Endpoint)) {
        self.holders.iter_mut().filter(|holder| holder.id == id).for_each(change);
    }
}

fn healthy(id: EndpointId) -> Endpoint {
    Endpoint {
        id,
        is_enabled: true,
        has_right_user_data: true,
        condemned: None,
    }
}

/// Count, adopt, note, mend, quarantine, unbind: no row needs more, but for its endpoints.
const MOST_STEPS: usize = 12;
