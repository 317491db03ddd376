//! Changing one device that was seen, if it still is as it was seen.
//!
//! Promises that a decision is carried out on the row it was made for, or not at all; that what hangs on the row changes with it; and that
//! a write whose answer was lost is not taken for somebody else's. What hangs on it follows from the difference: an endpoint that is let go
//! or taken, and the claim of a device that is done with.

use inbox::StoreError;

use crate::Registry;
use crate::attempt::Attempt;
use crate::condition::Condition;
use crate::confirmation::expiry;
use crate::device::{Device, DeviceKey};
use crate::item::Reading;
use crate::row::{binding, device_of, unbinding};
use crate::state::State;
use crate::store::{Commit, MOST_TRIES, Write, restless};
use crate::{EndpointArn, table};

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a change may not have been made"]
pub enum Change {
    /// The device is as it should be now; this is its row.
    Done(Device),
    /// It is not what it was when it was seen, and nothing was changed: decide again. `None` if it is gone.
    Overtaken(Option<Device>),
    /// That is not done with such a device, whoever asks.
    Refused(Refusal),
}

/// Why something is not done with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It was enabled since it was confirmed: another time would be blind.
    AlreadyEnabled,
    /// The endpoint is of another application.
    OtherApplication,
    /// Its state does not allow it.
    State(State),
}

impl Registry {
    /// Writes `next` in the place of `seen`, and what hangs on it.
    pub(crate) async fn change(&self, seen: &Device, mut next: Device, attempt: &Attempt<'_>) -> Result<Change, StoreError> {
        next.version = seen.version.saturating_add(1);
        next.writer = attempt.writer();
        let expires_at = seen.expires_at.unwrap_or_else(|| expiry(attempt.now, self.retention));
        next.expires_at = next.is_done_with().then_some(expires_at);
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let mut writes = self.what_hangs_on(seen, &next, attempt).await?;
            writes.push(next.write(Condition::Version(seen.version)));
            match self.commit(writes).await? {
                Commit::Done => return Ok(Change::Done(next)),
                Commit::Overtaken(error) => last = Some(error),
            }
            match self.device(&seen.key).await? {
                // The write had succeeded, and the SDK has repeated it because the answer got lost.
                Some(device) if device == next => return Ok(Change::Done(next)),
                Some(device) if device.version == seen.version => {}
                device => return Ok(Change::Overtaken(device)),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    async fn what_hangs_on(&self, seen: &Device, next: &Device, attempt: &Attempt<'_>) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        if seen.endpoint != next.endpoint {
            writes.extend(seen.endpoint.as_ref().map(|arn| unbinding(arn, &seen.key.id)));
            if let Some(arn) = &next.endpoint {
                self.take(arn, next, attempt, &mut writes).await?;
            }
        }
        if seen.expires_at.is_none() && next.expires_at.is_some() {
            let claim = self.claim(&next.key.application, &next.token).await?;
            if let Some(mut claim) = claim.filter(|claim| claim.device == next.key.id) {
                let as_seen = claim.as_seen();
                claim.expires_at = next.expires_at;
                writes.push(claim.write(&next.key.application, next.token.digest(), as_seen));
            }
        }
        Ok(writes)
    }

    /// Makes an endpoint this device's, whoever had it.
    async fn take(
        &self,
        arn: &EndpointArn,
        next: &Device,
        attempt: &Attempt<'_>,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let id = &next.key.id;
        let Some(item) = self.row(&table::endpoint(arn)).await? else {
            writes.push(binding(arn, id, Condition::Absent));
            return Ok(());
        };
        let other = device_of(&mut Reading(item))?;
        writes.push(binding(arn, id, Condition::Bound(other.clone())));
        let application = next.key.application.clone();
        let other = Some(DeviceKey { application, id: other }).filter(|other| *other != next.key);
        let other = self.device_if(other).await?;
        if let Some(mut other) = other.filter(|other| other.endpoint.as_ref() == Some(arn)) {
            let version = other.version;
            other.version = version.saturating_add(1);
            other.writer = attempt.writer();
            other.endpoint = None;
            other.expires_at = other
                .is_done_with()
                .then(|| other.expires_at.unwrap_or_else(|| expiry(attempt.now, self.retention)));
            writes.push(other.write(Condition::Version(version)));
        }
        Ok(())
    }
}
