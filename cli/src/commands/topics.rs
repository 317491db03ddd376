//! `firepost topics`: who may send notifications here, and who waits to be allowed to.

mod decide;
mod list;

use clap::{Args, Subcommand};

use crate::cli::{Answer, Context};

/// Lists the topics that asked for confirmation here, and approves or rejects those that wait.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::Arguments),
    Approve(decide::Approve),
    Reject(decide::Reject),
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::List(arguments) => list::run(arguments, context).await,
        What::Approve(arguments) => decide::approve(arguments, context).await,
        What::Reject(arguments) => decide::reject(arguments, context).await,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost topics list
  firepost topics approve arn:aws:sns:us-east-1:999999999999:mine
  firepost topics reject arn:aws:sns:us-east-1:999999999999:not-yours --deployed

Exit codes: 0 done, 1 no such topic is on record, 2 it could not be asked.";
