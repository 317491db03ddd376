//! Looking up a device: by its key, by its token, by its endpoint.
//!
//! Every read is consistent, so that what was answered is seen. A claim and the device it names are two rows, read one after the other:
//! an answer is given only if the first has not changed meanwhile, so that "nobody has it" was true at a moment. A token that changes
//! hands is never without a holder, and must not look as if it were: an endpoint is deleted on that ground.

use futures_util::future::OptionFuture;
use inbox::StoreError;
use jiff::Timestamp;

use crate::device::{Device, DeviceId, DeviceKey};
use crate::item::{Item, Reading};
use crate::row::device_of;
use crate::store::{MOST_TRIES, restless};
use crate::{Application, EndpointArn, Registry, State, Token, table};

/// A device, and who has its token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// What is on record about it.
    pub device: Device,
    /// The device that has the token. It may be this one, another one that agrees, or none.
    pub claimant: Option<DeviceId>,
}

impl Standing {
    /// Of a live device whose row has just been read or written: it has the token, since no two live devices have one.
    pub fn of_live(device: Device) -> Self {
        Self {
            claimant: Some(device.key.id.clone()),
            device,
        }
    }
}

impl Registry {
    /// What is on record about a device.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn get(&self, key: &DeviceKey, now: Timestamp) -> Result<Option<Device>, StoreError> {
        let device = self.device(key).await?;
        Ok(device.filter(|device| !device.is_expired(now)))
    }

    /// The device that has the token: the one whose confirmation of it is the newest of all, if the token is still its own and it is
    /// not superseded. Look at its state: it may have opted out.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn by_token(&self, application: &Application, token: &Token, now: Timestamp) -> Result<Option<Device>, StoreError> {
        self.by_digest(application, token.digest().as_bytes(), now).await
    }

    /// Which device has the token with this SHA-256.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn claimant(
        &self,
        application: &Application,
        token_digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<DeviceId>, StoreError> {
        let device = self.by_digest(application, token_digest, now).await?;
        Ok(device.map(|device| device.key.id))
    }

    /// What is on record about a device, and who has its token, read in this order.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn standing(&self, key: &DeviceKey, now: Timestamp) -> Result<Option<Standing>, StoreError> {
        let Some(device) = self.get(key, now).await? else {
            return Ok(None);
        };
        let claim = self.claim(&key.application, &device.token).await?;
        let claimant = match claim {
            None => None,
            Some(claim) if claim.device == key.id => Some(claim.device),
            Some(_) => self.claimant(&key.application, device.token.digest().as_bytes(), now).await?,
        };
        Ok(Some(Standing { device, claimant }))
    }

    async fn by_digest(
        &self,
        application: &Application,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Device>, StoreError> {
        let key = table::claim(application, digest);
        let is_its = |device: &Device| device.token.digest().as_bytes() == digest && device.state != State::Superseded;
        self.named_by(&key, application, is_its, now).await
    }

    /// The device whose own the endpoint is.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or has a row that cannot be.
    pub async fn by_endpoint(&self, arn: &EndpointArn, now: Timestamp) -> Result<Option<Device>, StoreError> {
        let key = table::endpoint(arn);
        let is_its = |device: &Device| device.endpoint.as_ref() == Some(arn);
        self.named_by(&key, arn.application(), is_its, now).await
    }

    /// The device that a row names, if it agrees.
    async fn named_by(
        &self,
        key: &str,
        application: &Application,
        agrees: impl Fn(&Device) -> bool,
        now: Timestamp,
    ) -> Result<Option<Device>, StoreError> {
        let mut seen = self.row(key).await?;
        for _ in 0..MOST_TRIES {
            let Some(id) = seen.clone().map(named).transpose()? else {
                return Ok(None);
            };
            let application = application.clone();
            let device = self.get(&DeviceKey { application, id }, now).await?;
            if let Some(device) = device.filter(&agrees) {
                return Ok(Some(device));
            }
            let again = self.row(key).await?;
            if again == seen {
                return Ok(None);
            }
            seen = again;
        }
        Err(restless())
    }

    /// The row of a device, expired or not.
    pub(crate) async fn device(&self, key: &DeviceKey) -> Result<Option<Device>, StoreError> {
        let item = self.row(&table::device(key)).await?;
        item.map(|item| Device::from_item(&key.application, item)).transpose()
    }

    /// The same, if there is something to look for.
    pub(crate) async fn device_if(&self, key: Option<DeviceKey>) -> Result<Option<Device>, StoreError> {
        let device = OptionFuture::from(key.as_ref().map(|key| self.device(key))).await;
        Ok(device.transpose()?.flatten())
    }
}

fn named(item: Item) -> Result<DeviceId, StoreError> {
    device_of(&mut Reading(item))
}
