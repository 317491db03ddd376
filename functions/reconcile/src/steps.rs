//! The steps of the state machine, for fleets that take one function too long: the same parts of a run, one in each invocation.
//!
//! `begin`, then `list` until it is done, then `join`, which says which parts of the work there are, then `mend` for each of them, several at
//! once, then `finish`. The lease is taken by `begin` and held until `finish`: each step takes it up by its number, and makes it last. A step may
//! come twice, as Lambda and the state machine may repeat it: what is done is not done again.

use futures_util::FutureExt;
use inbox::Invoked;
use jiff::Timestamp;
use registry::Switch;
use serde::Serialize;

use crate::failure::SweepError;
use crate::invocation::{Step, StepName, Under};
use crate::log;
use crate::papers::{LINES, PLAN, TERMS};
use crate::sweep::{Halt, Phase, RESERVE, Ran, Session, Sweep};
use crate::terms::Found;
use crate::work::Page;

/// What a step answers: the state machine hands it to the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stepped {
    /// The platform application.
    pub application: String,
    /// The run; none if there is nothing to do.
    pub run: Option<String>,
    /// The number of its lease.
    pub fence: Option<i64>,
    /// What the run is about now; `idle` if there is none.
    pub phase: String,
    /// Whether the step has come to its end, or is to be repeated.
    pub is_done: bool,
    /// The parts of the work that are left; none before the plan is made.
    pub chunks: Vec<u32>,
}

impl Sweep {
    /// Does one step.
    ///
    /// # Errors
    /// [`SweepError`]
    pub async fn step(&self, step: &Step, ends_at: Timestamp, invoked: Invoked<'_>) -> Result<Stepped, SweepError> {
        let deadline = ends_at.saturating_sub(RESERVE).unwrap_or(ends_at);
        let stepped = self.take_step(step, deadline, invoked).boxed().await?;
        log::step(&step.application, step.name.code(), &stepped.phase, stepped.is_done, invoked);
        Ok(stepped)
    }

    async fn take_step(&self, step: &Step, deadline: Timestamp, invoked: Invoked<'_>) -> Result<Stepped, SweepError> {
        let mut session = match (&step.name, &step.under) {
            (StepName::Begin(order), _) => {
                let opened = self.open(&step.application, order, deadline, invoked).await?;
                match opened {
                    Ok(session) => session,
                    Err(ran) => {
                        log::unfinished(&step.application, &Ok(ran), invoked);
                        return Ok(idle(step));
                    }
                }
            }
            (_, None) => return Ok(idle(step)),
            (_, Some(under)) => {
                // The first step that was told so has given the lease back: for the others it is no failure that it is gone.
                if let Switch::Stopped { reason, .. } = self.registry.switch(&step.application).await? {
                    log::unfinished(&step.application, &Ok(Ran::SwitchedOff(reason)), invoked);
                    return Ok(idle(step));
                }
                self.take_up(step, under, deadline, invoked).await?
            }
        };
        let ended = session.step(&step.name).boxed().await;
        let (is_done, chunks) = match ended {
            Ok(chunks) => (true, chunks),
            Err(Halt::OutOfTime) => (false, Vec::new()),
            Err(Halt::SwitchedOff(reason)) => {
                log::unfinished(&step.application, &Ok(Ran::SwitchedOff(reason)), invoked);
                let _ = self.registry.release(session.lease).await;
                return Ok(idle(step));
            }
            Err(Halt::TakenOver) => return Err(SweepError::TakenOver),
            Err(Halt::Failed(error)) => return Err(error),
        };
        Ok(Stepped {
            application: step.application.arn().to_owned(),
            run: Some(session.run.id.as_str().to_owned()),
            fence: Some(session.lease.fence()),
            phase: session.run.phase.clone(),
            is_done,
            chunks,
        })
    }

    async fn take_up<'a>(
        &'a self,
        step: &'a Step,
        under: &Under,
        deadline: Timestamp,
        invoked: Invoked<'a>,
    ) -> Result<Session<'a>, SweepError> {
        let application = &step.application;
        let sns = self.applications.sns(application).ok_or(SweepError::NotServed)?;
        let lease = self.registry.take_up(application, under.fence, self.clock.now()).await?;
        let lease = lease.ok_or(SweepError::TakenOver)?;
        let run = self
            .registry
            .run(application, &under.run)
            .await?
            .ok_or(SweepError::Paper("run"))?;
        let papers = crate::papers::Papers {
            registry: &self.registry,
            application,
            run: &run.id,
        };
        let terms = papers.read(TERMS, 0).await?;
        Ok(Session {
            sweep: self,
            sns,
            lease,
            run,
            terms,
            deadline,
            invoked,
        })
    }
}

impl Session<'_> {
    /// One step; the parts of the work that are left, where that is known.
    async fn step(&mut self, name: &StepName) -> Result<Vec<u32>, Halt> {
        let phase = Phase::of(&self.run).ok_or(SweepError::Paper("run"))?;
        let quiet = &mut |_| {};
        match (name, phase) {
            (StepName::List, Phase::Listing) => self.list(quiet).await?,
            (StepName::Join, Phase::Joining) => {
                self.join(quiet).await?;
                self.renew().await?;
                return self.left().await;
            }
            (StepName::Join, Phase::Mending) => {
                self.renew().await?;
                return self.left().await;
            }
            (StepName::Mend(number), Phase::Mending) => {
                let found: Found = self.papers().read(PLAN, 0).await?;
                self.mend(&found, *number).await?;
                return Ok(Vec::new());
            }
            (StepName::Finish, Phase::Mending) => {
                self.finish().await?;
                return Ok(Vec::new());
            }
            // It was done before.
            (StepName::Begin(_), _)
            | (StepName::List, Phase::Joining | Phase::Mending | Phase::Done | Phase::Stopped)
            | (StepName::Join | StepName::Mend(_) | StepName::Finish, Phase::Done | Phase::Stopped) => {}
            // What comes before was left out.
            (StepName::Join, Phase::Listing) | (StepName::Mend(_) | StepName::Finish, Phase::Listing | Phase::Joining) => {
                return Err(SweepError::Paper("run").into());
            }
        }
        self.renew().await?;
        Ok(Vec::new())
    }

    async fn left(&self) -> Result<Vec<u32>, Halt> {
        let found: Found = self.papers().read(PLAN, 0).await?;
        let mut left = Vec::new();
        for number in 0..found.chunks {
            let page: Option<Page> = self.papers().find(LINES, number).await?;
            if !page.is_some_and(|page| page.is_over) {
                left.push(number);
            }
        }
        Ok(left)
    }
}

impl StepName {
    fn code(&self) -> &'static str {
        match self {
            Self::Begin(_) => "begin",
            Self::List => "list",
            Self::Join => "join",
            Self::Mend(_) => "mend",
            Self::Finish => "finish",
        }
    }
}

fn idle(step: &Step) -> Stepped {
    Stepped {
        application: step.application.arn().to_owned(),
        run: None,
        fence: None,
        phase: "idle".to_owned(),
        is_done: true,
        chunks: Vec::new(),
    }
}
