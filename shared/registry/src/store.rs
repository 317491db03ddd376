//! The calls to the table: a consistent read of one row, and a write of one or more rows that is performed as a whole or not at all.
//!
//! DynamoDB cancels a write whose condition does not hold, and one that meets another at a row. Both mean that somebody else was faster,
//! or that the SDK has repeated a write of one row whose answer was lost: whoever wrote reads again, and knows its own row when it sees it.
//! The SDK gives each transaction a token, so that its own repetition is not performed twice and is answered as the first would have been:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use inbox::StoreError;

use crate::Registry;
use crate::condition::Condition;
use crate::item::{Item, text};
use crate::table;

/// A change of one row, and when it may be made.
#[derive(Clone)]
pub(crate) struct Write {
    pub(crate) key: String,
    /// The row as it is to be; `None` deletes it.
    pub(crate) item: Option<Item>,
    pub(crate) condition: Condition,
}

/// What became of a write.
#[must_use]
pub(crate) enum Commit {
    Done,
    /// Nothing was performed, this time: the rows are not what they were when they were read.
    Overtaken(StoreError),
}

impl Write {
    pub(crate) fn put(key: String, item: Item, condition: Condition) -> Self {
        let item = Some(item);
        Self { key, item, condition }
    }

    pub(crate) fn delete(key: String, condition: Condition) -> Self {
        let item = None;
        Self { key, item, condition }
    }

    fn into_action(self, table: &str) -> TransactWriteItem {
        let condition = self.condition.expression();
        let action = TransactWriteItem::builder();
        let action = match self.item {
            Some(item) => action.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(item))
                    .condition_expression(condition.text)
                    .set_expression_attribute_names(Some(condition.names))
                    .set_expression_attribute_values(condition.values)
                    .build()
                    .expect("the table and the item are set"),
            ),
            None => action.delete(
                Delete::builder()
                    .table_name(table)
                    .key(table::KEY, text(&self.key))
                    .condition_expression(condition.text)
                    .set_expression_attribute_names(Some(condition.names))
                    .set_expression_attribute_values(condition.values)
                    .build()
                    .expect("the table and the key are set"),
            ),
        };
        action.build()
    }
}

impl Registry {
    /// The row as it is now. A read that is not consistent may miss what its reader has been told already.
    pub(crate) async fn row(&self, key: &str) -> Result<Option<Item>, StoreError> {
        let read = self.client.get_item().table_name(&self.table);
        let read = read.key(table::KEY, text(key)).consistent_read(true).send().await;
        Ok(read.map_err(|error| StoreError::from_sdk("GetItem", error))?.item)
    }

    /// Opens the connection to the store, by a look at a row that there never is. While a function starts, Lambda gives it a whole core,
    /// and nobody waits yet. What fails here, the first request meets as well, and answers.
    pub async fn prepare(&self) {
        let _ = self.row(NOBODY).await;
    }

    /// Makes all of the changes, or none.
    pub(crate) async fn commit(&self, mut writes: Vec<Write>) -> Result<Commit, StoreError> {
        match (writes.pop(), writes.is_empty()) {
            (None, _) => Ok(Commit::Done),
            (
                Some(Write {
                    item: Some(item),
                    condition,
                    ..
                }),
                true,
            ) => self.commit_one(item, condition).await,
            (Some(last), _) => {
                writes.push(last);
                self.commit_all(writes).await
            }
        }
    }

    async fn commit_one(&self, item: Item, condition: Condition) -> Result<Commit, StoreError> {
        let condition = condition.expression();
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition.text)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(condition.values)
            .send()
            .await;
        match put {
            Ok(_) => Ok(Commit::Done),
            Err(error) => {
                let is_overtaken = matches!(
                    error.code(),
                    Some("ConditionalCheckFailedException" | "TransactionConflictException")
                );
                sorted(is_overtaken, StoreError::from_sdk::<PutItemError>("PutItem", error))
            }
        }
    }

    async fn commit_all(&self, writes: Vec<Write>) -> Result<Commit, StoreError> {
        let actions = writes.into_iter().map(|write| write.into_action(&self.table)).collect();
        let transaction = self.client.transact_write_items().set_transact_items(Some(actions));
        match transaction.send().await {
            Ok(_) => Ok(Commit::Done),
            Err(error) => sorted(is_overtaken(&error), StoreError::from_sdk("TransactWriteItems", error)),
        }
    }
}

fn sorted(is_overtaken: bool, error: StoreError) -> Result<Commit, StoreError> {
    match is_overtaken {
        true => Ok(Commit::Overtaken(error)),
        false => Err(error),
    }
}

fn is_overtaken(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return false;
    };
    let mut codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    codes.any(|code| matches!(code, "ConditionalCheckFailed" | "TransactionConflict"))
}

/// Rows that have changed with every look at them.
pub(crate) fn restless() -> StoreError {
    StoreError::from_sdk::<GetItemError>("GetItem", SdkError::construction_failure(Restless))
}

#[derive(Debug, thiserror::Error)]
#[error("the rows changed with every look at them")]
struct Restless;

/// How often rows are read and written anew when somebody else was faster. Each try comes after a read, which takes about as long as
/// the write that was in the way.
pub(crate) const MOST_TRIES: u32 = 8;

/// The key of a device without an application: no row has it, and whoever may read devices may ask for it.
const NOBODY: &str = "device#";
