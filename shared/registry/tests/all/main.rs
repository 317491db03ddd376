//! The promises of the registry, kept against a real HTTP store through the real SDK.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod binding;
mod capacity;
mod completed;
mod concurrency;
mod condemned;
mod crash;
mod endings;
mod expiry;
mod health;
mod heirs;
mod history;
mod lease;
mod lookup;
mod lost;
mod mutants;
mod pages;
mod papers;
mod permit;
mod random;
mod redaction;
mod register;
mod run;
mod store;
mod switch;
mod world;
