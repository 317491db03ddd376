//! Whether a token may be enabled.
//!
//! The push service's word against the device's: `disabled_at` against `confirmed_at`, and the later one counts. Once for each
//! confirmation, since a token that is disabled again was bad in spite of it. A `disabled_at` is taken away when the token is
//! enabled; so while there is one, and no enable was counted since the confirmation, the endpoint has been disabled all the time, and
//! not even a lost event can hide a newer word of the push service.

use jiff::SignedDuration;

use super::facts::Permit;
use super::settings::Moment;
use crate::device::Device;
use crate::endpoint::EndpointId;

/// For an endpoint with the token that SNS shows as disabled. Not knowing since when is no evidence.
pub(super) fn to_enable(device: &Device, endpoint: EndpointId, permit: &Permit) -> bool {
    match permit {
        Permit::None => device.enables_since_confirm == 0 && device.disabled_at.is_some() && is_newer(device),
        Permit::Counted { was_disabled } => *was_disabled && is_newer(device),
        // SNS may have disabled any other.
        Permit::GiveBack(taken) => taken.contains(&endpoint) && is_newer(device),
    }
}

/// For a token that no endpoint has: what is created or given the token is enabled.
pub(super) fn to_provide(device: &Device, permit: &Permit) -> bool {
    match permit {
        Permit::None => device.enables_since_confirm == 0 && is_newer(device),
        Permit::Counted { .. } | Permit::GiveBack(_) => is_newer(device),
    }
}

/// Whoever counts an enable makes the call at once, or has died. Until then the endpoint is not disabled *again*.
pub(super) fn is_under_way(device: &Device, moment: &Moment) -> bool {
    device.enabled_at.is_some_and(|at| moment.now.duration_since(at) < UNDER_WAY)
}

fn is_newer(device: &Device) -> bool {
    device.disabled_at.is_none_or(|disabled_at| device.confirmed_at > disabled_at)
}

/// Longer than a call waits for its turn and its answer.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);
