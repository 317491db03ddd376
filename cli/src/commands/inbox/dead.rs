//! `firepost inbox dead`: what could not be handed on, and having it tried again.

mod list;
mod retry;

use clap::{Args, Subcommand};
use inbox::{Dead, Record, StoreError};

use crate::cli::{Answer, Context};

/// Shows what could not be handed on and waits for a person, and has it tried again.
///
/// An event is dead when today's reader cannot make one of its record, or when SNS has refused it five times for a fault of its own.
/// Nothing about it is lost, and nothing passes by itself: mend the cause first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::Arguments),
    Retry(retry::Arguments),
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::List(arguments) => list::run(arguments, context).await,
        What::Retry(arguments) => retry::run(arguments, context).await,
    }
}

/// What the row says about its end, if it can be typed.
fn record(dead: &Dead) -> Option<&Record> {
    dead.row.as_ref().ok()
}

/// Why it is dead; for a row that cannot be typed, what it is that cannot.
fn reason(dead: &Dead) -> Option<String> {
    match &dead.row {
        Ok(record) => record.failure.as_ref().map(|failure| failure.reason.clone()),
        Err(StoreError::Malformed { attribute }) => Some(format!("row:{attribute}")),
        Err(_) => None,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost inbox dead list
  firepost inbox dead list --json | jq -r .reason | sort | uniq -c
  firepost inbox dead retry 'rtn#com.example.app#receipt' '0000001772826938903#SUBSCRIPTION_RENEWED'
  firepost inbox dead retry --reason sns:InvalidParameter
  firepost inbox dead retry --all --deployed

Exit codes: 0 done, 1 nothing was dead, 2 it could not be asked.";
