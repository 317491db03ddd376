//! One piece of work: look, decide, act, and look again, until nothing is left to do.
//!
//! It calls nobody. It says which call is next and is told what became of it, so that the same steps run against SNS and against the
//! model, which goes through every answer at every step. It promises:
//!
//! - *Candidates are verified.* What a listing showed only says where to look. The row, its claim and each endpoint are read here, in
//!   full, before anything is written, and again after each write.
//! - *An enable is counted first*, over the version of the row that was read. What is certain not to have been done is taken back; what
//!   is not certain counts as done.
//! - *What it does to a token is checked afterwards.* SNS has no conditional writes. So a claim on a token that lost its endpoint is read
//!   once more, and whoever has it is looked at next.
//! - *It ends*, after sixteen looks at the latest.

mod act;
mod call;
mod look;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use self::call::trouble;
pub use self::call::{Answer, Call, Known, Mended, Next, Seen, Subject, Trail};
use self::look::{Look, Looked};
use crate::device::{Device, DeviceId, Ticket};
use crate::endpoint::EndpointId;
use crate::hashes::TokenHash;
use crate::plan::{Action, Change, Decision, Facts, Moment, Permit, Refusal, Row, Settings, Trouble, Verdict, chosen, plan};

/// A piece of work in progress.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mend {
    subject: Subject,
    ticket: Ticket,
    /// The confirmation that the device is making at this very moment.
    confirming: Option<Timestamp>,
    candidates: BTreeSet<EndpointId>,
    is_shared: bool,
    step: Step,
    /// The row as it was read last, with the changes made since.
    device: Option<Device>,
    /// What was known before the enable was counted. The ticket is used up when the call is made that it is for.
    counted: Option<Counted>,
    /// Tokens whose endpoint this work has disabled or deleted.
    taken: BTreeMap<TokenHash, BTreeSet<EndpointId>>,
    /// The one of them that the last call gave back, if it was performed.
    giving_back: Option<(TokenHash, BTreeSet<EndpointId>)>,
    /// The row's token when this work took an endpoint's last. If the row has another by now, the endpoint may have had that already.
    believed: Option<(TokenHash, EndpointId)>,
    /// An endpoint that it has re-keyed, and the token that it had, which somebody had claimed in between.
    robbed: Option<(EndpointId, TokenHash)>,
    /// What SNS refused, for the token that the row had then.
    refusal: Option<(TokenHash, Refusal)>,
    looks: usize,
    unanswered: u8,
    has_written: bool,
    decisions: Vec<Decision>,
    also: BTreeSet<DeviceId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Counted {
    disabled_at: Option<Timestamp>,
    is_spent: bool,
    /// Somebody else has counted it, and visibly not used it.
    is_another_s: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    Looking(Look),
    Changing(Change),
    Counting {
        action: Action,
        token: Option<TokenHash>,
        count: Change,
    },
    Acting {
        action: Action,
        token: Option<TokenHash>,
    },
    /// Who claims by now the token that the endpoint had.
    Checking {
        rekeyed: Option<(EndpointId, TokenHash)>,
    },
    Uncounting,
    Ended,
}

impl Mend {
    /// Work on a subject. The endpoint that the row names is looked at anyway. The ticket is given to no other work.
    pub fn new(subject: Subject, trail: Trail, ticket: Ticket) -> Self {
        let own = match &subject {
            Subject::Device(_) => None,
            Subject::Endpoint(endpoint) => Some(*endpoint),
        };
        Self {
            subject,
            ticket,
            confirming: None,
            candidates: trail.candidates.into_iter().chain(own).collect(),
            is_shared: trail.is_shared,
            step: Step::Ended,
            device: None,
            counted: None,
            taken: trail.taken,
            giving_back: None,
            believed: None,
            robbed: None,
            refusal: None,
            looks: 0,
            unanswered: 0,
            has_written: false,
            decisions: Vec::new(),
            also: BTreeSet::new(),
        }
    }

    /// The device is on the line, and this is the confirmation that it makes. So an endpoint that is disabled now, and nobody has heard
    /// when, was disabled before that, and an endpoint that SNS disables from now on is another matter. Only for a confirmation of now: one
    /// that has waited somewhere says nothing about what has happened meanwhile.
    #[must_use]
    pub fn confirming(self, confirmed_at: Timestamp) -> Self {
        Self {
            confirming: Some(confirmed_at),
            ..self
        }
    }

