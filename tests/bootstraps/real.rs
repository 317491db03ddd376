//! What is really outside: the clock of this machine, and the variables of whoever runs the tests.

use std::path::PathBuf;

use jiff::Timestamp;

/// The time, which the processes have too.
#[expect(
    clippy::disallowed_methods,
    reason = "a process of its own has the real clock, and so has all around it"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A path that a variable names.
#[expect(
    clippy::disallowed_methods,
    reason = "only who runs the tests knows which executables they are for"
)]
pub(crate) fn path(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}
