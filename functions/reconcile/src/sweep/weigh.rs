//! What each row comes to, by what the listing and the registry show: the plan, in the words of the report, and the work that it makes.

use std::collections::HashMap;

use endpoints::Passes;
use jiff::{SignedDuration, Timestamp};
use upkeep::fleet::{ById, Candidate};
use upkeep::plan::{Decision, Facts, Mode, Row, Settings, Spending, Verdict, forecast};
use upkeep::rails::PlanHash;
use upkeep::{Endpoint, EndpointId, Since};

use crate::counters::{Counters, HELD, REASON};
use crate::report::{About, CREATED, Line};
use crate::work::Task;

/// A row that needs a look.
pub(super) struct Draft {
    pub(super) candidate: Candidate,
    /// Its device, as a log may have it.
    pub(super) short: String,
    /// When we enabled its endpoint, if that was after the last run began.
    pub(super) enabled_at: Option<Timestamp>,
}

/// What is to be weighed, or said.
pub(super) enum Source<'a> {
    /// A row.
    Draft(&'a Draft),
    /// An endpoint whose token nobody has.
    Orphan(EndpointId),
    /// What takes no decision.
    Chore(Task, Line),
    /// A row that cannot be read.
    Unreadable(&'a Line),
}

/// What a row, or an endpoint without one, comes to.
pub(super) struct Weighed {
    pub(super) lines: Vec<Line>,
    /// What is to be done, if anything is.
    pub(super) task: Option<Task>,
    pub(super) spends: Vec<Spending>,
}

/// What is known for all of them.
pub(super) struct Scales<'a> {
    pub(super) fleet: &'a ById,
    pub(super) settings: &'a Settings,
    pub(super) passes: Passes,
    pub(super) now: Timestamp,
    pub(super) condemned: &'a HashMap<EndpointId, Timestamp>,
    pub(super) hash: PlanHash,
    pub(super) counters: Counters,
}

impl Scales<'_> {
    pub(super) fn weigh(&mut self, source: Source<'_>) -> Weighed {
        match source {
            Source::Draft(draft) => self.row(draft),
            Source::Orphan(id) => self.orphan(id),
            Source::Chore(task, line) => self.chore(task, line),
            Source::Unreadable(line) => Weighed::only(line.clone()),
        }
    }

    fn row(&mut self, draft: &Draft) -> Weighed {
        let Draft {
            candidate,
            short,
            enabled_at,
        } = draft;
        let own = candidate.device.endpoint;
        let mut facts = self.fleet.facts(candidate);
        facts.is_shared = self.fleet.is_shared(candidate);
        for holder in &mut facts.holders {
            holder.condemned = self.since(&holder.id);
        }
        if let Some(enabled_at) = enabled_at {
            let is_heard = candidate.device.disabled_at.is_some_and(|at| at > *enabled_at);
            let is_seen = own.is_some_and(|own| self.fleet.is_enabled(&own) == Some(false));
            let is_soon = is_within_a_day(*enabled_at, candidate.device.disabled_at.unwrap_or(self.now));
            self.counters
                .add("disabled_again", u64::from(is_soon && (is_heard || is_seen)));
        }
        let decisions = self.forecast(&facts);
        self.hash.add(Some(&candidate.id), &decisions);
        let about = About {
            device: Some(short),
            endpoint: own,
        };
        let task = acts(&decisions).then(|| Task::Device {
            id: candidate.id.as_str().to_owned(),
            own: own.map(|own| own.to_string()),
            holders: candidate.holders.iter().map(EndpointId::to_string).collect(),
            is_shared: facts.is_shared,
        });
        self.weighed(about, &decisions, task)
    }

    fn orphan(&mut self, id: EndpointId) -> Weighed {
        let endpoint = Endpoint {
            id,
            is_enabled: self.fleet.is_enabled(&id).unwrap_or_default(),
            has_right_user_data: true,
            condemned: self.since(&id),
        };
        let facts = Facts {
            holders: vec![endpoint],
            ..Facts::of(Row::None)
        };
        let decisions = self.forecast(&facts);
        self.hash.add(None, &decisions);
        let about = About {
            device: None,
            endpoint: Some(id),
        };
        let task = acts(&decisions).then(|| Task::Endpoint(id.to_string()));
        self.weighed(about, &decisions, task)
    }

    fn chore(&mut self, task: Task, line: Line) -> Weighed {
        match self.settings.mode {
            Mode::Plan => {
                let action = line.action.as_deref().unwrap_or_default();
                self.counters.add(&format!("{HELD}{action}"), 1);
                let held = Some("plan_mode".into());
                Weighed::only(Line { held, ..line })
            }
            Mode::Apply | Mode::Recover(_) => Weighed {
                task: Some(task),
                ..Weighed::only(line)
            },
        }
    }

    fn forecast(&self, facts: &Facts) -> Vec<Decision> {
        forecast(facts, self.settings, &self.passes.moment(self.now), CREATED)
    }

    fn weighed(&mut self, about: About<'_>, decisions: &[Decision], task: Option<Task>) -> Weighed {
        match self.settings.mode {
            Mode::Plan => self.foreseen(decisions),
            Mode::Apply | Mode::Recover(_) if task.is_none() => self.counters.decided(decisions),
            // It is counted when it is done.
            Mode::Apply | Mode::Recover(_) => {}
        }
        let spends = decisions.iter().filter_map(|decision| match &decision.verdict {
            Verdict::Act(action) => action.spends(),
            Verdict::Hold(..) | Verdict::Leave => None,
        });
        Weighed {
            lines: Line::all(about, decisions),
            task,
            spends: spends.collect(),
        }
    }

    /// What would be done, and what it would begin with.
    fn foreseen(&mut self, decisions: &[Decision]) {
        for decision in decisions {
            if let Verdict::Hold(action, _) = &decision.verdict {
                self.counters.add(&format!("{HELD}{}", action.code()), 1);
            }
        }
        if let Some(first) = decisions.first() {
            self.counters.add(&format!("{REASON}{}", first.reason.code()), 1);
        }
    }

    fn since(&self, id: &EndpointId) -> Option<Since> {
        let at = self.condemned.get(id)?;
        Some(self.passes.since(*at))
    }
}

impl Weighed {
    fn only(line: Line) -> Self {
        Self {
            lines: vec![line],
            task: None,
            spends: Vec::new(),
        }
    }
}

/// Anything is to be done, in this mode.
fn acts(decisions: &[Decision]) -> bool {
    decisions.iter().any(|decision| matches!(decision.verdict, Verdict::Act(_)))
}

pub(super) fn is_within_a_day(from: Timestamp, until: Timestamp) -> bool {
    until.duration_since(from) <= SignedDuration::from_hours(24)
}
