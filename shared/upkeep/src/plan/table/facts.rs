//! Facts for the table: a device that confirmed its token ten days ago, and endpoints with that token.

use jiff::{SignedDuration, Timestamp};

use crate::device::{Device, Since, State};
use crate::endpoint::{Endpoint, EndpointId};
use crate::hashes::{TokenHash, UserDataHash};
use crate::plan::{
    Action, Caps, Claim, Decision, Facts, Mode, Moment, Orphans, Own, Permit, Reason, Row, Settings, Verdict, plan,
};

pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A hundred days and a hundred passes after the beginning.
pub(super) const NOW: Moment = Moment {
    now: Timestamp::constant(100 * 24 * 60 * 60, 0),
    pass: 100,
};

pub(super) fn settings() -> Settings {
    Settings {
        mode: Mode::Apply,
        retention: DAY * 30,
        grace: DAY,
        quarantine_after: 2,
        orphans: Orphans::Report,
        closed: None,
        caps_left: Caps {
            creates: 9,
            deletes: 9,
            enables: 9,
        },
    }
}

/// It is live, and names the first endpoint.
pub(super) fn device() -> Device {
    Device {
        token: TokenHash::of("token"),
        user_data: UserDataHash::of("owner"),
        state: State::Live,
        endpoint: Some(id(1)),
        confirmed_at: NOW.now - DAY * 10,
        disabled_at: None,
        enables_since_confirm: 0,
        enabled_at: None,
        disabled_again: 0,
        ticket: None,
        version: 1,
    }
}

pub(super) fn opted_out(days: i32, passes: u64) -> Device {
    Device {
        state: State::OptedOut(since(days, passes)),
        ..device()
    }
}

pub(super) fn tombstone(days: i32, passes: u64) -> Device {
    Device {
        state: State::Tombstone(since(days, passes)),
        ..device().disabled(40)
    }
}

pub(super) fn since(days: i32, passes: u64) -> Since {
    Since {
        at: NOW.now - DAY * days,
        pass: NOW.pass - passes,
    }
}

pub(super) fn id(n: u8) -> EndpointId {
    EndpointId::given([n; 16])
}

/// It is enabled, with the device's user data.
pub(super) fn endpoint(n: u8) -> Endpoint {
    Endpoint {
        id: id(n),
        is_enabled: true,
        has_right_user_data: true,
        condemned: None,
    }
}

pub(super) fn facts(device: Device, own: Own, holders: &[Endpoint]) -> Facts {
    Facts {
        row: Row::Known(Box::new(device)),
        claim: Claim::Ours,
        holders: holders.to_vec(),
        own,
        is_shared: false,
        refusal: None,
        permit: Permit::None,
        robbed: None,
        trouble: None,
    }
}

pub(super) fn claimed_by(claim: Claim, facts: Facts) -> Facts {
    Facts { claim, ..facts }
}

pub(super) fn act(reason: Reason, action: Action) -> Decision {
    Decision {
        reason,
        verdict: Verdict::Act(action),
    }
}

pub(super) fn leave(reason: Reason) -> Decision {
    Decision {
        reason,
        verdict: Verdict::Leave,
    }
}

impl Device {
    pub(super) fn disabled(self, days_ago: i32) -> Self {
        Self {
            disabled_at: Some(NOW.now - DAY * days_ago),
            ..self
        }
    }

    pub(super) fn enabled_once(self) -> Self {
        Self {
            enables_since_confirm: 1,
            enabled_at: Some(self.confirmed_at),
            ..self
        }
    }
}

impl Endpoint {
    pub(super) fn disabled(self) -> Self {
        Self {
            is_enabled: false,
            ..self
        }
    }

    pub(super) fn with_other_user_data(self) -> Self {
        Self {
            has_right_user_data: false,
            ..self
        }
    }

    pub(super) fn condemned(self, days: i32, passes: u64) -> Self {
        Self {
            condemned: Some(since(days, passes)),
            ..self
        }
    }
}

impl Decision {
    pub(super) fn endpoint(&self) -> Option<EndpointId> {
        match &self.verdict {
            Verdict::Act(action) | Verdict::Hold(action, _) => action.endpoint(),
            Verdict::Leave => None,
        }
    }
}

pub(super) fn decide(facts: &Facts) -> Decision {
    plan(facts, &settings(), &NOW)
}

pub(super) fn enable(n: u8) -> Action {
    Action::Enable {
        endpoint: id(n),
        with_user_data: false,
    }
}
