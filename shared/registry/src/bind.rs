//! Which endpoint is a device's own, and which subscriptions hang on it.
//!
//! Promises that an endpoint is one device's at any time: whoever takes it takes it from the other in the same transaction, because a push
//! to an endpoint reaches the device whose token it has, whatever a row says.

use std::collections::BTreeSet;

use inbox::StoreError;

use crate::attempt::Attempt;
use crate::change::{Change, Refusal};
use crate::device::Device;
use crate::state::State;
use crate::store::{MOST_TRIES, restless};
use crate::{EndpointArn, Registry};

impl Registry {
    /// Makes an endpoint the device's own: one that SNS has just made for its token, or one that was read and has its token.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn bind(&self, seen: &Device, endpoint: &EndpointArn, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined => {}
            State::OptedOut | State::SlotConflict | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        if *endpoint.application() != seen.key.application {
            return Ok(Change::Refused(Refusal::OtherApplication));
        }
        let mut next = seen.clone();
        next.endpoint = Some(endpoint.clone());
        self.change_if_other(seen, next, attempt).await
    }

    /// Lets the device's endpoint go: it was deleted, or has another device's token.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn unbind(&self, seen: &Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        let mut next = seen.clone();
        next.endpoint = None;
        self.change_if_other(seen, next, attempt).await
    }

    /// Puts on record which subscriptions hang on the device's endpoint, by ARN; none is the end of them. A device that is superseded has no
    /// endpoint, and nothing hangs on it.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn subscriptions(
        &self,
        seen: &Device,
        subscriptions: BTreeSet<String>,
        attempt: &Attempt<'_>,
    ) -> Result<Change, StoreError> {
        if seen.state == State::Superseded && !subscriptions.is_empty() {
            return Ok(Change::Refused(Refusal::State(seen.state)));
        }
        let mut next = seen.clone();
        next.subscriptions = subscriptions;
        next.inherit(BTreeSet::new());
        self.change_if_other(seen, next, attempt).await
    }

    /// Takes subscriptions that have ended out of the row, its own and inherited ones. That they have ended is a fact, whatever else the row
    /// has become: if somebody else was faster, it is said of the row as it is then.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn ended(&self, seen: &Device, ended: &BTreeSet<String>, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        let mut seen = seen.clone();
        for _ in 0..MOST_TRIES {
            let mut next = seen.clone();
            next.subscriptions.retain(|arn| !ended.contains(arn));
            next.inherited_subscriptions.retain(|arn| !ended.contains(arn));
            match self.change_if_other(&seen, next, attempt).await? {
                Change::Overtaken(Some(device)) => seen = device,
                change @ (Change::Done(_) | Change::Overtaken(None) | Change::Refused(_)) => return Ok(change),
            }
        }
        Err(restless())
    }

    /// Nothing is written if nothing changes.
    pub(crate) async fn change_if_other(&self, seen: &Device, next: Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match next == *seen {
            true => Ok(Change::Done(next)),
            false => self.change(seen, next, attempt).await,
        }
    }
}
