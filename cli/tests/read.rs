//! What `firepost read` promises: the real command on messages in files.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

#[path = "read/desk.rs"]
mod desk;

#[path = "read/drs.rs"]
mod drs;
#[path = "read/rtn.rs"]
mod rtn;