    /// The first call.
    pub fn begin(&mut self, settings: &Settings, moment: &Moment) -> Next {
        self.look(settings, moment)
    }

    /// What comes after a call.
    pub fn next(&mut self, answer: Answer, settings: &Settings, moment: &Moment) -> Next {
        match std::mem::replace(&mut self.step, Step::Ended) {
            Step::Looking(look) => self.looked(look, answer, settings, moment),
            Step::Changing(change) => self.changed(&change, answer, settings, moment),
            Step::Counting { action, token, count } => self.has_counted(action, token, &count, answer, settings, moment),
            Step::Acting { action, token } => self.acted(&action, token, answer, settings, moment),
            Step::Checking { rekeyed } => self.checked(rekeyed, answer, settings, moment),
            Step::Uncounting | Step::Ended => self.done(),
        }
    }

    fn look(&mut self, settings: &Settings, moment: &Moment) -> Next {
        if self.looks == MOST_LOOKS {
            return self.end(Trouble::Endless, settings, moment);
        }
        self.looks += 1;
        let (look, call) = Look::begin(&self.subject, &self.candidates);
        self.step = Step::Looking(look);
        Next::Call(call)
    }

    fn looked(&mut self, look: Look, answer: Answer, settings: &Settings, moment: &Moment) -> Next {
        match look.next(answer, &self.subject) {
            Looked::Call(look, call) => {
                self.step = Step::Looking(look);
                Next::Call(call)
            }
            Looked::Failed(trouble) => self.end(trouble, settings, moment),
            Looked::All(look) => self.decide(&look, settings, moment),
        }
    }

    fn decide(&mut self, look: &Look, settings: &Settings, moment: &Moment) -> Next {
        self.device = look.device().cloned();
        if let (Some((believed, endpoint)), Some(device)) = (self.believed.take(), &self.device)
            && device.token != believed
        {
            self.taken.entry(device.token).or_default().insert(endpoint);
        }
        let is_claimed_by_the_way = self.has_written || matches!(self.subject, Subject::Endpoint(_));
        self.also
            .extend(look.other_claimant(&self.subject).cloned().filter(|_| is_claimed_by_the_way));
        let mut facts = look.facts(&self.subject);
        self.witness(&mut facts);
        // Whatever was taken, the device has what it needs; what happens from here on is news.
        if let Some(device) = facts.device()
            && facts
                .holders
                .iter()
                .any(|holder| holder.is_enabled && device.endpoint == Some(holder.id))
        {
            self.taken.remove(&device.token);
        }
        self.take_over_a_count(&facts);
        facts.permit = self.permit();
        let token = self.device.as_ref().map(|device| device.token);
        facts.refusal = self.refusal.filter(|(of, _)| Some(*of) == token).map(|(_, refusal)| refusal);
        facts.is_shared = self.is_shared;
        facts.robbed = self.robbed;
        let decision = plan(&facts, settings, moment);
        self.decisions.push(decision.clone());
        match decision.verdict {
            Verdict::Leave | Verdict::Hold(..) => self.uncount(),
            Verdict::Act(Action::Change(change)) => self.change(change.clone(), Step::Changing(change)),
            Verdict::Act(action) => {
                let token = action.endpoint().and_then(|endpoint| look.token_of(endpoint));
                match action.enables() && facts.permit == Permit::None {
                    true => self.count(action, token, moment),
                    false => self.act(action, token),
                }
            }
        }
    }

    /// Takes it for noted that the endpoint was disabled before the device came.
    fn witness(&mut self, facts: &mut Facts) {
        let (Some(confirmed_at), Row::Known(device)) = (self.confirming, &mut facts.row) else {
            return;
        };
        let is_news = device.confirmed_at == confirmed_at && device.enables_since_confirm == 0 && device.disabled_at.is_none();
        let is_disabled = chosen(device.endpoint, &facts.holders).is_some_and(|chosen| !chosen.is_enabled);
        if is_news && is_disabled {
            device.disabled_at = confirmed_at.checked_sub(A_MOMENT).ok();
            self.device = Some(Device::clone(device));
        }
    }

