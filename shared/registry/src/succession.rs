//! What goes with a token from one device to another, and what is left behind.
//!
//! The endpoint that has the token, what is known of the token, and what is to be ended: each in the transaction in which the token changes
//! hands. The claim on a token that was left ends with the retention.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::confirmation::Scene;
use crate::device::Device;
use crate::history::History;
use crate::register::Registration;
use crate::row::{Claim, unbinding};
use crate::state::State;
use crate::store::Write;

impl Scene<'_> {
    /// The claim on the token, as this device's.
    pub(crate) fn claim(&self, expires_at: Option<i64>, history: History) -> Write {
        let Registration { device, token, .. } = self.registration;
        let claim = Claim {
            device: device.id.clone(),
            confirmed_at: self.at,
            expires_at,
            history,
        };
        let as_seen = self.rows.claim.as_ref().map_or(Condition::Absent, Claim::as_seen);
        claim.write(&device.application, token.digest(), as_seen)
    }

    /// The other device that has the token until now.
    fn holder(&self) -> Option<&Device> {
        let holder = self.rows.holder.as_ref()?;
        let has_it = holder.token == self.registration.token && holder.state != State::Superseded;
        (has_it && !holder.is_expired(self.attempt.now)).then_some(holder)
    }

    /// What is known of the token: it is where the claim says.
    pub(crate) fn history(&self) -> History {
        if let Some(holder) = self.holder() {
            return holder.history();
        }
        let id = &self.registration.device.id;
        let has_it = |own: &&Device| own.token == self.registration.token && own.state != State::Superseded;
        let own = self.own.filter(has_it);
        match (own, self.claim) {
            (Some(own), None) => own.history(),
            (Some(own), Some(claim)) if claim.device == *id => own.history(),
            (_, claim) => claim.map(|claim| claim.history.clone()).unwrap_or_default(),
        }
    }

    /// Whoever loses a token has no subscriptions any more: the device that has the newest claim on it has them to end, and if there is none
    /// that is kept, `next` itself.
    pub(crate) fn hand_over(&self, subscriptions: BTreeSet<String>, next: &mut Device) -> Option<Write> {
        if subscriptions.is_empty() {
            return None;
        }
        let heir = self.rows.holder.as_ref().filter(|holder| holder.expires_at.is_none());
        let Some(seen) = heir else {
            next.inherit(subscriptions);
            return None;
        };
        let mut heir = seen.clone();
        heir.inherit(subscriptions);
        heir.version = seen.version.saturating_add(1);
        heir.writer = self.attempt.writer();
        Some(heir.write(Condition::Version(seen.version)))
    }

    /// Takes the token, and the endpoint that has it, from the device that had it. What is known of the token is not its own any more, and
    /// its subscriptions are for `heir` to end.
    pub(crate) fn supersede(&self, heir: &mut Device, writes: &mut Vec<Write>) -> Option<Device> {
        let holder = self.holder()?;
        let mut next = holder.clone();
        next.version = holder.version.saturating_add(1);
        next.writer = self.attempt.writer();
        // Who wants no messages still wants none.
        if next.state != State::OptedOut {
            next.enter(State::Superseded, self.at);
        }
        if let Some(arn) = next.endpoint.take() {
            writes.push(unbinding(&arn, &next.key.id));
        }
        next.set_history(History::default());
        heir.inherit(next.give_up_subscriptions());
        next.expires_at = next.is_done_with().then(|| holder.expires_at.unwrap_or(self.expires_at));
        writes.push(next.write(Condition::Version(holder.version)));
        Some(holder.clone())
    }

    /// The claim on the token that the device had, which ends with its use, and keeps what is known of it until then.
    pub(crate) fn former(&self) -> Option<Write> {
        let own = self.rows.own.as_ref().filter(|own| own.token != self.registration.token)?;
        let former = self.rows.former.as_ref().filter(|former| former.device == own.key.id)?;
        let ended = Claim {
            expires_at: Some(former.expires_at.unwrap_or(self.expires_at)),
            history: match own.state {
                State::Superseded => former.history.clone(),
                State::Live | State::OptedOut | State::Quarantined | State::SlotConflict | State::Tombstone => own.history(),
            },
            ..former.clone()
        };
        Some(ended.write(&own.key.application, own.token.digest(), former.as_seen()))
    }
}
