//! What an event of a platform application leads to: a fact in the registry, or one look.
//!
//! That a message could not be delivered since the token is bad is the moment in which SNS disabled the endpoint: it goes on record, in every
//! mode, since it is a fact and no decision; the endpoint is looked at first, since it is a fact about its token. Every other event is a reason to look at one endpoint, as a sweep would. What this function does
//! itself comes back as an event, too: a look at a device that is well writes nothing, so nothing goes round in circles.
//!
//! Refuses to make and to delete endpoints: that is for a sweep, which has rails; a look for an event sees one device, and not that a whole fleet
//! is going. Refuses to look before a run was completed, while the last one that is over was stopped, while the application cannot be swept, or
//! an operator has stopped them all. All looks of a process keep one pace, within the part of the quota that a run has.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use endpoints::{Failure as CallFailure, Passes, Sns, Worker, tickets};
use futures_util::FutureExt;
use inbox::Invoked;
use registry::{Application, Attempt, Noted, Switch};
use upkeep::mend::{Mend, Subject, Trail};
use upkeep::plan::{Caps, Orphans, Settings};
use upkeep::{DeviceId, EndpointId};

use crate::event::{Event, Failure, Kind, NotAnEvent};
use crate::failure::SweepError;
use crate::log;
use crate::order::Asked;
use crate::sweep::{Sweep, is_after_stop};
use crate::terms::Stop;

/// What became of an event.
#[derive(Clone, Copy)]
struct Outcome {
    name: &'static str,
    reason: Option<&'static str>,
    row: Option<u8>,
}

