//! Row 11: an endpoint whose token nobody claims.

use super::action::Action;
use super::facts::{Claim, Facts};
use super::reason::Reason;
use super::settings::{Moment, Orphans, Settings};
use super::{Intent, act, leave};

pub(super) fn intend(facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    match facts.claim {
        // Whoever claims it is looked at instead.
        Claim::Another | Claim::Ours => return leave(Reason::OrphanClaimed),
        Claim::Nobody => {}
    }
    let Some(endpoint) = facts.holders.first() else {
        return leave(Reason::Orphan);
    };
    match (settings.orphans, endpoint.condemned) {
        (Orphans::Report, _) => leave(Reason::Orphan),
        (Orphans::Delete, None) => act(Reason::Orphan, Action::Condemn(endpoint.id)),
        (Orphans::Delete, Some(since)) if settings.is_over(since, moment) => act(Reason::OrphanOver, Action::Delete(endpoint.id)),
        (Orphans::Delete, Some(_)) => leave(Reason::OrphanWaits),
    }
}
