//! Rows 1 to 10 and 12 to 14: a device that wants pushes and has its token.
//!
//! One of the endpoints with its token is chosen, the row is bound to it, and it is made right. Only then the others are looked at.

use super::action::Action;
use super::change::Change;
use super::facts::{Claim, Facts, Own, Permit, Refusal};
use super::reason::Reason;
use super::settings::{Moment, Settings};
use super::{Intent, act, change, evidence, leave, recovery};
use crate::device::Device;
use crate::endpoint::{Endpoint, EndpointId};

pub(super) fn intend(device: &Device, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    match facts.refusal {
        Some(Refusal::SlotTaken) => return change(Reason::SlotTaken, Change::SlotConflict),
        Some(Refusal::AlreadyExists(named)) if facts.holders.iter().all(|holder| Some(holder.id) != named) => {
            return leave(Reason::ConflictUnverified);
        }
        Some(Refusal::AlreadyExists(_)) | None => {}
    }
    let Some(chosen) = chosen(device.endpoint, &facts.holders) else {
        return without_endpoint(device, facts);
    };
    if chosen.condemned.is_some() {
        return act(Reason::ChosenIsCondemned, Action::Spare(chosen.id));
    }
    if device.endpoint != Some(chosen.id) {
        return change(adoption(chosen, facts), Change::Bind(chosen.id));
    }
    let intent = with_endpoint(device, chosen, facts, settings, moment);
    match intent.action {
        Some(_) => intent,
        None => others(chosen, facts, settings, moment).unwrap_or(intent),
    }
}

/// The row's own, else one that is enabled, else any. SNS tells no endpoint's age: the smallest id is what two workers agree on.
pub(crate) fn chosen(own: Option<EndpointId>, holders: &[Endpoint]) -> Option<&Endpoint> {
    holders
        .iter()
        .min_by_key(|holder| (own != Some(holder.id), !holder.is_enabled, holder.id))
}

fn adoption(chosen: &Endpoint, facts: &Facts) -> Reason {
    match (facts.refusal, facts.holders.len(), chosen.is_enabled) {
        (Some(_), _, _) => Reason::ConflictResolved,
        (None, 0 | 1, true) => Reason::TokenElsewhere,
        (None, 0 | 1, false) => Reason::TokenElsewhereDisabled,
        (None, _, _) => Reason::ChosenOfSeveral,
    }
}

fn without_endpoint(device: &Device, facts: &Facts) -> Intent {
    let has_evidence = evidence::to_provide(device, &facts.permit);
    match (facts.own, device.endpoint) {
        // Whoever else claims that token, in whatever state: the endpoint is theirs.
        (Own::Other(Claim::Another | Claim::Ours), Some(_)) => change(Reason::EndpointOfAnother, Change::Unbind),
        (Own::Other(Claim::Nobody), Some(own)) if has_evidence => act(Reason::TokenChanged, Action::Rekey(own)),
        (Own::Unset | Own::Missing | Own::Holder, _) | (Own::Other(_), None) if has_evidence => {
            act(Reason::NoEndpoint, Action::Create)
        }
        (Own::Missing | Own::Holder, Some(_)) => change(Reason::EndpointMissing, Change::Unbind),
        // One of the two must let go, and it is the one that has no use for it.
        (Own::Other(Claim::Nobody), Some(_)) if facts.is_shared => change(Reason::EndpointOfAnother, Change::Unbind),
        (Own::Missing | Own::Holder, None) | (Own::Unset | Own::Other(_), _) => leave(Reason::NoEvidence),
    }
}

fn with_endpoint(device: &Device, chosen: &Endpoint, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    if !chosen.is_enabled {
        return disabled(device, chosen, facts, settings, moment);
    }
    if !chosen.has_right_user_data {
        return act(Reason::UserDataDiffers, Action::MendUserData(chosen.id));
    }
    match device.disabled_at {
        // It is older than the confirmation, so it would be evidence once more. But it has ended: the next one would be taken for it if
        // its event got lost. A newer one stays: who has enabled the endpoint in spite of it keeps no books.
        Some(at) if at < device.confirmed_at => change(Reason::EnabledElsewhere, Change::NoteEnabled),
        Some(_) => leave(Reason::EnabledElsewhere),
        None => leave(Reason::Healthy),
    }
}

fn disabled(device: &Device, chosen: &Endpoint, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    let is_mistake = recovery::is_mistake(device, chosen.id, settings, moment);
    if device.disabled_again >= settings.quarantine_after {
        return if is_mistake {
            change(Reason::CertificateMistake, Change::Absolve)
        } else {
            change(Reason::DisabledTooOften, Change::Quarantine)
        };
    }
    let enable = Action::Enable {
        endpoint: chosen.id,
        with_user_data: !chosen.has_right_user_data,
    };
    if evidence::to_enable(device, chosen.id, &facts.permit) {
        return act(Reason::ConfirmedSinceDisabled, enable);
    }
    match device.disabled_at {
        Some(at) if at >= device.confirmed_at => {
            if is_mistake {
                act(Reason::CertificateMistake, enable)
            } else if settings.is_past_retention(at, moment) {
                change(Reason::PastRetention, Change::Bury(moment.since()))
            } else {
                leave(Reason::NotConfirmedSince)
            }
        }
        // Nobody has told, or what was told is older than what was done since.
        Some(_) | None => {
            let uncounted = u32::from(matches!(facts.permit, Permit::Counted { .. }));
            let again = device.enables_since_confirm > uncounted && device.enabled_at.is_some();
            if again && evidence::is_under_way(device, moment) {
                return leave(Reason::EnableUnderWay);
            }
            let reason = if again {
                Reason::DisabledAgain
            } else {
                Reason::DisabledUnseen
            };
            // By a clock that is behind the device's function, it must not count as confirmed since.
            let at = moment.now.max(device.confirmed_at);
            change(reason, Change::NoteDisabled { at, again })
        }
    }
}

/// The endpoints with the token that were not chosen: one step for the first that needs one.
fn others(chosen: &Endpoint, facts: &Facts, settings: &Settings, moment: &Moment) -> Option<Intent> {
    let others = || facts.holders.iter().filter(|holder| holder.id != chosen.id);
    let step = others().find_map(|other| match other.condemned {
        None => Some(act(Reason::Duplicate, Action::Condemn(other.id))),
        Some(since) if settings.is_over(since, moment) => Some(act(Reason::DuplicateOver, Action::Delete(other.id))),
        Some(_) => None,
    });
    step.or_else(|| others().next().map(|_| leave(Reason::DuplicateWaits)))
}
