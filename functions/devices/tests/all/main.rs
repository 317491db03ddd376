//! The function with real SDK clients against an embedded store and a simulated SNS.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod answers;
mod crash;
mod crowd;
mod evidence;
mod faults;
mod invocation;
mod logs;
mod meanwhile;
mod opting_out;
mod start;
mod superseding;
mod time;
mod world;
