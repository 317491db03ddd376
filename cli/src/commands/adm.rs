//! `firepost adm`: messages to devices, checked and sent as the function `adm` does.

mod check;
mod register;
mod send;
mod subscriptions;

use clap::{Args, Subcommand};

use crate::cli::{Answer, Context};

/// Checks and sends topic messages of Amazon Device Messaging, registers the security profile, and shows who is subscribed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Check(check::Arguments),
    Register(register::Arguments),
    Send(send::Arguments),
    Subscriptions(subscriptions::Arguments),
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::Check(arguments) => check::run(arguments),
        What::Register(arguments) => register::run(arguments, context).await,
        What::Send(arguments) => send::run(arguments, context).await,
        What::Subscriptions(arguments) => subscriptions::run(arguments, context).await,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost adm check message.json
  firepost adm register --deployed
  firepost adm send message.json --key 8e03978e-40d5-43dd-bc93-6894a57f9324
  firepost adm subscriptions

Exit codes: 0 accepted or done, 1 refused, not now, or unknown, 2 it could not be asked.";
