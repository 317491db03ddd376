//! What happens between the read and the write of a report.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use adm::{Ledger, LedgerOutcome, Report};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::world::{TABLE, World, noon, report};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_while_the_last_one_leaves_is_the_first_one_again() {
    let world = World::new().await;
    world.subscribe(["phone"], "news").await;

    let joins = report("tablet", "onSubscribe", "news");
    let outcome = record_while(&world, &joins, report("phone", "onUnsubscribe", "news")).await;

    assert_eq!(outcome, LedgerOutcome::Subscribed);
    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 1)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_while_another_one_joins_is_not_the_last_one() {
    // One that shares a part of the count with the other one, and one that does not, are among these.
    for tablet in (0..24).map(|n| format!("tablet-{n}")) {
        let world = World::new().await;
        world.subscribe(["phone"], "news").await;

        let leaves = report("phone", "onUnsubscribe", "news");
        let outcome = record_while(&world, &leaves, report(&tablet, "onSubscribe", "news")).await;

        assert_eq!(outcome, LedgerOutcome::Unsubscribed);
        assert_eq!(
            world.memberships().await,
            BTreeMap::from([("news".to_owned(), 1)]),
            "{tablet}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_joins_another_topic_while_it_leaves_its_only_one_is_on_that() {
    let world = World::new().await;
    world.subscribe(["phone"], "news").await;

    let leaves = report("phone", "onUnsubscribe", "news");
    let outcome = record_while(&world, &leaves, report("phone", "onSubscribe", "sport")).await;

    assert_eq!(outcome, LedgerOutcome::Unsubscribed);
    assert_eq!(world.memberships().await, BTreeMap::from([("sport".to_owned(), 1)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_two_that_leave_at_the_same_moment_may_leave_an_empty_topic() {
    let world = World::new().await;
    world.subscribe(["phone", "tablet"], "news").await;

    let leaves = report("phone", "onUnsubscribe", "news");
    record_while(&world, &leaves, report("tablet", "onUnsubscribe", "news")).await;

    assert_eq!(world.memberships().await, BTreeMap::from([("news".to_owned(), 0)]));
    assert_eq!(world.ledger.overview().await.unwrap().topics, []);
    // Whoever is its last one next does not.
    world.subscribe(["tv"], "news").await;
    world.record(&report("tv", "onUnsubscribe", "news")).await;
    assert_eq!(world.memberships().await, BTreeMap::new());
}

/// Records a report, and another one after the first has read and before it writes.
async fn record_while(world: &World, report: &Report, other: Report) -> LedgerOutcome {
    let meanwhile = Meanwhile {
        ledger: world.ledger.clone(),
        report: Arc::new(Mutex::new(Some(other))),
    };
    let client = Client::from_conf(world.client.config().to_builder().interceptor(meanwhile.clone()).build());
    let recorded = Ledger::new(client, TABLE).record(report, noon()).await.unwrap();
    assert_eq!(*meanwhile.report.lock().unwrap(), None);
    recorded.outcome
}

/// Records its report when the first transaction is about to go out.
#[derive(Clone, Debug)]
struct Meanwhile {
    ledger: Ledger,
    report: Arc<Mutex<Option<Report>>>,
}

impl Intercept for Meanwhile {
    fn name(&self) -> &'static str {
        "Meanwhile"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.input_mut().downcast_mut::<TransactWriteItemsInput>().is_some()
            && let Some(report) = self.report.lock().unwrap().take()
        {
            let recorded = block_in_place(|| Handle::current().block_on(self.ledger.record(&report, noon())));
            recorded.unwrap();
        }
        Ok(())
    }
}
