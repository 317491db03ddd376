//! `firepost endpoints report`: what a run has found and done.

use clap::Args;
use registry::RunId;

use super::place::Place;
use super::show::Form;
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;

/// Shows the report of a run, whoever began it: the last one, if no other is named.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The run, by the moment it began, such as 2026-03-06T20:00:00Z.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn run(Arguments { place, run, form }: Arguments, context: &Context) -> Answer {
    let run = run.as_deref().map(RunId::parse).transpose()?;
    let opened = place.open(context).await?;
    form.check(opened.applications.len())?;
    let mut missing = Vec::new();
    for application in &opened.applications {
        match opened.sweep.report(application, run.as_ref()).await? {
            Some(report) => form.show(&report)?,
            None => missing.push(application.arn()),
        }
    }
    match missing[..] {
        [] => Ok(Verdict::Yes),
        _ => deny(format!("no such run is on record for {}", missing.join(", "))),
    }
}
