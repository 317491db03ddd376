//! The table while the pages come in.

use super::by_token::ByToken;
use super::entry::Entry;
use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};

/// An endpoint of a page of `ListEndpointsByPlatformApplication`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: EndpointId,
    /// Its token, in its normal form.
    pub token: TokenHash,
    /// `CustomUserData`.
    pub user_data: UserDataHash,
    /// `Enabled`, in whatever case.
    pub is_enabled: bool,
}

/// Bytes that no listing was encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no endpoints of a listing")]
pub struct NotAListing;

/// The endpoints so far.
#[derive(Default)]
pub struct Listing {
    entries: Vec<Entry>,
}

impl Listing {
    /// For about so many: those of the last run.
    pub fn expecting(endpoints: usize) -> Self {
        Self {
            entries: Vec::with_capacity(endpoints),
        }
    }

    /// Takes a page in. It may be empty, and it may have endpoints that have been taken in before: a listing that was begun again at a page
    /// that is gone shows some of them twice.
    pub fn push(&mut self, page: &[Listed]) {
        self.make_room(page.len());
        let entry = |listed: &Listed| Entry::new(listed.id, &listed.token, &listed.user_data, listed.is_enabled);
        self.entries.extend(page.iter().map(entry));
    }

    /// After the last page: the one without a NextToken. Of an endpoint that was listed twice, the one that needs a look counts.
    pub fn end(mut self) -> ByToken {
        // In place: a sort that keeps the order would take half as much again.
        self.entries.sort_unstable_by_key(|entry| (entry.id, entry.is_enabled()));
        self.entries.dedup_by_key(|entry| entry.id);
        self.entries.shrink_to_fit();
        self.entries.sort_unstable_by_key(|entry| (entry.token, entry.id));
        ByToken {
            entries: self.entries,
            mistake: None,
        }
    }

    /// How many endpoints there are so far; one that was listed twice counts twice.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The endpoints so far, in [`super::ENTRY_BYTES`] each, for another process to take in.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.entries.len() * super::ENTRY_BYTES);
        self.entries.iter().for_each(|entry| bytes.extend(entry.to_bytes()));
        bytes
    }

    /// Takes in what another listing was encoded as.
    ///
    /// # Errors
    /// [`NotAListing`], and then none of it is taken in.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), NotAListing> {
        let (parts, rest) = bytes.as_chunks();
        let entries: Option<Vec<Entry>> = parts.iter().map(Entry::from_bytes).collect();
        let entries = entries.filter(|_| rest.is_empty()).ok_or(NotAListing)?;
        self.make_room(entries.len());
        self.entries.extend(entries);
        Ok(())
    }

    fn make_room(&mut self, count: usize) {
        if self.entries.capacity() - self.entries.len() < count {
            // Doubling would take as much again when there is least room for it.
            self.entries.reserve_exact(count + self.entries.len() / 16);
        }
    }

    /// The bytes that are set aside.
    pub fn size_bytes(&self) -> usize {
        self.entries.capacity() * super::ENTRY_BYTES
    }
}
