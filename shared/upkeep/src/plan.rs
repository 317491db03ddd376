//! What is to be done for one device, or for one endpoint that no device claims.
//!
//! This is the only place that decides. It reads no clock and calls nobody: what is known comes in, one action goes out, with the reason
//! that a report shows and the row of the README's table that it follows. Whoever acts looks again after each action and asks again,
//! until there is nothing left to do; so an action never rests on what another one was expected to achieve.
//!
//! It refuses to enable without evidence. AWS's own words are "Don't activate a deactivated endpoint"
//! (<https://repost.aws/knowledge-center/sns-endpoint-push-notification-deactivated>): SNS disables an endpoint when the push service says
//! that its token is bad, and a stored token is no reason to doubt that. A confirmation by the device, after that, is.

mod action;
mod change;
mod evidence;
mod facts;
mod forecast;
mod leaving;
mod live;
mod orphan;
mod reason;
mod recovery;
mod settings;
#[cfg(test)]
mod table;

pub use action::{Action, Spending};
pub use change::Change;
pub use facts::{Claim, Facts, Own, Permit, Refusal, Row, Trouble};
pub use forecast::forecast;
pub(crate) use live::chosen;
pub use reason::Reason;
pub use recovery::{Recovery, Wave};
pub use settings::{Caps, Closed, Mode, Moment, Orphans, Settings};

use crate::device::{Device, State};

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Why; it names its row of the table.
    pub reason: Reason,
    /// What follows.
    pub verdict: Verdict,
}

/// What follows from a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// This is to be done, and then asked again.
    Act(Action),
    /// This would be done, but something holds it back.
    Hold(Action, Hold),
    /// There is nothing to do.
    Leave,
}

/// What holds an action back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hold {
    /// The run changes nothing.
    PlanMode,
    /// The run makes good a mistake, and does nothing else.
    RecoverOnly,
    /// The run has done as many of these as it may.
    Cap(Spending),
}

/// Decides.
pub fn plan(facts: &Facts, settings: &Settings, moment: &Moment) -> Decision {
    let intent = intend(facts, settings, moment);
    let verdict = match intent.action {
        None => Verdict::Leave,
        Some(action) => match hold(intent.reason, &action, settings) {
            None => Verdict::Act(action),
            Some(hold) => Verdict::Hold(action, hold),
        },
    };
    Decision {
        reason: intent.reason,
        verdict,
    }
}

/// What would be done if nothing held it back.
struct Intent {
    reason: Reason,
    action: Option<Action>,
}

fn intend(facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    if let Some(closed) = settings.closed {
        return leave(closed.reason());
    }
    if let Some(trouble) = facts.trouble {
        return leave(trouble.reason());
    }
    if let Some((endpoint, token)) = facts.robbed {
        return act(Reason::EndpointOfAnother, Action::Restore { endpoint, token });
    }
    match &facts.row {
        Row::Malformed => leave(Reason::BadRow),
        Row::None => orphan::intend(facts, settings, moment),
        Row::Known(device) => of_device(device, facts, settings, moment),
    }
}

fn of_device(device: &Device, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    match (device.state, facts.claim) {
        (State::Superseded, _)
        | (State::Live | State::OptedOut(_) | State::Quarantined | State::Tombstone(_) | State::SlotConflict, Claim::Another) => {
            leaving::superseded(device)
        }
        (State::Live | State::OptedOut(_) | State::Quarantined | State::Tombstone(_) | State::SlotConflict, Claim::Nobody) => {
            leave(Reason::ClaimMissing)
        }
        (State::Live, Claim::Ours) => live::intend(device, facts, settings, moment),
        (State::OptedOut(since), Claim::Ours) => leaving::opted_out(device, since, facts, settings, moment),
        (State::Quarantined, Claim::Ours) => leaving::quarantined(device, facts, settings, moment),
        (State::Tombstone(since), Claim::Ours) => leaving::tombstone(device, since, facts, settings, moment),
        (State::SlotConflict, Claim::Ours) => leaving::slot_conflict(device),
    }
}

fn hold(reason: Reason, action: &Action, settings: &Settings) -> Option<Hold> {
    match settings.mode {
        Mode::Plan => return Some(Hold::PlanMode),
        Mode::Recover(_) if reason != Reason::CertificateMistake => return Some(Hold::RecoverOnly),
        Mode::Recover(_) | Mode::Apply => {}
    }
    let spending = action.spends()?;
    (settings.caps_left.of(spending) == 0).then_some(Hold::Cap(spending))
}

fn leave(reason: Reason) -> Intent {
    Intent { reason, action: None }
}

fn act(reason: Reason, action: Action) -> Intent {
    Intent {
        reason,
        action: Some(action),
    }
}

fn change(reason: Reason, change: Change) -> Intent {
    act(reason, Action::Change(change))
}
