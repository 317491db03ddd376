//! `firepost endpoints apply`: carries a plan out, as a scheduled sweep does.

use std::io::{Write as _, stderr};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use reconcile::{Asked, Now, Order, Ran, Summary, Window};

use super::place::{Opened, Place};
use super::progress::tell;
use super::show::{Form, why};
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::failure::Failure;
use crate::progress::Progress;

/// Carries out what `plan` shows: one run, under the same lease, caps and breakers as a scheduled one.
///
/// The first run over an application changes nothing, whoever begins it: there is nothing yet to compare it with.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Carries out the plan with this hash, as `plan` has shown it, and no other.
    #[arg(long, value_name = "HASH")]
    plan_hash: Option<String>,
    /// Carries out whatever the plan is by now.
    #[arg(long, conflicts_with = "plan_hash")]
    yes: bool,
    /// Enables what SNS has disabled from this moment on, by a certificate mistake, wave by wave: one wave each time. Nothing else is done.
    #[arg(long, value_name = "TIME", requires = "recover_until")]
    recover_from: Option<Timestamp>,
    /// Until when the certificate was wrong.
    #[arg(long, value_name = "TIME", requires = "recover_from")]
    recover_until: Option<Timestamp>,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let asked = arguments.asked()?;
    let Arguments {
        place,
        plan_hash,
        yes,
        form,
        ..
    } = arguments;
    let opened = place.open(context).await?;
    let application = opened.one()?.clone();
    if plan_hash.is_none() && !yes {
        let options = place.options();
        return deny(format!(
            "nothing was changed: look at the plan with `firepost endpoints plan{options}` and say its hash with --plan-hash, or say --yes"
        ));
    }
    let order = Order::Now(Now {
        asked: Some(asked),
        plan_hash,
    });
    let ran = sweep(&opened, &application, &order, context).await?;
    let summary = match ran {
        Ran::Finished(summary) => summary,
        Ran::Held { retry_after } => {
            return deny(format!("somebody else sweeps; ask again in {} s", retry_after.as_secs()));
        }
        Ran::Lost(run) => return deny(format!("another process has taken over the run {run}; see its report")),
        Ran::SwitchedOff(reason) => return deny(format!("sweeps are stopped: {reason}; `firepost endpoints resume` ends that")),
        Ran::Idle | Ran::Unfinished { .. } => return deny("the run is not finished; begun again, it goes on where it was"),
    };
    show(&opened, &application, &summary, &form).await?;
    verdict(&summary, asked)
}

impl Arguments {
    fn asked(&self) -> Result<Asked, Failure> {
        match (self.recover_from, self.recover_until) {
            (Some(from), Some(until)) => {
                let window = Window::new(from, until).ok_or_else(|| Failure::new("--recover-until is before --recover-from"))?;
                Ok(Asked::Recover(window))
            }
            _ => Ok(Asked::Apply),
        }
    }
}

/// To its end: here nobody ends the process after a quarter of an hour.
async fn sweep(opened: &Opened, application: &registry::Application, order: &Order, context: &Context) -> Result<Ran, Failure> {
    let progress = Progress::before_a_result();
    loop {
        let id = format!("firepost-{:032x}", (context.random)());
        let ends_at = (context.clock)().saturating_add(A_WHILE)?;
        let ran = opened
            .sweep
            .run(
                application,
                order,
                ends_at,
                inbox::Invoked::untraced(&id),
                &mut tell(&progress),
            )
            .await?;
        match ran {
            Ran::Unfinished { .. } => {}
            ran => return Ok(ran),
        }
    }
}

async fn show(opened: &Opened, application: &registry::Application, summary: &Summary, form: &Form) -> Result<(), Failure> {
    let run = summary.run.as_deref().map(registry::RunId::parse).transpose()?;
    match opened.sweep.report(application, run.as_ref()).await? {
        Some(report) => form.show(&report),
        None => Err(Failure::new("the run is over, and its report is not on record")),
    }
}

fn verdict(summary: &Summary, asked: Asked) -> Answer {
    if let Some(stop) = summary.stop {
        return deny(format!("nothing was changed: {}", why(stop, summary)));
    }
    if summary.mode == "plan" && asked != Asked::Plan {
        return deny(
            "nothing was changed: this was the first run over the application, with which the next one compares itself. Apply again",
        );
    }
    if summary.throttles > 0 {
        writeln!(stderr(), "firepost: SNS asked for patience {} times", summary.throttles)?;
    }
    Ok(Verdict::Yes)
}

const A_WHILE: SignedDuration = SignedDuration::from_hours(1);
