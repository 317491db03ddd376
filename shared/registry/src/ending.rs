//! The ends of a device: its user opts out, or it is given up. Both end with a later confirmation.
//!
//! The row stays until nothing is left to be done for it, its endpoint deleted and its subscriptions ended, and then for the retention, so
//! that a confirmation that is late does not bring it back.

use inbox::StoreError;
use jiff::Timestamp;

use crate::Registry;
use crate::attempt::{Attempt, to_milliseconds};
use crate::change::{Change, Refusal};
use crate::device::{Device, DeviceKey};
use crate::health::Noted;
use crate::state::State;

impl Registry {
    /// Puts on record that the user of a device wants no messages, since a moment. A confirmation before it is late; one after it is a
    /// change of mind, so an app registers only while its user wants messages.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be recorded then; it is safe to repeat it.
    pub async fn opt_out(&self, key: &DeviceKey, at: Timestamp, attempt: &Attempt<'_>) -> Result<Noted, StoreError> {
        let at = to_milliseconds(at.min(attempt.now));
        let seen = self.get(key, attempt.now).await?;
        self.note(seen, attempt, |device| mark_opted_out(device, at)).await
    }

    /// Gives a device up: its endpoint is to be deleted, after a while and another look.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn tombstone(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined | State::SlotConflict | State::Tombstone => {}
            State::OptedOut | State::Superseded => return Ok(Change::Refused(Refusal::State(seen.state))),
        }
        let mut next = seen.clone();
        next.enter(State::Tombstone, to_milliseconds(attempt.now));
        self.change_if_other(seen, next, attempt).await
    }
}

pub(crate) fn mark_opted_out(device: &mut Device, at: Timestamp) {
    let is_known = device.state == State::OptedOut && at <= device.since;
    if at >= device.confirmed_at && !is_known {
        device.state = State::OptedOut;
        device.since = at;
    }
}
