//! What to do about a report, in a sentence.
//!
//! For errors it is what "Topic Based Messaging", section "Error ID and description", says; for a limit it is what can be done here.

use super::{Limit, Usage};
use crate::{ErrorId, Report};

/// The advice for a report and the limits that it finds near.
pub(super) fn of(report: &Report, limits: &[Usage]) -> Option<&'static str> {
    let nearest = Usage::nearest(limits).map(|usage| match usage.limit {
        Limit::InstancesPerTopic => "the topic is full, or will be soon: split it, or raise its number in ADM_SHARDS",
        Limit::TopicsPerInstance => {
            "the app instance is on nearly as many topics as one may be, or on more: take it off those it does not need"
        }
        Limit::TopicsPerProfile => "the security profile has nearly as many topics as one may have, or more: give some up",
    });
    let error = report.event.error();
    error.map_or(nearest, |error| match error {
        ErrorId::AlreadySubscribed => nearest.or(Some("the app should not try to subscribe again")),
        ErrorId::InternalError => Some("a fault of ADM: there is no need to do anything"),
        ErrorId::InvalidManifest => Some("the app's manifest lacks permissions or intent filters that ADM needs"),
        ErrorId::InvalidTopic => Some("the app asked for a topic that is not 1 to 100 of a-z A-Z 0-9 - _ . ~ %"),
        ErrorId::MaximumSubscriptionExceeded => nearest.or(Some(
            "one of ADM's three limits is reached, and none is near by the reports that came here: some apps do not report",
        )),
        ErrorId::NotRegisteredWithTbm => {
            Some("the security profile is not registered for topics: POST /adm/registration, and let the app subscribe again")
        }
        ErrorId::NotSubscribed => Some("the app should not try to unsubscribe again"),
        ErrorId::ServiceNotAvailable => Some("the app could not reach ADM: let it try again later"),
        ErrorId::TooManyRequests => Some("the app subscribes and unsubscribes too often: let it try again after 30 seconds"),
        ErrorId::Unregistered => Some("the app must call startRegister() and subscribe again under its new registration id"),
        ErrorId::Undocumented(_) => None,
    })
}

/// "Retry after 30 seconds."
pub(super) fn retry_after(report: &Report) -> Option<u32> {
    (report.event.error() == Some(&ErrorId::TooManyRequests)).then_some(30)
}
