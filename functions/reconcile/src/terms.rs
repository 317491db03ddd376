//! What holds for one run, from its beginning to its end, whichever process does a part of it.

use endpoints::Passes;
use jiff::Timestamp;
use registry::Run;
use serde::{Deserialize, Serialize};
use upkeep::plan::{Settings as PlanSettings, Wave};
use upkeep::rails::{self, Tally};

use crate::counters::Counters;
use crate::order::{Asked, Now, Window};
use crate::settings::Rules;
use crate::work::Spent;

/// What was asked for, and what the run compares itself with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    asked: AskedFields,
    /// The plan that was looked at.
    pub(crate) plan_hash: Option<String>,
    /// The application cannot be swept.
    pub(crate) closed: Option<Stop>,
    /// The last completed run.
    pub(crate) baseline: Option<Baseline>,
    passes_ms: Vec<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AskedFields {
    Plan,
    Apply,
    Recover { from_ms: i64, until_ms: i64 },
}

/// The last completed run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    pub(crate) run: String,
    pub(crate) started_at_ms: i64,
    pub(crate) endpoints: u64,
    pub(crate) disabled: u64,
}

/// Why a run changes nothing, whatever it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// SNS has disabled the platform application.
    ApplicationDisabled,
    /// What was listed differs too much from the last completed run.
    BreakerOpen,
    /// The application's certificate has expired.
    CertificateExpired,
    /// The plan is not the one that was looked at.
    PlanChanged,
    /// Too many endpoints of the last wave of a recovery were disabled again.
    WaveDidBadly,
    /// Every wave of the recovery is over.
    WavesOver,
}

/// What a run has found, and how the work is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// What the run does, after its rails have been looked at.
    pub(crate) mode: String,
    pub(crate) wave: Option<u8>,
    pub(crate) stop: Option<Stop>,
    /// Which breaker is open, in words.
    pub(crate) breaker: Option<String>,
    pub(crate) plan_hash: String,
    /// Parts of the work, each with a page of lines.
    pub(crate) chunks: u32,
    /// Pages of lines that take no work.
    pub(crate) rests: u32,
    pub(crate) left_over: Spent,
    pub(crate) endpoints: u64,
    pub(crate) disabled: u64,
    pub(crate) counters: Counters,
}

impl Terms {
    pub(crate) fn new(
        rules: &Rules,
        order: Option<&Now>,
        closed: Option<Stop>,
        baseline: Option<Baseline>,
        passes: &[Timestamp],
    ) -> Self {
        let asked = order.and_then(|now| now.asked).unwrap_or(rules.mode);
        // The first run changes nothing, whatever is asked for.
        let last = baseline.as_ref().map(Baseline::tally);
        let is_first = rails::mode(asked.mode(Some(Wave::Canary)), last.as_ref()) != asked.mode(Some(Wave::Canary));
        Self {
            asked: AskedFields::of(if is_first { Asked::Plan } else { asked }),
            plan_hash: order.and_then(|now| now.plan_hash.clone()),
            closed,
            baseline,
            passes_ms: passes.iter().map(|began| began.as_millisecond()).collect(),
        }
    }

    pub(crate) fn asked(&self) -> Asked {
        match self.asked {
            AskedFields::Plan => Asked::Plan,
            AskedFields::Apply => Asked::Apply,
            AskedFields::Recover { from_ms, until_ms } => {
                let window = moment(from_ms)
                    .zip(moment(until_ms))
                    .and_then(|(from, until)| Window::new(from, until));
                window.map_or(Asked::Plan, Asked::Recover)
            }
        }
    }

    /// Whether a run under these terms is what is asked for now.
    pub(crate) fn answers(&self, order: &Now) -> bool {
        let is_asked = order
            .asked
            .is_none_or(|asked| AskedFields::of(asked) == self.asked || self.baseline.is_none());
        is_asked
            && order
                .plan_hash
                .as_ref()
                .is_none_or(|hash| self.plan_hash.as_ref() == Some(hash))
    }

    pub(crate) fn passes(&self) -> Passes {
        let mut passes = self.passes_ms.iter().map(|began| moment(*began));
        Passes([passes.next().flatten(), passes.next().flatten()])
    }
}

