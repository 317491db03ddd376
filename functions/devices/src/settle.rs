//! Sees to it that SNS has what the registry says, for one device.
//!
//! AWS's pseudo-code ("Mobile token management with Amazon SNS platform endpoints"), with what it leaves out: the endpoint that is made may
//! exist, disabled or under another name; between two calls somebody else may change, delete or take the endpoint; and an endpoint is only
//! enabled on evidence, once for each confirmation. An endpoint that is as it should be costs one call and no write.
//!
//! The registry decides who has a token, SNS knows nothing of it, and no call is of both. So a round goes: look at SNS, write into the
//! registry on the row that was seen, and change SNS last. Whoever has changed SNS reads the row once more. If it is another by now, the
//! change may have come too late, over that of whoever was faster: then the row as it is now is settled, or that of the device which has the
//! token now. So the last change of all is followed by a look of its maker, and what stands is the registry's last word.

mod again;
mod disable;
mod enable;

use jiff::Timestamp;
use registry::{Attempt, Change, Device, DeviceKey, EndpointArn, Refusal, Registry, State};

use crate::evidence::Doubt;
use crate::sns::{Seen, Sns};
use crate::trouble::Trouble;

/// What is needed to settle a device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settling<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) sns: Sns<'a>,
    pub(crate) attempt: Attempt<'a>,
}

/// How a device stands, in the registry and at SNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Its row as it is now. Perhaps that of another device, which has the token now.
    pub(crate) device: Device,
    /// Whether its endpoint is enabled, if SNS was asked and it has one.
    pub(crate) is_enabled: Option<bool>,
    /// Why its endpoint is left disabled, if it is.
    pub(crate) doubt: Option<Doubt>,
}

/// Where a device's endpoint may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Somebody says that this one has the token.
    At(EndpointArn),
    /// Nobody knows of any: one is to be made.
    None,
    /// The registry knows, or nobody.
    Own,
}

/// What has been done on the way.
#[derive(Debug, Default)]
struct Progress {
    has_changed_sns: bool,
    /// The confirmation whose permission to enable was taken here, until it is used.
    permit: Option<(DeviceKey, Timestamp)>,
}

/// What a round has come to.
enum Round {
    /// Something has changed on the way: another one, on this row and with this lead.
    Again(Option<Device>, Lead),
    Settled(Settled),
}

impl Settling<'_> {
    /// Lets SNS have what the row says, or a newer row.
    pub(crate) async fn settle(&self, device: Device, lead: Lead) -> Result<Settled, Trouble> {
        let (mut device, mut lead) = (device, lead);
        let mut progress = Progress::default();
        for _ in 0..MOST_ROUNDS {
            let round = match device.state {
                State::Live => self.enable(&device, lead, &mut progress).await?,
                State::OptedOut => self.disable(&device, lead, &mut progress).await?,
                State::Superseded if progress.has_changed_sns => match self.heir(&device).await? {
                    Some(heir) => Round::Again(Some(heir), Lead::Own),
                    None => Round::Settled(Settled::unasked(device.clone())),
                },
                State::Quarantined | State::Superseded | State::Tombstone => Round::Settled(Settled::unasked(device.clone())),
            };
            match round {
                Round::Settled(settled) => return Ok(settled),
                Round::Again(Some(row), next) => (device, lead) = (row, next),
                Round::Again(None, _) => return Ok(Settled::unasked(device)),
            }
        }
        Err(Trouble::Restless)
    }

    /// The device that has the token of one that has lost it.
    async fn heir(&self, device: &Device) -> Result<Option<Device>, Trouble> {
        let key = &device.key;
        let holder = self
            .registry
            .by_token(&key.application, &device.token, self.attempt.now)
            .await?;
        Ok(holder.filter(|holder| holder.key != *key))
    }

    /// Lets go of an endpoint that does not exist, or has another device's token.
    async fn let_go(&self, device: &Device, lead: Lead) -> Result<Round, Trouble> {
        Ok(match self.registry.unbind(device, &self.attempt).await? {
            Change::Done(row) => Round::Again(Some(row), lead),
            change => self.turn(device, change).await?,
        })
    }

    /// A change that was not made, because the row is another.
    async fn turn(&self, device: &Device, change: Change) -> Result<Round, Trouble> {
        Ok(match change {
            Change::Done(row) | Change::Overtaken(Some(row)) => Round::Again(Some(row), Lead::Own),
            Change::Overtaken(None) => Round::Again(None, Lead::Own),
            Change::Refused(Refusal::AlreadyEnabled | Refusal::OtherApplication | Refusal::State(_)) => {
                Round::Again(self.registry.get(&device.key, self.attempt.now).await?, Lead::Own)
            }
        })
    }

    /// Another device, which has the token that the endpoint has.
    async fn is_claimed_by_another(&self, device: &Device, seen: &Seen) -> Result<bool, Trouble> {
        let Some(token) = &seen.token else { return Ok(false) };
        let application = &device.key.application;
        let holder = self.registry.by_token(application, token, self.attempt.now).await?;
        Ok(holder.is_some_and(|holder| holder.key != device.key))
    }
}

impl Progress {
    fn permits(&self, device: &Device) -> bool {
        let permit = self.permit.as_ref();
        permit.is_some_and(|(key, confirmed_at)| *key == device.key && *confirmed_at == device.confirmed_at)
    }
}

impl Settled {
    pub(crate) fn unasked(device: Device) -> Self {
        Self {
            device,
            is_enabled: None,
            doubt: None,
        }
    }
}

/// More than any two devices can get in each other's way.
const MOST_ROUNDS: u32 = 6;
