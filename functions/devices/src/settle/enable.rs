//! A device that is to have an enabled endpoint with its token.

use registry::{Change, Device, EndpointArn, Refusal, State};

use super::{Lead, Progress, Round, Settled, Settling};
use crate::evidence::{Doubt, doubt};
use crate::sns::{self, Changes, Seen, UserData};
use crate::trouble::Trouble;

impl Settling<'_> {
    pub(super) async fn enable(&self, device: &Device, lead: Lead, progress: &mut Progress) -> Result<Round, Trouble> {
        let endpoint = match (lead, &device.endpoint) {
            (Lead::At(endpoint), _) => endpoint,
            (Lead::Own, Some(endpoint)) => endpoint.clone(),
            // A new endpoint for a token that SNS has given up would be enabled, and as blind as the old one.
            (Lead::Own, None) | (Lead::None, _) if doubt(device, self.attempt.now) == Some(Doubt::DisabledLater) => {
                return Ok(Round::Settled(Settled {
                    doubt: Some(Doubt::DisabledLater),
                    ..Settled::unasked(device.clone())
                }));
            }
            (Lead::Own, None) | (Lead::None, _) => match self.sns.create(device).await {
                Ok(endpoint) | Err(sns::Refusal::Exists(endpoint)) => endpoint,
                Err(sns::Refusal::OtherToken(cause)) => return self.slot_conflict(device, cause).await,
                Err(refusal) => return Err(Trouble::of_token(refusal)),
            },
        };
        let is_its_own = device.endpoint.as_ref() == Some(&endpoint);
        let Some(seen) = self.sns.look(&endpoint).await.map_err(Trouble::of_call)? else {
            let lead = if is_its_own { Lead::None } else { Lead::Own };
            return Ok(Round::Again(Some(device.clone()), lead));
        };
        let has_token = seen.token.as_ref() == Some(&device.token);
        if is_its_own {
            if !has_token && self.is_claimed_by_another(device, &seen).await? {
                // Pushes to it reach that device. It is never touched again from here.
                return self.let_go(device, Lead::None).await;
            }
            return self.mend(device, &endpoint, &seen, progress).await;
        }
        if !has_token {
            // It had the token a moment ago, or nobody knew.
            return Ok(Round::Again(Some(device.clone()), Lead::Own));
        }
        match self.registry.bind(device, &endpoint, &self.attempt).await? {
            Change::Done(device) => self.mend(&device, &endpoint, &seen, progress).await,
            change => Ok(match self.turn(device, change).await? {
                // Meanwhile its user has opted out, and nobody else knows of the endpoint.
                Round::Again(Some(row), _) if row.state == State::OptedOut && row.token == device.token => {
                    Round::Again(Some(row), Lead::At(endpoint))
                }
                round => round,
            }),
        }
    }

    /// Changes what is not as it should be about the device's own endpoint, in one call.
    async fn mend(
        &self,
        device: &Device,
        endpoint: &EndpointArn,
        seen: &Seen,
        progress: &mut Progress,
    ) -> Result<Round, Trouble> {
        let has_other_token = seen.token.as_ref() != Some(&device.token);
        let user_data = UserData(device.user_data());
        let has_other_user_data = seen.user_data != user_data;
        let mut device = device.clone();
        let mut doubt = match has_other_token || !seen.is_enabled {
            true => doubt(&device, self.attempt.now),
            false => None,
        };
        let mut is_to_enable = (has_other_token || !seen.is_enabled) && doubt.is_none();
        if is_to_enable {
            match self.registry.enabling(&device, &self.attempt).await? {
                Change::Done(row) => {
                    progress.permit = Some((row.key.clone(), row.confirmed_at));
                    device = row;
                }
                // Whoever took the permission has not used it: the token would have come with it, in the same call. Or it was taken here, and
                // SNS has refused what it was for.
                Change::Refused(Refusal::AlreadyEnabled) if has_other_token || progress.permits(&device) => {}
                Change::Refused(Refusal::AlreadyEnabled) => {
                    is_to_enable = false;
                    doubt = Some(Doubt::AlreadyEnabled);
                }
                change => return self.turn(&device, change).await,
            }
        }
        // What is right and enabled is not enabled once more along with its user data: SNS may have disabled it since it was seen.
        let changes = Changes {
            token: (has_other_token || is_to_enable).then(|| device.token.clone()),
            is_enabled: is_to_enable.then_some(true),
            user_data: (has_other_token || has_other_user_data || is_to_enable).then_some(user_data),
        };
        let settled = Settled {
            is_enabled: Some(seen.is_enabled || is_to_enable),
            doubt: doubt.filter(|_| !seen.is_enabled),
            device,
        };
        if changes.are_none() {
            return Ok(Round::Settled(settled));
        }
        progress.has_changed_sns = true;
        match self.sns.set(endpoint, changes).await {
            Ok(()) => {
                progress.permit = None;
                self.look_again(endpoint, seen, settled).await
            }
            Err(sns::Refusal::Missing(_)) => Ok(Round::Again(Some(settled.device), Lead::None)),
            Err(sns::Refusal::Exists(other)) if other != *endpoint => Ok(Round::Again(Some(settled.device), Lead::At(other))),
            Err(sns::Refusal::OtherToken(cause)) => self.slot_conflict(&settled.device, cause).await,
            Err(refusal) => Err(Trouble::of_token(refusal)),
        }
    }

    /// The endpoint that the token once made has another token now, and SNS makes no second one. The device must not keep the one that it
    /// had: pushes to it reach somebody else.
    async fn slot_conflict(&self, device: &Device, cause: sns::Cause) -> Result<Round, Trouble> {
        match self.registry.unbind(device, &self.attempt).await? {
            Change::Done(_) => Err(Trouble::SlotConflict(cause)),
            change => self.turn(device, change).await,
        }
    }
}
