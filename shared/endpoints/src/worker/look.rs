//! Reading: a row with its claim, a claim, an endpoint. All in full, and consistent.

use futures_util::future::join;
use inbox::StoreError;
use upkeep::mend::{Answer, Known, Seen};
use upkeep::{DeviceId, EndpointId, NotAnEndpoint, TokenHash, UserDataHash};

use super::{Hands, Worker};
use crate::row;
use crate::sns::token_hash;

impl Hands<'_> {
    pub(super) async fn read_device(&mut self, id: &DeviceId) -> Answer {
        self.device = None;
        let Some(key) = self.key(id) else {
            return Answer::Device(Some(Known::Malformed));
        };
        let standing = match self.standing.take().filter(|standing| standing.device.key == key) {
            Some(standing) => Ok(Some(standing)),
            None => self.worker.registry.standing(&key, self.worker.clock.now()).await,
        };
        match standing {
            Ok(None) => Answer::Device(None),
            Ok(Some(standing)) => {
                let known = match row::device(&standing.device, &self.worker.passes) {
                    Ok(device) => Known::Row {
                        device: Box::new(device),
                        claimant: standing.claimant.map(|id| DeviceId::new(id.as_str())),
                    },
                    Err(NotAnEndpoint) => Known::Malformed,
                };
                self.device = Some(standing.device);
                Answer::Device(Some(known))
            }
            Err(StoreError::Malformed { .. }) => Answer::Device(Some(Known::Malformed)),
            Err(error) => self.store_failed(error),
        }
    }

    pub(super) async fn read_claim(&mut self, token: &TokenHash) -> Answer {
        let Worker {
            registry, sns, clock, ..
        } = self.worker;
        match registry.claimant(sns.application, token.as_bytes(), clock.now()).await {
            Ok(claimant) => Answer::Claim(claimant.map(|id| DeviceId::new(id.as_str()))),
            Err(error) => self.store_failed(error),
        }
    }

    pub(super) async fn read_endpoint(&mut self, id: EndpointId) -> Answer {
        let arn = self.arn(id);
        if let Err(late) = self.turn().await {
            return late;
        }
        let (seen, condemned) = join(self.worker.sns.look(&arn), self.worker.registry.condemned(&arn)).await;
        let (seen, condemned) = match (seen, condemned) {
            (Ok(None), _) => {
                self.enabled.remove(&id);
                return Answer::Endpoint(None);
            }
            (Ok(Some(seen)), Ok(condemned)) => (seen, condemned),
            (Err(refusal), _) => return self.refused(refusal),
            (Ok(Some(_)), Err(error)) => return self.store_failed(error),
        };
        let token = token_hash(seen.token.as_ref());
        self.enabled.insert(id, seen.is_enabled);
        self.tokens.extend(seen.token.map(|text| (token, text)));
        Answer::Endpoint(Some(Seen {
            token,
            is_enabled: seen.is_enabled,
            user_data: UserDataHash::of(&seen.user_data.0),
            condemned: condemned.map(|at| self.worker.passes.since(at)),
        }))
    }
}
