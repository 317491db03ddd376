//! What can be done.

use super::change::Change;
use crate::endpoint::EndpointId;
use crate::hashes::TokenHash;

/// One step. What it writes to SNS (token, user data) is the row's, as it was read last: no text is in here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Change the row, if it is still the version that was read. SNS is not called.
    Change(Change),
    /// The first phase of a deletion: put on record that this endpoint is to go.
    Condemn(EndpointId),
    /// Take that back.
    Spare(EndpointId),
    /// `SetEndpointAttributes` with the row's user data, and nothing else.
    MendUserData(EndpointId),
    /// `SetEndpointAttributes` with `Enabled=true`; with the user data too, where it differs. Counted first.
    Enable {
        /// Which.
        endpoint: EndpointId,
        /// The user data differs.
        with_user_data: bool,
    },
    /// One `SetEndpointAttributes` with the row's token, its user data and `Enabled=true`. Counted first.
    Rekey(EndpointId),
    /// One `SetEndpointAttributes` with the token that the endpoint had before it was re-keyed, and `Enabled=false`. Whether it may be
    /// enabled is decided at the look at the device that claims it, which follows; and so is its user data.
    Restore {
        /// Which.
        endpoint: EndpointId,
        /// Its former token, of which the text is the one that was read.
        token: TokenHash,
    },
    /// `CreatePlatformEndpoint` with the row's token, its user data and, in words, `Enabled=true`: so that a success means that the
    /// endpoint is enabled, and one that exists and is not is refused for its different attributes. Counted first.
    Create,
    /// `SetEndpointAttributes` with `Enabled=false`.
    Disable(EndpointId),
    /// The second phase: `DeleteEndpoint`, and `Unsubscribe` for its subscriptions, which SNS leaves behind.
    Delete(EndpointId),
}

/// What a run may do only so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spending {
    /// Endpoints that are created.
    Create,
    /// Endpoints that are deleted.
    Delete,
    /// Endpoints that are enabled, with their token or a new one.
    Enable,
}

impl Action {
    /// What it costs of the caps.
    pub fn spends(&self) -> Option<Spending> {
        match self {
            Self::Create => Some(Spending::Create),
            Self::Delete(_) => Some(Spending::Delete),
            Self::Enable { .. } | Self::Rekey(_) => Some(Spending::Enable),
            Self::Change(_)
            | Self::Condemn(_)
            | Self::Spare(_)
            | Self::MendUserData(_)
            | Self::Restore { .. }
            | Self::Disable(_) => None,
        }
    }

    /// Whether it enables the row's token.
    pub fn enables(&self) -> bool {
        match self {
            Self::Create | Self::Enable { .. } | Self::Rekey(_) => true,
            Self::Change(_)
            | Self::Condemn(_)
            | Self::Spare(_)
            | Self::MendUserData(_)
            | Self::Restore { .. }
            | Self::Disable(_)
            | Self::Delete(_) => false,
        }
    }

    /// Whether it enables an endpoint that has the token already.
    pub fn enables_again(&self) -> bool {
        matches!(self, Self::Enable { .. })
    }

    /// The endpoint that it is about, if there is one yet.
    pub fn endpoint(&self) -> Option<EndpointId> {
        match self {
            Self::Condemn(endpoint)
            | Self::Spare(endpoint)
            | Self::MendUserData(endpoint)
            | Self::Enable { endpoint, .. }
            | Self::Rekey(endpoint)
            | Self::Restore { endpoint, .. }
            | Self::Disable(endpoint)
            | Self::Delete(endpoint)
            | Self::Change(Change::Bind(endpoint)) => Some(*endpoint),
            Self::Change(_) | Self::Create => None,
        }
    }

    /// Its name in reports and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Change(change) => change.code(),
            Self::Condemn(_) => "condemn",
            Self::Spare(_) => "spare",
            Self::MendUserData(_) => "mend_user_data",
            Self::Enable { .. } => "enable",
            Self::Rekey(_) => "rekey",
            Self::Restore { .. } => "restore",
            Self::Create => "create",
            Self::Disable(_) => "disable",
            Self::Delete(_) => "delete",
        }
    }
}
