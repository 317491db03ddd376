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

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

const ENABLED: u8 = 1;
const CLAIMED: u8 = 2;
const NAMED: u8 = 4;
const SHARED: u8 = 8;
