//! Which wave of a recovery it is the turn of.
//!
//! What is known of a recovery is on a paper of its own, whatever other runs come in between: the wave, its runs, and that it did badly, if it
//! did. Each of the runs has its lines on record, so it is known which endpoints it has enabled; the listing shows which of them are disabled
//! again. A wave is judged a day after the last run that has enabled anything of it. If it does badly before, nothing more is done, and that
//! is judged again.

use jiff::{SignedDuration, Timestamp};
use registry::RunId;
use serde::{Deserialize, Serialize};
use upkeep::fleet::ById;
use upkeep::plan::{Reason, Wave};
use upkeep::rails::{Turn, WaveResult, next_wave};

use super::Joined;
use crate::failure::SweepError;
use crate::order::{Asked, Window};
use crate::papers::{COURSE, LINES, PLAN, Papers};
use crate::report::Line;
use crate::sweep::{Halt, Session};
use crate::terms::{Found, Stop, WAVES, moment};
use crate::work::{Page, endpoint};

/// What comes next in a recovery.
pub(super) struct Recovery {
    pub(super) wave: Option<Wave>,
    /// Why there is none.
    pub(super) stop: Option<Stop>,
    window: Window,
    course: Course,
}

/// How a recovery has gone, in its last wave.
#[derive(Serialize, Deserialize)]
struct Course {
    wave: u8,
    began_ms: i64,
    /// What the runs have come to that are a day old.
    judged: Enabled,
    /// The other ones.
    runs: Vec<RunOf>,
    /// The last one had more to enable than a run may.
    is_held_back: bool,
    did_badly: bool,
}

#[derive(Serialize, Deserialize)]
struct RunOf {
    id: String,
    began_ms: i64,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Enabled {
    enabled: u64,
    disabled_again: u64,
}

impl Session<'_> {
    /// The wave to come; or why there is none.
    pub(super) async fn recovery(&self, window: Window, joined: &Joined, now: Timestamp) -> Result<Recovery, Halt> {
        let name = name(window)?;
        let course: Option<Course> = self.papers_of(&name).find(COURSE, 0).await?;
        let Some(mut course) = course else {
            return Ok(self.begin_wave(window, Wave::Canary));
        };
        let last = wave(course.wave).ok_or(SweepError::Paper(COURSE))?;
        if course.did_badly {
            return Ok(Recovery::stopped(window, course, Stop::WaveDidBadly));
        }
        let unjudged = self.judge(&mut course, &joined.fleet, now).await?;
        let all = course.judged.and(unjudged);
        let result = WaveResult {
            wave: last,
            enabled: all.enabled,
            disabled_again: all.disabled_again,
            left: self.to_enable(window, last, joined, now),
            is_held_back: course.is_held_back,
        };
        let is_time = is_a_day_old(course.began_ms, now) && unjudged.enabled == 0;
        Ok(match next_wave(Some(&result)) {
            Turn::DidBadly => {
                course.did_badly = is_time;
                Recovery::stopped(window, course, Stop::WaveDidBadly)
            }
            Turn::Of(next) if is_time && next != last => self.begin_wave(window, next),
            Turn::Over if is_time => Recovery::stopped(window, course, Stop::WavesOver),
            Turn::Of(_) | Turn::Over => Recovery {
                wave: Some(last),
                stop: None,
                window,
                course,
            },
        })
    }

    /// Writes down how the recovery goes, before anything is done of it.
    pub(super) async fn keep_course(
        &self,
        recovery: Recovery,
        is_stopped: bool,
        joined: &Joined,
        now: Timestamp,
    ) -> Result<(), Halt> {
        let Recovery {
            wave,
            window,
            mut course,
            ..
        } = recovery;
        if let Some(wave) = wave.filter(|_| !is_stopped) {
            course.is_held_back = self.to_enable(window, wave, joined, now) > u64::from(self.sweep.rules.caps.enables);
            course.runs.push(RunOf {
                id: self.run.id.as_str().to_owned(),
                began_ms: self.run.started_at.as_millisecond(),
            });
        }
        let name = name(window)?;
        let papers = self.papers_of(&name);
        Ok(papers.keep(self.lease.fence(), COURSE, 0, &course, now).await?)
    }

    fn begin_wave(&self, window: Window, wave: Wave) -> Recovery {
        let course = Course {
            wave: number(wave),
            began_ms: self.run.started_at.as_millisecond(),
            judged: Enabled::default(),
            runs: Vec::new(),
            is_held_back: false,
            did_badly: false,
        };
        Recovery {
            wave: Some(wave),
            stop: None,
            window,
            course,
        }
    }

