//! Rows 5 and 14 to 17: a device that gets no pushes.

use super::action::Action;
use super::change::Change;
use super::facts::Facts;
use super::live::chosen;
use super::reason::Reason;
use super::settings::{Moment, Settings};
use super::{Intent, act, change, leave, recovery};
use crate::device::{Device, Since};

/// Another device has the token, so its endpoint is none of this row's business any more.
pub(super) fn superseded(device: &Device) -> Intent {
    unbound(device, Reason::Superseded)
}

/// SNS would only refuse again. A confirmation makes the row live, and then it is tried again.
pub(super) fn slot_conflict(device: &Device) -> Intent {
    unbound(device, Reason::SlotConflict)
}

/// Another token makes the row live; or that its endpoint was disabled by mistake, which says nothing about the token.
pub(super) fn quarantined(device: &Device, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    let own = chosen(device.endpoint, &facts.holders).filter(|chosen| device.endpoint == Some(chosen.id));
    let is_mistake = own
        .is_some_and(|own| !own.is_enabled && own.condemned.is_none() && recovery::is_mistake(device, own.id, settings, moment));
    if is_mistake {
        return change(Reason::CertificateMistake, Change::Absolve);
    }
    leave(Reason::Quarantined)
}

/// Disabled now, deleted later. It is on record first that it is disabled: should the device come back at this very moment, it is its
/// confirmation that is newer.
pub(super) fn opted_out(device: &Device, since: Since, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    let enabled = facts.holders.iter().find(|holder| holder.is_enabled);
    match (enabled, facts.holders.first()) {
        (Some(_), _) if device.disabled_at.is_none() => {
            let at = moment.now.max(device.confirmed_at);
            change(Reason::OptedOut, Change::NoteDisabled { at, again: false })
        }
        (Some(enabled), _) => act(Reason::OptedOut, Action::Disable(enabled.id)),
        (None, Some(holder)) if settings.is_over(since, moment) => act(Reason::OptedOutOver, Action::Delete(holder.id)),
        (None, Some(_)) => leave(Reason::OptedOutWaits),
        (None, None) => unbound(device, Reason::OptedOutDone),
    }
}

/// Deleted later, unless it is enabled: then somebody knows better.
pub(super) fn tombstone(device: &Device, since: Since, facts: &Facts, settings: &Settings, moment: &Moment) -> Intent {
    match facts.holders.first() {
        Some(_) if facts.holders.iter().any(|holder| holder.is_enabled) => leave(Reason::TombstoneEnabled),
        Some(holder) if settings.is_over(since, moment) => act(Reason::TombstoneOver, Action::Delete(holder.id)),
        Some(_) => leave(Reason::TombstoneWaits),
        None => unbound(device, Reason::TombstoneDone),
    }
}

fn unbound(device: &Device, reason: Reason) -> Intent {
    match device.endpoint {
        Some(_) => change(reason, Change::Unbind),
        None => leave(reason),
    }
}
