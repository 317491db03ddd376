//! What others do meanwhile: devices, SNS, people, another worker.

use super::pass::{Quiet, mend};
use super::world::{ROWS, TOKENS, World, token_hash};
use crate::device::{Since, State};
use crate::mend::Subject;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// SNS disables an endpoint, and the event of it arrives.
    Disabled(usize),
    /// SNS disables an endpoint, and the event gets lost.
    DisabledUnheard(usize),
    /// Somebody deletes an endpoint.
    Deleted(usize),
    /// A device confirms a token, the old or a new one, and its function dies before it talks to SNS.
    Confirmed(usize, usize),
    /// A device registers, to the end.
    Registered(usize, usize),
    /// A device that has registered does so once more, in the same words.
    Repeated(usize),
    /// A device opts out, and its function dies before it talks to SNS.
    OptedOut(usize),
    /// A device opts out, to the end.
    OptedOutToTheEnd(usize),
    /// Another worker has the same row.
    Worked(usize),
}

impl Event {
    /// All that can happen now.
    pub(super) fn all(world: &World) -> Vec<Self> {
        let mut events = Vec::new();
        for slot in TOKENS {
            if let Some(endpoint) = &world.slots[slot] {
                events.push(Self::Deleted(slot));
                if endpoint.is_enabled {
                    events.extend([Self::Disabled(slot), Self::DisabledUnheard(slot)]);
                }
            }
        }
        for row in ROWS {
            for token in TOKENS {
                events.extend([Self::Confirmed(row, token), Self::Registered(row, token)]);
            }
            if world.rows[row].state == State::Live {
                events.extend([Self::OptedOut(row), Self::OptedOutToTheEnd(row)]);
                if world.has_registered(row) {
                    events.push(Self::Repeated(row));
                }
            }
            events.push(Self::Worked(row));
        }
        events
    }
}

impl World {
    pub(super) fn happens(&mut self, event: Event) {
        self.is_quiet = false;
        self.second += 1;
        match event {
            Event::Disabled(slot) => self.is_disabled(slot, true),
            Event::DisabledUnheard(slot) => self.is_disabled(slot, false),
            Event::Deleted(slot) => {
                if let Some(endpoint) = self.slots[slot].take() {
                    self.forget_the_unheard(endpoint.token, endpoint.is_enabled);
                }
            }
            Event::Confirmed(row, token) => self.confirm(row, token),
            Event::Registered(row, token) => {
                self.confirm(row, token);
                let confirmed_at = self.now();
                self.second += 1;
                mend(
                    self,
                    &Subject::Device(super::world::device_id(row)),
                    Some(confirmed_at),
                    &mut Quiet::default(),
                );
            }
            Event::Repeated(row) => {
                let confirmed_at = self.rows[row].confirmed_at;
                mend(
                    self,
                    &Subject::Device(super::world::device_id(row)),
                    Some(confirmed_at),
                    &mut Quiet::default(),
                );
            }
            Event::OptedOutToTheEnd(row) => {
                self.happens(Event::OptedOut(row));
                mend(
                    self,
                    &Subject::Device(super::world::device_id(row)),
                    None,
                    &mut Quiet::default(),
                );
            }
            Event::OptedOut(row) => {
                let since = Since {
                    at: self.now(),
                    pass: self.pass,
                };
                let row = &mut self.rows[row];
                if row.state == State::Live {
                    row.state = State::OptedOut(since);
                    row.version += 1;
                }
            }
            Event::Worked(row) => mend(
                self,
                &Subject::Device(super::world::device_id(row)),
                None,
                &mut Quiet::default(),
            ),
        }
        self.second += 1;
    }

    fn is_disabled(&mut self, slot: usize, is_heard: bool) {
        let now = self.now();
        let Some(endpoint) = self.slots[slot].as_mut().filter(|endpoint| endpoint.is_enabled) else {
            return;
        };
        endpoint.is_enabled = false;
        let token = endpoint.token;
        // It was enabled by somebody who keeps no books, and nobody hears of its end: what is on record looks true.
        let was_enabled_elsewhere = self.claims[token].is_some_and(|row| self.rows[row].disabled_at.is_some());
        self.bad[token] = is_heard || !was_enabled_elsewhere;
        if let (true, Some(row)) = (is_heard, self.claims[token]) {
            let row = &mut self.rows[row];
            row.disabled_at = Some(now);
            row.disabled_again += u32::from(row.enables_since_confirm > 0 && row.enabled_at.is_some());
            row.version += 1;
        }
    }

    /// Of an endpoint that was disabled and deleted, or re-keyed, between two looks, and whose event got lost, nobody can know.
    pub(super) fn forget_the_unheard(&mut self, token: usize, is_enabled: bool) {
        let is_known = self.claims[token].is_some_and(|row| self.rows[row].disabled_at.is_some());
        if !is_enabled && !is_known {
            self.bad[token] = false;
        }
    }

    /// In this story, so that its confirmation is of now.
    fn has_registered(&self, row: usize) -> bool {
        self.now().duration_since(self.rows[row].confirmed_at) < jiff::SignedDuration::from_hours(1)
    }

    /// The transaction of a registration.
    fn confirm(&mut self, row: usize, token: usize) {
        let now = self.now();
        let old = self.token(row);
        let taken_over = self.claims[token].filter(|other| *other != row);
        let known = taken_over.map(|other| (self.rows[other].disabled_at, self.rows[other].disabled_again));
        if let Some(other) = taken_over {
            let other = &mut self.rows[other];
            other.state = State::Superseded;
            other.endpoint = None;
            other.version += 1;
        }
        let is_new = old != token || taken_over.is_some();
        if old != token && self.claims[old] == Some(row) {
            self.claims[old] = None;
        }
        self.claims[token] = Some(row);
        self.bad[token] = false;
        let device = &mut self.rows[row];
        if is_new {
            (device.disabled_at, device.disabled_again) = known.unwrap_or_default();
        }
        if device.state != State::Quarantined || is_new {
            device.state = State::Live;
        }
        device.token = token_hash(token);
        device.confirmed_at = now;
        device.enables_since_confirm = 0;
        device.enabled_at = None;
        device.ticket = None;
        device.version += 1;
    }
}
