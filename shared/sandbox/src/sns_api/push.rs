//! Mobile push: platform applications, the endpoints of devices, and what becomes of them.
//!
//! Promises, by the clock that it is given and over the same port as the rest of SNS:
//! - endpoints that are made, read, changed, deleted and listed as the Amazon SNS API Reference has it, with the refusals that SNS
//!   has been seen to give: the same token with other attributes, a token whose endpoint has another one now, tokens and user data
//!   that are too long, attributes that are not there;
//! - lists of up to 100 with opaque tokens; an endpoint that was deleted stays on its list for a while; the rates of "Amazon Simple
//!   Notification Service endpoints and quotas";
//! - messages to a device, an endpoint that is disabled when the push service does not know its token, and the events of that.
//!
//! What no page says can be had both ways: [`Undocumented`], [`Spelling`], and the lag and lifetimes that [`Push`] sets.
//!
//! Refuses, as not imitated, to make and delete applications, and to subscribe anything but endpoints. No call looks at all
//! endpoints, so that a million of them can be listed and mended in a test.
//!
//! Other imitations are asked the same in `tests/peers`, where each answer of `moto` and of LocalStack that is another one is on record
//! with its reason. Both disable nobody, and neither has rates, a lag, or events.

mod application;
mod arn;
mod attributes;
mod cursor;
mod delivery;
mod endpoint;
mod event;
mod fleet;
mod hand;
mod quota;
mod subscription;
mod undocumented;

use std::{collections::BTreeMap, sync::MutexGuard, time::Duration};

use jiff::Timestamp;

pub(super) use self::delivery::is_for_endpoint;
use self::{application::Application, arn::EndpointArn, cursor::Pages, fleet::Fleet, quota::Quotas, subscription::Subscriptions};
pub use self::{
    delivery::Delivered,
    hand::{Endpoint, Push},
    quota::Quota,
    subscription::Subscription,
    undocumented::{CreateOnDisabled, Spelling, TakenToken, Undocumented},
};
use super::{Action, Call, KEPT, SnsApi, State, log::Log, refusal::Refusal};

/// Everything that SNS knows of devices.
pub(super) struct Mobile {
    applications: BTreeMap<String, Application>,
    /// How many calls were one too many for their quota.
    breaches: usize,
    delivered: Log<Delivered>,
    /// How long a deleted endpoint is still listed.
    list_lag: Duration,
    pages: Pages,
    /// How many messages to devices were ever tried.
    pushes: usize,
    quotas: Quotas,
    spelling: Spelling,
    subscriptions: Subscriptions,
    undocumented: Undocumented,
}

impl Mobile {
    pub(super) fn keep(&mut self, newest: usize) {
        self.delivered.keep(newest);
    }

    fn application(&mut self, arn: &str) -> Result<&mut Application, Refusal> {
        let application = self.applications.get_mut(arn);
        application.ok_or_else(|| Refusal::does_not_exist("PlatformApplication"))
    }

    /// The ARN of its application, the endpoints of that, and its place among them.
    fn endpoint<'a>(&mut self, named: &'a EndpointArn) -> Result<(&'a str, &mut Fleet, u32), Refusal> {
        let absent = || Refusal::does_not_exist("Endpoint");
        let arn = named.application_arn.as_str();
        let fleet = &mut self.applications.get_mut(arn).ok_or_else(absent)?.fleet;
        let place = named.id.and_then(|id| fleet.find(id)).ok_or_else(absent)?;
        Ok((arn, fleet, place))
    }
}

impl Default for Mobile {
    fn default() -> Self {
        Self {
            applications: BTreeMap::new(),
            breaches: 0,
            delivered: Log::keeping(KEPT),
            list_lag: Duration::from_secs(10),
            pages: Pages::default(),
            pushes: 0,
            quotas: Quotas::default(),
            spelling: Spelling::default(),
            subscriptions: Subscriptions::default(),
            undocumented: Undocumented::default(),
        }
    }
}

impl SnsApi {
    /// Lets a signed call in that keeps its quota. One that breaks another rule has used its turn all the same.
    fn admit(&self, action: Action, call: &Call) -> Result<(MutexGuard<'_, State>, Timestamp), Refusal> {
        call.check_signature()?;
        self.admit_anybody(action, call)
    }

    fn admit_anybody(&self, action: Action, call: &Call) -> Result<(MutexGuard<'_, State>, Timestamp), Refusal> {
        let now = (self.now)();
        let mut state = self.lock();
        let region = call.region.as_deref().unwrap_or_default();
        if state.push.quotas.allows(action, region, now) {
            return Ok((state, now));
        }
        state.push.breaches += 1;
        Err(Refusal::throttled())
    }
}

#[cfg(test)]
mod tests;
