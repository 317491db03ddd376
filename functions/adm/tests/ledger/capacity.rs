//! What a report costs, measured by the store.

use std::sync::{Arc, Mutex};

use adm::{Instance, Ledger, Shards, Topic};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

use crate::world::{TABLE, World, failed, noon, report};

#[tokio::test]
async fn a_report_costs_one_read_and_one_transaction_of_two_rows() {
    let world = World::new().await;
    world.subscribe(["tablet"], "news").await;
    let (ledger, meter) = metered(&world);

    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(meter.bills(), [("read", 10.0), ("write", 4.0)]);
    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(meter.bills(), [("read", 10.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(meter.bills(), [("read", 1.0), ("read", 8.0), ("write", 4.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(meter.bills(), [("read", 1.0)]);
    let busy = failed("phone", "onSubscribeError", "news", "TOO_MANY_REQUESTS");
    ledger.record(&busy, noon()).await.unwrap();
    assert_eq!(meter.bills(), [("read", 1.0), ("write", 2.0)]);
}

#[tokio::test]
async fn the_first_and_the_last_one_on_a_topic_cost_ten_rows() {
    let world = World::new().await;
    let (ledger, meter) = metered(&world);

    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(meter.bills(), [("read", 10.0), ("write", 20.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(meter.bills(), [("read", 1.0), ("read", 8.0), ("write", 20.0)]);
}

#[tokio::test]
async fn an_assignment_costs_one_read_and_for_a_full_shard_another_one() {
    let world = World::new().await;
    let (ledger, meter) = metered(&world);
    let (shards, topic) = (Shards::parse("weather=4").unwrap(), Topic::new("weather").unwrap());
    let who = Instance::new("phone").unwrap();

    let first = ledger.assign(&shards, &topic, &who).await.unwrap().subscribe_to;
    assert_eq!(meter.bills(), [("read", 9.0)]);
    world.fill(&first, 9_500).await;
    ledger.assign(&shards, &topic, &who).await.unwrap();
    assert_eq!(meter.bills(), [("read", 9.0), ("read", 32.0)]);
}

fn metered(world: &World) -> (Ledger, Meter) {
    let meter = Meter::default();
    let client = Client::from_conf(world.client.config().to_builder().interceptor(meter.clone()).build());
    (Ledger::new(client, TABLE), meter)
}

/// Asks every call for its bill and keeps it.
#[derive(Clone, Debug, Default)]
struct Meter(Arc<Mutex<Vec<(&'static str, f64)>>>);

impl Meter {
    /// The bills since the last time.
    fn bills(&self) -> Vec<(&'static str, f64)> {
        std::mem::take(&mut *self.0.lock().unwrap())
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
        let bill = Some(ReturnConsumedCapacity::Total);
        let input = context.input_mut();
        if let Some(read) = input.downcast_mut::<BatchGetItemInput>() {
            read.return_consumed_capacity = bill;
        } else {
            let write = input.downcast_mut::<TransactWriteItemsInput>().expect("a write");
            write.return_consumed_capacity = bill;
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
        let (kind, bills) = match output.downcast_ref::<BatchGetItemOutput>() {
            Some(read) => ("read", read.consumed_capacity()),
            None => {
                let write = output.downcast_ref::<TransactWriteItemsOutput>().expect("a write");
                ("write", write.consumed_capacity())
            }
        };
        let units = bills.iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.0.lock().unwrap().push((kind, units));
        Ok(())
    }
}
