//! `PUT /devices/{id}`: a device says what its token is.
//!
//! The registry hears of it first: it decides who has the token, whatever SNS thinks, and what it has recorded is not lost if SNS is down.

use registry::Registration;

use super::Service;
use crate::reply::Reply;
use crate::settle::{Lead, Settled, Settling};
use crate::standing;
use crate::trouble::Trouble;

impl Service {
    pub(super) async fn register(&self, registration: &Registration, settling: Settling<'_>) -> Result<Reply, Trouble> {
        let registered = self.registry.register(registration, &settling.attempt).await?;
        if let Some(other) = &registered.superseded {
            settling.end_subscriptions(other).await?;
        }
        let device = registered.device.clone();
        let settled = match registered.leads_to_sns() {
            true => {
                // Of the device that had the token: it has the endpoint with the token, which is free now.
                let endpoint = registered.superseded.as_ref().and_then(|other| other.endpoint.clone());
                let settled = settling.settle(device, endpoint.map_or(Lead::Own, Lead::At)).await?;
                self.of_its_own(&registration.device, settled, settling.attempt.now).await?
            }
            false => Settled::unasked(device),
        };
        Ok(standing::registered(&registered, &settled))
    }
}
