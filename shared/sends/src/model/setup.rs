//! What differs from one search to the next.

use std::time::Duration;

use jiff::Timestamp;

use crate::acquire::{Acquisition, Permit};
use crate::claim::{Attempt, Claim, OnUnknown};
use crate::fingerprint::Fingerprint;
use crate::key::{ConsolidationKey, SendKey};
use crate::row::{Row, State};
use crate::standing::Rules;

#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) claim: Claim,
    /// By worker.
    skews_ms: Vec<i64>,
    overrun_ms: i64,
    pub(super) rules: Rules,
    pub(super) retention: Duration,
    tick_ms: i64,
    /// Crashes and lost answers in one story.
    pub(super) mishaps: u8,
    is_prompt: bool,
}

impl Setup {
    pub(super) fn fail() -> Self {
        Self {
            claim: Claim {
                key: SendKey::from_stored(String::new()),
                fingerprint: Fingerprint::from_stored(String::new()),
                on_unknown: OnUnknown::Fail,
            },
            skews_ms: Vec::new(),
            overrun_ms: 0,
            rules: Rules::DEPLOYED,
            retention: Duration::from_secs(1_000),
            tick_ms: 1_000,
            mishaps: 1,
            is_prompt: false,
        }
    }

    pub(super) fn resend() -> Self {
        let mut setup = Self::fail();
        setup.claim.on_unknown = OnUnknown::Resend(ConsolidationKey::given("news"));
        setup
    }

    pub(super) fn skews(mut self, seconds: &[i64]) -> Self {
        self.skews_ms = seconds.iter().map(|seconds| seconds * 1_000).collect();
        self
    }

    pub(super) fn overrun(mut self, seconds: i64) -> Self {
        self.overrun_ms = seconds * 1_000;
        self
    }

    pub(super) fn margin_ms(mut self, ms: i64) -> Self {
        self.rules = Rules { margin_ms: ms };
        self
    }

    pub(super) fn mishaps(mut self, mishaps: u8) -> Self {
        self.mishaps = mishaps;
        self
    }

    pub(super) fn half_seconds(mut self) -> Self {
        self.tick_ms = 500;
        self
    }

    /// No time passes between a worker's first look at its clock and its first write: fewer states.
    pub(super) fn prompt(mut self) -> Self {
        self.is_prompt = true;
        self
    }

    pub(super) fn is_prompt(&self) -> bool {
        self.is_prompt
    }

    /// Keys are remembered no longer than a lease needs.
    pub(super) fn forgetful(mut self) -> Self {
        self.retention = Duration::ZERO;
        self
    }

    pub(super) fn is_forgetful(&self) -> bool {
        self.retention.is_zero()
    }

    pub(super) fn workers(&self) -> usize {
        self.skews_ms.len()
    }

    /// Long enough for a lease, its margin, the widest difference of clocks, and a lease of the next.
    pub(super) fn last_tick(&self) -> i64 {
        (2 * LEASE_MS + self.rules.margin_ms + 3_000) / self.tick_ms
    }

    /// What the worker's clock shows.
    pub(super) fn clock(&self, worker: usize, tick: i64) -> Timestamp {
        Timestamp::from_millisecond(BEGIN_MS + tick * self.tick_ms + self.skews_ms[worker]).expect("a time that jiff knows")
    }

    /// A call that began in time may go on so long: until the lease ends, and the overrun.
    pub(super) fn may_post(&self, lease: &Row, clock: Timestamp) -> bool {
        let State::Sending { lease_until_ms } = lease.state else {
            return false;
        };
        clock.as_millisecond() <= lease_until_ms + self.overrun_ms
    }

    pub(super) fn acquisition(&self, worker: usize, now: Timestamp) -> Acquisition<'_> {
        let attempt = Attempt {
            id: NAMES[worker],
            now,
            lease: Duration::from_millis(LEASE_MS.unsigned_abs()),
        };
        Acquisition::new(&self.claim, &attempt, self.retention, self.rules)
    }

    pub(super) fn permit(&self, lease: &Row) -> Permit {
        Permit {
            claim: self.claim.clone(),
            lease: lease.clone(),
            // Says something to its owner only; no write depends on it.
            in_doubt: false,
        }
    }
}

pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];
const BEGIN_MS: i64 = 10_000;
const LEASE_MS: i64 = 1_000;
