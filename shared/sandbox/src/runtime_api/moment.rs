//! When something happens, as far as that is to be measured.
//!
//! The one place of the sandbox that reads a clock, and a monotonic one: nothing that it does depends on it.

use std::time::Instant;

/// Now.
pub(crate) fn moment() -> Instant {
    Instant::now()
}
