//! The subscription ledger: who is on which topic, by what the apps report.
//!
//! Amazon offers no way to ask, so the ledger is what the reports make it. Promises that the count of a topic is exactly the number of
//! instances that are on it by the reports that were answered: membership and count change in one transaction, or not at all, whatever
//! answers get lost. The reports themselves come in any order, and the last one to arrive wins.
//!
//! Refuses to be an authority: an instance is kept on more topics than Amazon allows if that is what was reported, and it is said.
//! Registration ids are not in it, only their digests.
//!
//! The limits are Amazon's ("Topic Based Messaging", prerequisites, and `MAXIMUM_SUBSCRIPTION_EXCEEDED`).

mod advice;
mod assignment;
mod changes;
mod limit;
mod log;
mod overview;
mod record;
mod recorded;
mod rows;
mod table;
mod write;

use aws_sdk_dynamodb::Client;

pub use assignment::{Assignment, TopicFull, Unassigned};
pub use limit::{Limit, Usage};
pub use overview::{Overview, TopicUse};
pub use recorded::{Outcome, Recorded};

/// The ledger in the table of sends, reached through one SDK client. Clones share the client's connections.
#[derive(Clone, Debug)]
pub struct Ledger {
    client: Client,
    table: String,
}

impl Ledger {
    /// The ledger in this table.
    ///
    /// The client should carry [`inbox::timeouts`] and [`inbox::retries`]; the SDK has no time limit of its own.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }
}
