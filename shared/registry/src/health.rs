//! Whether SNS can reach a device.
//!
//! SNS disables an endpoint when the push service says that its token is bad. That is heard in events, which come late, twice and in any order,
//! and are merged into the row as it is; and it is seen, which is a decision about the row that was read, and is written over that or not at
//! all. Whether there is evidence that the token is good is for the plan to decide.

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::change::{Change, Refusal};
use crate::device::{Device, DeviceKey};
use crate::state::State;
use crate::store::{MOST_TRIES, restless};
use crate::{EndpointArn, Registry, Token};

/// What became of a fact about a device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the device may not be known"]
pub enum Noted {
    /// It is on record now.
    Recorded(Device),
    /// The row says so already, or something newer.
    Known(Device),
    /// There is no such device.
    Unknown,
}

impl Registry {
    /// Puts on record that SNS disabled the device's endpoint, at a moment. Of two moments the later one counts, in whatever order they come,
    /// and one before the endpoint was enabled says nothing of the time after. It is said of the token: if another device has taken that
    /// over, it is said of that device, which is answered.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be recorded then; it is safe to repeat it.
    pub async fn disabled(&self, key: &DeviceKey, at: Timestamp, attempt: &Attempt<'_>) -> Result<Noted, StoreError> {
        let at = to_milliseconds(at);
        let mut seen = self.get(key, attempt.now).await?;
        let mut token = None::<Token>;
        for _ in 0..MOST_TRIES {
            let mark = |device: &mut Device| {
                let is_its = token.as_ref().is_none_or(|token| *token == device.token);
                if is_its && device.state != State::Superseded {
                    device.mark_disabled(at);
                }
            };
            let device = match self.note(seen, attempt, mark).await? {
                Noted::Known(device) if device.state == State::Superseded => device,
                noted => return Ok(noted),
            };
            seen = self.by_token(&key.application, &device.token, attempt.now).await?;
            if seen.is_none() {
                return Ok(Noted::Known(device));
            }
            token = Some(device.token);
        }
        Err(restless())
    }

    /// The same for the device whose own the endpoint is: what an event of SNS names. It is said of the token that the endpoint has: nothing is
    /// recorded of a row that has another one by now.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be recorded then; it is safe to repeat it.
    pub async fn endpoint_disabled(
        &self,
        endpoint: &EndpointArn,
        token: &Token,
        at: Timestamp,
        attempt: &Attempt<'_>,
    ) -> Result<Noted, StoreError> {
        let at = to_milliseconds(at);
        let seen = self.by_endpoint(endpoint, attempt.now).await?;
        let mark = |device: &mut Device| {
            if device.endpoint.as_ref() == Some(endpoint) && device.token == *token {
                device.mark_disabled(at);
            }
        };
        self.note(seen, attempt, mark).await
    }

    /// The device's endpoint is seen to be disabled, since a moment at the latest; `again` if that is after it was enabled by us. Unlike an
    /// event it is a decision about the row that was seen, whatever is on record there.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn note_disabled(
        &self,
        seen: &Device,
        at: Timestamp,
        again: bool,
        attempt: &Attempt<'_>,
    ) -> Result<Change, StoreError> {
        let mut next = seen.clone();
        next.disabled_at = Some(to_milliseconds(at));
        next.disabled_again = next.disabled_again.saturating_add(u32::from(again));
        self.change_if_other(seen, next, attempt).await
    }

    /// The device's endpoint is seen to be enabled: nothing is known against its token.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn note_enabled(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        let mut next = seen.clone();
        next.mark_enabled();
        self.change_if_other(seen, next, attempt).await
    }

    /// SNS has no place for the device's token: it is bound to nothing, and left alone until it confirms again. Until then it keeps its claim.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn slot_conflict(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::SlotConflict => {}
            State::OptedOut | State::Quarantined | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        let mut next = seen.clone();
        next.enter(State::SlotConflict, to_milliseconds(attempt.now));
        next.endpoint = None;
        self.change_if_other(seen, next, attempt).await
    }

    /// Leaves a device alone until its token is another.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn quarantine(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined => {}
            State::OptedOut | State::SlotConflict | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        let mut next = seen.clone();
        next.enter(State::Quarantined, to_milliseconds(attempt.now));
        self.change_if_other(seen, next, attempt).await
    }

    /// Nothing is held against the device's token any more: SNS disabled its endpoint by mistake. One that is quarantined is live again, and
    /// what has been counted against it is not.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn absolve(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined => {}
            State::OptedOut | State::SlotConflict | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        let mut next = seen.clone();
        next.enter(State::Live, to_milliseconds(attempt.now));
        next.disabled_again = 0;
        self.change_if_other(seen, next, attempt).await
    }

    /// Merges a fact into a row, again if somebody else was faster.
    pub(crate) async fn note(
        &self,
        seen: Option<Device>,
        attempt: &Attempt<'_>,
        merge: impl Fn(&mut Device),
    ) -> Result<Noted, StoreError> {
        let mut seen = seen;
        for _ in 0..MOST_TRIES {
            let Some(device) = seen.filter(|device| !device.is_expired(attempt.now)) else {
                return Ok(Noted::Unknown);
            };
            let mut next = device.clone();
            merge(&mut next);
            if next == device {
                return Ok(Noted::Known(device));
            }
            match self.change(&device, next, attempt).await? {
                Change::Done(device) => return Ok(Noted::Recorded(device)),
                Change::Overtaken(device) => seen = device,
                Change::Refused(_) => return Ok(Noted::Known(device)),
            }
        }
        Err(restless())
    }
}
