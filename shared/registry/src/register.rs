//! Registering: a device says what its token is.
//!
//! Promises that the device and the claim on its token change together, that a token has one live device at most, and that a registration
//! may be repeated, late, or lost on its way back, without harm. What follows from it is decided in `confirmation`; here it is read,
//! written, and done again if somebody else was faster.

use std::collections::BTreeSet;
use std::fmt;

use futures_util::future::{OptionFuture, try_join};
use inbox::StoreError;
use jiff::Timestamp;

use crate::attempt::Attempt;
use crate::confirmation::{Effect, Rows, effect};
use crate::device::{Device, DeviceKey, Owner};
use crate::row::Claim;
use crate::state::State;
use crate::store::{Commit, MOST_TRIES, restless};
use crate::{Application, Registry, Token, table};

/// What a device says of itself. `Debug` prints no subscriptions.
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    /// Which device.
    pub device: DeviceKey,
    /// Its token, as it has it from its system now.
    pub token: Token,
    /// Whose it is; what was on record before is replaced.
    pub owner: Option<Owner>,
    /// Which topic subscriptions hang on the device's endpoint, by ARN, as the application's own server says. `None` keeps what is on record;
    /// anything else replaces it, and is not another device's to end any more.
    pub subscriptions: Option<BTreeSet<String>>,
    /// When it said so. A moment that is still to come counts as now: nobody could say anything newer.
    pub confirmed_at: Timestamp,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "only some outcomes lead to SNS"]
pub struct Registered {
    /// What it was.
    pub outcome: Outcome,
    /// The device as it is on record now.
    pub device: Device,
    /// The device that had the token until now, as it was then. Its endpoint, if it had one, has the token and is free to be bound; the
    /// subscriptions of that endpoint are another person's, are in `inherited_subscriptions` of this device now, and are to be ended first.
    /// It is told once: whoever repeats a registration is not told again.
    pub superseded: Option<Device>,
}

/// What a registration was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The same token again, newly confirmed.
    Confirmed,
    /// The first of this device.
    New,
    /// The same confirmation again: its first time may have ended before SNS was asked.
    Repeated,
    /// The same token, of a device that had opted out, was superseded or given up, or had no place at SNS.
    Revived,
    /// Too late to change the device; nothing is to be told to SNS.
    Stale(Stale),
    /// Another token than before.
    TokenChanged,
}

/// Why a registration came too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stale {
    /// The device has confirmed, or opted out, later than that.
    Older,
    /// Another device has confirmed the token later than that.
    TokenTaken,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("device", &self.device)
            .field("token", &self.token)
            .field("confirmed_at", &self.confirmed_at)
            .finish_non_exhaustive()
    }
}

impl Registered {
    /// The device is to have an enabled endpoint with its token, and this registration is what it is to be asked for on. A stale one is not,
    /// though its device may be live: it is about something else by now.
    pub fn leads_to_sns(&self) -> bool {
        match self.outcome {
            Outcome::Confirmed | Outcome::New | Outcome::Repeated | Outcome::Revived | Outcome::TokenChanged => {
                self.device.state == State::Live
            }
            Outcome::Stale(_) => false,
        }
    }
}

impl Registry {
    /// Records what a device says of itself. Ask SNS for nothing before: what is to be asked depends on the answer.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written, or has a row that cannot be read. The registration may or may not be recorded
    /// then; it is safe to repeat it.
    pub async fn register(&self, registration: &Registration, attempt: &Attempt<'_>) -> Result<Registered, StoreError> {
        let mut last = None;
        for _ in 0..MOST_TRIES {
            let rows = self.rows(registration).await?;
            let Effect { writes, registered } = effect(&rows, registration, attempt, self.retention);
            match self.commit(writes).await? {
                Commit::Done => return Ok(registered),
                Commit::Overtaken(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(restless))
    }

    async fn rows(&self, registration: &Registration) -> Result<Rows, StoreError> {
        let Registration { device, token, .. } = registration;
        let application = &device.application;
        let (own, claim) = try_join(self.device(device), self.claim(application, token)).await?;
        let holder = claim
            .as_ref()
            .filter(|claim| claim.device != device.id)
            .map(|claim| DeviceKey {
                application: application.clone(),
                id: claim.device.clone(),
            });
        let former = own.as_ref().filter(|own| own.token != *token).map(|own| &own.token);
        let former = OptionFuture::from(former.map(|former| self.claim(application, former)));
        let former = async { Ok(former.await.transpose()?.flatten()) };
        let (holder, former) = try_join(self.device_if(holder), former).await?;
        Ok(Rows {
            own,
            claim,
            holder,
            former,
        })
    }

    pub(crate) async fn claim(&self, application: &Application, token: &Token) -> Result<Option<Claim>, StoreError> {
        let item = self.row(&table::claim(application, token.digest().as_bytes())).await?;
        item.map(Claim::from_item).transpose()
    }
}
