//! One thing to do, and what came of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use endpoints::{Failure, Worked, Worker};
use inbox::{Digest, StoreError};
use jiff::Timestamp;
use registry::{Application, Device, DeviceId, DeviceKey};
use upkeep::Ticket;
use upkeep::mend::{Mend, Subject, Trail};
use upkeep::plan::Settings;

use super::doubt;
use crate::counters::ACTION;
use crate::report::{About, Line};
use crate::work::{Item, Page, Purse, Spent, Task, endpoint};

/// One thing to do.
pub(super) struct Job {
    item: Item,
    work: Option<(Subject, Trail)>,
    /// It was not in the plan.
    is_also: bool,
}

/// What came of it.
pub(super) struct Finished {
    pub(super) job: Job,
    outcome: Outcome,
    own: Option<upkeep::EndpointId>,
}

enum Outcome {
    Worked(Box<Worked>),
    /// With its calls to SNS.
    Chore(Result<(), Failure>, u64),
}

/// What does it.
pub(super) struct Hands<'a> {
    worker: Worker<'a>,
    settings: &'a Settings,
    purse: &'a Mutex<Purse>,
    fence: u64,
    /// The upper half tells this process from others under the same lease.
    tickets: AtomicU64,
}

impl Job {
    pub(super) fn of(item: Item, application: &Application) -> Self {
        Self {
            work: item.task.subject(application),
            item,
            is_also: false,
        }
    }

    /// A device that other work led to.
    pub(super) fn also(id: &str, trail: Trail) -> Self {
        let task = Task::Device {
            id: id.to_owned(),
            own: None,
            holders: Vec::new(),
            is_shared: false,
        };
        let item = Item {
            task,
            foreseen: Vec::new(),
            caps: Spent::default(),
        };
        Self {
            item,
            work: Some((Subject::Device(upkeep::DeviceId::new(id)), trail)),
            is_also: true,
        }
    }

    /// The device that it is about.
    pub(super) fn device(&self) -> Option<&str> {
        match &self.item.task {
            Task::Device { id, .. } | Task::Subscriptions(id) => Some(id),
            Task::Endpoint(_) | Task::Gone(_) => None,
        }
    }
}

impl<'a> Hands<'a> {
    pub(super) fn new(worker: Worker<'a>, settings: &'a Settings, purse: &'a Mutex<Purse>, fence: i64) -> Self {
        let [a, b, c, d, ..] = *Digest::of(&format!("{}@{}", worker.id, worker.clock.now().as_millisecond())).as_bytes();
        Self {
            worker,
            settings,
            purse,
            fence: fence.unsigned_abs(),
            tickets: AtomicU64::new(u64::from(u32::from_be_bytes([a, b, c, d])) << 32),
        }
    }

    /// Does it, and calls SNS for it only before the lease ends under which it is begun.
    pub(super) async fn work(&self, job: Job, lease_ends: Timestamp) -> Finished {
        let worker = Worker {
            not_after: Some(lease_ends),
            ..self.worker
        };
        let application = self.worker.sns.application;
        let own = match &job.item.task {
            Task::Device { own, .. } => own.as_deref().and_then(|own| endpoint(application, own)),
            Task::Endpoint(id) | Task::Gone(id) => endpoint(application, id),
            Task::Subscriptions(_) => None,
        };
        let outcome = match (&job.work, &job.item.task) {
            (Some((subject, trail)), _) => {
                let ticket = Ticket {
                    run: self.fence,
                    number: self.tickets.fetch_add(1, Ordering::Relaxed),
                };
                let mend = Mend::new(subject.clone(), trail.clone(), ticket);
                Outcome::Worked(Box::new(self.mend(worker, mend, job.item.caps).await))
            }
            (None, Task::Subscriptions(id)) => {
                let mut calls = 0;
                let ended = self.end_subscriptions(worker, id, &mut calls).await;
                Outcome::Chore(ended, calls)
            }
            (None, Task::Gone(id)) => {
                let spared = self.worker.registry.spare(&application.endpoint(id)).await;
                Outcome::Chore(spared.map_err(Failure::Store), 0)
            }
            // Its id cannot be read, so there is nothing to be done.
            (None, Task::Device { .. } | Task::Endpoint(_)) => Outcome::Chore(Ok(()), 0),
        };
        Finished { job, outcome, own }
    }

