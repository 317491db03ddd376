//! `firepost endpoints plan`: what a sweep would do, and why.

use std::io::{Write as _, stdout};

use clap::Args;

use super::place::Place;
use super::progress::tell;
use super::show::Form;
use crate::cli::{Answer, Context, Verdict};
use crate::progress::Progress;

/// Lists every endpoint, compares it with the registry, and says what would be done and why. Nothing is changed, in SNS or in the table.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

pub(super) async fn run(Arguments { place, form }: Arguments, context: &Context) -> Answer {
    let opened = place.open(context).await?;
    form.check(opened.applications.len())?;
    for application in &opened.applications {
        let progress = Progress::before_a_result();
        let forecast = opened.sweep.forecast(application, &mut tell(&progress)).await;
        drop(progress);
        let forecast = forecast?;
        form.show(&forecast)?;
        let has_steps = !forecast.summary.held.is_empty();
        if has_steps && forecast.summary.stop.is_none() && !form.is_json() {
            let (options, hash) = (place.options(), &forecast.summary.plan_hash);
            writeln!(
                stdout(),
                "To carry it out: firepost endpoints apply{options} --plan-hash {hash}"
            )?;
        }
    }
    Ok(Verdict::Yes)
}
