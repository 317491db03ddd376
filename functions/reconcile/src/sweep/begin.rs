//! The beginning of a run, or the one that is to go on.

use std::collections::BTreeMap;

use endpoints::{Health, Sns};
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use registry::{Acquired, Application, Attempt, Lease, Run, RunId, Switch};

use super::list::health;
use super::session::{LEASE, Phase};
use super::{Halt, Ran, Session, Sweep};
use crate::failure::SweepError;
use crate::order::{Now, Order};
use crate::papers::{Papers, TERMS};
use crate::terms::{Baseline, Stop, Terms};

impl Sweep {
    /// A run to go on with; or why there is none, now.
    pub(crate) async fn open<'a>(
        &'a self,
        application: &'a Application,
        order: &Order,
        deadline: Timestamp,
        invoked: Invoked<'a>,
    ) -> Result<Result<Session<'a>, Ran>, SweepError> {
        let sns = self.applications.sns(application).ok_or(SweepError::NotServed)?;
        if let Order::Scheduled = order {
            let latest = self.registry.latest_run(application).await?;
            if !self.is_due(application, latest.as_ref()).await? {
                return Ok(Err(Ran::Idle));
            }
        }
        if let Switch::Stopped { reason, .. } = self.registry.switch(application).await? {
            return Ok(Err(Ran::SwitchedOff(reason)));
        }
        let now = self.clock.now();
        let attempt = Attempt { id: invoked.id, now };
        let lease = match self.registry.acquire(application, &attempt, LEASE).await? {
            Acquired::Go(lease) => lease,
            Acquired::Held { retry_after } => return Ok(Err(Ran::Held { retry_after })),
        };
        match self.session(sns, lease, order, (deadline, invoked)).await {
            Ok(opened) => Ok(opened),
            Err(Halt::TakenOver) => Err(SweepError::TakenOver),
            Err(Halt::Failed(error)) => Err(error),
            Err(Halt::OutOfTime | Halt::SwitchedOff(_)) => Ok(Err(Ran::Idle)),
        }
    }

    /// The session of a lease that was just taken. If there is none, the lease is given back.
    async fn session<'a>(
        &'a self,
        sns: Sns<'a>,
        lease: Lease,
        order: &Order,
        (deadline, invoked): (Timestamp, Invoked<'a>),
    ) -> Result<Result<Session<'a>, Ran>, Halt> {
        let (run, terms, is_new) = match self.choose(sns, &lease, order).await {
            Ok(Some(chosen)) => chosen,
            Ok(None) => {
                self.registry.release(lease).await?;
                return Ok(Err(Ran::Idle));
            }
            Err(error) => {
                // It runs out by itself if that fails; the first error is the one to tell.
                let _ = self.registry.release(lease).await;
                return Err(error.into());
            }
        };
        let mut session = Session {
            sweep: self,
            sns,
            lease,
            run,
            terms,
            deadline,
            invoked,
        };
        match session.begin(is_new).await {
            Ok(()) => Ok(Ok(session)),
            Err(halt) => {
                let _ = self.registry.release(session.lease).await;
                Err(halt)
            }
        }
    }

    /// The run to go on with, or a new one, which is said; nothing if it is not time: somebody else was faster, between the first look and the
    /// lease.
    async fn choose(&self, sns: Sns<'_>, lease: &Lease, order: &Order) -> Result<Option<(Run, Terms, bool)>, SweepError> {
        let latest = lease.latest_run();
        if let Some((run, terms)) = self.unfinished(sns.application, latest, order).await? {
            return Ok(Some((run, terms, false)));
        }
        if *order == Order::Scheduled && !self.is_due(sns.application, latest).await? {
            return Ok(None);
        }
        let (run, terms) = self.new_run(sns, lease, order).await?;
        Ok(Some((run, terms, true)))
    }

    /// A run that is not over and may go on: what is older than a day is not worth it, and another order is another run.
    async fn unfinished(
        &self,
        application: &Application,
        latest: Option<&RunId>,
        order: &Order,
    ) -> Result<Option<(Run, Terms)>, SweepError> {
        let Some(run) = self.latest(application, latest).await?.filter(|run| self.is_under_way(run)) else {
            return Ok(None);
        };
        let papers = Papers {
            registry: &self.registry,
            application,
            run: &run.id,
        };
        let terms: Option<Terms> = papers.find(TERMS, 0).await?;
        let is_answer = |terms: &Terms| match order {
            Order::Scheduled => true,
            Order::Now(order) => terms.answers(order),
        };
        Ok(terms.filter(is_answer).map(|terms| (run, terms)))
    }

    async fn is_due(&self, application: &Application, latest: Option<&RunId>) -> Result<bool, SweepError> {
        let Some(run) = self.latest(application, latest).await? else {
            return Ok(true);
        };
        let age = self.clock.now().duration_since(run.started_at);
        Ok(self.is_under_way(&run) || age >= self.rules.every)
    }

    async fn latest(&self, application: &Application, latest: Option<&RunId>) -> Result<Option<Run>, SweepError> {
        match latest {
            Some(id) => Ok(self.registry.run(application, id).await?),
            None => Ok(None),
        }
    }

    fn is_under_way(&self, run: &Run) -> bool {
        let is_over = Phase::of(run).is_none_or(Phase::is_over);
        !is_over && self.clock.now().duration_since(run.started_at) < OLDEST
    }

    async fn new_run(&self, sns: Sns<'_>, lease: &Lease, order: &Order) -> Result<(Run, Terms), SweepError> {
        let closed = self.closed(sns).await?;
        let now = self.clock.now();
        let latest = self.latest(sns.application, lease.latest_run()).await?;
        let completed = lease.completed();
        let last = self.latest(sns.application, completed.first().map(|last| &last.run)).await?;
        let order = match order {
            Order::Scheduled => None,
            Order::Now(order) => Some(order),
        };
        let baseline = last.as_ref().map(Baseline::of);
        let passes: Vec<_> = completed.iter().map(|completed| completed.started_at).collect();
        let mut counters: BTreeMap<_, _> = [("calls.sns".to_owned(), 1)].into();
        if latest.as_ref().is_some_and(is_after_stop) {
            counters.insert(AFTER_STOP.to_owned(), 1);
        }
        let run = Run {
            id: name(now, lease.latest_run())?,
            started_at: now,
            step: 0,
            phase: Phase::Listing.code().to_owned(),
            next_token: None,
            page: 0,
            counters,
            plan_hash: order.and_then(|order: &Now| order.plan_hash.clone()),
            previous: last.map(|last| last.id),
        };
        Ok((run, Terms::new(&self.rules, order, closed, baseline, &passes)))
    }
}