    fn count(&mut self, action: Action, token: Option<TokenHash>, moment: &Moment) -> Next {
        self.counted = Some(Counted {
            disabled_at: self.device.as_ref().and_then(|device| device.disabled_at),
            is_spent: false,
            is_another_s: false,
        });
        let count = Change::CountEnable {
            ticket: self.ticket,
            again_at: action.enables_again().then_some(moment.now),
        };
        let step = Step::Counting {
            action,
            token,
            count: count.clone(),
        };
        self.change(count, step)
    }

    /// The count that is on the row in the name of this work and not used yet; or what this work took away.
    fn permit(&self) -> Permit {
        let Some(device) = &self.device else {
            return Permit::None;
        };
        if let Some(counted) = self.held_count(device) {
            Permit::Counted {
                was_disabled: counted.disabled_at.is_some() || self.is_confirming(device),
            }
        } else if let Some(endpoints) = self.taken.get(&device.token) {
            Permit::GiveBack(endpoints.clone())
        } else {
            Permit::None
        }
    }

    fn held_count(&self, device: &Device) -> Option<&Counted> {
        let counted = self.counted.as_ref().filter(|counted| !counted.is_spent);
        counted.filter(|counted| counted.is_another_s || device.ticket == Some(self.ticket))
    }

    fn is_confirming(&self, device: &Device) -> bool {
        self.confirming == Some(device.confirmed_at)
    }

    /// An enable was counted for the confirmation that the device is making, and no endpoint has the token: whoever counted it has not come
    /// to use it, for the token would have come with it. The device repeats its request because it was not told that all is well.
    fn take_over_a_count(&mut self, facts: &Facts) {
        let is_unused =
            |device: &Device| device.enables_since_confirm > 0 && device.disabled_at.is_none() && facts.holders.is_empty();
        let device = facts
            .device()
            .filter(|device| self.is_confirming(device) && is_unused(device));
        // One that was to be counted here, and somebody else was faster, is no count of one's own.
        let is_own = |counted: &Counted| counted.is_spent || counted.is_another_s;
        let has_none =
            !self.counted.as_ref().is_some_and(is_own) && device.is_some_and(|device| self.held_count(device).is_none());
        if has_none {
            self.counted = Some(Counted {
                disabled_at: None,
                is_spent: false,
                is_another_s: true,
            });
        }
    }

    fn change(&mut self, change: Change, step: Step) -> Next {
        let (Subject::Device(id), Some(device)) = (&self.subject, &self.device) else {
            // Only a row has changes decided for it.
            return self.done();
        };
        let call = Call::Change {
            device: id.clone(),
            version: device.version,
            change,
        };
        self.step = step;
        Next::Call(call)
    }

    fn changed(&mut self, change: &Change, answer: Answer, settings: &Settings, moment: &Moment) -> Next {
        match answer {
            Answer::Done => {
                self.made(change);
                self.look(settings, moment)
            }
            Answer::Overtaken => self.look(settings, moment),
            answer => self.end(trouble(&answer), settings, moment),
        }
    }

    fn has_counted(
        &mut self,
        action: Action,
        token: Option<TokenHash>,
        count: &Change,
        answer: Answer,
        settings: &Settings,
        moment: &Moment,
    ) -> Next {
        match answer {
            Answer::Done => {
                self.made(count);
                self.act(action, token)
            }
            // By somebody else, or by this very write, whose answer was lost: the ticket tells.
            Answer::Overtaken => self.look(settings, moment),
            answer => {
                // It may be on the row. Nothing was done on the strength of it, but to take it back takes a look, at a bad time.
                self.counted = None;
                self.end(trouble(&answer), settings, moment)
            }
        }
    }

    /// Keeps what is known of the row in step with it.
    fn made(&mut self, change: &Change) {
        if let Some(device) = &mut self.device {
            change.on(device);
        }
    }
}

/// As precise as the registry is.
const A_MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// A piece of work takes about six at most, and two more for each duplicate and each time that it is overtaken.
const MOST_LOOKS: usize = 16;
