#![doc = include_str!("../README.md")]

mod cause;
mod dead;
mod digest;
mod due;
mod entry;
mod error;
mod handover;
mod held;
mod history;
mod ingest;
mod invoked;
mod key;
mod last_received;
mod record;
mod replay;
mod row_key;
mod select;
pub mod table;
mod trace_id;
mod waiting;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use jiff::SignedDuration;

pub use cause::Cause;
pub use dead::{Dead, DeadPage};
pub use digest::Digest;
pub use due::{Cursor, DuePage, due_shards};
pub use entry::{Attempt, Entry};
pub use error::StoreError;
pub use handover::{Due, Refusal, Standing};
pub use held::Released;
pub use history::{Filter, late};
pub use ingest::Recorded;
pub use invoked::Invoked;
pub use record::{Failure, Held, Record};
pub use replay::{Repetition, Replayed};
pub use row_key::RowKey;
pub use select::{Page, Pages, Reach, Selection};
pub use trace_id::TraceId;
pub use waiting::Waiting;

/// The table of notifications, reached through one SDK client. Clones share the client's connections.
#[derive(Clone, Debug)]
pub struct Inbox {
    client: Client,
    table: String,
    retention: SignedDuration,
}

impl Inbox {
    /// An inbox that keeps its rows for `retention`, which must be longer than anybody still redelivers: SNS gives up after
    /// an hour, an operator's replay after days. The default of the deployment is 90 days.
    ///
    /// The client should carry [`timeouts`] and [`retries`]; the SDK's own suit batch jobs, not a caller that waits.
    pub fn new(client: Client, table: impl Into<String>, retention: SignedDuration) -> Self {
        Self {
            client,
            table: table.into(),
            retention,
        }
    }
}

/// How long a call to the store may take: three attempts fit into an operation, and two operations (a conflict needs two)
/// into the 15 s that SNS waits for an answer.
///
/// The Rust SDK has no attempt or operation timeout by default:
/// <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// How calls to the store are repeated: three attempts, a tenth and two tenths of a second apart at most.
///
/// The SDK's own backoff begins with up to a second and doubles, so that after two slow attempts the operation's time is over
/// before the third begins: <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/retries.html>.
pub fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(INITIAL_BACKOFF)
}

const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
const INITIAL_BACKOFF: Duration = Duration::from_millis(100);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(4);
