//! The real command, run against a local stack in this process.
#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod adm;
mod dead;
mod drs;
mod endpoints;
mod inbox;
mod record;
mod replay;
mod samples;
mod stack;
mod tail;
mod topics;
mod trigger;
mod world;