    /// Adds up the runs that are a day old, once; what the other ones have come to so far is answered.
    async fn judge(&self, course: &mut Course, fleet: &ById, now: Timestamp) -> Result<Enabled, SweepError> {
        let mut unjudged = Enabled::default();
        let mut young = Vec::new();
        for run in std::mem::take(&mut course.runs) {
            // This run was here before, and its process ended.
            if run.id == self.run.id.as_str() {
                continue;
            }
            let id = RunId::parse(&run.id).map_err(|_| SweepError::Paper(COURSE))?;
            let enabled = self.enabled_by(&id, fleet).await?;
            if is_a_day_old(run.began_ms, now) {
                course.judged = course.judged.and(enabled);
            } else {
                unjudged = unjudged.and(enabled);
                young.push(run);
            }
        }
        course.runs = young;
        Ok(unjudged)
    }

    async fn enabled_by(&self, run: &RunId, fleet: &ById) -> Result<Enabled, SweepError> {
        let papers = self.papers_of(run);
        let found: Option<Found> = papers.find(PLAN, 0).await?;
        let mut sum = Enabled::default();
        for number in 0..found.map_or(0, |found| found.chunks) {
            // It may have ended before it came to that.
            let page: Option<Page> = papers.find(LINES, number).await?;
            let lines = page.unwrap_or_default().lines;
            for (at, line) in lines.iter().enumerate() {
                if !is_enable(line) || line.held.is_some() || lines.get(at + 1).is_some_and(|next| says_failed(next, line)) {
                    continue;
                }
                let id = line.endpoint.as_deref().and_then(|id| endpoint(self.sns.application, id));
                sum.enabled += 1;
                sum.disabled_again += u64::from(id.is_some_and(|id| fleet.is_enabled(&id) == Some(false)));
            }
        }
        Ok(sum)
    }

    /// How many endpoints a wave would enable now, were there no caps.
    fn to_enable(&self, window: Window, wave: Wave, joined: &Joined, now: Timestamp) -> u64 {
        let settings = self.sweep.rules.plan(Asked::Recover(window), Some(wave));
        let mut scales = joined.scales(&settings, &self.terms, now);
        let weighed = joined.sources(&settings).map(|source| scales.weigh(source));
        weighed.filter(|weighed| weighed.lines.iter().any(is_enable)).count() as u64
    }

    fn papers_of<'b>(&'b self, run: &'b RunId) -> Papers<'b> {
        Papers {
            registry: &self.sweep.registry,
            application: self.sns.application,
            run,
        }
    }
}

impl Recovery {
    fn stopped(window: Window, course: Course, stop: Stop) -> Self {
        Self {
            wave: None,
            stop: Some(stop),
            window,
            course,
        }
    }
}

impl Enabled {
    fn and(self, other: Self) -> Self {
        Self {
            enabled: self.enabled.saturating_add(other.enabled),
            disabled_again: self.disabled_again.saturating_add(other.disabled_again),
        }
    }
}

fn is_enable(line: &Line) -> bool {
    line.code == Reason::CertificateMistake.code() && line.action.as_deref() == Some("enable")
}

/// After a step that failed comes the trouble that it met.
fn says_failed(next: &Line, step: &Line) -> bool {
    next.row == Reason::Throttled.row() && next.device == step.device
}

fn is_a_day_old(began_ms: i64, now: Timestamp) -> bool {
    moment(began_ms).is_none_or(|began| now.duration_since(began) >= JUDGED_AFTER)
}

/// Under what its paper is kept: another window is another recovery.
fn name(window: Window) -> Result<RunId, SweepError> {
    let (from, until) = (window.from().as_millisecond(), window.until().as_millisecond());
    RunId::parse(&format!("recovery:{from}:{until}")).map_err(|_| SweepError::Paper(COURSE))
}

/// From 1 to 4.
pub(super) fn number(wave: Wave) -> u8 {
    match wave {
        Wave::Canary => 1,
        Wave::Tenth => 2,
        Wave::Half => 3,
        Wave::All => 4,
    }
}

fn wave(of: u8) -> Option<Wave> {
    WAVES.into_iter().find(|wave| number(*wave) == of)
}

const JUDGED_AFTER: SignedDuration = SignedDuration::from_hours(24);
