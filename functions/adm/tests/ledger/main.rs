//! The promises of the subscription ledger, kept against an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod assignment;
mod capacity;
mod effects;
mod exact;
mod journal;
mod limits;
mod meanwhile;
mod overview;
mod random;
mod redaction;
mod withheld;
mod world;
