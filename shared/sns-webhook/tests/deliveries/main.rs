//! What the crate promises about deliveries, through its public door, with messages that are really signed.

mod authentic;
mod certificate;
mod chain;
mod fetching;
mod forged;
mod grammar;
mod headers;
mod pins;
mod properties;
mod world;
