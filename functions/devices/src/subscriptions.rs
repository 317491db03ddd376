//! The subscriptions that a device leaves behind when another has its token.
//!
//! They hang on the endpoint that has the token, so what is published to their topics reaches the device that has it now, which may be another
//! person's. They are ended before anything else is done with the endpoint, and those that have ended are taken out of the row: what is
//! left in it is the sweep's.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};
use registry::{Change, Device};

use crate::settle::Settling;
use crate::trouble::Trouble;

impl Settling<'_> {
    /// Ends all of them. If one cannot be ended now, the others are all the same.
    pub(crate) async fn end_subscriptions(&self, superseded: &Device) -> Result<(), Trouble> {
        if superseded.subscriptions.is_empty() {
            return Ok(());
        }
        let ends = superseded.subscriptions.iter().map(|arn| async move {
            let ended = self.sns.unsubscribe(arn).await;
            (arn, ended)
        });
        // Collected, since a closure over references that is held while waiting could not be sent to another thread.
        let ends = ends.collect::<Vec<_>>();
        let ends = stream::iter(ends).buffered(AT_ONCE).collect::<Vec<_>>().await;
        let (mut ended, mut refusal) = (BTreeSet::new(), None);
        for (arn, end) in ends {
            match end {
                Ok(()) => {
                    ended.insert(arn.clone());
                }
                Err(error) => refusal = Some(error),
            }
        }
        self.take_out(superseded, &ended).await?;
        match refusal {
            Some(refusal) => Err(Trouble::of_call(refusal)),
            None => Ok(()),
        }
    }

    async fn take_out(&self, superseded: &Device, ended: &BTreeSet<String>) -> Result<(), Trouble> {
        let mut row = self.registry.get(&superseded.key, self.attempt.now).await?;
        for _ in 0..MOST_TRIES {
            let Some(device) = row else { return Ok(()) };
            let left = device.subscriptions.difference(ended).cloned().collect();
            match self.registry.subscriptions(&device, left, &self.attempt).await? {
                Change::Overtaken(other) => row = other,
                Change::Done(_) | Change::Refused(_) => return Ok(()),
            }
        }
        Err(Trouble::Restless)
    }
}

const AT_ONCE: usize = 8;
const MOST_TRIES: u32 = 8;
