//! What the function does with an event of Lambda's, and what it answers.

use inbox::Invoked;
use jiff::Timestamp;
use serde::Serialize;

use crate::failure::SweepError;
use crate::invocation::Invocation;
use crate::log;
use crate::order::Order;
use crate::report::Summary;
use crate::steps::Stepped;
use crate::sweep::{Ran, Sweep};

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To events: nobody reads it.
    Nothing {},
    /// To an order.
    Ran(Ended),
    /// To a step.
    Stepped(Stepped),
    /// To the schedule, for each application.
    Swept {
        /// The outcomes.
        applications: Vec<Ended>,
    },
}

/// How it ended for an application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// The platform application.
    pub application: String,
    /// `done`, `stopped`, `unfinished`, `held`, `idle`, `lost`, `switched_off`.
    pub outcome: &'static str,
    /// The run, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The numbers of one that is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Box<Summary>>,
}

impl Sweep {
    /// Does what an event asks for. `ends_at` is when Lambda ends the invocation.
    ///
    /// # Errors
    /// [`SweepError`]: the invocation fails, which is what the alarm counts. One application that cannot be swept keeps no other from it.
    pub async fn invoke(&self, invocation: &Invocation, ends_at: Timestamp, invoked: Invoked<'_>) -> Result<Answer, SweepError> {
        match invocation {
            Invocation::Events(events) => {
                self.events(events, invoked).await?;
                Ok(Answer::Nothing {})
            }
            Invocation::Order(application, now) => {
                let ran = self
                    .run(application, &Order::Now(now.clone()), ends_at, invoked, &mut |_| {})
                    .await;
                log::unfinished(application, &ran, invoked);
                Ok(Answer::Ran(Ended::new(application.arn(), ran?)))
            }
            Invocation::Step(step) => Ok(Answer::Stepped(self.step(step, ends_at, invoked).await?)),
            Invocation::Tick => {
                let (mut applications, mut failed) = (Vec::new(), None);
                for application in self.applications.all() {
                    let ran = self.run(application, &Order::Scheduled, ends_at, invoked, &mut |_| {}).await;
                    log::unfinished(application, &ran, invoked);
                    match ran {
                        Ok(ran) => applications.push(Ended::new(application.arn(), ran)),
                        Err(error) => failed = failed.or(Some(error)),
                    }
                }
                failed.map_or(Ok(Answer::Swept { applications }), Err)
            }
        }
    }
}

impl Ended {
    fn new(application: &str, ran: Ran) -> Self {
        let ended = |outcome, run: Option<String>, summary| Self {
            application: application.to_owned(),
            outcome,
            run,
            summary,
        };
        match ran {
            Ran::Finished(summary) => {
                let outcome = if summary.stop.is_none() { "done" } else { "stopped" };
                ended(outcome, summary.run.clone(), Some(summary))
            }
            Ran::Held { .. } => ended("held", None, None),
            Ran::Idle => ended("idle", None, None),
            Ran::Lost(run) => ended("lost", Some(run.to_string()), None),
            Ran::SwitchedOff(_) => ended("switched_off", None, None),
            Ran::Unfinished { run, .. } => ended("unfinished", Some(run.to_string()), None),
        }
    }
}
