//! Writing: one transaction, done or not.
//!
//! DynamoDB cancels a transaction that meets another one at a row, or whose condition does not hold any more. Both mean that somebody
//! else was faster, and that the rows should be read again. The SDK gives each transaction a token, so that its own repetition after a
//! lost answer is not performed twice:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use inbox::StoreError;

use super::Ledger;

/// What became of a transaction.
pub(super) enum Written {
    Done,
    /// Nothing was performed: the rows are not what they were when they were read.
    Overtaken(StoreError),
}

impl Ledger {
    pub(super) async fn write(&self, actions: Vec<TransactWriteItem>) -> Result<Written, StoreError> {
        let transaction = self.client.transact_write_items().set_transact_items(Some(actions));
        match transaction.send().await {
            Ok(_) => Ok(Written::Done),
            Err(error) if is_overtaken(&error) => Ok(Written::Overtaken(failed(error))),
            Err(error) => Err(failed(error)),
        }
    }
}

fn is_overtaken(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return false;
    };
    let mut codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    codes.any(|code| matches!(code, "ConditionalCheckFailed" | "TransactionConflict"))
}

fn failed(error: SdkError<TransactWriteItemsError>) -> StoreError {
    StoreError::from_sdk("TransactWriteItems", error)
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}
