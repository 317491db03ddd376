//! A row of the registry: what a device confirmed, and what is known of its endpoint since.
//!
//! The decision stands on three promises of whoever writes such a row; the README lists them.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};

/// What a device calls itself. Never shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(Arc<str>);

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Device {
    /// The token that the device confirmed last.
    pub token: TokenHash,
    /// The user data that its endpoint should have.
    pub user_data: UserDataHash,
    /// What may be done for it.
    pub state: State,
    /// The endpoint that pushes to the device are sent to.
    pub endpoint: Option<EndpointId>,
    /// When the device last said that the token is its own.
    pub confirmed_at: Timestamp,
    /// When SNS disabled an endpoint with this token, or when that was first seen. Nothing if it is not known to have been disabled
    /// since it was last enabled.
    pub disabled_at: Option<Timestamp>,
    /// How often the endpoint was enabled on the strength of the last confirmation, by whomever. Counted before it is done.
    pub enables_since_confirm: u32,
    /// When it was counted last, by whomever, that an endpoint with this token is enabled once more. Making one is none of those.
    pub enabled_at: Option<Timestamp>,
    /// How often SNS disabled this token again after it had been enabled.
    pub disabled_again: u32,
    /// The piece of work that counted the last enable, if it was the reconciler's.
    pub ticket: Option<Ticket>,
    /// Counts every change of the row; no write without the version that was read.
    pub version: u64,
}

/// What may be done for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It wants pushes.
    Live,
    /// It does not, since then.
    OptedOut(Since),
    /// A newer confirmation of another device has its token.
    Superseded,
    /// SNS has disabled its token again and again.
    Quarantined,
    /// Its endpoint was disabled so long ago that it is being deleted.
    Tombstone(Since),
    /// SNS keeps the place of its token for an endpoint that has another token by now.
    SlotConflict,
}

/// When the first phase of a deletion was, for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Since {
    /// The time.
    pub at: Timestamp,
    /// How many passes over the application had been completed by then.
    pub pass: u64,
}

/// The name of one piece of work, never given twice: by the fencing number of its lease and a count. A piece of work that finds its own
/// name on a row knows that its write was performed, though the answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// The fencing number.
    pub run: u64,
    /// The count.
    pub number: u64,
}

impl DeviceId {
    /// As the app names it.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceId([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::DeviceId;

    #[test]
    fn the_name_of_a_device_is_not_shown() {
        let id = DeviceId::new("amzn1.device.X");

        assert_eq!(format!("{id:?}"), "DeviceId([redacted])");
        assert_eq!(id.as_str(), "amzn1.device.X");
    }
}
