//! What a confirmation changes: the one place that decides who has a token.
//!
//! A confirmation is a fact: at this moment the device had this token. Facts arrive late, twice and in any order, and the outcome is the
//! same in every order: a device has the token of its own newest confirmation, and a token belongs to the device whose confirmation of it is
//! the newest. Of two at the same millisecond the greater digest, or the greater device id, counts as newer. So a fact that is late for its
//! device may still be news for the token: the device had it, later than the one that seems to have it now.
//!
//! What is known of a token goes with it (`history`), and so does what is to be ended: the subscriptions of whoever had the token hang on the
//! endpoint that has it, and bring one person's messages to another. The device with the newest confirmation of all has them to end, and
//! nobody else has; none is forgotten.
//!
//! Pure: from the rows as they were read to the rows as they are to be.

use std::time::Duration;

use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::condition::Condition;
use crate::device::Device;
use crate::history::History;
use crate::register::{Outcome, Registered, Registration, Stale};
use crate::row::{Claim, unbinding};
use crate::state::State;
use crate::store::Write;

/// The rows around a confirmation, as they were read, expired or not.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// The device that confirms.
    pub(crate) own: Option<Device>,
    /// The claim on the token that it confirms.
    pub(crate) claim: Option<Claim>,
    /// The device that the claim names, if it is another one.
    pub(crate) holder: Option<Device>,
    /// The claim on the token that it had, if that is another token.
    pub(crate) former: Option<Claim>,
}

/// What is to be written, and what is to be answered once it is.
pub(crate) struct Effect {
    pub(crate) writes: Vec<Write>,
    pub(crate) registered: Registered,
}

/// What follows from a confirmation; nothing is written if the rows say so already, or more.
pub(crate) fn effect(rows: &Rows, registration: &Registration, attempt: &Attempt<'_>, retention: Duration) -> Effect {
    let at = to_milliseconds(registration.confirmed_at.min(attempt.now));
    let scene = Scene {
        at,
        expires_at: expiry(attempt.now, retention),
        own: rows.own.as_ref().filter(|own| !own.is_expired(attempt.now)),
        claim: rows.claim.as_ref().filter(|claim| !claim.is_expired(attempt.now)),
        rows,
        registration,
        attempt,
    };
    match scene.own {
        Some(own) if !scene.is_news_of(own) => scene.late(own),
        _ => scene.news(),
    }
}

/// The epoch second from which a row that nobody needs counts as absent.
pub(crate) fn expiry(now: Timestamp, retention: Duration) -> i64 {
    let seconds = i64::try_from(retention.as_secs()).unwrap_or(i64::MAX);
    now.as_second().saturating_add(seconds).saturating_add(1)
}

/// A confirmation among the rows around it; of the expired ones only their versions count.
pub(crate) struct Scene<'a> {
    pub(crate) at: Timestamp,
    pub(crate) expires_at: i64,
    pub(crate) own: Option<&'a Device>,
    pub(crate) claim: Option<&'a Claim>,
    pub(crate) rows: &'a Rows,
    pub(crate) registration: &'a Registration,
    pub(crate) attempt: &'a Attempt<'a>,
}

