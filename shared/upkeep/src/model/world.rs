//! SNS and the registry as variables: two rows, three tokens, and for each token the endpoint that SNS made for it first.

use jiff::{SignedDuration, Timestamp};

use super::api::{Api, Promise, Run};
use crate::device::{Device, DeviceId, Since, State};
use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};
use crate::mend::{Answer, Known, Seen};
use crate::plan::{Change, Moment};

pub(super) const ROWS: [usize; 2] = [0, 1];
pub(super) const TOKENS: [usize; 3] = [0, 1, 2];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) rows: [Device; 2],
    /// By token: the row that claims it.
    pub(super) claims: [Option<usize>; 3],
    /// By the token that each was created with.
    pub(super) slots: [Option<Slot>; 3],
    pub(super) second: i64,
    pub(super) pass: u64,
    pub(super) api: Api,
    pub(super) run: Run,
    /// By token: SNS has disabled it since it was last confirmed, and somebody could know.
    pub(super) bad: [bool; 3],
    /// A token that there was evidence for one call ago, when its enabling was counted or decided: SNS has no conditional writes.
    pub(super) believed: Option<usize>,
    /// Nothing but the reconciler has moved since the pass began.
    pub(super) is_quiet: bool,
    /// A promise that a write of the reconciler has broken.
    pub(super) broken: Option<Promise>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) token: usize,
    pub(super) is_enabled: bool,
    /// The row whose user data it has.
    pub(super) owner: usize,
    pub(super) condemned: Option<Since>,
}

/// The row that a piece of work is about, as it was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AsRead {
    pub(super) row: usize,
    pub(super) token: usize,
}

impl World {
    pub(super) fn now(&self) -> Timestamp {
        at(self.second)
    }

    pub(super) fn moment(&self) -> Moment {
        Moment {
            now: self.now(),
            pass: self.pass,
        }
    }

    /// A day later.
    pub(super) fn next_pass(&mut self) {
        self.second += DAY;
        self.pass += 1;
    }

    pub(super) fn holders(&self, token: usize) -> Vec<usize> {
        let has = |slot: &&usize| self.slots[**slot].as_ref().is_some_and(|slot| slot.token == token);
        TOKENS.iter().filter(has).copied().collect()
    }

    pub(super) fn token(&self, row: usize) -> usize {
        token_number(&self.rows[row].token)
    }

    pub(super) fn is_winner(&self, row: usize) -> bool {
        self.rows[row].state == State::Live && self.claims[self.token(row)] == Some(row)
    }

    pub(super) fn breaks(&mut self, promise: Promise) {
        self.broken.get_or_insert(promise);
    }

    /// No token has two endpoints.
    pub(super) fn has_no_duplicates(&self) -> bool {
        TOKENS.iter().all(|token| self.holders(*token).len() < 2)
    }

    /// Nobody has enabled an endpoint and told nobody.
    pub(super) fn is_on_record(&self) -> bool {
        let enabled = self.slots.iter().flatten().filter(|slot| slot.is_enabled);
        let claimants = enabled.filter_map(|slot| self.claims[slot.token]);
        claimants.into_iter().all(|row| self.rows[row].disabled_at.is_none())
    }

    // What is read.

    pub(super) fn known(&self, id: &DeviceId) -> Answer {
        let row = row_number(id);
        Answer::Device(Some(Known::Row {
            device: Box::new(self.rows[row].clone()),
            claimant: self.claims[self.token(row)].map(device_id),
        }))
    }

    pub(super) fn claimant(&self, token: &TokenHash) -> Answer {
        Answer::Claim(self.claims[token_number(token)].map(device_id))
    }

    pub(super) fn seen(&self, id: EndpointId) -> Answer {
        Answer::Endpoint(self.slots[slot_number(id)].as_ref().map(|slot| Seen {
            token: token_hash(slot.token),
            is_enabled: slot.is_enabled,
            user_data: user_data(slot.owner),
            condemned: slot.condemned,
        }))
    }

    // What the registry writes.

    pub(super) fn change(&mut self, id: &DeviceId, version: u64, change: &Change) -> Answer {
        let row = &mut self.rows[row_number(id)];
        if row.version != version {
            return Answer::Overtaken;
        }
        change.on(row);
        if matches!(change, Change::CountEnable { .. }) {
            let token = token_number(&row.token);
            self.believed = Some(token).filter(|token| !self.bad[*token]);
        }
        Answer::Done
    }
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

pub(super) fn device_id(row: usize) -> DeviceId {
    DeviceId::new(["0", "1"][row])
}

pub(super) fn row_number(id: &DeviceId) -> usize {
    usize::from(id.as_str() == "1")
}

pub(super) fn token_hash(token: usize) -> TokenHash {
    TokenHash::given([byte(token); 32])
}

pub(super) fn token_number(token: &TokenHash) -> usize {
    usize::from(token.short()[0])
}

pub(super) fn user_data(row: usize) -> UserDataHash {
    UserDataHash::given([byte(row); 32])
}

pub(super) fn endpoint_id(slot: usize) -> EndpointId {
    EndpointId::given([byte(slot); 16])
}

pub(super) fn slot_number(id: EndpointId) -> usize {
    usize::from(id.as_bytes()[0])
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("there are three of each")
}

pub(super) const DAY: i64 = 24 * 60 * 60;
