//! The numbers of a run. All are counts of rows, endpoints or calls: nothing in here names a device.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::counters::{ACTION, Counters, HELD, REASON};
use crate::terms::{Found, Stop, Terms};

/// A run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The platform application.
    pub application: String,
    /// The run; none of a forecast, which is not on record.
    pub run: Option<String>,
    /// What it was asked for: `plan`, `apply`, `recover`. The first one over an application is a plan.
    pub asked: String,
    /// What it did.
    pub mode: String,
    /// The wave of a recovery, from 1 to 4.
    pub wave: Option<u8>,
    /// Why it changed nothing, if anything but its mode kept it from that.
    pub stop: Option<Stop>,
    /// Which breaker is open, in words; also if the plan was approved all the same.
    pub breaker: Option<String>,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: String,
    /// How long that took.
    pub duration_seconds: i64,
    /// Its plan's hash: an order with it carries out this plan and no other.
    pub plan_hash: String,
    /// The endpoints of the last completed run.
    pub last: Option<Before>,
    /// The endpoints that were listed.
    pub before: Before,
    /// The same, with what this run has created, deleted, enabled and disabled.
    pub after: Before,
    /// Enabled ones of those, in thousandths.
    pub enabled_permille: u64,
    /// Rows of the registry.
    pub rows: u64,
    /// Rows that needed no look.
    pub healthy: u64,
    /// What was made well.
    pub healed: Healed,
    /// Devices that are without pushes, and stay so for want of evidence.
    pub left_disabled: u64,
    /// Those of them that wait for another token: SNS has disabled theirs too often. Reports of older versions do not tell.
    #[serde(default)]
    pub quarantined: u64,
    /// Endpoints that we have enabled since the last completed run, within a day of it.
    pub enabled_since_last: u64,
    /// Those of them that are disabled again: the quality of what we enable.
    pub disabled_again: u64,
    /// Endpoints that nobody claims.
    pub orphans: u64,
    /// Endpoints that share a token with another one, or seem to.
    pub duplicates: u64,
    /// Devices for whose tokens SNS has no place.
    pub slot_conflicts: u64,
    /// Rows that cannot be read.
    pub unreadable: u64,
    /// Steps that were taken, by what they are.
    pub actions: BTreeMap<String, u64>,
    /// Steps that were held back, by what they are.
    pub held: BTreeMap<String, u64>,
    /// Rows, by how they are left; of a plan, by what it would begin with.
    pub reasons: BTreeMap<String, u64>,
    /// Calls to SNS.
    pub calls: Calls,
    /// How often SNS asked for patience.
    pub throttles: u64,
    /// How often a listing began again, since the beginning of its next page was not known any more.
    pub restarts: u64,
    /// Rows whose process ended before it could say what became of them, and that were found as the plan foresaw.
    pub in_doubt: u64,
    /// Lines that are not in the report, since there are too many.
    pub lines_left_out: u64,
    pub(crate) parts: Parts,
}

/// Endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// All.
    pub endpoints: u64,
    /// Disabled ones.
    pub disabled: u64,
}

/// What was made well, by how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healed {
    /// An endpoint was enabled.
    pub enabled: u64,
    /// One was made.
    pub created: u64,
    /// One was given the device's new token.
    pub rekeyed: u64,
    /// One that has the token was found, and is the device's now.
    pub adopted: u64,
    /// One has the right user data again.
    pub user_data: u64,
}

/// Calls to SNS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Pages of the listing.
    pub list: u64,
    /// All others.
    pub other: u64,
    /// All, for each thousand endpoints.
    pub per_1000_endpoints: u64,
}

/// How many pages of lines there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parts {
    pub(crate) chunks: u32,
    pub(crate) rests: u32,
}

impl Summary {
    pub(crate) fn new(
        (application, run): (&str, Option<&str>),
        terms: &Terms,
        found: &Found,
        counters: &Counters,
        (started_at, ended_at): (Timestamp, Timestamp),
    ) -> Self {
        let of = |name: &str| counters.of(name);
        let action = |name: &str| counters.of(&format!("{ACTION}{name}"));
        let reason = |name: &str| counters.of(&format!("{REASON}{name}"));
        let before = Before {
            endpoints: found.endpoints,
            disabled: found.disabled,
        };
        let (list, other) = (of("calls.list"), of("calls.sns"));
        Self {
            application: application.to_owned(),
            run: run.map(str::to_owned),
            asked: terms.asked().code().to_owned(),
            mode: found.mode.clone(),
            wave: found.wave,
            stop: found.stop,
            breaker: found.breaker.clone(),
            started_at: started_at.to_string(),
            ended_at: ended_at.to_string(),
            duration_seconds: ended_at.duration_since(started_at).as_secs(),
            plan_hash: found.plan_hash.clone(),
            last: terms.baseline.as_ref().map(|last| Before {
                endpoints: last.endpoints,
                disabled: last.disabled,
            }),
            before,
            after: Before {
                endpoints: (before.endpoints + action("create")).saturating_sub(action("delete")),
                disabled: (before.disabled + action("disable")).saturating_sub(action("enable")),
            },
            enabled_permille: (before.endpoints.saturating_sub(before.disabled) * 1_000)
                .checked_div(before.endpoints)
                .unwrap_or(1_000),
            rows: of("rows"),
            healthy: of("healthy"),
            healed: Healed {
                enabled: action("enable"),
                created: action("create"),
                rekeyed: action("rekey"),
                adopted: of("adopted"),
                user_data: action("mend_user_data"),
            },
            left_disabled: of("state.quarantined") + LEFT.iter().map(|name| reason(name)).sum::<u64>(),
            quarantined: of("state.quarantined") + reason("quarantined"),
            enabled_since_last: of("enabled_since_last"),
            disabled_again: of("disabled_again"),
            orphans: of("orphans"),
            duplicates: of("duplicates"),
            slot_conflicts: of("state.slot_conflict") + reason("slot_conflict"),
            unreadable: of("unreadable"),
            actions: counters.under(ACTION),
            held: counters.under(HELD),
            reasons: counters.under(REASON),
            calls: Calls {
                list,
                other,
                per_1000_endpoints: ((list + other) * 1_000).checked_div(before.endpoints).unwrap_or_default(),
            },
            throttles: of("throttles") + reason("throttled"),
            restarts: of("restarts"),
            in_doubt: of("in_doubt"),
            lines_left_out: of("lines_left_out"),
            parts: Parts {
                chunks: found.chunks,
                rests: found.rests,
            },
        }
    }
}

/// How a row is left whose device gets no pushes, though it wants them.
const LEFT: [&str; 6] = [
    "certificate_mistake",
    "disabled_again",
    "disabled_unseen",
    "no_evidence",
    "not_confirmed_since",
    "quarantined",
];
