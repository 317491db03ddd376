//! What things cost, measured by the store.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Acquired, Grounds, Paper, Registration, Registry, Segment};
use sandbox::dynamo::{BillKind, Meter};

use crate::world::{World, application, arn, at, attempt, device_key, done, key, registration, registry, ticket, token};

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

    let seen = done(
        registry
            .enabling(&seen, ticket(1), Grounds::Confirmed, &attempt("one", 2))
            .await
            .unwrap(),
    );
    assert_eq!(total(&meter), bill(0.0, 1.0));
    let _ = registry
        .endpoint_disabled(&arn("a"), &token("t1"), at(3), &attempt("one", 3))
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
async fn a_token_that_goes_to_another_device_costs_nothing_more_for_what_goes_with_it() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    let said = Registration {
        subscriptions: Some(["news".to_owned()].into()),
        ..registration("phone", "t1", 1)
    };
    let phone = registry.register(&said, &attempt("one", 1)).await.unwrap().device;
    assert_eq!(total(&meter), bill(2.0, 4.0));
    let _ = registry.disabled(&phone.key, at(2), &attempt("one", 2)).await.unwrap();
    assert_eq!(total(&meter), bill(1.0, 1.0));

    let tablet = registry.register(&registration("tablet", "t1", 3), &attempt("one", 3)).await;
    let tablet = tablet.unwrap().device;
    assert_eq!((tablet.disabled_at, total(&meter)), (Some(at(2)), bill(3.0, 6.0)));
    let _ = registry
        .ended(&tablet, &tablet.inherited_subscriptions, &attempt("one", 4))
        .await;
    assert_eq!(total(&meter), bill(0.0, 1.0));
    // Whoever leaves it writes the claim anyway.
    let _ = registry.register(&registration("tablet", "t2", 5), &attempt("one", 5)).await;
    assert_eq!(total(&meter), bill(3.0, 6.0));
}

#[tokio::test]
async fn a_look_at_a_device_costs_two_reads_and_one_at_an_endpoint_one() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    world.says("phone", "t1", 1).await;
    world.says("tablet", "t1", 2).await;
    let standing = async |device: &str| {
        let standing = registry.standing(&key(device), at(3)).await.unwrap();
        assert_eq!(standing.unwrap().claimant, Some(key("tablet").id));
    };

    standing("tablet").await;
    assert_eq!(total(&meter), bill(2.0, 0.0));
    standing("phone").await;
    assert_eq!(total(&meter), bill(4.0, 0.0));
    let token = crate::world::token("t1");
    let _ = registry
        .claimant(&application(), token.digest().as_bytes(), at(3))
        .await
        .unwrap();
    assert_eq!(total(&meter), bill(2.0, 0.0));
    registry.condemn(&arn("a"), &attempt("one", 4)).await.unwrap();
    assert_eq!(total(&meter), bill(0.0, 1.0));
    registry.condemned(&arn("a")).await.unwrap();
    assert_eq!(total(&meter), bill(1.0, 0.0));
}

#[tokio::test]
async fn a_paper_costs_a_unit_for_each_kilobyte_and_the_end_of_a_run_what_a_checkpoint_does() {
    let world = World::new().await;
    let (registry, meter) = metered(&world);
    let lasts = Duration::from_secs(60);
    let Acquired::Go(mut lease) = registry.acquire(&application(), &attempt("one", 3), lasts).await.unwrap() else {
        panic!("nobody else asks")
    };
    let _ = total(&meter);
    let run = crate::completed::run("noon", 0, 1);
    let paper = Paper {
        kind: "fleet",
        number: 0,
    };

    // 10,000 endpoints of 33 bytes.
    let _ = registry
        .keep(lease.fence(), &application(), &run.id, paper, &[7; 330_000], at(4))
        .await
        .unwrap();
    assert_eq!(total(&meter), bill(0.0, 323.0));
    let _ = registry.kept(&application(), &run.id, paper).await.unwrap();
    assert_eq!(total(&meter), bill(81.0, 0.0));
    let _ = registry.finish(&mut lease, &run, at(5)).await.unwrap();
    assert_eq!(total(&meter), bill(0.0, 4.0));
    assert!(
        registry
            .take_up(&application(), lease.fence(), at(6))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(total(&meter), bill(1.0, 0.0));
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
