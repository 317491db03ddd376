//! Carrying out the plan, part by part, several devices at once.
//!
//! The plan says where to look. Each device is looked at again in full before anything is written (`upkeep::mend`), so a plan that is an hour
//! old does no harm. What one device's work finds to look at next comes before anything else, and the same device is never worked on twice at
//! once. What the plan foresaw of the caps is each
//! device's own, and what it left over is shared.

mod doubt;
mod job;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;

use endpoints::{Failure, Pace, Worker};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use registry::Application;
use upkeep::mend::Trail;
use upkeep::plan::Wave;

use self::job::{Finished, Hands, Job};
use super::session::Phase;
use super::{Halt, Progress, Session, Sweep};
use crate::failure::SweepError;
use crate::papers::{LINES, PLAN, WORK};
use crate::terms::{Found, WAVES};
use crate::work::{Chunk, Item, Page, Purse};

impl Session<'_> {
    /// Carries out what is left of the plan.
    pub(crate) async fn mend_all(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<(), Halt> {
        let found: Found = self.papers().read(PLAN, 0).await?;
        let first = u32::try_from(self.run.page).unwrap_or(u32::MAX);
        for number in first..found.chunks {
            self.mend(&found, number).await?;
            self.run.page = u64::from(number) + 1;
            self.checkpoint(Phase::Mending).await?;
            progress(Progress::Mended(number + 1, found.chunks));
        }
        Ok(())
    }

    /// Carries out one part of it, or what is left of that.
    pub(crate) async fn mend(&mut self, found: &Found, number: u32) -> Result<(), Halt> {
        let mut page: Page = self.papers().find(LINES, number).await?.unwrap_or_default();
        if page.is_over {
            return Ok(());
        }
        self.may_change().await?;
        let is_in_doubt = page.is_begun;
        let chunk: Chunk = self.papers().read(WORK, number).await?;
        page.is_begun = true;
        self.keep_page(number, &page).await?;
        let ended = self.work(found, &chunk, &mut page, is_in_doubt).await;
        if matches!(ended, Err(Halt::TakenOver)) {
            return ended;
        }
        page.is_begun = false;
        page.is_over = ended.is_ok();
        self.keep_page(number, &page).await?;
        ended
    }

    async fn keep_page(&self, number: u32, page: &Page) -> Result<(), Halt> {
        let papers = self.papers();
        match papers.keep(self.lease.fence(), LINES, number, page, self.now()).await {
            // Somebody has a token with more endpoints than anybody could read about: the numbers are kept.
            Err(SweepError::Large) => {
                let mut short = Page {
                    done: page.done,
                    is_begun: page.is_begun,
                    is_over: page.is_over,
                    counters: page.counters.clone(),
                    lines: page.lines.iter().take(LINES_AT_LEAST).cloned().collect(),
                };
                short
                    .counters
                    .add("lines_left_out", page.lines.len().saturating_sub(LINES_AT_LEAST) as u64);
                Ok(papers.keep(self.lease.fence(), LINES, number, &short, self.now()).await?)
            }
            kept => Ok(kept?),
        }
    }

    async fn work(&mut self, found: &Found, chunk: &Chunk, page: &mut Page, is_in_doubt: bool) -> Result<(), Halt> {
        let settings = self.sweep.rules.plan(self.terms.asked(), wave(found));
        let purse = Mutex::new(Purse::new(found.left_over.part(found.chunks)));
        let pace = self.pace();
        let worker = Worker {
            registry: &self.sweep.registry,
            sns: self.sns,
            clock: &self.sweep.clock,
            pace: &pace,
            passes: self.terms.passes(),
            not_after: None,
            id: self.invoked.id,
        };
        let hands = Hands::new(worker, &settings, &purse, self.lease.fence());

        let mut queue = Queue::default();
        let mut under_way = FuturesUnordered::new();
        let mut halt = None;
        let mut store_failures = 0;
        loop {
            while under_way.len() < self.sweep.sizes.at_once {
                // It is somebody else's, or nobody may.
                if matches!(halt, Some(Halt::TakenOver | Halt::SwitchedOff(_))) {
                    break;
                }
                let next = match queue.next(chunk.items.get(page.done), self.sns.application) {
                    Some(Turn::Planned(_)) if halt.is_some() => break,
                    Some(next) => next,
                    None => break,
                };
                match self.may_change().await {
                    Ok(()) => {}
                    Err(stop @ (Halt::TakenOver | Halt::SwitchedOff(_))) => {
                        halt = Some(stop);
                        break;
                    }
                    // What was begun with one device is finished with those that it leads to.
                    Err(stop) => {
                        halt = halt.or(Some(stop));
                        if matches!(next, Turn::Planned(_)) {
                            break;
                        }
                    }
                }
                let job = match next {
                    Turn::Planned(job) => {
                        page.done += 1;
                        job
                    }
                    Turn::Urgent(at) => match queue.urgent.remove(at) {
                        Some(job) => job,
                        None => break,
                    },
                };
                queue.begin(&job);
                under_way.push(hands.work(job, self.lease_ends()));
            }
            let Some(finished) = under_way.next().await else { break };
            if matches!(finished.failure(), Some(Failure::Store(_))) {
                store_failures += 1;
            }
            queue.end(&finished);
            finished.write(page, is_in_doubt);
            if store_failures >= MOST_STORE_FAILURES && halt.is_none() {
                halt = finished
                    .into_store_error()
                    .map(|error| Halt::Failed(SweepError::Store(error)));
            }
        }
        halt.map_or(Ok(()), Err)
    }

    fn lease_ends(&self) -> Timestamp {
        let now = self.now();
        let left = self.lease.time_left(now).unwrap_or_default();
        now.checked_add(left).unwrap_or(now)
    }

    fn pace(&self) -> Pace {
        let Sweep { rules, clock, wait, .. } = self.sweep;
        super::pace(self.sns.application, rules, clock, wait)
    }
}

