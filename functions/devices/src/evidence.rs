//! Whether there is evidence that a device's token is good, although its endpoint is disabled.
//!
//! SNS disables an endpoint when the push service says that its token is bad: "Don't activate a deactivated endpoint", unless its token has
//! changed or the device has come back with the same one (AWS re:Post, "Why is my push notification endpoint not active?"). The device's
//! word stands against the push service's, and the later one counts. A confirmation that was late on its way is no evidence.

use jiff::{SignedDuration, Timestamp};
use registry::Device;

/// Why a disabled endpoint is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It was enabled since the device confirmed the token, and is disabled again.
    AlreadyEnabled,
    /// SNS disabled it after the device confirmed the token.
    DisabledLater,
    /// Nobody has heard when SNS disabled it, and the confirmation is not of now.
    DisabledUnseen,
}

impl Doubt {
    /// As it is answered and logged.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyEnabled => "already_enabled",
            Self::DisabledLater => "disabled_later",
            Self::DisabledUnseen => "disabled_unseen",
        }
    }
}

/// What speaks against the token of a device, as far as times tell; `None` if its confirmation is evidence.
pub(crate) fn doubt(device: &Device, now: Timestamp) -> Option<Doubt> {
    match device.disabled_at {
        Some(at) if at >= device.confirmed_at => Some(Doubt::DisabledLater),
        Some(_) => None,
        None if now.duration_since(device.confirmed_at) > OF_NOW => Some(Doubt::DisabledUnseen),
        None => None,
    }
}

/// A confirmation as old as this may have waited in the app's own queue; an older one may have been overtaken by SNS without our hearing
/// of it, since events tell of direct messages only.
const OF_NOW: SignedDuration = SignedDuration::from_hours(1);
