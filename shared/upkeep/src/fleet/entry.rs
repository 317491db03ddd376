//! One endpoint in the table.

use crate::endpoint::{Endpoint, EndpointId};
use crate::hashes::{TokenHash, UserDataHash};

/// Bytes only, so that nothing is spent on alignment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: EndpointId,
    pub(super) token: [u8; 8],
    user_data: [u8; 8],
    flags: u8,
}

impl Entry {
    pub(super) fn new(id: EndpointId, token: &TokenHash, user_data: &UserDataHash, is_enabled: bool) -> Self {
        Self {
            id,
            token: token.short(),
            user_data: user_data.short(),
            flags: if is_enabled { ENABLED } else { 0 },
        }
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.has(ENABLED)
    }

    /// A row has this token.
    pub(super) fn is_claimed(&self) -> bool {
        self.has(CLAIMED)
    }

    pub(super) fn claim(&mut self) {
        self.flags |= CLAIMED;
    }

    /// A row names this endpoint.
    pub(super) fn is_named(&self) -> bool {
        self.has(NAMED)
    }

    pub(super) fn name(&mut self) {
        if self.is_named() {
            self.flags |= SHARED;
        }
        self.flags |= NAMED;
    }

    /// Two rows name it.
    pub(super) fn is_shared(&self) -> bool {
        self.has(SHARED)
    }

    pub(super) fn has_user_data(&self, user_data: &UserDataHash) -> bool {
        self.user_data == user_data.short()
    }

    /// From where a row stands that has this user data. Who is condemned is not listed.
    pub(super) fn seen_with(&self, user_data: &UserDataHash) -> Endpoint {
        Endpoint {
            id: self.id,
            is_enabled: self.is_enabled(),
            has_right_user_data: self.has_user_data(user_data),
            condemned: None,
        }
    }

    /// As a listing knows it: no flag but whether it is enabled.
    pub(super) fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..24].copy_from_slice(&self.token);
        bytes[24..32].copy_from_slice(&self.user_data);
        bytes[32] = self.flags & ENABLED;
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; ENTRY_BYTES]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (token, rest) = rest.split_first_chunk()?;
        let (user_data, rest) = rest.split_first_chunk()?;
        let &[flags @ (0 | ENABLED)] = rest else {
            return None;
        };
        Some(Self {
            id: EndpointId::given(*id),
            token: *token,
            user_data: *user_data,
            flags,
        })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// What an endpoint takes.
pub const ENTRY_BYTES: usize = size_of::<Entry>();

const ENABLED: u8 = 1;
const CLAIMED: u8 = 2;
const NAMED: u8 = 4;
const SHARED: u8 = 8;
