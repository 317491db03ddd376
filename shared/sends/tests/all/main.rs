//! The promises of the sends, kept against a real HTTP store through the real SDK.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod acquire;
mod capacity;
mod concurrency;
mod crash;
mod late;
mod lost;
mod secrets;
mod settle;
mod store;
mod wait;
mod world;
