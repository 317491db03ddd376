//! The function as it is deployed: requests and queues in, the real store and ADM behind it, whole answers out.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod answers;
mod crash;
mod crowd;
mod doubt;
mod expiry;
mod honesty;
mod logs;
mod lost;
mod queue;
mod repeating;
mod size;
mod split;
mod traces;
mod world;
