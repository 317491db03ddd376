//! The calls of a piece of work, and what may become of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::device::{Device, DeviceId, Since};
use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};
use crate::plan::{Action, Change, Decision, Refusal, Trouble};

/// What a piece of work is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A row of the registry.
    Device(DeviceId),
    /// An endpoint that nobody seemed to claim, or that is condemned.
    Endpoint(EndpointId),
}

/// One call. Each is made once; whoever makes it may repeat it while nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Read the row and the claim on its token, strongly consistent.
    ReadDevice(DeviceId),
    /// Read who claims a token, strongly consistent.
    ReadClaim(TokenHash),
    /// `GetEndpointAttributes`, and whether it is condemned.
    ReadEndpoint(EndpointId),
    /// Change the row, if it still has this version.
    Change {
        /// Whose.
        device: DeviceId,
        /// The version that was read.
        version: u64,
        /// The change.
        change: Change,
    },
    /// Do this; it is none of the changes. Token and user data are the row's, as it was read last.
    Act(Action),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The row, or that there is none.
    Device(Option<Known>),
    /// Who claims the token.
    Claim(Option<DeviceId>),
    /// The endpoint, or that there is none.
    Endpoint(Option<Seen>),
    /// It was done.
    Done,
    /// It was created, or there was one already.
    Created(EndpointId),
    /// There is no such endpoint (404 `NotFound`).
    Gone,
    /// The row has another version by now.
    Overtaken,
    /// SNS refused it, for a reason that says something about the endpoint.
    Refused(Refusal),
    /// It failed, for a reason that does not.
    Failed(Trouble),
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// It cannot be read.
    Malformed,
    /// It can.
    Row {
        /// The row.
        device: Box<Device>,
        /// Who claims its token.
        claimant: Option<DeviceId>,
    },
}

/// An endpoint as it was read, in full.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Its token.
    pub token: TokenHash,
    /// Whether SNS delivers to it.
    pub is_enabled: bool,
    /// Its user data.
    pub user_data: UserDataHash,
    /// Since when it is condemned.
    pub condemned: Option<Since>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// This call.
    Call(Call),
    /// Nothing more.
    Done(Mended),
}

/// What came of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// What was decided, in order. The last one says how things are left.
    pub decisions: Vec<Decision>,
    /// Devices to look at next, before any other. Look at each twice at most; the next pass sees the rest.
    pub also: BTreeMap<DeviceId, Trail>,
}

/// What a piece of work leaves to the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trail {
    /// Endpoints that may have the device's token.
    pub candidates: BTreeSet<EndpointId>,
    /// Another row names the device's endpoint, too.
    pub is_shared: bool,
    /// Tokens whose endpoints, these, were disabled, deleted or re-keyed, so that one may be given back.
    pub taken: BTreeMap<TokenHash, BTreeSet<EndpointId>>,
}

impl Call {
    /// Whether it changes anything, in SNS or in the registry. In plan mode there is none.
    pub fn is_mutating(&self) -> bool {
        match self {
            Self::ReadDevice(_) | Self::ReadClaim(_) | Self::ReadEndpoint(_) => false,
            Self::Change { .. } | Self::Act(_) => true,
        }
    }
}

/// What an answer that does not fit its call, or says that it failed, is taken for.
pub(super) fn trouble(answer: &Answer) -> Trouble {
    match answer {
        Answer::Failed(trouble) => *trouble,
        Answer::Overtaken => Trouble::Overtaken,
        Answer::Device(_)
        | Answer::Claim(_)
        | Answer::Endpoint(_)
        | Answer::Done
        | Answer::Created(_)
        | Answer::Gone
        | Answer::Refused(_) => Trouble::Refused,
    }
}
