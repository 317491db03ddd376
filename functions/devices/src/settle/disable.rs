//! A device whose user wants no messages: its endpoint is disabled at once. To delete it is for the sweep, after a while and another look.

use registry::Device;

use super::{Lead, Progress, Round, Settled, Settling};
use crate::sns::{self, Changes};
use crate::trouble::Trouble;

impl Settling<'_> {
    pub(super) async fn disable(&self, device: &Device, lead: Lead, progress: &mut Progress) -> Result<Round, Trouble> {
        let endpoint = match (&device.endpoint, &lead) {
            (Some(endpoint), _) | (None, Lead::At(endpoint)) => endpoint,
            (None, Lead::None | Lead::Own) => return Ok(Round::Settled(Settled::unasked(device.clone()))),
        };
        let Some(seen) = self.sns.look(endpoint).await.map_err(Trouble::of_call)? else {
            return self.let_go(device, Lead::Own).await;
        };
        let settled = Settled {
            device: device.clone(),
            is_enabled: Some(false),
            doubt: None,
        };
        if !seen.is_enabled {
            return Ok(Round::Settled(settled));
        }
        let has_other_token = seen.token.as_ref() != Some(&device.token);
        if has_other_token && self.is_claimed_by_another(device, &seen).await? {
            return self.let_go(device, Lead::Own).await;
        }
        let changes = Changes {
            is_enabled: Some(false),
            ..Changes::default()
        };
        progress.has_changed_sns = true;
        match self.sns.set(endpoint, changes).await {
            Ok(()) => self.look_again(endpoint, &seen, settled).await,
            Err(sns::Refusal::Missing(_)) => self.let_go(device, Lead::Own).await,
            Err(refusal) => Err(Trouble::of_call(refusal)),
        }
    }
}
