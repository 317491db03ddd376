//! `firepost endpoints`: the sweeps of the function `reconcile`, from a terminal and by the same code.

mod apply;
mod place;
mod plan;
mod progress;
mod report;
mod show;
mod switch;

use clap::{Args, Subcommand};

use crate::cli::{Answer, Context};

/// Shows and carries out what keeps push endpoints as the devices last confirmed them.
///
/// `plan` asks and changes nothing. `apply` carries a plan out. `report` shows what a run has found and done, by whomever it was begun. `stop`
/// and `resume` are the switch for all of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Plan(plan::Arguments),
    Apply(apply::Arguments),
    Report(report::Arguments),
    Stop(switch::StopArguments),
    Resume(switch::ResumeArguments),
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::Plan(arguments) => plan::run(arguments, context).await,
        What::Apply(arguments) => apply::run(arguments, context).await,
        What::Report(arguments) => report::run(arguments, context).await,
        What::Stop(arguments) => switch::stop(arguments, context).await,
        What::Resume(arguments) => switch::resume(arguments, context).await,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost endpoints plan                                     what would be done in the local stack
  firepost endpoints apply --plan-hash 1-0f1e…                carry out that plan, and no other
  firepost endpoints report --csv run.csv                     every decision of the last run
  firepost endpoints stop 'certificate renewal'               no sweep changes anything until resume
  DEVICES_TABLE=devices PLATFORM_APPLICATIONS=arn:aws:sns:us-east-1:123456789012:app/ADM/App \\
    firepost endpoints plan --deployed                        in an account

Exit codes: 0 done, 1 nothing was changed and why is said, 2 it could not be asked.";
