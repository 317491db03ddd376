//! What things cost, measured by the store.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Acquired, Registry, Segment};
use sandbox::dynamo::{BillKind, Meter};

use crate::world::{World, application, arn, at, attempt, device_key, done, registration, registry};

#[tokio::test]
async fn a_registration_costs_two_reads_and_a_transaction_of_two_rows() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    let register = async |device, token, second| {
        let registered = registry
            .register(&registration(device, token, second), &attempt("one", second))
            .await;
        (registered.unwrap().device, total(&meter))
    };

    // The first, the next, and the same again.
    assert_eq!(register("phone", "t1", 1).await.1, bill(2.0, 4.0));
    assert_eq!(register("phone", "t1", 2).await.1, bill(2.0, 4.0));
    assert_eq!(register("phone", "t1", 2).await.1, bill(2.0, 0.0));
    // Another token: the claim on the former one too.
    let (phone, cost) = register("phone", "t2", 3).await;
    assert_eq!(cost, bill(3.0, 6.0));
    done(registry.bind(&phone, &arn("a"), &attempt("one", 3)).await.unwrap());
    assert_eq!(total(&meter), bill(1.0, 4.0));
    // Another device: the one that had the token, and the owner of its endpoint, too.
    assert_eq!(register("tablet", "t2", 4).await.1, bill(3.0, 8.0));
}

#[tokio::test]
async fn a_change_of_one_row_costs_one_unit_and_a_checkpoint_four() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;

    let seen = done(registry.enabling(&seen, &attempt("one", 2)).await.unwrap());
    assert_eq!(total(&meter), bill(0.0, 1.0));
    let _ = registry
        .endpoint_disabled(&arn("a"), at(3), &attempt("one", 3))
        .await
        .unwrap();
    assert_eq!(total(&meter), bill(2.0, 1.0));
    let _ = registry.by_token(&application(), &seen.token, at(3)).await.unwrap();
    assert_eq!(total(&meter), bill(2.0, 0.0));
    let lasts = Duration::from_secs(60);
    let Acquired::Go(mut lease) = registry.acquire(&application(), &attempt("one", 3), lasts).await.unwrap() else {
        panic!("nobody else asks")
    };
    assert_eq!(total(&meter), bill(1.0, 1.0));
    let id = registry::RunId::parse("noon").unwrap();
    let report = registry::Report::new("{}").unwrap();
    let _ = registry.file_report(&mut lease, &id, &report, at(4)).await.unwrap();
    assert_eq!(total(&meter), bill(0.0, 4.0));
}

#[tokio::test]
async fn a_page_costs_half_a_unit_for_each_four_kilobytes_of_the_table() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    let token = "x".repeat(160);
    for n in 0..20 {
        let id = format!("7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a29{n:02}");
        let registered = world.register(&id, &format!("{token}{n}"), 1).await;
        let endpoint = format!("bdf172d4-f9b4-3b76-bc0b-f2aaaaaaaa{n:02}");
        done(
            world
                .registry
                .bind(&registered.device, &arn(&endpoint), &attempt(REQUEST_ID, 1))
                .await
                .unwrap(),
        );
    }
    let rows = world.rows().await;
    let sizes = rows
        .iter()
        .map(|(key, row)| ("key".len() + key.len() + size(row), key.split('#').next().unwrap()));
    let mut largest = std::collections::BTreeMap::new();
    for (bytes, kind) in sizes.clone() {
        let most = largest.entry(kind).or_insert(0);
        *most = bytes.max(*most);
    }
    insta::assert_debug_snapshot!(largest, @r#"
    {
        "device": 496,
        "endpoint": 143,
        "token": 183,
    }
    "#);
    let all: usize = sizes.map(|(bytes, _)| bytes).sum();

    let page = registry
        .page(&application(), Segment::WHOLE, None, 1_000, at(1))
        .await
        .unwrap();

    assert_eq!(page.devices.len(), 20);
    let units = total(&meter).read;
    let expected = all as f64 / 4_096.0 * 0.5;
    assert!((units - expected).abs() < 1.0, "{units} for {all} bytes");
    assert!(rows.contains_key(&device_key("7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2900")));
}

/// As DynamoDB counts: names and values
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
fn size(row: &crate::world::Row) -> usize {
    let bytes = row.iter().map(|(name, value)| {
        let value = match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            other => panic!("not in these rows: {other:?}"),
        };
        name.len() + value
    });
    bytes.sum()
}

const REQUEST_ID: &str = "0f1e2d3c-4b5a-4697-8877-665544332211";

fn metered(world: &World) -> (Registry, Meter) {
    let (client, meter) = Meter::of(&world.client);
    (registry(&client), meter)
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bill {
    read: f64,
    written: f64,
}

fn bill(read: f64, written: f64) -> Bill {
    Bill { read, written }
}

/// The bills since the last time, added up.
fn total(meter: &Meter) -> Bill {
    let mut total = Bill::default();
    for bill in meter.bills() {
        match bill.kind {
            BillKind::Read => total.read += bill.units,
            BillKind::Write => total.written += bill.units,
        }
    }
    total
}
