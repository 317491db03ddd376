//! What SNS does when it is called, and which promises a call breaks.

use super::api::{CreateOnDisabled, Promise, SetTaken};
use super::world::{AsRead, Slot, World, endpoint_id, slot_number, token_number};
use crate::device::{Since, State};
use crate::endpoint::EndpointId;
use crate::mend::Answer;
use crate::plan::{Action, Refusal, Trouble};

impl World {
    /// For the row that the reconciler works on, with the token that it had when it was read. `None` when it works on an endpoint.
    pub(super) fn act(&mut self, read: Option<AsRead>, action: &Action) -> Answer {
        let answer = self.do_act(read, action);
        self.believed = None;
        answer
    }

    fn do_act(&mut self, read: Option<AsRead>, action: &Action) -> Answer {
        let since = self.moment();
        let since = Since {
            at: since.now,
            pass: since.pass,
        };
        match (action, read) {
            (Action::Condemn(id), _) => self.slot(*id, |slot| slot.condemned = Some(since)),
            (Action::Spare(id), _) => self.slot(*id, |slot| slot.condemned = None),
            (Action::Disable(id), _) => self.slot(*id, |slot| slot.is_enabled = false),
            (Action::Delete(id), read) => {
                self.notice_deleting(*id, read);
                self.delete(*id)
            }
            (Action::MendUserData(id), Some(read)) => self.slot(*id, |slot| slot.owner = read.row),
            (
                Action::Enable {
                    endpoint,
                    with_user_data,
                },
                Some(read),
            ) => {
                self.notice_enabling(*endpoint);
                self.slot(*endpoint, |slot| {
                    slot.is_enabled = true;
                    if *with_user_data {
                        slot.owner = read.row;
                    }
                })
            }
            (Action::Rekey(id), Some(read)) => self.set_token(*id, read.token, read.row),
            (Action::Restore { endpoint, token }, _) => self.restore(*endpoint, token_number(token)),
            (Action::Create, Some(read)) => self.create(read.token, read.row),
            (Action::Change(_), _) | (_, None) => Answer::Failed(Trouble::Refused),
        }
    }

    fn slot(&mut self, id: EndpointId, change: impl FnOnce(&mut Slot)) -> Answer {
        match &mut self.slots[slot_number(id)] {
            None => Answer::Gone,
            Some(slot) => {
                change(slot);
                Answer::Done
            }
        }
    }

    fn notice_deleting(&mut self, id: EndpointId, read: Option<AsRead>) {
        let is_condemned = self.slots[slot_number(id)]
            .as_ref()
            .is_none_or(|slot| slot.condemned.is_some());
        let may_go = read.is_some_and(|read| match self.rows[read.row].state {
            State::OptedOut(_) | State::Tombstone(_) => true,
            // It comes back at this very moment; what is promised then is another thing.
            State::Live | State::Superseded | State::Quarantined | State::SlotConflict => !self.is_quiet,
        });
        if !is_condemned && !may_go {
            self.breaks(Promise::TwoPhases);
        }
    }

    /// What is about to be done was decided with this in mind.
    pub(super) fn believes(&mut self, action: &Action, read: AsRead) {
        if action.enables() && !self.bad[read.token] {
            self.believed = Some(read.token);
        }
    }

    fn is_blind(&self, token: usize) -> bool {
        self.bad[token] && self.believed != Some(token)
    }

    fn notice_enabling(&mut self, id: EndpointId) {
        let slot = self.slots[slot_number(id)].as_ref();
        let is_blind = slot.is_some_and(|slot| !slot.is_enabled && self.is_blind(slot.token));
        if is_blind {
            self.breaks(Promise::NoBlindEnable);
        }
    }

    pub(super) fn set_token(&mut self, id: EndpointId, token: usize, owner: usize) -> Answer {
        if let Some(refusal) = self.refuses(id, token) {
            return refusal;
        }
        let is_new = self.slots[slot_number(id)]
            .as_ref()
            .is_some_and(|slot| slot.token != token || !slot.is_enabled);
        // That another endpoint has it, and is disabled, nobody can know who looked before.
        let could_know = self.is_quiet || self.holders(token).iter().all(|slot| *slot == slot_number(id));
        if is_new && could_know && self.is_blind(token) {
            self.breaks(Promise::NoBlindEnable);
        }
        self.give(id, token, |slot| {
            slot.is_enabled = true;
            slot.owner = owner;
        })
    }

    fn restore(&mut self, id: EndpointId, token: usize) -> Answer {
        match self.refuses(id, token) {
            Some(refusal) => refusal,
            None => self.give(id, token, |slot| slot.is_enabled = false),
        }
    }

    fn give(&mut self, id: EndpointId, token: usize, change: impl FnOnce(&mut Slot)) -> Answer {
        let former = self.slots[slot_number(id)].clone();
        if let Some(former) = former.filter(|former| former.token != token) {
            self.forget_the_unheard(former.token, former.is_enabled);
        }
        self.slot(id, |slot| {
            slot.token = token;
            change(slot);
        })
    }

    fn refuses(&self, id: EndpointId, token: usize) -> Option<Answer> {
        let elsewhere = self.holders(token).into_iter().find(|slot| *slot != slot_number(id))?;
        match self.api.set_taken {
            SetTaken::IsRefused => Some(Answer::Refused(Refusal::AlreadyExists(Some(endpoint_id(elsewhere))))),
            SetTaken::IsRefusedWithoutName => Some(Answer::Refused(Refusal::AlreadyExists(None))),
            SetTaken::MakesADuplicate => None,
        }
    }

    /// With `Enabled=true`, in words.
    pub(super) fn create(&mut self, token: usize, owner: usize) -> Answer {
        if let Some(&at) = self.holders(token).first() {
            let slot = self.slots[at].as_ref();
            let (is_enabled, has_user_data) = slot.map_or((true, true), |slot| (slot.is_enabled, slot.owner == owner));
            return match (is_enabled, has_user_data, self.api.create_on_disabled) {
                (true, true, _) | (false, true, CreateOnDisabled::SucceedsAndLeavesIt) => Answer::Created(endpoint_id(at)),
                (_, false, _) | (false, true, CreateOnDisabled::Conflicts) => {
                    Answer::Refused(Refusal::AlreadyExists(Some(endpoint_id(at))))
                }
            };
        }
        if self.slots[token].is_some() {
            return Answer::Refused(Refusal::SlotTaken);
        }
        if self.is_blind(token) {
            self.breaks(Promise::NoBlindEnable);
        }
        self.slots[token] = Some(Slot {
            token,
            is_enabled: true,
            owner,
            condemned: None,
        });
        Answer::Created(endpoint_id(token))
    }

    pub(super) fn delete(&mut self, id: EndpointId) -> Answer {
        self.slots[slot_number(id)] = None;
        Answer::Done
    }
}