impl Sweep {
    /// Why an application cannot be swept, by what SNS says of it now.
    pub(crate) async fn closed(&self, sns: Sns<'_>) -> Result<Option<Stop>, SweepError> {
        let health = health(self, sns).await?;
        Ok(closed(&health, self.clock.now()))
    }
}

impl Session<'_> {
    /// Writes down that the run has begun; or counts that it goes on in another process.
    async fn begin(&mut self, is_new: bool) -> Result<(), Halt> {
        if !is_new {
            self.count("continuations", 1);
            return Ok(());
        }
        let (papers, fence) = (self.papers(), self.lease.fence());
        papers.keep(fence, TERMS, 0, &self.terms, self.now()).await?;
        self.checkpoint(match self.terms.closed {
            // There is nothing to list.
            Some(_) => Phase::Joining,
            None => Phase::Listing,
        })
        .await
    }
}

/// Whether the last run that is over was stopped: this one, or, if it goes on, the one before it.
pub(crate) fn is_after_stop(latest: &Run) -> bool {
    match Phase::of(latest) {
        Some(Phase::Done) => false,
        Some(Phase::Stopped) => true,
        Some(Phase::Listing | Phase::Joining | Phase::Mending) | None => latest.counters.contains_key(AFTER_STOP),
    }
}

fn closed(health: &Health, now: Timestamp) -> Option<Stop> {
    if !health.is_enabled {
        return Some(Stop::ApplicationDisabled);
    }
    let has_expired = health.certificate_expires_at.is_some_and(|at| at <= now);
    has_expired.then_some(Stop::CertificateExpired)
}

/// The moment, to the second; and one that is later than the run before, which may have begun within the same.
fn name(now: Timestamp, latest: Option<&RunId>) -> Result<RunId, SweepError> {
    let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let moments = (0..MOST_NAMES).filter_map(|later| second.checked_add(SignedDuration::from_secs(later)).ok());
    let mut names = moments.filter_map(|moment| RunId::parse(&moment.to_string()).ok());
    names
        .find(|name| latest.is_none_or(|latest| name > latest))
        .ok_or(SweepError::Paper("run"))
}

/// Among the counters of a run: the last one that was over had been stopped.
const AFTER_STOP: &str = "after_stop";
/// Runs take longer than a second, most of them.
const MOST_NAMES: i64 = 1_000;
/// A run that has not come to its end by then does not.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
