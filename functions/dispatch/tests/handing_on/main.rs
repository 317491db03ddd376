//! The promises of handing on, kept against a real store through the real SDK, and an SNS that can misbehave.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod cost;
mod faults;
mod hand_on;
mod poison;
mod replay;
mod schema;
mod start;
mod stream;
mod sweep;
mod traces;
mod world;
