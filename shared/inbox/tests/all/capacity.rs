//! What a delivery costs, measured by the store.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use inbox::{Attempt, Recorded};

use crate::world::{Message, World, attempt, inbox, message, noon, seconds};

#[tokio::test]
async fn a_first_delivery_costs_one_write_unit_and_one_of_the_index() {
    let world = World::new().await;
    let meter = Meter::default();
    let metered = Client::from_conf(world.client.config().to_builder().interceptor(meter.clone()).build());

    let recorded = inbox(&metered)
        .record(&message().entry(), &attempt(REQUEST_ID))
        .await
        .unwrap();

    assert_eq!((recorded, row_bytes(&world).await), (Recorded::New, 695));
    assert_eq!(meter.readings(), [Reading { table: 1.0, index: 1.0 }]);
}

#[tokio::test]
async fn a_message_of_the_longest_known_kind_still_costs_one_write_unit() {
    let world = World::new().await;
    let meter = Meter::default();
    let metered = Client::from_conf(world.client.config().to_builder().interceptor(meter.clone()).build());

    inbox(&metered)
        .record(&longest_known().entry(), &attempt(REQUEST_ID))
        .await
        .unwrap();

    assert_eq!(row_bytes(&world).await, 844);
    assert_eq!(meter.readings(), [Reading { table: 1.0, index: 1.0 }]);
}

#[tokio::test]
async fn a_duplicate_is_one_refused_write_of_one_unit_and_no_read() {
    let world = World::new().await;
    let (inbox, faults) = world.with_faults().await;
    inbox.record(&message().entry(), &attempt(REQUEST_ID)).await.unwrap();
    let before = faults.all_calls();

    let again = Attempt {
        id: "another",
        now: noon() + seconds(1),
    };
    assert_eq!(inbox.record(&message().entry(), &again).await.unwrap(), Recorded::Duplicate);

    // A refused write is charged by the size of the row in its way, and its answer does not say so:
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
    assert_eq!((faults.all_calls() - before, faults.calls("PutItem")), (1, 2));
    assert!(row_bytes(&world).await <= 1024);
}

const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/// A plan change: the longest type, two receipts of the longest known form.
fn longest_known() -> Message {
    let receipt = "bsw3Wi6w17Ngdabggckh61kmmFhfwlfT9nPZeLfh83k=:1:11+Sheet2!A1+";
    let raw = format!(
        concat!(
            r#"{{"receiptId":"{0}","relatedReceipts": {{"cancelledReceiptId":"{0}"}},"#,
            r#""appUserId":"kyplB1fdRX1m6/GNAVW0l6jv9Nl1V/GemSopKBHM84w=","#,
            r#""notificationType":"SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID","#,
            r#""appPackageName":"com.playrix.gardenscapes.amazon","timestamp":1588086967189, "betaProductTransaction":false,}}"#
        ),
        receipt
    );
    let subject = format!("rtn#com.playrix.gardenscapes.amazon#{receipt}");
    Message {
        repaired: true,
        ..message()
            .subject(subject)
            .event("0001588086967189#SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID")
            .raw(raw)
    }
}

/// The size of the only row as DynamoDB counts it:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
async fn row_bytes(world: &World) -> usize {
    let [item] = &world.items().await[..] else { panic!("one row") };
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        // One byte per two significant digits and one more; none of ours ends in many zeros.
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::Bool(_) => 1,
        other => panic!("not in these rows: {other:?}"),
    }
}

/// Asks every write for its bill and keeps it.
#[derive(Clone, Debug, Default)]
struct Meter(Arc<Mutex<Vec<Reading>>>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    table: f64,
    index: f64,
}

impl Meter {
    fn readings(&self) -> Vec<Reading> {
        self.0.lock().unwrap().clone()
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
        let put = context.input_mut().downcast_mut::<PutItemInput>().expect("a write");
        put.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
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
        let bill = output
            .downcast_ref::<PutItemOutput>()
            .expect("a write")
            .consumed_capacity()
            .expect("a bill");
        let table = bill
            .table()
            .and_then(|capacity| capacity.capacity_units())
            .expect("the table's part");
        let index = bill
            .global_secondary_indexes()
            .and_then(|indexes| indexes["due"].capacity_units())
            .expect("the index's part");
        self.0.lock().unwrap().push(Reading { table, index });
        Ok(())
    }
}
