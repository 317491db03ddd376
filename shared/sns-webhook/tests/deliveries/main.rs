//! What the crate promises about deliveries, through its public door, with messages that are really signed.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod authentic;
mod certificate;
mod chain;
mod fetching;
mod forged;
mod grammar;
mod headers;
mod memory;
mod pins;
mod properties;
mod world;
