//! `firepost inbox`

use clap::Args;

use crate::cli::{Answer, Context, Verdict};

/// inbox
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

pub(crate) async fn run(_: Arguments, _: &Context) -> Answer {
    Ok(Verdict::No)
}
