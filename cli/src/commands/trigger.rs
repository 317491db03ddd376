//! `firepost trigger`: a delivery as SNS makes it, sent to a function or written as the event that would invoke it.
//!
//! Everything is signed with the sandbox's public test key, so a function believes it only if it was told to: the local stack
//! was, and any other by pinning the certificate (`events/env.json` shows how).

mod destination;
mod drs;
mod outgoing;
mod pair;
mod report;
mod rtn;
mod signing;
mod sns;

use clap::{Args, Subcommand};

use crate::cli::{Answer, Context};

/// Sends a signed delivery to a function, or writes it as an event file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Rtn(rtn::Arguments),
    Drs(drs::Arguments),
    Sns(sns::Arguments),
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    match arguments.what {
        What::Rtn(arguments) => rtn::run(arguments, context).await,
        What::Drs(arguments) => drs::run(arguments, context).await,
        What::Sns(arguments) => sns::run(arguments, context).await,
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost trigger rtn SUBSCRIPTION_RENEWED               a renewal, to the local stack
  firepost trigger rtn SUBSCRIPTION_CANCELLED --late 2h   a cancellation of two hours ago
  firepost trigger rtn SUBSCRIPTION_RENEWED --forge       a renewal that Amazon did not sign
  firepost trigger drs OrderPlacedNotification --wire v1  an order, in the older of two versions
  firepost trigger drs OrderPlacedNotification --route lambda
                                                          the same, as SNS invokes the function with it
  firepost trigger sns SubscriptionConfirmation           the handshake of a new subscription
  firepost trigger rtn SUBSCRIPTION_RENEWED --as-event event.json
                                                          for cargo lambda invoke, sam local invoke

Exit codes: 0 the last attempt was taken, 1 it was not, 2 nothing could be sent.";
