//! `firepost read`

use clap::Args;

use crate::cli::{Answer, Verdict};

/// read
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: Arguments) -> Answer {
    Ok(Verdict::No)
}
