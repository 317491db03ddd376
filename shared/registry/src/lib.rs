#![doc = include_str!("../README.md")]

mod application;
mod attempt;
mod bind;
mod change;
mod completed;
mod condemned;
mod condition;
mod confirmation;
mod device;
mod ending;
mod find;
mod health;
mod history;
mod item;
mod lease;
#[cfg(test)]
mod model;
mod page;
mod paper;
mod permit;
mod register;
mod row;
mod run;
mod state;
mod store;
mod succession;
mod switch;
pub mod table;
mod token;

use std::time::Duration;

use aws_sdk_dynamodb::Client;

pub use application::{Application, EndpointArn, InvalidArn, Platform};
pub use attempt::Attempt;
pub use change::{Change, Refusal};
pub use completed::Completed;
pub use device::{Device, DeviceId, DeviceKey, InvalidName, Owner};
pub use find::Standing;
pub use health::Noted;
pub use inbox::StoreError;
pub use lease::{Acquired, Lease, MARGIN, Renewed};
pub use page::{Cursor, Page, Segment, Unreadable};
pub use paper::{PAPER_LIMIT_BYTES, Paper};
pub use permit::{Grounds, Ticket};
pub use register::{Outcome, Registered, Registration, Stale};
pub use run::{Filed, InvalidRunId, REPORT_LIMIT_BYTES, Report, Run, RunId};
pub use state::State;
pub use switch::Switch;
pub use token::{InvalidToken, LONGEST_TOKEN, Token};

/// The table of devices, reached through one SDK client. Clones share the client's connections.
#[derive(Clone, Debug)]
pub struct Registry {
    client: Client,
    table: String,
    retention: Duration,
}

impl Registry {
    /// A registry that keeps the rows of devices that are done with, and those of runs, for `retention`: longer than any confirmation is
    /// late. Thirty days are usual.
    ///
    /// The client should carry [`inbox::timeouts`] and [`inbox::retries`]; the SDK has no time limit of its own.
    pub fn new(client: Client, table: impl Into<String>, retention: Duration) -> Self {
        Self {
            client,
            table: table.into(),
            retention,
        }
    }

    /// The same table for rows that are not needed for so long: what a scan reads is paid for as long as it is there.
    #[must_use]
    pub fn with_retention(&self, retention: Duration) -> Self {
        Self {
            retention,
            ..self.clone()
        }
    }
}
