//! What follows from an action, and how a piece of work ends.

use super::call::{Answer, Call, Mended, Next, Trail, trouble};
use super::{Counted, Mend, Step, Subject, look};
use crate::device::DeviceId;
use crate::endpoint::EndpointId;
use crate::hashes::TokenHash;
use crate::plan::{Action, Change, Moment, Refusal, Settings, Trouble, plan};

impl Mend {
    pub(super) fn act(&mut self, action: Action, token: Option<TokenHash>) -> Next {
        if action.enables() {
            // Either is good for one call.
            if let Some(device) = &self.device {
                self.giving_back = self.taken.remove_entry(&device.token);
            }
            if let Some(counted) = &mut self.counted {
                counted.is_spent = true;
            }
        }
        self.refusal = None;
        self.robbed = None;
        let token_now = self.device.as_ref().map(|device| device.token);
        self.believed = token_now.zip(action.endpoint()).filter(|_| takes(&action));
        self.has_written = true;
        // Whatever becomes of the row, what was done there is looked at.
        self.candidates.extend(action.endpoint());
        self.step = Step::Acting {
            action: action.clone(),
            token,
        };
        Next::Call(Call::Act(action))
    }

    pub(super) fn acted(
        &mut self,
        action: &Action,
        token: Option<TokenHash>,
        answer: Answer,
        settings: &Settings,
        moment: &Moment,
    ) -> Next {
        let is_taking = takes(action);
        match answer {
            Answer::Done => {
                if matches!(action, Action::Restore { .. }) {
                    // What was counted for it is good for another endpoint.
                    self.unspend(action);
                }
                self.check(action, token.filter(|_| is_taking), settings, moment)
            }
            Answer::Created(endpoint) => {
                self.candidates.insert(endpoint);
                self.look(settings, moment)
            }
            Answer::Gone | Answer::Overtaken => {
                self.unspend(action);
                self.look(settings, moment)
            }
            Answer::Refused(refusal) => {
                self.unspend(action);
                if let Refusal::AlreadyExists(Some(endpoint)) = refusal {
                    self.candidates.insert(endpoint);
                }
                self.refusal = self.device.as_ref().map(|device| (device.token, refusal));
                self.look(settings, moment)
            }
            // It may have taken something away: that must be known.
            Answer::Failed(Trouble::Unanswered) if is_taking && self.unanswered == 0 => {
                self.unanswered += 1;
                self.check(action, token, settings, moment)
            }
            answer => {
                let trouble = trouble(&answer);
                if trouble.is_harmless() {
                    self.unspend(action);
                }
                self.end(trouble, settings, moment)
            }
        }
    }

    /// It is certain that an enable was not performed, or is not any more.
    fn unspend(&mut self, action: &Action) {
        if !action.enables() && !matches!(action, Action::Restore { .. }) {
            return;
        }
        if let Some(counted) = &mut self.counted {
            counted.is_spent = false;
        }
        self.taken.extend(self.giving_back.take());
    }

    /// A token has lost its endpoint; whoever claims it now should know.
    fn check(&mut self, action: &Action, token: Option<TokenHash>, settings: &Settings, moment: &Moment) -> Next {
        let (Some(token), Some(endpoint)) = (token, action.endpoint()) else {
            return self.look(settings, moment);
        };
        self.taken.entry(token).or_default().insert(endpoint);
        self.step = Step::Checking {
            rekeyed: matches!(action, Action::Rekey(_)).then_some((endpoint, token)),
        };
        Next::Call(Call::ReadClaim(token))
    }

    pub(super) fn checked(
        &mut self,
        rekeyed: Option<(EndpointId, TokenHash)>,
        answer: Answer,
        settings: &Settings,
        moment: &Moment,
    ) -> Next {
        match answer {
            Answer::Claim(claimant) => {
                let own = |id: &DeviceId| matches!(&self.subject, Subject::Device(own) if own == id);
                let claimant = claimant.filter(|id| !own(id));
                self.robbed = rekeyed.filter(|_| claimant.is_some());
                self.also.extend(claimant);
                self.look(settings, moment)
            }
            answer => self.end(trouble(&answer), settings, moment),
        }
    }

    pub(super) fn end(&mut self, trouble: Trouble, settings: &Settings, moment: &Moment) -> Next {
        let facts = look::troubled(trouble);
        self.decisions.push(plan(&facts, settings, moment));
        self.uncount()
    }

    /// Takes back what was counted and is certain not to have been done.
    pub(super) fn uncount(&mut self) -> Next {
        let holds = self.device.as_ref().is_some_and(|device| self.held_count(device).is_some());
        match self.counted.take().filter(|_| holds) {
            None => self.done(),
            // It is for whoever counted it to take back.
            Some(Counted { is_another_s: true, .. }) => self.done(),
            Some(Counted { disabled_at, .. }) => self.change(Change::UncountEnable { disabled_at }, Step::Uncounting),
        }
    }

    pub(super) fn done(&mut self) -> Next {
        let also = std::mem::take(&mut self.also);
        let trail = Trail {
            candidates: self.candidates.clone(),
            is_shared: false,
            taken: self.taken.clone(),
        };
        Next::Done(Mended {
            decisions: std::mem::take(&mut self.decisions),
            also: also.into_iter().map(|id| (id, trail.clone())).collect(),
        })
    }
}

/// Whether a token may be without an enabled endpoint after it.
fn takes(action: &Action) -> bool {
    match action {
        Action::Disable(_) | Action::Delete(_) | Action::Rekey(_) => true,
        Action::Change(_)
        | Action::Condemn(_)
        | Action::Spare(_)
        | Action::MendUserData(_)
        | Action::Enable { .. }
        | Action::Restore { .. }
        | Action::Create => false,
    }
}
