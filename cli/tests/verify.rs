//! What `firepost verify` promises: the real command on files, most of them forged, and nothing running.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

#[path = "verify/desk.rs"]
mod desk;

#[path = "verify/certificates.rs"]
mod certificates;
#[path = "verify/deliveries.rs"]
mod deliveries;
#[path = "verify/events.rs"]
mod events;
#[path = "verify/output.rs"]
mod output;
#[path = "verify/usage.rs"]
mod usage;
