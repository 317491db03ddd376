//! The look of whoever has changed SNS, and what follows if the change came too late.

use registry::{Device, EndpointArn, State};

use super::{Lead, Round, Settled, Settling};
use crate::evidence::{Doubt, doubt};
use crate::sns::{Changes, Refusal, Seen, UserData};
use crate::trouble::Trouble;

impl Settling<'_> {
    /// After an endpoint was changed, as it had been seen: settled, if the row still wants what it wanted then.
    pub(super) async fn look_again(&self, endpoint: &EndpointArn, seen: &Seen, settled: Settled) -> Result<Round, Trouble> {
        let row = self.registry.get(&settled.device.key, self.attempt.now).await?;
        match row {
            Some(device) if wants_the_same(&device, &settled.device) => Ok(Round::Settled(Settled { device, ..settled })),
            row => {
                self.give_back(endpoint, seen.is_enabled).await?;
                Ok(Round::Again(row, Lead::Own))
            }
        }
    }

    /// Lets an endpoint be as whoever owns it now would have it.
    async fn give_back(&self, endpoint: &EndpointArn, was_enabled: bool) -> Result<(), Trouble> {
        for _ in 0..MOST_TRIES {
            let Some(owner) = self.registry.by_endpoint(endpoint, self.attempt.now).await? else {
                return Ok(());
            };
            let changes = Changes {
                token: Some(owner.token.clone()),
                is_enabled: Some(self.is_to_be_enabled(&owner, was_enabled)),
                user_data: Some(UserData(owner.user_data())),
            };
            match self.sns.set(endpoint, changes).await {
                Ok(()) => {}
                // It is gone, or another one has the token: its owner finds out.
                Err(Refusal::Exists(_) | Refusal::Missing(_) | Refusal::OtherToken(_)) => return Ok(()),
                Err(refusal) => return Err(Trouble::of_call(refusal)),
            }
            if self.registry.by_endpoint(endpoint, self.attempt.now).await?.as_ref() == Some(&owner) {
                return Ok(());
            }
        }
        Err(Trouble::Restless)
    }

    /// It was enabled before our change, or its owner has counted that it enables it; and SNS has not been heard to disable it since. Nobody
    /// enables it blindly here.
    fn is_to_be_enabled(&self, owner: &Device, was_enabled: bool) -> bool {
        match owner.state {
            State::Live | State::Quarantined => {
                let is_good = doubt(owner, self.attempt.now) != Some(Doubt::DisabledLater);
                is_good && (was_enabled || owner.enables_since_confirm > 0)
            }
            State::OptedOut | State::Superseded | State::Tombstone => false,
        }
    }
}

/// Of two rows of one device, at different times.
fn wants_the_same(now: &Device, then: &Device) -> bool {
    let wants = |device: &Device| (device.state, device.confirmed_at, device.endpoint.clone(), device.user_data());
    wants(now) == wants(then) && now.token == then.token
}

const MOST_TRIES: u32 = 4;
