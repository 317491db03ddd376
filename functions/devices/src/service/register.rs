//! `PUT /devices/{id}`: a device says what its token is.
//!
//! The registry hears of it first: it decides who has the token, whatever SNS thinks, and what it has recorded is not lost if SNS is down.

use registry::{Registration, State};

use super::Service;
use crate::reply::Reply;
use crate::settle::{Because, Settled, Settling};
use crate::standing;
use crate::trouble::Trouble;

impl Service {
    pub(super) async fn register(&self, registration: &Registration, settling: Settling<'_>) -> Result<Reply, Trouble> {
        let registered = self.registry.register(registration, &settling.attempt).await?;
        let device = settling.end_inherited(registered.device.clone()).await?;
        if device.state == State::SlotConflict {
            return Err(Trouble::SlotConflict(None));
        }
        let settled = match registered.leads_to_sns() {
            true => {
                let superseded = registered.superseded.as_ref();
                let lead = superseded.and_then(|other| other.endpoint.clone());
                settling.settle(device, Because::Confirmed(lead)).await?
            }
            false => Settled::unasked(device),
        };
        Ok(standing::registered(&registered, &settled))
    }
}
