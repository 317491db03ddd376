//! A test's hand on SNS, on the push services and on the devices.
//!
//! What is done here is no call: it is not recorded, keeps no quota and, but for what devices do, is told to no topic.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Delivered, Quota, Spelling, Subscription, Undocumented,
    application::{Application, normalised},
    arn::{EndpointArn, endpoint_arn},
    event::Event,
    fleet::{Fleet, Kept},
};
use crate::{ids, sns_api::SnsApi};

/// The mobile push side of an [`SnsApi`]. Clones share everything.
#[derive(Clone)]
pub struct Push {
    api: SnsApi,
}

/// An endpoint as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its ARN.
    pub arn: String,
    /// The token.
    pub token: String,
    /// Whether messages are sent to it.
    pub is_enabled: bool,
    /// `CustomUserData`; empty when there is none.
    pub user_data: String,
}

impl Push {
    pub(in crate::sns_api) fn of(api: SnsApi) -> Self {
        Self { api }
    }

    /// Makes an application, `arn:aws:sns:<region>:<account>:app/<platform>/<name>`; one that exists stays as it is.
    pub fn add_application(&self, arn: &str) {
        self.api.lock().push.applications.entry(arn.to_owned()).or_default();
    }

    /// Makes a topic, and lets the application tell it all four kinds of events.
    pub fn tell_events_to(&self, application_arn: &str, topic_arn: &str) {
        self.api.create_topic(topic_arn);
        let kinds = [
            "EventDeliveryFailure",
            "EventEndpointCreated",
            "EventEndpointDeleted",
            "EventEndpointUpdated",
        ];
        self.with(application_arn, |application| {
            let named = kinds.map(|kind| (kind.to_owned(), topic_arn.to_owned()));
            application.attributes.extend(named);
        });
    }

    /// Disables an application, as SNS does when all messages to it will fail; SetPlatformApplicationAttributes enables it.
    pub fn disable_application(&self, application_arn: &str) {
        self.with(application_arn, |application| application.is_disabled = true);
    }

    /// Gives an application a certificate that ends: from then on the first message disables the application.
    pub fn set_certificate(&self, application_arn: &str, until: Timestamp) {
        self.with(application_arn, |application| application.certificate_until = Some(until));
    }

    /// Lets an application have the certificate of the other environment (production or sandbox), or of the right one again: with a
    /// wrong one every message disables its endpoint.
    pub fn mismatch_certificate(&self, application_arn: &str, is_mismatched: bool) {
        self.with(application_arn, |application| application.is_mismatched = is_mismatched);
    }

    /// Makes an endpoint, or makes the one with this token so. Gives its ARN; nothing when there is no such application, SNS would
    /// not take the token, or the token once made an endpoint that has another one now.
    pub fn put(&self, application_arn: &str, token: &str, is_enabled: bool, user_data: &str) -> Option<String> {
        let token = normalised(application_arn, token).ok()?;
        let mut state = self.api.lock();
        let fleet = &mut state.push.applications.get_mut(application_arn)?.fleet;
        let id = match fleet.holder(&token, None) {
            Some(place) => {
                let kept = fleet.get_mut(place);
                kept.is_enabled = is_enabled;
                kept.user_data = user_data.into();
                kept.id
            }
            None => {
                let id = ids::endpoint_id(application_arn, &token);
                if fleet.find(id).is_some() {
                    return None;
                }
                fleet.add(id, &token, user_data, is_enabled);
                id
            }
        };
        Some(endpoint_arn(application_arn, id))
    }

    /// Disables or enables an endpoint. SNS disables one without an event of its own when what fails is a message of a topic, since
    /// `EventDeliveryFailure` is about messages to the endpoint itself; what is told is that it was updated.
    pub fn enable(&self, endpoint_arn: &str, is_enabled: bool) {
        self.with_endpoint(endpoint_arn, &Event::Updated, |fleet, place, _| {
            fleet.get_mut(place).is_enabled = is_enabled;
        });
    }

    /// Deletes an endpoint, as somebody else would.
    pub fn delete(&self, endpoint_arn: &str) {
        self.with_endpoint(endpoint_arn, &Event::Deleted, Fleet::delete);
    }

    /// An endpoint; nothing when it does not exist.
    pub fn endpoint(&self, endpoint_arn: &str) -> Option<Endpoint> {
        let named = EndpointArn::parse(endpoint_arn)?;
        let mut state = self.api.lock();
        let (application_arn, fleet, place) = state.push.endpoint(&named).ok()?;
        Some(shown(application_arn, fleet.get(place)))
    }

