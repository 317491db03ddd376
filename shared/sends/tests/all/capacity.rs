//! What a send costs, measured by the store.

use std::cell::Cell;
use std::future::ready;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::dynamo::Meter;
use sends::{Standing, Stored, Wait};

use crate::world::{
    LEASE_IS_LOST, World, attempt, claim, evening, go, held, in_flight, noon, recorded, resend, seconds, sends, stopped,
};

#[tokio::test]
async fn a_send_costs_two_write_units() {
    let world = World::new().await;
    let (metered, meter) = Meter::of(&world.client);
    let sends = sends(&metered);

    let permit = go(sends.acquire(&claim(), &attempt(REQUEST_ID, seconds(0))).await.unwrap());
    assert_eq!(row_bytes(&world).await, 261);
    recorded(sends.complete(permit, &answer(), stopped(seconds(1)), evening()).await);
    assert_eq!(row_bytes(&world).await, 441);

    assert_eq!(units(&meter), [1.0, 1.0]);
}

#[tokio::test]
async fn a_look_of_one_who_waits_is_a_consistent_read_of_one_unit() {
    let world = World::new().await;
    let (metered, meter) = Meter::of(&world.client);
    let _permit = world.permit(&claim(), REQUEST_ID, seconds(0)).await;
    let sends = sends(&metered);
    let now = Cell::new(noon());
    let sleep = |duration: Duration| {
        now.set(now.get() + duration);
        ready(())
    };
    let (claim, second) = (claim(), attempt("second", seconds(0)));

    let waited = sends.acquire_within(&claim, &second, Wait::seconds(1), || now.get(), sleep);

    // The refused write shows no bill, and four looks fit into a second.
    assert_eq!((held(waited.await.unwrap()), units(&meter)), (in_flight(13), vec![1.0; 4]));
}

#[tokio::test]
async fn taking_over_costs_the_refused_write_and_one_more() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let _crashed = world.permit(&resend(), "first", seconds(0)).await;

    let permit = go(sends.acquire(&resend(), &attempt(REQUEST_ID, LEASE_IS_LOST)).await.unwrap());

    assert_eq!((permit.attempt(), faults.all_calls()), (2, 2));
    assert_eq!(faults.calls("PutItem"), 2);
}

#[tokio::test]
async fn whoever_may_not_send_costs_one_refused_write_and_no_read() {
    let world = World::new().await;
    let (sends, faults) = world.with_faults().await;
    let permit = world.permit(&claim(), REQUEST_ID, seconds(0)).await;

    let standing = held(sends.acquire(&claim(), &attempt("second", seconds(0))).await.unwrap());
    assert_eq!((standing, faults.all_calls(), faults.calls("PutItem")), (in_flight(14), 1, 1));

    recorded(world.sends.complete(permit, &answer(), stopped(seconds(1)), evening()).await);
    let standing = held(sends.acquire(&claim(), &attempt("third", seconds(2))).await.unwrap());
    // A refused write is charged by the size of the row in its way, and its answer does not say so:
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
    assert_eq!(
        (standing, faults.all_calls(), faults.calls("PutItem")),
        (Standing::Replay(answer()), 2, 2)
    );
    assert!(row_bytes(&world).await <= 1024);
}

const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/// An answer of the documented form, as long as ADM's are.
fn answer() -> Stored {
    let id = format!("amzn1.adm-message.v1.{}", "x".repeat(60));
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-amzn-requestid".to_owned(), REQUEST_ID.to_owned()),
    ];
    Stored::new(200, headers.into(), format!(r#"{{"messageId":"{id}"}}"#)).unwrap()
}

/// The size of the only row as DynamoDB counts it:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
async fn row_bytes(world: &World) -> usize {
    world
        .row()
        .await
        .iter()
        .map(|(name, value)| name.len() + value_bytes(value))
        .sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        // One byte per two significant digits and one more; none of ours ends in many zeros.
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        // Three bytes, and one for each member.
        AttributeValue::M(members) => {
            3 + members
                .iter()
                .map(|(name, value)| 1 + name.len() + value_bytes(value))
                .sum::<usize>()
        }
        other => panic!("not in these rows: {other:?}"),
    }
}

/// The bill of each call.
fn units(meter: &Meter) -> Vec<f64> {
    meter.bills().into_iter().map(|bill| bill.units).collect()
}
