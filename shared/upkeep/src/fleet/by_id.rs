//! The table in the order of ids: what the rows that need a look name, and whose tokens nobody claims.

use super::by_token::Candidate;
use super::entry::Entry;
use crate::device::State;
use crate::endpoint::EndpointId;
use crate::plan::{Claim, Facts, Own, Row};

/// Every endpoint, by id.
pub struct ById {
    pub(super) entries: Vec<Entry>,
}

impl ById {
    /// What a pass knows of a candidate without a call: enough for a report, too little for a write. That a live row has its claim is taken
    /// for granted, and so is that a token some row has is claimed by it.
    pub fn facts(&self, candidate: &Candidate) -> Facts {
        let device = &candidate.device;
        let seen = |id: &EndpointId| Some(self.entry(id)?.seen_with(&device.user_data));
        let own = match device.endpoint {
            None => Own::Unset,
            Some(own) if candidate.holders.contains(&own) => Own::Holder,
            Some(own) => match self.entry(&own) {
                None => Own::Missing,
                Some(entry) if entry.is_claimed() => Own::Other(Claim::Another),
                Some(_) => Own::Other(Claim::Nobody),
            },
        };
        Facts {
            claim: match device.state {
                State::Superseded => Claim::Another,
                State::Live | State::OptedOut(_) | State::Quarantined | State::Tombstone(_) | State::SlotConflict => Claim::Ours,
            },
            holders: candidate.holders.iter().filter_map(seen).collect(),
            own,
            is_shared: self.is_shared(candidate),
            ..Facts::of(Row::Known(Box::new(device.clone())))
        }
    }

    /// Takes note that a row names an endpoint, whatever its token. Every candidate's is, before orphans are asked for: an endpoint that is
    /// about to get a new token is none.
    pub fn name(&mut self, candidate: &Candidate) {
        let Some(own) = candidate.device.endpoint else {
            return;
        };
        if let Ok(at) = self.entries.binary_search_by_key(&own, |entry| entry.id) {
            self.entries[at].name();
        }
    }

    /// Whether another candidate names its endpoint, too, once all are noted.
    pub fn is_shared(&self, candidate: &Candidate) -> bool {
        let own = candidate.device.endpoint.and_then(|own| self.entry(&own));
        own.is_some_and(Entry::is_shared)
    }

    /// Endpoints whose token no row has, and that no row names, in the order of their ids.
    pub fn orphans(&self) -> impl Iterator<Item = EndpointId> {
        self.entries
            .iter()
            .filter(|entry| !entry.is_claimed() && !entry.is_named())
            .map(|entry| entry.id)
    }

    /// Whether an endpoint was listed as enabled; nothing if it was not listed.
    pub fn is_enabled(&self, endpoint: &EndpointId) -> Option<bool> {
        self.entry(endpoint).map(Entry::is_enabled)
    }

    /// The bytes that are set aside.
    pub fn size_bytes(&self) -> usize {
        self.entries.capacity() * super::ENTRY_BYTES
    }

    fn entry(&self, id: &EndpointId) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(id, |entry| entry.id).ok()?;
        self.entries.get(at)
    }
}
