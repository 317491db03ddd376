//! The real command, run against a local stack in this process.
#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod inbox;
mod samples;
mod topics;
mod trigger;
mod world;
