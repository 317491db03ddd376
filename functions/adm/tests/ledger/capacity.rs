//! What a report costs, measured by the store.

use adm::{Instance, Ledger, Shards, Topic};
use sandbox::dynamo::{BillKind, Meter};

use crate::world::{TABLE, World, failed, noon, report};

#[tokio::test]
async fn a_report_costs_one_read_and_one_transaction_of_two_rows() {
    let world = World::new().await;
    world.subscribe(["tablet"], "news").await;
    let (ledger, meter) = metered(&world);

    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(bills(&meter), [("read", 10.0), ("write", 4.0)]);
    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(bills(&meter), [("read", 10.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(bills(&meter), [("read", 1.0), ("read", 8.0), ("write", 4.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(bills(&meter), [("read", 1.0)]);
    let busy = failed("phone", "onSubscribeError", "news", "TOO_MANY_REQUESTS");
    ledger.record(&busy, noon()).await.unwrap();
    assert_eq!(bills(&meter), [("read", 1.0), ("write", 2.0)]);
}

#[tokio::test]
async fn the_first_and_the_last_one_on_a_topic_cost_ten_rows() {
    let world = World::new().await;
    let (ledger, meter) = metered(&world);

    ledger.record(&report("phone", "onSubscribe", "news"), noon()).await.unwrap();
    assert_eq!(bills(&meter), [("read", 10.0), ("write", 20.0)]);
    ledger
        .record(&report("phone", "onUnsubscribe", "news"), noon())
        .await
        .unwrap();
    assert_eq!(bills(&meter), [("read", 1.0), ("read", 8.0), ("write", 20.0)]);
}

#[tokio::test]
async fn an_assignment_costs_one_read_and_for_a_full_shard_another_one() {
    let world = World::new().await;
    let (ledger, meter) = metered(&world);
    let (shards, topic) = (Shards::parse("weather=4").unwrap(), Topic::new("weather").unwrap());
    let who = Instance::new("phone").unwrap();

    let first = ledger.assign(&shards, &topic, &who).await.unwrap().subscribe_to;
    assert_eq!(bills(&meter), [("read", 9.0)]);
    world.fill(&first, 9_500).await;
    ledger.assign(&shards, &topic, &who).await.unwrap();
    assert_eq!(bills(&meter), [("read", 9.0), ("read", 32.0)]);
}

fn metered(world: &World) -> (Ledger, Meter) {
    let (client, meter) = Meter::of(&world.client);
    (Ledger::new(client, TABLE), meter)
}

/// The bills since the last time.
fn bills(meter: &Meter) -> Vec<(&'static str, f64)> {
    let bills = meter.bills().into_iter();
    bills
        .map(|bill| match bill.kind {
            BillKind::Read => ("read", bill.units),
            BillKind::Write => ("write", bill.units),
        })
        .collect()
}
