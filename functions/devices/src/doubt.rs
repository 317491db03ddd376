//! Why a disabled endpoint is left as it is.
//!
//! "Don't activate a deactivated endpoint", unless its token has changed or the device has come back with the same one (AWS re:Post, "Why is my
//! push notification endpoint not active?"). A confirmation that was late on its way is no evidence.

use upkeep::plan::Reason;

/// Why.
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
    /// What the decisions about a device say, if its endpoint is left disabled by the last one.
    pub(crate) fn of(decisions: &[Reason]) -> Option<Self> {
        match decisions.last()? {
            Reason::EnableUnderWay => Some(Self::AlreadyEnabled),
            Reason::NotConfirmedSince if decisions.contains(&Reason::DisabledAgain) => Some(Self::AlreadyEnabled),
            Reason::NotConfirmedSince if decisions.contains(&Reason::DisabledUnseen) => Some(Self::DisabledUnseen),
            Reason::NotConfirmedSince | Reason::NoEvidence => Some(Self::DisabledLater),
            _ => None,
        }
    }

    /// As it is answered and logged.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyEnabled => "already_enabled",
            Self::DisabledLater => "disabled_later",
            Self::DisabledUnseen => "disabled_unseen",
        }
    }
}