/// Whose turn it is.
enum Turn {
    /// The next one's of the plan.
    Planned(Job),
    /// One's to whom other work led, by its place.
    Urgent(usize),
}

/// Who is to be looked at, and who is being.
#[derive(Default)]
struct Queue {
    urgent: VecDeque<Job>,
    busy: HashSet<String>,
    looks: HashMap<String, u8>,
}

impl Queue {
    /// What is urgent and may begin, or else the next item of the plan, if that may.
    fn next(&self, planned: Option<&Item>, application: &Application) -> Option<Turn> {
        if let Some(at) = self.urgent.iter().position(|job| self.may_begin(job)) {
            return Some(Turn::Urgent(at));
        }
        let job = Job::of(planned?.clone(), application);
        self.may_begin(&job).then_some(Turn::Planned(job))
    }

    fn may_begin(&self, job: &Job) -> bool {
        job.device().is_none_or(|id| !self.busy.contains(id))
    }

    fn begin(&mut self, job: &Job) {
        if let Some(id) = job.device() {
            self.busy.insert(id.to_owned());
        }
    }

    fn end(&mut self, finished: &Finished) {
        if let Some(id) = finished.job.device() {
            self.busy.remove(id);
        }
        for (id, trail) in finished.also() {
            let looks = self.looks.entry(id.as_str().to_owned()).or_default();
            if *looks < MOST_LOOKS {
                *looks += 1;
                self.urgent.push_back(Job::also(id.as_str(), Trail::clone(trail)));
            }
        }
    }
}

fn wave(found: &Found) -> Option<Wave> {
    let at = usize::from(found.wave?.checked_sub(1)?);
    WAVES.get(at).copied()
}

/// Lines that fit onto a page, whatever they say.
const LINES_AT_LEAST: usize = 1_000;
/// "Look at each twice at most; the next pass sees the rest" (`upkeep::mend`).
const MOST_LOOKS: u8 = 2;
/// Then it is the table's fault and not a row's.
const MOST_STORE_FAILURES: u32 = 20;
