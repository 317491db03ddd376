//! Whether SNS can reach a device, and what was done about it.
//!
//! SNS disables an endpoint when the push service says that its token is bad. Promises that an endpoint is enabled again once for each
//! confirmation at most: the permission is on record before SNS is asked, so that a crash between the two costs the device a day, and not the
//! rule. Whether there is evidence that the token is good is for the plan to decide.

use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::{Attempt, to_milliseconds};
use crate::change::{Change, Refusal};
use crate::device::{Device, DeviceKey, State};
use crate::store::{MOST_TRIES, restless};
use crate::{EndpointArn, Registry};

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
    /// Puts on record that SNS disabled the device's endpoint, at a moment. Of two moments the later one counts, in whatever order they come.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be recorded then; it is safe to repeat it.
    pub async fn disabled(&self, key: &DeviceKey, at: Timestamp, attempt: &Attempt<'_>) -> Result<Noted, StoreError> {
        let seen = self.get(key, attempt.now).await?;
        self.note(seen, attempt, |device| mark_disabled(device, at)).await
    }

    /// The same for the device whose own the endpoint is: what an event of SNS names.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be recorded then; it is safe to repeat it.
    pub async fn endpoint_disabled(
        &self,
        endpoint: &EndpointArn,
        at: Timestamp,
        attempt: &Attempt<'_>,
    ) -> Result<Noted, StoreError> {
        let seen = self.by_endpoint(endpoint, attempt.now).await?;
        let mark = |device: &mut Device| {
            if device.endpoint.as_ref() == Some(endpoint) {
                mark_disabled(device, at);
            }
        };
        self.note(seen, attempt, mark).await
    }

    /// Takes the one permission to enable the device's endpoint that a confirmation gives. Take it first and ask SNS then; if the answer of
    /// SNS gets lost, the permission is spent all the same.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The permission may or may not be spent then: do not ask SNS.
    pub async fn enabling(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live => {}
            State::OptedOut | State::Quarantined | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        if seen.enables_since_confirm > 0 {
            return Ok(Change::Refused(Refusal::AlreadyEnabled));
        }
        let mut next = seen.clone();
        next.enables_since_confirm = 1;
        next.enabled_at = Some(to_milliseconds(attempt.now));
        self.change(seen, next, attempt).await
    }

    /// Leaves a device alone until its token is another.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn quarantine(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined => {}
            State::OptedOut | State::Superseded | State::Tombstone => return Ok(Change::Refused(Refusal::State(seen.state))),
        }
        let mut next = seen.clone();
        next.enter(State::Quarantined, to_milliseconds(attempt.now));
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

fn mark_disabled(device: &mut Device, at: Timestamp) {
    let at = to_milliseconds(at);
    if device.disabled_at.is_some_and(|known| known >= at) {
        return;
    }
    let is_again = device
        .enabled_at
        .is_some_and(|enabled| at > enabled && device.disabled_at.is_none_or(|known| known <= enabled));
    device.disabled_again += u32::from(is_again);
    device.disabled_at = Some(at);
}
