//! The function with real SDK clients against an embedded store and a simulated SNS, by a clock that is moved by hand.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod crash;
mod events;
mod evidence;
mod faults;
mod listing;
mod logs;
mod recovery;
mod schedule;
mod start;
mod steps;
mod subscriptions;
mod sweeping;
mod world;
