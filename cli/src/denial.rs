//! An answer of no that needs a word of why.

use std::fmt::Display;
use std::io::{Write as _, stderr};

use crate::cli::{Answer, Verdict};

/// Says why the answer is no, on standard error, so that `--json` on standard output stays JSON.
pub(crate) fn deny(sentence: impl Display) -> Answer {
    writeln!(stderr(), "firepost: {sentence}")?;
    Ok(Verdict::No)
}
