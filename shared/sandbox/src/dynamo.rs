//! An embedded DynamoDB, served over HTTP on the loopback interface.
//!
//! The functions talk to it with the same SDK client as in production: real requests, real conditions, real error
//! documents. In memory for tests, in a file for the local stack. It promises the semantics of conditional writes,
//! transactions, indexes, streams and consumed capacity; it refuses to be anything but a stand-in: no throttling (that is what
//! [`Faults`] are for), no sweep of expired rows, no durability guarantees.

mod event_filter;
mod faults;
mod filling;
mod meter;
mod stream;
mod tables;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{Config, Credentials, Region};
use dynoxide::{Database, DynoxideError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::plain_http::plain_http;

pub use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
pub use event_filter::{DUE_AND_UNTRIED, EventFilter, EventFilterError};
pub use faults::{Fault, Faults};
pub use meter::{Bill, BillKind, Meter};
pub use stream::{StreamError, StreamStart, TableStream};
pub use tables::{DEVICES, Definition, Index, NOTIFICATIONS, SENDS, TRUST, TablesError, create_tables};
pub use tables::{KeyType, StreamView, Tables};

/// A running store. Dropping it ends it gracefully: requests under way are answered, new ones are not accepted.
pub struct Dynamo {
    database: Database,
    endpoint: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

/// Why the embedded store did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DynamoError {
    /// There is no such table, or a row is none that it could have.
    #[error("cannot fill the table")]
    Fill(#[source] DynoxideError),
    /// The port is taken, or the loopback interface is not usable.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 means any free one.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database cannot be opened or created.
    #[error("cannot open the embedded database")]
    Open(#[source] DynoxideError),
    /// The path is not valid UTF-8, which SQLite needs.
    #[error("the path of the database is not valid UTF-8")]
    Path,
    /// The embedded store has no such type of value.
    #[error("a value is of a type that is not known here")]
    UnknownType,
}

impl fmt::Debug for Dynamo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dynamo")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Dynamo {
    /// An empty store that ends with this value, on any free port.
    pub async fn in_memory() -> Result<Self, DynamoError> {
        Self::serve(Database::memory().map_err(DynamoError::Open)?, 0).await
    }

    /// A store kept in the file `path` (made if absent, in a directory that exists), on any free port.
    pub async fn at(path: &Path) -> Result<Self, DynamoError> {
        Self::at_port(path, 0).await
    }

    /// A store kept in the file `path`, on the given port; 0 is any free one.
    pub async fn at_port(path: &Path, port: u16) -> Result<Self, DynamoError> {
        let path = path.to_str().ok_or(DynamoError::Path)?;
        Self::serve(Database::new(path).map_err(DynamoError::Open)?, port).await
    }

    async fn serve(database: Database, port: u16) -> Result<Self, DynamoError> {
        let listen = |source| DynamoError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
        let endpoint = format!("http://{}", listener.local_addr().map_err(listen)?);
        // The receiver also resolves when the sender is dropped: that is the graceful end on drop.
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database.clone(), async {
            let _ = stopped.await;
        }));
        Ok(Self {
            database,
            endpoint,
            stop,
            server,
        })
    }

    /// `http://127.0.0.1:<port>`, what `AWS_ENDPOINT_URL_DYNAMODB` would say.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An SDK client for this store, with the timeouts and the backoff of the deployed functions.
    pub fn client(&self) -> Client {
        self.client_with(deployed_timeouts())
    }

    /// An SDK client for this store with timeouts of the caller's choice.
    pub fn client_with(&self, timeouts: TimeoutConfig) -> Client {
        Client::from_conf(config(&self.endpoint, timeouts))
    }

    /// A proxy in front of this store that misbehaves on demand.
    pub async fn with_faults(&self) -> Result<Faults, DynamoError> {
        Faults::before(&self.endpoint).await
    }

    /// A reader of a table's stream, from now on or from the beginning.
    pub async fn stream(&self, table: &str, start: StreamStart) -> Result<TableStream, StreamError> {
        TableStream::open(self.database.clone(), table, start).await
    }

    /// Ends the store and waits until every request under way has been answered.
    ///
    /// Wanted before the file is opened again, after every stream has been dropped; dropping the value is enough otherwise.
    pub async fn stop(self) {
        drop(self.stop);
        // A server that ended badly has ended all the same.
        let _ = self.server.await;
    }
}

/// The SDK's configuration for a store on loopback: any credentials, no root certificates, no metadata service.
///
/// A retry partition per endpoint, because the SDK's bucket of retry tokens is otherwise shared by the whole process: one
/// test full of faults would take the retries away from the next.
fn config(endpoint: &str, timeouts: TimeoutConfig) -> Config {
    Config::builder()
        .behavior_version_latest()
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
        .endpoint_url(endpoint)
        .http_client(plain_http())
        .retry_partition(RetryPartition::new(endpoint.to_owned()))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(100)))
        .timeout_config(timeouts)
        .build()
}

/// An SDK client for a store of another process, with the timeouts of the deployed functions.
pub fn client_at(endpoint: &str) -> Client {
    client_at_with(endpoint, deployed_timeouts())
}

/// The same with timeouts of the caller's choice.
pub fn client_at_with(endpoint: &str, timeouts: TimeoutConfig) -> Client {
    Client::from_conf(config(endpoint, timeouts))
}

/// What the deployed functions use, as their crates define it; the sandbox cannot depend on those that are tested with it.
fn deployed_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(1))
        .operation_timeout(Duration::from_secs(4))
        .build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[tokio::test]
    async fn a_store_in_a_file_keeps_its_rows_when_started_again() {
        let path = std::env::temp_dir().join(format!("firepost-sandbox-{}.db", std::process::id()));
        let tables = Tables::default();

        let first = Dynamo::at(&path).await.unwrap();
        create_tables(&first.client(), &tables).await.unwrap();
        let topic = AttributeValue::S("topic".to_owned());
        first
            .client()
            .put_item()
            .table_name(&tables.trust)
            .item("key", topic.clone())
            .send()
            .await
            .unwrap();
        first.stop().await;

        let second = Dynamo::at(&path).await.unwrap();
        create_tables(&second.client(), &tables).await.unwrap();
        let kept = second
            .client()
            .get_item()
            .table_name(&tables.trust)
            .key("key", topic)
            .send()
            .await
            .unwrap();
        assert!(kept.item.is_some(), "the row was lost");

        second.stop().await;
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_named_in_the_error() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = holder.local_addr().unwrap().port();
        let path = std::env::temp_dir().join(format!("firepost-sandbox-port-{}.db", std::process::id()));

        let error = Dynamo::at_port(&path, port).await.unwrap_err();

        assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
        let _ = std::fs::remove_file(path);
    }
}
