//! The command line: what can be asked, and where each question goes.

use std::process::ExitCode;
use std::time::Duration;

use ::adm::{Pace, Waiting};
use clap::{CommandFactory as _, Parser, Subcommand};
use intake::Clock;

use crate::commands::{adm, endpoints, inbox, read, serve, tail, topics, trigger, verify};
use crate::failure::Failure;

/// What only `main` may reach: the clock, the environment, chance, and waiting.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// Reads the time.
    pub clock: Clock,
    /// Reads an environment variable.
    pub variable: fn(&str) -> Option<String>,
    /// Throws a number from 0 to 1.
    pub chance: fn() -> f64,
    /// Throws a number that nobody has had.
    pub random: fn() -> u128,
    /// Ends when so much time is over.
    pub wait: fn(Duration) -> Waiting,
}

impl Context {
    /// Time, chance and patience for a function.
    pub(crate) fn pace(&self) -> Pace {
        Pace::new(self.clock, self.chance, self.wait)
    }
}

/// Amazon's notifications in, verified and recorded exactly once; messages to devices out, each sent once; push
/// endpoints kept healthy.
///
/// Without a subcommand: starts the local stack, plays the tour, and serves until Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "firepost", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    serve: serve::Arguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Trigger(trigger::Arguments),
    Tail(tail::Arguments),
    Verify(verify::Arguments),
    Read(read::Arguments),
    Topics(topics::Arguments),
    Inbox(inbox::Arguments),
    Adm(adm::Arguments),
    Endpoints(endpoints::Arguments),
    /// Prints a completion script for a shell.
    Completions {
        /// The shell to complete for.
        shell: clap_complete::Shell,
    },
}

/// Runs a command line and gives its exit code: 0 done, 1 the answer is no, 2 it could not be asked.
pub async fn run(cli: Cli, context: &Context) -> ExitCode {
    let outcome = match cli.command {
        None => serve::run(cli.serve, context).await,
        Some(Command::Trigger(arguments)) => trigger::run(arguments, context).await,
        Some(Command::Tail(arguments)) => tail::run(arguments).await,
        Some(Command::Verify(arguments)) => verify::run(arguments, context).await,
        Some(Command::Read(arguments)) => read::run(arguments),
        Some(Command::Topics(arguments)) => topics::run(arguments, context).await,
        Some(Command::Inbox(arguments)) => inbox::run(arguments, context).await,
        Some(Command::Adm(arguments)) => adm::run(arguments, context).await,
        Some(Command::Endpoints(arguments)) => endpoints::run(arguments, context).await,
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "firepost", &mut std::io::stdout());
            Ok(Verdict::Yes)
        }
    };
    match outcome {
        Ok(Verdict::Yes) => ExitCode::SUCCESS,
        Ok(Verdict::No) => ExitCode::from(1),
        Err(failure) => {
            failure.print();
            ExitCode::from(2)
        }
    }
}

/// The answer of a command that could be carried out, for its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything asked for is so: exit code 0.
    Yes,
    /// Something is not: exit code 1.
    No,
}

/// What a command comes to; a failure is exit code 2.
pub(crate) type Answer = Result<Verdict, Failure>;

const EXAMPLES: &str = "\
Examples:
  firepost                                    start the local stack and play the tour
  firepost --tour-only                        play the tour on a stack of its own and exit
  firepost trigger rtn SUBSCRIPTION_RENEWED   send a signed notification to the local stack
  firepost tail                               follow events as they are handed on
  firepost inbox list                         what has been recorded
  firepost topics list                        topics that wait for approval, and those decided about
  firepost adm send message.json              send a topic message to devices, once
  firepost endpoints plan                     what would be done about push endpoints, and why
  firepost verify captured.json --cert signer.pem --at 2026-03-06T19:55:39Z
  firepost read rtn message.json              what a message says; read drs for Dash Replenishment

Exit codes: 0 yes or done, 1 no, 2 the question could not be asked.";
