//! What calls to the store cost, by the bills that the store writes.
//!
//! Every call that DynamoDB bills is asked for `ReturnConsumedCapacity`; a call that is refused has no bill
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html>).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// Keeps the bills of a client. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Vec<Bill>>>);

/// The bill of one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bill {
    /// Whether it was for reading or for writing.
    pub kind: BillKind,
    /// All units.
    pub units: f64,
    /// Those of the table, as far as the store tells them apart.
    pub table: f64,
    /// Those of each index, by name.
    pub indexes: BTreeMap<String, f64>,
}

/// What a call was billed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BillKind {
    /// Read units.
    #[default]
    Read,
    /// Write units.
    Write,
}

impl Meter {
    /// A client like `client`, whose bills are kept.
    pub fn of(client: &Client) -> (Client, Self) {
        let meter = Self::default();
        let config = client.config().to_builder().interceptor(meter.clone()).build();
        (Client::from_conf(config), meter)
    }

    /// The bills since the last time, in order.
    pub fn bills(&self) -> Vec<Bill> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Bill {
    fn of<'a>(kind: BillKind, parts: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Self {
        let mut bill = Self { kind, ..Self::default() };
        for part in parts {
            bill.units += part.capacity_units().unwrap_or_default();
            bill.table += part.table().and_then(|table| table.capacity_units()).unwrap_or_default();
            for (name, index) in part.global_secondary_indexes().into_iter().flatten() {
                *bill.indexes.entry(name.clone()).or_default() += index.capacity_units().unwrap_or_default();
            }
        }
        bill
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let bill = Some(ReturnConsumedCapacity::Indexes);
        let input = context.input_mut();
        if let Some(read) = input.downcast_mut::<GetItemInput>() {
            read.return_consumed_capacity = bill;
        } else if let Some(read) = input.downcast_mut::<BatchGetItemInput>() {
            read.return_consumed_capacity = bill;
        } else if let Some(scan) = input.downcast_mut::<ScanInput>() {
            scan.return_consumed_capacity = bill;
        } else if let Some(put) = input.downcast_mut::<PutItemInput>() {
            put.return_consumed_capacity = bill;
        } else if let Some(write) = input.downcast_mut::<TransactWriteItemsInput>() {
            write.return_consumed_capacity = bill;
        } else {
            return Err("the meter does not know this call".into());
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else {
            return Ok(());
        };
        let bill = if let Some(read) = output.downcast_ref::<GetItemOutput>() {
            Bill::of(BillKind::Read, Some(read.consumed_capacity().ok_or(UNBILLED)?))
        } else if let Some(read) = output.downcast_ref::<BatchGetItemOutput>() {
            Bill::of(BillKind::Read, read.consumed_capacity())
        } else if let Some(scan) = output.downcast_ref::<ScanOutput>() {
            Bill::of(BillKind::Read, Some(scan.consumed_capacity().ok_or(UNBILLED)?))
        } else if let Some(put) = output.downcast_ref::<PutItemOutput>() {
            Bill::of(BillKind::Write, Some(put.consumed_capacity().ok_or(UNBILLED)?))
        } else if let Some(write) = output.downcast_ref::<TransactWriteItemsOutput>() {
            Bill::of(BillKind::Write, write.consumed_capacity())
        } else {
            return Err("the meter does not know this call".into());
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(bill);
        Ok(())
    }
}

const UNBILLED: &str = "the store has written no bill";
