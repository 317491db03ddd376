//! The `firepost` command: arguments, one clock, one pair of dice, an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use firepost::{Cli, Context};
use jiff::Timestamp;

#[tokio::main]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock, the environment and chance, and waits"
)]
async fn main() -> ExitCode {
    let context = Context {
        clock: Timestamp::now,
        variable: |name| std::env::var(name).ok(),
        chance: fastrand::f64,
        random: || fastrand::u128(..),
        wait: |time| Box::pin(tokio::time::sleep(time)),
    };
    firepost::run(Cli::parse(), &context).await
}
