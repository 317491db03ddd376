//! The subscriptions that hang on an endpoint: SNS goes on delivering to them, whoever has the endpoint, and keeps them when it is deleted.
//!
//! They are ended before anything else is done, and each that has ended is taken out of the row: what is left in it is left to be done.

use std::collections::BTreeSet;

use registry::{Change, Device};
use upkeep::mend::Answer;

use super::{Failure, Hands, Worker};

impl Worker<'_> {
    /// Ends the subscriptions that whoever had the device's token before has left. Its row as it is then, if there was anything to end.
    ///
    /// # Errors
    /// [`Failure`] of the first that could not be ended; those that were are taken out of the row.
    pub async fn end_inherited(&self, device: &Device) -> Result<Option<Device>, Failure> {
        self.end(device, &device.inherited_subscriptions).await
    }

    async fn end(&self, device: &Device, subscriptions: &BTreeSet<String>) -> Result<Option<Device>, Failure> {
        let (mut ended, mut failure) = (BTreeSet::new(), None);
        for subscription in subscriptions {
            if let Err(late) = self.turn().await {
                failure = failure.or(Some(late));
                break;
            }
            match self.sns.unsubscribe(subscription).await {
                Ok(()) => {
                    ended.insert(subscription.clone());
                }
                // The others are ended all the same.
                Err(refusal) => failure = failure.or(Some(Failure::Sns(refusal))),
            }
        }
        if ended.is_empty() {
            return failure.map_or(Ok(None), Err);
        }
        let row = match self.registry.ended(device, &ended, &self.attempt()).await {
            Ok(Change::Done(row)) => Some(row),
            Ok(Change::Overtaken(row)) => row,
            Ok(Change::Refused(_)) => None,
            Err(error) => return Err(Failure::Store(error)),
        };
        failure.map_or(Ok(row), Err)
    }
}

impl Hands<'_> {
    /// What another person has left on the endpoint of the token ends before the device is bound to it, or it is enabled. Nothing if it has;
    /// else what that means for the call.
    pub(super) async fn clear_of_others(&mut self) -> Option<Answer> {
        let device = self
            .device
            .clone()
            .filter(|device| !device.inherited_subscriptions.is_empty())?;
        self.calls += device.inherited_subscriptions.len() as u64;
        match self.worker.end_inherited(&device).await {
            Ok(row) => {
                self.device = row;
                None
            }
            Err(failure) => Some(self.failed(failure)),
        }
    }

    /// All that hang on the device's own endpoint, before it is deleted; whether there were any.
    pub(super) async fn end_subscriptions(&mut self, device: &Device) -> Result<bool, Failure> {
        let all: BTreeSet<_> = device.subscriptions.union(&device.inherited_subscriptions).cloned().collect();
        self.calls += all.len() as u64;
        let row = self.worker.end(device, &all).await?;
        let has_ended = row.is_some();
        if has_ended {
            self.device = row;
        }
        Ok(has_ended)
    }

    pub(super) fn failed(&mut self, failure: Failure) -> Answer {
        match failure {
            Failure::Sns(refusal) | Failure::Token(refusal) => self.refused(refusal),
            Failure::Late => self.late(),
            Failure::Store(error) => self.store_failed(error),
        }
    }
}
