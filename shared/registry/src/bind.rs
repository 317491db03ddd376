//! Which endpoint is a device's own, and which subscriptions hang on it.
//!
//! Promises that an endpoint is one device's at any time: whoever takes it takes it from the other in the same transaction, because a push
//! to an endpoint reaches the device whose token it has, whatever a row says.

use std::collections::BTreeSet;

use inbox::StoreError;

use crate::attempt::Attempt;
use crate::change::{Change, Refusal};
use crate::device::{Device, State};
use crate::{EndpointArn, Registry};

impl Registry {
    /// Makes an endpoint the device's own: one that SNS has just made for its token, or one that was read and has its token.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn bind(&self, seen: &Device, endpoint: &EndpointArn, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match seen.state {
            State::Live | State::Quarantined => {}
            State::OptedOut | State::Superseded | State::Tombstone => return Ok(Change::Refused(Refusal::State(seen.state))),
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

    /// Puts on record which subscriptions hang on the device's endpoint, by ARN; none is the end of them.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. The change may or may not be made then; it is safe to repeat it.
    pub async fn subscriptions(
        &self,
        seen: &Device,
        subscriptions: BTreeSet<String>,
        attempt: &Attempt<'_>,
    ) -> Result<Change, StoreError> {
        let mut next = seen.clone();
        next.subscriptions = subscriptions;
        self.change_if_other(seen, next, attempt).await
    }

    /// Nothing is written if nothing changes.
    pub(crate) async fn change_if_other(&self, seen: &Device, next: Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        match next == *seen {
            true => Ok(Change::Done(next)),
            false => self.change(seen, next, attempt).await,
        }
    }
}
