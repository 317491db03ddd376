//! The promises of sending, kept against Amazon's side over loopback.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod certainty;
mod credentials;
mod redaction;
mod retrying;
mod sending;
mod start;
mod tokens;
mod world;
