#![doc = include_str!("../README.md")]

mod acquire;
mod claim;
mod condition;
mod fingerprint;
mod idempotency_key;
mod item;
mod key;
#[cfg(test)]
mod model;
mod row;
mod settle;
mod standing;
mod store;
mod stored;
pub mod table;
mod wait;

use std::time::Duration;

use aws_sdk_dynamodb::Client;

pub use acquire::{Acquired, Permit};
pub use claim::{Attempt, Claim, OnUnknown};
pub use fingerprint::Fingerprint;
pub use idempotency_key::{IdempotencyKey, InvalidKey};
pub use inbox::StoreError;
pub use key::{ConsolidationKey, SendKey};
pub use settle::Settled;
pub use standing::{MARGIN, Standing};
pub use stored::{ANSWER_LIMIT_BYTES, Stored, TooLarge};
pub use wait::Wait;

/// The table of sends, reached through one SDK client. Clones share the client's connections.
#[derive(Clone, Debug)]
pub struct Sends {
    client: Client,
    table: String,
    retention: Duration,
}

impl Sends {
    /// Sends whose keys are remembered for `retention` after the last thing that happened to them: longer than any caller still
    /// repeats its request. A day is usual.
    ///
    /// The client should carry [`inbox::timeouts`] and [`inbox::retries`]; the SDK has no time limit of its own.
    pub fn new(client: Client, table: impl Into<String>, retention: Duration) -> Self {
        Self {
            client,
            table: table.into(),
            retention,
        }
    }
}