impl Scene<'_> {
    /// It is newer than what the device itself has said before.
    fn is_news_of(&self, own: &Device) -> bool {
        let said = (own.confirmed_at, own.token.digest().as_bytes());
        let is_newer = (self.at, self.registration.token.digest().as_bytes()) > said;
        is_newer && (own.state != State::OptedOut || self.at > own.since)
    }

    /// It is newer than every other confirmation of the token.
    fn takes_the_claim(&self) -> bool {
        let id = &self.registration.device.id;
        self.claim
            .is_none_or(|claim| (self.at, id) > (claim.confirmed_at, &claim.device))
    }

    fn news(&self) -> Effect {
        let Registration {
            device,
            token,
            owner,
            subscriptions,
            ..
        } = self.registration;
        let takes = self.takes_the_claim();
        let has = takes || self.claim.is_some_and(|claim| claim.device == device.id);
        let is_same_token = self.own.is_some_and(|own| own.token == *token);
        let mut next = Device {
            key: device.clone(),
            token: token.clone(),
            owner: owner.clone(),
            confirmed_at: self.at,
            state: State::Live,
            since: self.at,
            endpoint: None,
            subscriptions: Default::default(),
            inherited_subscriptions: Default::default(),
            disabled_at: None,
            enabled_at: None,
            enables_since_confirm: 0,
            disabled_again: 0,
            ticket: None,
            version: self.attempt.first_version(),
            writer: self.attempt.writer(),
            expires_at: None,
        };
        let mut writes = Vec::new();
        if let Some(own) = self.own {
            next.state = own.state;
            next.since = own.since;
            next.endpoint = own.endpoint.clone();
            next.subscriptions = own.subscriptions.clone();
            next.inherited_subscriptions = own.inherited_subscriptions.clone();
        }
        if let Some(subscriptions) = subscriptions {
            next.subscriptions = subscriptions.clone();
        }
        if !has {
            next.enter(State::Superseded, self.at);
        } else if !(is_same_token && next.state == State::Quarantined) {
            next.enter(State::Live, self.at);
        }
        if has {
            next.set_history(self.history());
        } else {
            if let Some(arn) = next.endpoint.take() {
                writes.push(unbinding(&arn, &device.id));
            }
            let given_up = next.give_up_subscriptions();
            writes.extend(self.hand_over(given_up, &mut next));
        }
        let mut superseded = None;
        if takes {
            writes.push(self.claim(None, History::default()));
            superseded = self.supersede(&mut next, &mut writes);
        } else if has && let Some(claim) = self.claim.filter(|claim| claim.expires_at.is_some()) {
            // Its own, of a late confirmation.
            let held = Claim {
                expires_at: None,
                history: History::default(),
                ..claim.clone()
            };
            writes.push(held.write(&device.application, token.digest(), claim.as_seen()));
        }
        next.inherit(Default::default());
        next.expires_at = next.is_done_with().then_some(self.expires_at);
        let own_as_seen = match &self.rows.own {
            Some(own) => {
                next.version = own.version.saturating_add(1);
                Condition::Version(own.version)
            }
            None => Condition::Absent,
        };
        writes.push(next.write(own_as_seen));
        writes.extend(self.former());
        let outcome = match self.own {
            _ if !has => Outcome::Stale(Stale::TokenTaken),
            None => Outcome::New,
            Some(_) if !is_same_token => Outcome::TokenChanged,
            Some(own) if own.state != next.state => Outcome::Revived,
            Some(_) => Outcome::Confirmed,
        };
        Effect {
            writes,
            registered: Registered {
                outcome,
                device: next,
                superseded,
            },
        }
    }

    /// The device has said something newer. The token may not have heard of this.
    fn late(&self, own: &Device) -> Effect {
        let mut writes = Vec::new();
        let mut superseded = None;
        let mut next = own.clone();
        if self.takes_the_claim() {
            let is_its_own = own.token == self.registration.token && own.state != State::Superseded;
            let history = self.history();
            superseded = self.supersede(&mut next, &mut writes);
            if !next.is_done_with() {
                next.expires_at = None;
            }
            writes.push(if is_its_own {
                next.set_history(history);
                self.claim(next.expires_at, History::default())
            } else {
                self.claim(Some(self.expires_at), history)
            });
            if next != *own {
                next.version = own.version.saturating_add(1);
                next.writer = self.attempt.writer();
                writes.push(next.write(Condition::Version(own.version)));
            }
        }
        let is_repeated = own.confirmed_at == self.at && own.token == self.registration.token;
        let outcome = match own.state {
            State::OptedOut => Outcome::Stale(Stale::Older),
            State::Superseded if is_repeated => Outcome::Stale(Stale::TokenTaken),
            State::Live | State::Quarantined | State::SlotConflict | State::Tombstone if is_repeated => Outcome::Repeated,
            State::Live | State::Quarantined | State::SlotConflict | State::Superseded | State::Tombstone => {
                Outcome::Stale(Stale::Older)
            }
        };
        Effect {
            writes,
            registered: Registered {
                outcome,
                device: next,
                superseded,
            },
        }
    }
}