impl Sweep {
    /// Deals with events, one after the other.
    ///
    /// # Errors
    /// The first [`SweepError`], when all have been tried: Lambda invokes the function again with all of them, and each may be dealt with twice.
    pub async fn events(&self, events: &[Result<Event, NotAnEvent>], invoked: Invoked<'_>) -> Result<(), SweepError> {
        let mut failed = Ok(());
        let mut closed = BTreeMap::new();
        for (number, event) in events.iter().enumerate() {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    log::not_an_event(*error, invoked);
                    continue;
                }
            };
            let attempt_id = format!("{}-{number}", invoked.id);
            match self.event(event, &attempt_id, &mut closed).boxed().await {
                Ok(Outcome { name, reason, row }) => log::event(event, name, reason, row, invoked),
                Err(error) => {
                    log::event_failed(event, &error, invoked);
                    failed = failed.and(Err(error));
                }
            }
        }
        failed
    }

    async fn event<'a>(
        &'a self,
        event: &'a Event,
        id: &str,
        closed: &mut BTreeMap<&'a Application, Option<&'static str>>,
    ) -> Result<Outcome, SweepError> {
        let application = event.endpoint.application();
        let Some(sns) = self.applications.sns(application) else {
            return Ok(Outcome::of("not_served"));
        };
        match &event.kind {
            Kind::Failed(Failure::InvalidToken) => self.disabled(sns, event, id).await,
            Kind::Failed(Failure::WasDisabled) => Ok(Outcome::of("known")),
            Kind::Failed(Failure::Unknown(_)) => Ok(Outcome::of("unknown_failure")),
            Kind::Created | Kind::Deleted | Kind::Updated => {
                let is_closed = match closed.get(application) {
                    Some(is_closed) => *is_closed,
                    None => {
                        let is_closed = self.is_closed(sns).await?;
                        closed.insert(application, is_closed);
                        is_closed
                    }
                };
                match is_closed {
                    Some(reason) => Ok(Outcome {
                        reason: Some(reason),
                        ..Outcome::of("not_looked")
                    }),
                    None => self.look(sns, event, id).await,
                }
            }
        }
    }

    /// It is said of the token that the endpoint has, and the row may have got another one since.
    async fn disabled(&self, sns: Sns<'_>, event: &Event, id: &str) -> Result<Outcome, SweepError> {
        self.paces.get(sns.application).ok_or(SweepError::NotServed)?.turn().await;
        let Some(seen) = sns.look(&event.endpoint).await.map_err(SweepError::Sns)? else {
            return Ok(Outcome::of("gone"));
        };
        let Some(token) = seen.token else {
            return Ok(Outcome::of("other_token"));
        };
        let now = self.clock.now();
        let at = event.at.map_or(now, |at| at.min(now));
        let attempt = Attempt { id, now };
        let noted = self.registry.endpoint_disabled(&event.endpoint, &token, at, &attempt).await?;
        Ok(Outcome::of(match noted {
            Noted::Recorded(_) => "recorded",
            Noted::Known(device) if device.token != token => "other_token",
            Noted::Known(_) => "known",
            Noted::Unknown => "nobodys",
        }))
    }

    /// Why no look is taken.
    async fn is_closed(&self, sns: Sns<'_>) -> Result<Option<&'static str>, SweepError> {
        let application = sns.application;
        if self.rules.mode != Asked::Apply {
            return Ok(Some("mode"));
        }
        if let Switch::Stopped { .. } = self.registry.switch(application).await? {
            return Ok(Some("switched_off"));
        }
        let completed = self.registry.completed(application).await?;
        let latest = match self.registry.latest_run(application).await? {
            Some(run) => self.registry.run(application, &run).await?,
            None => None,
        };
        let Some(latest) = latest.filter(|_| !completed.is_empty()) else {
            return Ok(Some("no_run"));
        };
        if is_after_stop(&latest) {
            return Ok(Some("stopped"));
        }
        Ok(self.closed(sns).await?.map(Stop::code))
    }

    async fn look(&self, sns: Sns<'_>, event: &Event, id: &str) -> Result<Outcome, SweepError> {
        let now = self.clock.now();
        let Ok(endpoint) = EndpointId::of_arn(event.endpoint.as_str()) else {
            return Ok(Outcome::of("not_an_endpoint"));
        };
        let owner = self.registry.by_endpoint(&event.endpoint, now).await?;
        let subject = match (owner, &event.kind) {
            (Some(owner), _) => Subject::Device(DeviceId::new(owner.key.id.as_str())),
            (None, Kind::Deleted) => return Ok(Outcome::of("nobodys")),
            (None, Kind::Created | Kind::Updated | Kind::Failed(_)) => Subject::Endpoint(endpoint),
        };
        let trail = Trail {
            candidates: [endpoint].into(),
            ..Trail::default()
        };
        let settings = Mutex::new(self.settings_of_a_look());
        let pace = self.paces.get(sns.application).ok_or(SweepError::NotServed)?;
        let worker = Worker {
            registry: &self.registry,
            sns,
            clock: &self.clock,
            pace,
            passes: Passes::NONE,
            not_after: None,
            id,
        };
        let mut queue: VecDeque<_> = [(subject, trail)].into();
        let mut looked = Outcome::of("looked");
        for ticket in tickets(&Attempt { id, now }).take(MOST_LOOKS) {
            let Some((subject, trail)) = queue.pop_front() else { break };
            let mend = Mend::new(subject, trail, ticket);
            let worked = Box::pin(worker.work(mend, &settings)).await;
            if let Some(CallFailure::Store(error)) = worked.failure {
                return Err(SweepError::Store(error));
            }
            looked.note(&worked.mended.decisions);
            queue.extend(worked.mended.also.into_iter().map(|(id, trail)| (Subject::Device(id), trail)));
        }
        Ok(looked)
    }

    /// As a sweep's, but that nothing is made or deleted, and an endpoint that nobody claims yet is left to be claimed.
    fn settings_of_a_look(&self) -> Settings {
        Settings {
            orphans: Orphans::Report,
            caps_left: Caps {
                creates: 0,
                deletes: 0,
                enables: 1,
            },
            ..self.rules.plan(Asked::Apply, None)
        }
    }
}

impl Outcome {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            reason: None,
            row: None,
        }
    }

    /// How things are left, and whether anything was done.
    fn note(&mut self, decisions: &[upkeep::plan::Decision]) {
        if decisions
            .iter()
            .any(|decision| matches!(decision.verdict, upkeep::plan::Verdict::Act(_)))
        {
            self.name = "mended";
        }
        if let Some(last) = decisions.last() {
            self.reason = Some(last.reason.code());
            self.row = Some(last.reason.row());
        }
    }
}

/// The one that the event is about, and those that it leads to. A sweep sees the rest.
const MOST_LOOKS: usize = 4;
