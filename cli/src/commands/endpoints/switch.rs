//! `firepost endpoints stop` and `resume`: the switch for every sweep of an application.

use std::io::{Write as _, stdout};

use clap::Args;
use registry::{Attempt, Switch};

use super::place::Place;
use crate::cli::{Answer, Context, Verdict};

/// Stops all sweeps, at once and without a deployment: whichever is under way stops before its next device, and none changes anything until
/// `resume`. Devices go on registering.
#[derive(Debug, Args)]
pub(super) struct StopArguments {
    /// Why, for whoever finds it stopped.
    reason: String,
    #[command(flatten)]
    place: Place,
}

/// Lets sweeps run again.
#[derive(Debug, Args)]
pub(super) struct ResumeArguments {
    #[command(flatten)]
    place: Place,
}

pub(super) async fn stop(StopArguments { reason, place }: StopArguments, context: &Context) -> Answer {
    turn(&place, Some(&reason), context).await
}

pub(super) async fn resume(ResumeArguments { place }: ResumeArguments, context: &Context) -> Answer {
    turn(&place, None, context).await
}

async fn turn(place: &Place, reason: Option<&str>, context: &Context) -> Answer {
    let opened = place.open(context).await?;
    let id = format!("firepost-{:032x}", (context.random)());
    let attempt = Attempt {
        id: &id,
        now: (context.clock)(),
    };
    for application in &opened.applications {
        let registry = opened.sweep.registry();
        let switch = match reason {
            Some(reason) => registry.stop(application, reason, &attempt).await?,
            None => registry.resume(application, &attempt).await?,
        };
        let arn = application.arn();
        match switch {
            Switch::Running => writeln!(stdout(), "{arn}: sweeps run")?,
            Switch::Stopped { since, reason } => writeln!(stdout(), "{arn}: sweeps are stopped since {since}: {reason}")?,
        }
    }
    Ok(Verdict::Yes)
}
