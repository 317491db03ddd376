//! What is known when it is decided.

use std::collections::BTreeSet;

use super::reason::Reason;
use crate::device::Device;
use crate::endpoint::{Endpoint, EndpointId};
use crate::hashes::TokenHash;

/// What is known of one row, or of one endpoint without a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The row.
    pub row: Row,
    /// Who claims the row's token; without a row, who claims the endpoint's.
    pub claim: Claim,
    /// T: every endpoint with the row's token; without a row, the endpoint.
    pub holders: Vec<Endpoint>,
    /// A: what became of the endpoint that the row names.
    pub own: Own,
    /// Another row names A, too, as far as the pass knows.
    pub is_shared: bool,
    /// What SNS answered when this piece of work tried to write.
    pub refusal: Option<Refusal>,
    /// What this piece of work may do on the strength of what it did before.
    pub permit: Permit,
    /// An endpoint that this piece of work has re-keyed, and the token that it had: somebody had claimed that in between.
    pub robbed: Option<(EndpointId, TokenHash)>,
    /// A call failed, and that says nothing about the device.
    pub trouble: Option<Trouble>,
}

impl Facts {
    /// Nothing but the row.
    pub fn of(row: Row) -> Self {
        Self {
            row,
            claim: Claim::Nobody,
            holders: Vec::new(),
            own: Own::Unset,
            is_shared: false,
            refusal: None,
            permit: Permit::None,
            robbed: None,
            trouble: None,
        }
    }
}

/// The row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// There is none.
    None,
    /// It cannot be read: its token, for one, is not one of its platform.
    Malformed,
    /// This one.
    Known(Box<Device>),
}

/// Who claims a token, by the strongly consistent record of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// The row that is looked at.
    Ours,
    /// Another row, whatever its state.
    Another,
    /// Nobody.
    Nobody,
}

/// The endpoint that the row names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Own {
    /// It names none.
    Unset,
    /// It is one of the holders.
    Holder,
    /// It does not exist.
    Missing,
    /// It has another token, claimed by so and so.
    Other(Claim),
}

/// SNS refused a write for good; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// "already exists with the same Token, but different attributes", with the endpoint that it names.
    AlreadyExists(Option<EndpointId>),
    /// "This endpoint is already registered with a different token."
    SlotTaken,
}

/// What a piece of work may do because of what it did before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Permit {
    /// Nothing more.
    None,
    /// It has counted an enable that it has not performed yet.
    Counted {
        /// It was on record since when the endpoint is disabled; counting has taken that away.
        was_disabled: bool,
    },
    /// It has itself disabled, deleted or re-keyed these endpoints with the row's token, while the device came back: it may give one back.
    GiveBack(BTreeSet<EndpointId>),
}

/// Why a call did not do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// Refused for its pace: `Throttling`, `ThrottlingException`, `Throttled`, 429. Nothing was done.
    Throttled,
    /// Refused with an error that is not known. Nothing was done.
    Refused,
    /// No answer, or a 5xx: it may or may not have been done.
    Unanswered,
    /// The row was changed by somebody else each time.
    Overtaken,
    /// It has taken more steps than any case needs.
    Endless,
}

impl Trouble {
    /// Its reason.
    pub fn reason(self) -> Reason {
        match self {
            Self::Throttled => Reason::Throttled,
            Self::Refused => Reason::Refused,
            Self::Unanswered => Reason::Unanswered,
            Self::Overtaken => Reason::Overtaken,
            Self::Endless => Reason::Endless,
        }
    }

    /// Whether it is certain that nothing was done.
    pub fn is_harmless(self) -> bool {
        match self {
            Self::Throttled | Self::Refused => true,
            Self::Unanswered | Self::Overtaken | Self::Endless => false,
        }
    }
}
