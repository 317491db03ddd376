//! The function, invoked as Lambda invokes it, with the real SDK against an embedded DynamoDB.
#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod admission;
mod crash;
mod dead_letters;
mod faults;
mod https;
mod mail;
mod queue;
mod sns;
mod start;
mod traces;
mod world;
