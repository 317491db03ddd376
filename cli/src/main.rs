//! The `firepost` command: arguments, one clock, an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use firepost::{Cli, Context};
use jiff::Timestamp;

#[tokio::main]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock and the environment"
)]
async fn main() -> ExitCode {
    let context = Context {
        clock: Timestamp::now,
        variable: |name| std::env::var(name).ok(),
    };
    firepost::run(Cli::parse(), &context).await
}
