//! The table in the order of tokens: which endpoints have the token of a row, and which share one.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::by_id::ById;
use super::entry::Entry;
use crate::device::{Device, DeviceId, State};
use crate::endpoint::EndpointId;
use crate::hashes::TokenHash;
use crate::rails::Tally;

/// Every endpoint, by token.
pub struct ByToken {
    pub(super) entries: Vec<Entry>,
    pub(super) mistake: Option<RangeInclusive<Timestamp>>,
}

/// A row that needs a look, and where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Whose.
    pub id: DeviceId,
    /// The row, as the pass found it.
    pub device: Device,
    /// Endpoints whose token's hash begins like the row's.
    pub holders: Vec<EndpointId>,
}

impl ByToken {
    /// The same for a run that makes good a mistake: what was quarantined, and was disabled then, needs a look.
    #[must_use]
    pub fn recovering(self, mistake: RangeInclusive<Timestamp>) -> Self {
        Self {
            mistake: Some(mistake),
            ..self
        }
    }

    /// Joins a row: nothing if there is nothing to do for it, and no call is needed to know that. Every row of the application is joined before the table is turned: the tokens that are left then are nobody's.
    pub fn join(&mut self, id: &DeviceId, device: &Device) -> Option<Candidate> {
        let range = self.range(&device.token);
        let holders = &mut self.entries[range];
        let claims = match device.state {
            State::Superseded => false,
            State::Live | State::OptedOut(_) | State::Quarantined | State::Tombstone(_) | State::SlotConflict => true,
        };
        if claims {
            holders.iter_mut().for_each(Entry::claim);
        }
        let is_settled = match device.state {
            State::Live => is_healthy(device, holders),
            // What has its token is another row's.
            State::Superseded | State::SlotConflict => device.endpoint.is_none(),
            State::Quarantined => !device
                .disabled_at
                .is_some_and(|at| self.mistake.as_ref().is_some_and(|mistake| mistake.contains(&at))),
            State::OptedOut(_) | State::Tombstone(_) => device.endpoint.is_none() && holders.is_empty(),
        };
        (!is_settled).then(|| Candidate {
            id: id.clone(),
            device: device.clone(),
            holders: holders.iter().map(|holder| holder.id).collect(),
        })
    }

    /// Endpoints that share a token, or seem to.
    pub fn duplicates(&self) -> impl Iterator<Item = Vec<EndpointId>> {
        let shared = self
            .entries
            .chunk_by(|a, b| a.token == b.token)
            .filter(|group| group.len() > 1);
        shared.map(|group| group.iter().map(|entry| entry.id).collect())
    }

    /// How many there are, and how many of them are disabled.
    pub fn tally(&self) -> Tally {
        Tally {
            endpoints: self.entries.len() as u64,
            disabled: self.entries.iter().filter(|entry| !entry.is_enabled()).count() as u64,
        }
    }

    /// The same table, by id.
    pub fn turn(mut self) -> ById {
        self.entries.sort_unstable_by_key(|entry| entry.id);
        ById { entries: self.entries }
    }

    /// The bytes that are set aside.
    pub fn size_bytes(&self) -> usize {
        self.entries.capacity() * super::ENTRY_BYTES
    }

    fn range(&self, token: &TokenHash) -> std::ops::Range<usize> {
        let token = token.short();
        let from = self.entries.partition_point(|entry| entry.token < token);
        let len = self.entries[from..].iter().take_while(|entry| entry.token == token).count();
        from..from + len
    }
}

fn is_healthy(device: &Device, holders: &[Entry]) -> bool {
    match holders {
        [only] => {
            device.endpoint == Some(only.id)
                && only.is_enabled()
                && only.has_user_data(&device.user_data)
                && device.disabled_at.is_none()
        }
        _ => false,
    }
}
