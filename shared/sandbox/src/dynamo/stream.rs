//! The stream of a table, as Lambda hands it to a function.
//!
//! Promises every change of a table that has a stream, in order, in the events of "Using AWS Lambda with Amazon DynamoDB" (AWS
//! Lambda Developer Guide), and a way back for a batch of which a part has failed. The store has one shard, keeps its records for
//! ever where AWS keeps them for 24 hours, and records a write that changes nothing, which AWS does not. It is read inside the
//! process: faults between a function and its stream are Lambda's to deal with.

use std::error::Error;

use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};

/// A reader of one table's stream, with a place of its own. It keeps the database open for as long as it lives.
pub struct TableStream {
    shard: Shard,
    iterator: String,
}

/// Where a reader begins ("GetShardIterator", Amazon DynamoDB Streams API Reference).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamStart {
    /// Behind the newest record.
    Latest,
    /// At the oldest record that is kept.
    TrimHorizon,
}

/// Why a stream cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The table is absent, or its stream is off.
    #[error("table {table} has no stream")]
    NoStream {
        /// The table asked for.
        table: String,
    },
    /// The store says no, or the sequence number is none of the stream's.
    #[error("the stream of table {table} cannot be read")]
    Read {
        /// The table.
        table: String,
        /// What the store said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl TableStream {
    pub(super) async fn open(database: Database, table: &str, start: StreamStart) -> Result<Self, StreamError> {
        let shard = Shard::of(database, table).await?;
        let iterator = shard
            .iterator(match start {
                StreamStart::Latest => ("LATEST", None),
                StreamStart::TrimHorizon => ("TRIM_HORIZON", None),
            })
            .await?;
        Ok(Self { shard, iterator })
    }

    /// The event of the next changes, up to `most` and never more than 1,000; nothing when there are none.
    pub async fn next(&mut self, most: usize) -> Result<Option<Value>, StreamError> {
        let request = GetRecordsRequest {
            shard_iterator: self.iterator.clone(),
            limit: Some(most),
        };
        let answer = self.shard.ask(move |database| database.get_records(request)).await?;
        if let Some(iterator) = answer.next_shard_iterator {
            self.iterator = iterator;
        }
        let records: Vec<Value> = answer.records.into_iter().map(|record| self.shard.record(record)).collect();
        Ok((!records.is_empty()).then(|| json!({ "Records": records })))
    }

    /// Goes back, or on, to a record: the next event begins with it, as after a response with this `itemIdentifier` among its
    /// `batchItemFailures`.
    pub async fn rewind_to(&mut self, sequence_number: &str) -> Result<(), StreamError> {
        let at = ("AT_SEQUENCE_NUMBER", Some(sequence_number.to_owned()));
        self.iterator = self.shard.iterator(at).await?;
        Ok(())
    }
}

/// The store's one shard of a table's stream.
struct Shard {
    database: Database,
    table: String,
    /// As the store calls the stream, with a region and an account of its own.
    stream_arn: String,
    shard_id: String,
}

impl Shard {
    async fn of(database: Database, table: &str) -> Result<Self, StreamError> {
        let mut shard = Self {
            database,
            table: table.to_owned(),
            stream_arn: String::new(),
            shard_id: String::new(),
        };
        let no_stream = || StreamError::NoStream { table: table.to_owned() };
        let request = ListStreamsRequest {
            table_name: Some(table.to_owned()),
            ..ListStreamsRequest::default()
        };
        let streams = shard.ask(move |database| database.list_streams(request)).await?.streams;
        shard.stream_arn = streams.into_iter().next().ok_or_else(no_stream)?.stream_arn;
        let request = DescribeStreamRequest {
            stream_arn: shard.stream_arn.clone(),
            ..DescribeStreamRequest::default()
        };
        let stream = shard.ask(move |database| database.describe_stream(request)).await?;
        let shards = stream.stream_description.shards;
        shard.shard_id = shards.into_iter().next().ok_or_else(no_stream)?.shard_id;
        Ok(shard)
    }

    async fn iterator(&self, (kind, sequence_number): (&str, Option<String>)) -> Result<String, StreamError> {
        let request = GetShardIteratorRequest {
            stream_arn: self.stream_arn.clone(),
            shard_id: self.shard_id.clone(),
            shard_iterator_type: kind.to_owned(),
            sequence_number,
        };
        let answer = self.ask(move |database| database.get_shard_iterator(request)).await?;
        answer.shard_iterator.ok_or_else(|| StreamError::NoStream {
            table: self.table.clone(),
        })
    }

    /// The store waits for its file and for other requests, so it is asked where waiting harms nobody.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Database) -> Result<T, DynoxideError> + Send + 'static,
    ) -> Result<T, StreamError> {
        let database = self.database.clone();
        let failed = |source: Box<dyn Error + Send + Sync>| StreamError::Read {
            table: self.table.clone(),
            source,
        };
        let answer = tokio::task::spawn_blocking(move || question(&database)).await;
        answer
            .map_err(|error| failed(error.into()))?
            .map_err(|error| failed(error.into()))
    }

    /// The store's record as AWS writes it: in a region and an account, at a whole second.
    fn record(&self, record: Record) -> Value {
        let created = record.dynamodb.approximate_creation_date_time;
        let mut record = json!(record);
        record["awsRegion"] = json!(REGION);
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(created.trunc() as i64);
        let label = self.stream_arn.rsplit('/').next().unwrap_or_default();
        let table = &self.table;
        record["eventSourceARN"] = json!(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/{label}"));
        record
    }
}

/// Where the clients of the sandbox think they are.
const REGION: &str = "us-east-1";

/// The account of AWS's pages.
const ACCOUNT: &str = "123456789012";

#[cfg(test)]
mod tests;