    async fn mend(&self, worker: Worker<'_>, mend: Mend, foreseen: Spent) -> Worked {
        let settings = Mutex::new(Settings {
            caps_left: self.purse().take(foreseen),
            ..self.settings.clone()
        });
        // On the heap: there are several at once.
        let worked = Box::pin(worker.work(mend, &settings)).await;
        let settings = settings.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.purse().give_back(settings.caps_left);
        worked
    }

    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.purse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn end_subscriptions(&self, worker: Worker<'_>, id: &str, calls: &mut u64) -> Result<(), Failure> {
        let Ok(id) = DeviceId::parse(id) else { return Ok(()) };
        let application = self.worker.sns.application.clone();
        let key = DeviceKey { application, id };
        let device = self.worker.registry.get(&key, self.worker.clock.now()).await;
        if let Some(device) = device.map_err(Failure::Store)? {
            *calls = device.inherited_subscriptions.len() as u64;
            worker.end_inherited(&device).await?;
        }
        Ok(())
    }
}

impl Finished {
    pub(super) fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Worked(worked) => worked.failure.as_ref(),
            Outcome::Chore(done, _) => done.as_ref().err(),
        }
    }

    pub(super) fn into_store_error(self) -> Option<StoreError> {
        let failure = match self.outcome {
            Outcome::Worked(worked) => worked.failure,
            Outcome::Chore(done, _) => done.err(),
        };
        match failure? {
            Failure::Store(error) => Some(error),
            Failure::Late | Failure::Sns(_) | Failure::Token(_) => None,
        }
    }

    /// Whom to look at next.
    pub(super) fn also(&self) -> &BTreeMap<upkeep::DeviceId, Trail> {
        static NOBODY: BTreeMap<upkeep::DeviceId, Trail> = BTreeMap::new();
        match &self.outcome {
            Outcome::Worked(worked) => &worked.mended.also,
            Outcome::Chore(..) => &NOBODY,
        }
    }

    /// Writes it down.
    pub(super) fn write(&self, page: &mut Page, is_in_doubt: bool) {
        match &self.outcome {
            Outcome::Worked(worked) => {
                let decisions = &worked.mended.decisions;
                let short = self.job.device().map(|id| Digest::of(id).short());
                let about = About {
                    device: short.as_deref(),
                    endpoint: self.own,
                };
                let mut lines = Line::all(about, decisions);
                page.counters.decided(decisions);
                page.counters.add("calls.sns", worked.calls);
                if is_in_doubt && !self.job.is_also {
                    let bound = worked.device.as_ref().and_then(bound);
                    let done = doubt::done_before(&self.job.item.foreseen, &lines, bound.as_deref());
                    page.counters.add("in_doubt", u64::from(!done.is_empty()));
                    for action in done.iter().filter_map(|line| line.action.as_deref()) {
                        page.counters.add(&format!("{ACTION}{action}"), 1);
                    }
                    lines.splice(..0, done);
                }
                page.lines.extend(lines);
            }
            Outcome::Chore(done, calls) => {
                page.counters.add("calls.sns", *calls);
                let name = if done.is_ok() { "action." } else { "failed." };
                for line in &self.job.item.foreseen {
                    page.counters
                        .add(&format!("{name}{}", line.action.as_deref().unwrap_or_default()), 1);
                    page.lines.push(Line {
                        held: done.is_err().then(|| "failed".into()),
                        ..line.clone()
                    });
                }
            }
        }
    }
}

fn bound(device: &Device) -> Option<String> {
    let id = upkeep::EndpointId::of_arn(device.endpoint.as_ref()?.as_str());
    Some(id.ok()?.to_string())
}
