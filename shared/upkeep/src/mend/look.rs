//! One look: the row and its claim first, then every endpoint that may matter, then the claim on the one that is not ours.
//!
//! The row comes first so that what the endpoints show is newer than the row: a row that says "disabled" beside an endpoint that is enabled
//! then is out of date, and the version tells if it was mended in between.

use std::collections::BTreeSet;

use super::call::{Answer, Call, Known, Seen, Subject, trouble};
use crate::device::{Device, DeviceId};
use crate::endpoint::{Endpoint, EndpointId};
use crate::hashes::TokenHash;
use crate::plan::{Claim, Facts, Own, Row, Trouble};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Look {
    asked: Asked,
    known: Option<Known>,
    left: Vec<EndpointId>,
    seen: Vec<(EndpointId, Seen)>,
    /// Who claims the token of the endpoint that the row names, or of the endpoint that is looked at.
    claimant: Option<DeviceId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    Device,
    Endpoint(EndpointId),
    Claim,
}

pub(super) enum Looked {
    Call(Look, Call),
    Failed(Trouble),
    All(Look),
}

impl Look {
    pub(super) fn begin(subject: &Subject, candidates: &BTreeSet<EndpointId>) -> (Self, Call) {
        let mut look = Self {
            asked: Asked::Device,
            known: None,
            left: candidates.iter().copied().collect(),
            seen: Vec::new(),
            claimant: None,
        };
        let call = match subject {
            Subject::Device(id) => Call::ReadDevice(id.clone()),
            Subject::Endpoint(id) => {
                look.left.clear();
                look.asked = Asked::Endpoint(*id);
                Call::ReadEndpoint(*id)
            }
        };
        (look, call)
    }

    pub(super) fn next(mut self, answer: Answer, subject: &Subject) -> Looked {
        match (self.asked, answer) {
            (Asked::Device, Answer::Device(known)) => {
                self.known = known;
                let own = self.device().and_then(|device| device.endpoint);
                self.left.extend(own.filter(|own| !self.left.contains(own)));
                self.left.retain(|_| matches!(self.known, Some(Known::Row { .. })));
            }
            (Asked::Endpoint(id), Answer::Endpoint(seen)) => self.seen.extend(seen.map(|seen| (id, seen))),
            (Asked::Claim, Answer::Claim(claimant)) => {
                self.claimant = claimant;
                return Looked::All(self);
            }
            (_, answer) => return Looked::Failed(trouble(&answer)),
        }
        if let Some(id) = self.left.pop() {
            self.asked = Asked::Endpoint(id);
            return Looked::Call(self, Call::ReadEndpoint(id));
        }
        match self.foreign_token(subject) {
            Some(token) => {
                self.asked = Asked::Claim;
                Looked::Call(self, Call::ReadClaim(token))
            }
            None => Looked::All(self),
        }
    }

    /// The token whose claim decides and is not known yet.
    fn foreign_token(&self, subject: &Subject) -> Option<TokenHash> {
        match subject {
            Subject::Endpoint(id) => self.token_of(*id),
            Subject::Device(_) => {
                let device = self.device()?;
                self.token_of(device.endpoint?).filter(|token| *token != device.token)
            }
        }
    }

    pub(super) fn device(&self) -> Option<&Device> {
        match &self.known {
            Some(Known::Row { device, .. }) => Some(device),
            Some(Known::Malformed) | None => None,
        }
    }

    pub(super) fn token_of(&self, endpoint: EndpointId) -> Option<TokenHash> {
        self.seen.iter().find(|(id, _)| *id == endpoint).map(|(_, seen)| seen.token)
    }

    /// Somebody else who claims the token of the row, or of the endpoint that is looked at.
    pub(super) fn other_claimant(&self, subject: &Subject) -> Option<&DeviceId> {
        match (subject, &self.known) {
            (Subject::Endpoint(_), _) => self.claimant.as_ref(),
            (Subject::Device(own), Some(Known::Row { claimant, .. })) => claimant.as_ref().filter(|id| *id != own),
            (Subject::Device(_), Some(Known::Malformed) | None) => None,
        }
    }

    pub(super) fn facts(&self, subject: &Subject) -> Facts {
        let claim = |claimant: &Option<DeviceId>| match (claimant, subject) {
            (None, _) => Claim::Nobody,
            (Some(id), Subject::Device(own)) if id == own => Claim::Ours,
            (Some(_), Subject::Device(_) | Subject::Endpoint(_)) => Claim::Another,
        };
        let holder = |(id, seen): &(EndpointId, Seen), has_right_user_data| Endpoint {
            id: *id,
            is_enabled: seen.is_enabled,
            has_right_user_data,
            condemned: seen.condemned,
        };
        let without_row = |row| Facts {
            claim: claim(&self.claimant),
            holders: self.seen.iter().map(|seen| holder(seen, true)).collect(),
            ..Facts::of(row)
        };
        let (device, claimant) = match &self.known {
            None => return without_row(Row::None),
            Some(Known::Malformed) => return without_row(Row::Malformed),
            Some(Known::Row { device, claimant }) => (device, claimant),
        };
        let own = match device.endpoint.map(|own| self.token_of(own)) {
            None => Own::Unset,
            Some(None) => Own::Missing,
            Some(Some(token)) if token == device.token => Own::Holder,
            Some(Some(_)) => Own::Other(claim(&self.claimant)),
        };
        let holders = self.seen.iter().filter(|(_, seen)| seen.token == device.token);
        Facts {
            claim: claim(claimant),
            holders: holders
                .map(|seen| holder(seen, seen.1.user_data == device.user_data))
                .collect(),
            own,
            ..Facts::of(Row::Known(device.clone()))
        }
    }
}

/// What is known when a call has failed: nothing of the device.
pub(super) fn troubled(trouble: Trouble) -> Facts {
    Facts {
        trouble: Some(trouble),
        ..Facts::of(Row::None)
    }
}
