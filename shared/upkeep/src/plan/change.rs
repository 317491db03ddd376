//! The changes of a row, and what each makes of it.
//!
//! Promises that no change touches what a device said (its token, when it confirmed it) and that each makes another version. The
//! registry writes a change only over the version that was read.

use jiff::Timestamp;

use crate::device::{Device, Since, State, Ticket};
use crate::endpoint::EndpointId;

/// One change of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Pushes go to this endpoint.
    Bind(EndpointId),
    /// Pushes go nowhere.
    Unbind,
    /// The endpoint is disabled, and has been since then at the latest.
    NoteDisabled {
        /// The time.
        at: Timestamp,
        /// It had been enabled on the strength of the last confirmation.
        again: bool,
    },
    /// The endpoint is enabled: nothing is known against its token.
    NoteEnabled,
    /// It is not enabled any more until the token changes.
    Quarantine,
    /// Nothing is held against its token any more: it was disabled by mistake.
    Absolve,
    /// The endpoint is to be deleted.
    Bury(Since),
    /// SNS has no place for the token; pushes go nowhere.
    SlotConflict,
    /// Its token is about to be enabled, once.
    CountEnable {
        /// By which piece of work.
        ticket: Ticket,
        /// When an endpoint that is disabled is to be enabled once more; nothing if none has the token yet.
        again_at: Option<Timestamp>,
    },
    /// It was not, for certain: as before.
    UncountEnable {
        /// What was known before.
        disabled_at: Option<Timestamp>,
    },
}

impl Change {
    /// Makes the change.
    pub fn on(&self, device: &mut Device) {
        device.version = device.version.saturating_add(1);
        match self {
            Self::Bind(endpoint) => device.endpoint = Some(*endpoint),
            Self::Unbind => device.endpoint = None,
            Self::NoteDisabled { at, again } => {
                device.disabled_at = Some(*at);
                device.disabled_again = device.disabled_again.saturating_add(u32::from(*again));
            }
            Self::NoteEnabled => device.disabled_at = None,
            Self::Quarantine => device.state = State::Quarantined,
            Self::Absolve => {
                device.state = State::Live;
                device.disabled_again = 0;
            }
            Self::Bury(since) => device.state = State::Tombstone(*since),
            Self::SlotConflict => {
                device.state = State::SlotConflict;
                device.endpoint = None;
            }
            Self::CountEnable { ticket, again_at } => {
                device.enables_since_confirm = device.enables_since_confirm.saturating_add(1);
                device.disabled_at = None;
                device.ticket = Some(*ticket);
                device.enabled_at = again_at.or(device.enabled_at);
            }
            Self::UncountEnable { disabled_at } => {
                device.enables_since_confirm = device.enables_since_confirm.saturating_sub(1);
                // What has been heard in between is newer.
                device.disabled_at = device.disabled_at.or(*disabled_at);
                device.ticket = None;
                device.enabled_at = None;
            }
        }
    }

    /// Its name in reports and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bind(_) => "bind",
            Self::Unbind => "unbind",
            Self::NoteDisabled { .. } => "note_disabled",
            Self::NoteEnabled => "note_enabled",
            Self::Quarantine => "quarantine",
            Self::Absolve => "absolve",
            Self::Bury(_) => "bury",
            Self::SlotConflict => "slot_conflict",
            Self::CountEnable { .. } => "count_enable",
            Self::UncountEnable { .. } => "uncount_enable",
        }
    }
}