    /// All endpoints of an application, in the order in which they were made.
    pub fn endpoints(&self, application_arn: &str) -> Vec<Endpoint> {
        let state = self.api.lock();
        let fleet = state.push.applications.get(application_arn);
        let all = fleet.into_iter().flat_map(|application| application.fleet.all());
        all.map(|kept| shown(application_arn, kept)).collect()
    }

    /// How many endpoints an application has.
    pub fn endpoint_count(&self, application_arn: &str) -> usize {
        let state = self.api.lock();
        let application = state.push.applications.get(application_arn);
        application.map_or(0, |application| application.fleet.living())
    }

    /// Every message that reached a device, in order; only the newest if there are very many.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.api.lock().push.delivered.since(0)
    }

    /// Every subscription of an endpoint.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.api.lock().push.subscriptions.all()
    }

    /// A person removes the app: the push service knows its token no more. SNS hears of it with the next message.
    pub fn uninstall(&self, application_arn: &str, token: &str) {
        self.with_token(application_arn, token, |application, token| {
            application.gone.insert(token);
        });
    }

    /// The app is on the device again, under the token that it had.
    pub fn reinstall(&self, application_arn: &str, token: &str) {
        self.with_token(application_arn, token, |application, token| {
            application.gone.remove(&token);
        });
    }

    /// The device has another token: the push service knows the new one and no more the old one.
    pub fn new_token(&self, application_arn: &str, old: &str, new: &str) {
        self.uninstall(application_arn, old);
        self.reinstall(application_arn, new);
    }

    /// Answers what no page says in another way from now on.
    pub fn set_undocumented(&self, undocumented: Undocumented) {
        self.api.lock().push.undocumented = undocumented;
    }

    /// Spells `Enabled` otherwise from now on.
    pub fn spell(&self, spelling: Spelling) {
        self.api.lock().push.spelling = spelling;
    }

    /// Lists a deleted endpoint for so long, in place of 10 seconds.
    pub fn set_list_lag(&self, lag: Duration) {
        self.api.lock().push.list_lag = lag;
    }

    /// Puts fewer things on a page than 100.
    pub fn set_page_size(&self, size: usize) {
        self.api.lock().push.pages.size = size.clamp(1, 100);
    }

    /// Makes the next `count` pages empty; each leads to where the list stands.
    pub fn empty_pages(&self, count: usize) {
        self.api.lock().push.pages.empty = count;
    }

    /// Lets a NextToken be good for so long, in place of an hour.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.api.lock().push.pages.lifetime = lifetime;
    }

    /// Ends every NextToken that was given.
    pub fn expire_tokens(&self) {
        self.api.lock().push.pages.generation += 1;
    }

    /// Allows so many calls a second in every region; nothing is no limit.
    pub fn set_quota(&self, quota: Quota, per_second: Option<u32>) {
        self.api.lock().push.quotas.change(quota, per_second);
    }

    /// How many calls were one too many for their quota. Throttling that a script makes is not among them.
    pub fn breaches(&self) -> usize {
        self.api.lock().push.breaches
    }

    /// Limits nothing, for a test whose clock stands still.
    pub fn without_quotas(&self) {
        for quota in Quota::ALL {
            self.set_quota(quota, None);
        }
    }

    fn with(&self, application_arn: &str, change: impl FnOnce(&mut Application)) {
        if let Some(application) = self.api.lock().push.applications.get_mut(application_arn) {
            change(application);
        }
    }

    fn with_token(&self, application_arn: &str, token: &str, change: impl FnOnce(&mut Application, String)) {
        if let Ok(token) = normalised(application_arn, token) {
            self.with(application_arn, |application| change(application, token));
        }
    }

    fn with_endpoint(&self, arn: &str, event: &Event, change: impl FnOnce(&mut Fleet, u32, Timestamp)) {
        let Some(named) = EndpointArn::parse(arn) else {
            return;
        };
        let now = (self.api.now)();
        let mut state = self.api.lock();
        if let Ok((_, fleet, place)) = state.push.endpoint(&named) {
            change(fleet, place, now);
            self.api.tell(&mut state, &named.application_arn, arn, event, now);
        }
    }
}

fn shown(application_arn: &str, kept: &Kept) -> Endpoint {
    Endpoint {
        arn: endpoint_arn(application_arn, kept.id),
        token: kept.token().to_owned(),
        is_enabled: kept.is_enabled,
        user_data: kept.user_data.to_string(),
    }
}
