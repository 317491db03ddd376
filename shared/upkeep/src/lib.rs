#![doc = include_str!("../README.md")]

pub mod budget;
mod device;
mod endpoint;
pub mod fleet;
mod hashes;
pub mod mend;
#[cfg(test)]
mod model;
pub mod plan;
pub mod rails;

pub use device::{Device, DeviceId, Since, State, Ticket};
pub use endpoint::{Endpoint, EndpointId, NotAnEndpoint};
pub use hashes::{TokenHash, UserDataHash};

/// How often a token is disabled again, after it was enabled, until it is not enabled any more; unless an operator says otherwise.
pub const QUARANTINE_AFTER: u32 = 2;
