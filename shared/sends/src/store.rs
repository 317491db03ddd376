//! The two calls to the table: a conditional write that shows the row in its way, and a consistent read.

use std::time::Duration;

use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use inbox::StoreError;

use crate::Sends;
use crate::condition::Condition;
use crate::item::text;
use crate::key::SendKey;
use crate::row::Row;
use crate::table;

/// A row and the condition under which it replaces what is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) row: Row,
    pub(crate) condition: Condition,
}

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Done,
    /// The condition did not hold of this row, or of none.
    Refused(Option<Row>),
}

impl Sends {
    /// Writes a row if its condition holds. With a limit the whole of it, repetitions included, takes no longer.
    pub(crate) async fn put(&self, write: &Write, limit: Option<Duration>) -> Result<Put, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(write.row.to_item()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut put = write.condition.guard(put).customize();
        if let Some(limit) = limit {
            let timeouts = TimeoutConfig::builder().operation_timeout(limit).build();
            put = put.config_override(Config::builder().timeout_config(timeouts));
        }
        match put.send().await {
            Ok(_) => Ok(Put::Done),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                refused(error.into_err())
            }
            Err(error) => Err(StoreError::from_sdk("PutItem", error)),
        }
    }

    /// Opens the connection to the store, by a look at a row that there never is. While a function starts, Lambda gives it a whole core,
    /// and nobody waits yet. What fails here, the first request meets as well, and answers.
    pub async fn prepare(&self) {
        let _ = self.read(&SendKey::of_nothing()).await;
    }

    /// The row as it is now. A read that is not consistent may miss what its reader has been told already.
    pub(crate) async fn read(&self, key: &SendKey) -> Result<Option<Row>, StoreError> {
        self.client
            .get_item()
            .table_name(&self.table)
            .key(table::KEY, text(key.as_str()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("GetItem", error))?
            .item
            .map(Row::from_item)
            .transpose()
    }
}

/// The old row comes with the refusal.
fn refused(error: PutItemError) -> Result<Put, StoreError> {
    let PutItemError::ConditionalCheckFailedException(failed) = error else {
        return Err(StoreError::OccupantHidden);
    };
    Ok(Put::Refused(failed.item.map(Row::from_item).transpose()?))
}
