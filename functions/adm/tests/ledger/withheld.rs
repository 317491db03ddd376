//! Reads that DynamoDB answers in part.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use adm::{Ledger, LedgerOutcome};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::FinalizerInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use inbox::StoreError;

use crate::world::{TABLE, World, noon, report};

#[tokio::test]
async fn rows_that_are_withheld_are_asked_for_again() {
    let world = World::new().await;
    world.subscribe(["phone", "tablet"], "news").await;

    let again = withholding(&world, 3)
        .record(&report("phone", "onSubscribe", "news"), noon())
        .await;

    assert_eq!(again.unwrap().outcome, LedgerOutcome::Unchanged);
    let overview = withholding(&world, 3).overview().await.unwrap();
    assert_eq!(overview.topics[0].instances, 2);
}

#[tokio::test]
async fn rows_that_are_withheld_again_and_again_are_not_taken_for_absent() {
    let world = World::new().await;
    world.subscribe(["phone", "tablet"], "news").await;

    let failed = withholding(&world, 4)
        .record(&report("phone", "onSubscribe", "news"), noon())
        .await;

    let Err(error @ StoreError::Unavailable(_)) = failed else {
        panic!("{failed:?}")
    };
    let cause = error.source().unwrap();
    assert_eq!(cause.to_string(), "BatchGetItem got no answer");
    assert_eq!(cause.source().unwrap().to_string(), "some rows were withheld again and again");
}

/// The ledger through a client whose next reads each lack a row.
fn withholding(world: &World, reads: usize) -> Ledger {
    let withhold = Withhold(Arc::new(AtomicUsize::new(reads)));
    let client = Client::from_conf(world.client.config().to_builder().interceptor(withhold).build());
    Ledger::new(client, TABLE)
}

/// Takes the first row out of this many reads and puts its key among those that DynamoDB did not come to.
#[derive(Debug)]
struct Withhold(Arc<AtomicUsize>);

impl Intercept for Withhold {
    fn name(&self) -> &'static str {
        "Withhold"
    }

    fn modify_before_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Ok(output)) = context.output_or_error_mut() else {
            return Ok(());
        };
        let Some(read) = output.downcast_mut::<BatchGetItemOutput>() else {
            return Ok(());
        };
        let rows = read.responses.as_mut().and_then(|tables| tables.get_mut(TABLE)).unwrap();
        let left = self.0.load(Ordering::SeqCst);
        if left > 0 && !rows.is_empty() {
            self.0.store(left - 1, Ordering::SeqCst);
            let key = HashMap::from([("key".to_owned(), rows.remove(0)["key"].clone())]);
            let rest = KeysAndAttributes::builder().keys(key).build().unwrap();
            read.unprocessed_keys = Some(HashMap::from([(TABLE.to_owned(), rest)]));
        }
        Ok(())
    }
}
