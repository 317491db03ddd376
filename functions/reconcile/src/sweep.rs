//! One sweep over the endpoints of an application: list, join, mend, report.
//!
//! Promises that whatever ends a process, the next one goes on where it was: everything that a run knows is on record before it is built
//! upon. That two never sweep one application: each write is fenced by the lease, and before each device the lease is looked at. That nothing
//! is changed before the rails have been looked at, and that a person can stop it between any two devices.

mod begin;
mod finish;
mod forecast;
mod join;
mod list;
mod mend;
mod session;
mod weigh;

use std::collections::BTreeMap;
use std::time::Duration;

use endpoints::{Applications, Clock, Pace, Wait};
use futures_util::FutureExt;
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use registry::{Application, Registry, RunId};
use upkeep::budget::{Budget, Share};

pub(crate) use self::begin::is_after_stop;
pub use self::forecast::Forecast;
pub(crate) use self::session::{Halt, Phase, Session};
use crate::failure::SweepError;
use crate::order::Order;
use crate::papers::{LINES, Papers};
use crate::quota;
use crate::report::{Report, Summary};
use crate::settings::Rules;

/// Everything that a sweep needs.
#[derive(Debug)]
pub struct Sweep {
    pub(crate) registry: Registry,
    pub(crate) applications: Applications,
    pub(crate) rules: Rules,
    pub(crate) clock: Clock,
    pub(crate) wait: Wait,
    pub(crate) sizes: Sizes,
    /// The pace of all that events lead to in this process, for each application.
    pub(crate) paces: BTreeMap<Application, Pace>,
}

/// What a [`Sweep`] is put together from.
#[derive(Debug)]
pub struct Parts {
    /// Who has which token, and how far runs have come.
    pub registry: Registry,
    /// The platform applications that are served.
    pub applications: Applications,
    /// What holds for every run.
    pub rules: Rules,
    /// The time.
    pub clock: Clock,
    /// What waits for a turn.
    pub wait: Wait,
}

/// How the work is divided. The usual sizes fill the items of the table; a test has smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Pages of the listing, of up to 100 endpoints, that are written down together.
    pub pages_a_paper: u32,
    /// Devices in a part of the work.
    pub items_a_chunk: usize,
    /// Devices that are worked on at once.
    pub at_once: usize,
    /// Rows of the table that are looked at in one call.
    pub rows_a_page: u16,
    /// Parts of the table that are read side by side.
    pub segments: u32,
    /// Lines of the report about what takes no work.
    pub lines_at_most: u64,
}

/// How far a sweep has come, for somebody who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many endpoints are listed.
    Listed(u64),
    /// So many rows are joined.
    Joined(u64),
    /// So many parts of the work are done, of so many.
    Mended(u32, u32),
}

/// What came of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It is over.
    Finished(Box<Summary>),
    /// Somebody else sweeps; ask again after that.
    Held {
        /// In whole seconds.
        retry_after: Duration,
    },
    /// It is not time.
    Idle,
    /// Another process has taken the run over.
    Lost(RunId),
    /// A person has stopped it, for this reason. Started again, it goes on.
    SwitchedOff(String),
    /// There was no more time; the next invocation goes on.
    Unfinished {
        /// The run.
        run: RunId,
        /// What it is about.
        phase: String,
    },
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            pages_a_paper: 100,
            items_a_chunk: 200,
            at_once: 8,
            rows_a_page: 2_000,
            segments: 4,
            lines_at_most: 100_000,
        }
    }
}

impl Sweep {
    /// A sweep, from its parts.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            registry,
            applications,
            rules,
            clock,
            wait,
        } = parts;
        let pace = |application: &Application| {
            let pace = pace(application, &rules, &clock, &wait);
            (application.clone(), pace)
        };
        Self {
            paces: applications.all().map(pace).collect(),
            registry,
            applications,
            rules,
            clock,
            wait,
            sizes: Sizes::default(),
        }
    }

    /// Who has which token, and how far runs have come.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The same with other sizes.
    #[must_use]
    pub fn with_sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// Begins a run, or goes on with one, until it is over or `ends_at` is near, when the process ends. The id of the
    /// invocation tells this process from every other.
    ///
    /// # Errors
    /// [`SweepError`]; the run goes on from its last checkpoint the next time.
    pub async fn run(
        &self,
        application: &Application,
        order: &Order,
        ends_at: Timestamp,
        invoked: Invoked<'_>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Ran, SweepError> {
        let deadline = ends_at.saturating_sub(RESERVE).unwrap_or(ends_at);
        let mut session = match self.open(application, order, deadline, invoked).boxed().await? {
            Ok(session) => session,
            Err(ran) => return Ok(ran),
        };
        // On the heap, and without its type: it holds the calls to two services.
        let ended = session.go_on(progress).boxed().await;
        let run = session.run.id.clone();
        let phase = session.run.phase.clone();
        let ran = match ended {
            Ok(summary) => Ok(Ran::Finished(Box::new(summary))),
            // It is somebody else's: there is nothing to give back.
            Err(Halt::TakenOver) => return Ok(Ran::Lost(run)),
            Err(Halt::OutOfTime) => Ok(Ran::Unfinished { run, phase }),
            Err(Halt::SwitchedOff(reason)) => Ok(Ran::SwitchedOff(reason)),
            Err(Halt::Failed(error)) => Err(error),
        };
        // It runs out by itself if that fails.
        let released = self.registry.release(session.lease).await;
        match (ran, released) {
            (Ok(ran), Ok(())) => Ok(ran),
            (Err(error), _) => Err(error),
            (Ok(_), Err(error)) => Err(SweepError::Store(error)),
        }
    }

    /// The report of a run, or of the last one that has one.
    ///
    /// # Errors
    /// [`SweepError`] if the table cannot be read, or what is in it.
    pub async fn report(&self, application: &Application, run: Option<&RunId>) -> Result<Option<Report>, SweepError> {
        let mut runs: Vec<RunId> = run.cloned().into_iter().collect();
        if run.is_none() {
            runs.extend(self.registry.latest_run(application).await?);
            let completed = self.registry.completed(application).await?;
            runs.extend(completed.into_iter().map(|completed| completed.run));
        }
        for run in runs {
            if let Some(report) = self.registry.report(application, &run).await? {
                let summary = serde_json::from_str(report.as_str()).map_err(|_| SweepError::Paper("report"))?;
                let papers = Papers {
                    registry: &self.registry,
                    application,
                    run: &run,
                };
                return Ok(Some(with_lines(summary, papers).await?));
            }
        }
        Ok(None)
    }
}

/// The part of the quota of an application's region that a run may take, and what events lead to.
pub(crate) fn pace(application: &Application, rules: &Rules, clock: &Clock, wait: &Wait) -> Pace {
    let share = Share {
        quota: quota::of_endpoints(application.region()),
        percent: rules.budget_percent,
    };
    Pace::within(Budget::new(share, clock.now()), clock.clone(), wait.clone())
}

async fn with_lines(summary: Summary, papers: Papers<'_>) -> Result<Report, SweepError> {
    let mut lines = Vec::new();
    for (kind, count) in [(LINES, summary.parts.chunks), (crate::papers::REST, summary.parts.rests)] {
        for number in 0..count {
            let page: crate::work::Page = papers.read(kind, number).await?;
            lines.extend(page.lines);
        }
    }
    Ok(Report { summary, lines })
}

/// What has been begun is finished: the devices that are worked on, those that they lead to, and a checkpoint.
pub(crate) const RESERVE: SignedDuration = SignedDuration::from_secs(30);
