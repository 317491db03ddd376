//! The promises of the inbox, kept against a real HTTP store through the real SDK.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod capacity;
mod conflict;
mod handover;
mod held;
mod history;
mod ingest;
mod last_received;
mod properties;
mod replay;
mod select;
mod store;
mod trace;
mod waiting;
mod world;