impl Rules {
    /// What the plan is told.
    pub(crate) fn plan(&self, asked: Asked, wave: Option<Wave>) -> PlanSettings {
        PlanSettings {
            mode: asked.mode(wave),
            retention: self.disabled_retention,
            grace: self.grace,
            quarantine_after: self.quarantine_after,
            orphans: self.orphans,
            closed: None,
            caps_left: self.caps,
        }
    }
}

impl AskedFields {
    fn of(asked: Asked) -> Self {
        match asked {
            Asked::Plan => Self::Plan,
            Asked::Apply => Self::Apply,
            Asked::Recover(window) => Self::Recover {
                from_ms: window.from().as_millisecond(),
                until_ms: window.until().as_millisecond(),
            },
        }
    }
}

impl Baseline {
    pub(crate) fn of(run: &Run) -> Self {
        let counted = |name: &str| run.counters.get(name).copied().unwrap_or_default();
        Self {
            run: run.id.as_str().to_owned(),
            started_at_ms: run.started_at.as_millisecond(),
            endpoints: counted("endpoints"),
            disabled: counted("disabled"),
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        Tally {
            endpoints: self.endpoints,
            disabled: self.disabled,
        }
    }

    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        moment(self.started_at_ms)
    }
}

impl Stop {
    /// The code in reports and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::ApplicationDisabled => "application_disabled",
            Self::BreakerOpen => "breaker_open",
            Self::CertificateExpired => "certificate_expired",
            Self::PlanChanged => "plan_changed",
            Self::WaveDidBadly => "wave_did_badly",
            Self::WavesOver => "waves_over",
        }
    }

    /// Whether what was listed is no ground to stand on: the next run does not compare itself with it, and no second phase counts it.
    pub(crate) fn is_no_pass(self) -> bool {
        match self {
            Self::ApplicationDisabled | Self::BreakerOpen | Self::CertificateExpired => true,
            Self::PlanChanged | Self::WaveDidBadly | Self::WavesOver => false,
        }
    }
}

pub(crate) fn moment(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}

pub(crate) const WAVES: [Wave; 4] = [Wave::Canary, Wave::Tenth, Wave::Half, Wave::All];

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline() -> Baseline {
        Baseline {
            run: "r".to_owned(),
            started_at_ms: 1_000,
            endpoints: 10,
            disabled: 1,
        }
    }

    fn now(asked: Asked) -> Now {
        Now {
            asked: Some(asked),
            plan_hash: None,
        }
    }

    #[test]
    fn the_first_run_is_a_plan_and_answers_whatever_was_asked_for() {
        let window = Window::new(Timestamp::from_second(1).unwrap(), Timestamp::from_second(2).unwrap()).unwrap();
        for asked in [Asked::Apply, Asked::Recover(window), Asked::Plan] {
            let terms = |baseline| Terms::new(&Rules::default(), Some(&now(asked)), None, baseline, &[]);
            assert_eq!(terms(None).asked(), Asked::Plan);
            assert!(terms(None).answers(&now(asked)));
            assert_eq!(terms(Some(baseline())).asked(), asked);
        }
    }

    #[test]
    fn another_order_is_not_answered_by_a_run_that_is_under_way() {
        let terms = Terms::new(&Rules::default(), Some(&now(Asked::Plan)), None, Some(baseline()), &[]);
        assert!(terms.answers(&Now::default()) && terms.answers(&now(Asked::Plan)));
        assert!(!terms.answers(&now(Asked::Apply)));
        let approved = Now {
            plan_hash: Some("1-0".to_owned()),
            ..now(Asked::Plan)
        };
        assert!(!terms.answers(&approved));
    }

    #[test]
    fn terms_are_read_as_they_were_written() {
        let window = Window::new(Timestamp::from_second(1).unwrap(), Timestamp::from_second(2).unwrap()).unwrap();
        let passes = [5, 3].map(|second| Timestamp::from_second(second).unwrap());
        let terms = Terms::new(
            &Rules::default(),
            Some(&now(Asked::Recover(window))),
            Some(Stop::CertificateExpired),
            Some(baseline()),
            &passes,
        );
        let json = serde_json::to_string(&terms).unwrap();
        assert_eq!(serde_json::from_str::<Terms>(&json).unwrap(), terms);
        assert_eq!(terms.passes(), Passes(passes.map(Some)));
    }
}
