//! `firepost inbox`: what is on record, one subject from its beginning, one event in full, and handing on once more.
//!
//! It prints the operator's own data in clear, receipts and user ids included: mind where its output goes.

mod dead;
mod history;
mod list;
mod read;
mod replay;
mod row;
mod show;

use clap::{Args, Subcommand};

use crate::cli::{Answer, Context};

/// Shows what has been recorded, and hands it on again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::Arguments),
    Show(show::Arguments),
    History(history::Arguments),
    Replay(replay::Arguments),
    Dead(dead::Arguments),
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::List(arguments) => list::run(arguments, context).await,
        What::Show(arguments) => show::run(arguments, context).await,
        What::History(arguments) => history::run(arguments, context).await,
        What::Replay(arguments) => replay::run(arguments, context).await,
        What::Dead(arguments) => dead::run(arguments, context).await,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost inbox list                                    the newest twenty records
  firepost inbox list --source unread --since 7d         what could not be read in the last week
  firepost inbox history 'rtn#com.example.app#receipt'   one purchase from its beginning
  firepost inbox show 'rtn#com.example.app#receipt' '0000001772826938903#SUBSCRIPTION_RENEWED'
  firepost inbox list --deployed --json | jq .subject
  firepost inbox replay --since 2h --dry-run             what would be handed on again
  firepost inbox dead list                               what could not be handed on, and why

Exit codes: 0 done, 1 no such record, 2 it could not be asked.";
