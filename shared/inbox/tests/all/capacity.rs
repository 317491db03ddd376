//! What a delivery costs, measured by the store.

use aws_sdk_dynamodb::types::AttributeValue;
use inbox::{Attempt, Recorded};
use sandbox::dynamo::{BillKind, Meter};

use crate::world::{Message, World, attempt, inbox, message, noon, seconds};

#[tokio::test]
async fn a_first_delivery_costs_one_write_unit_and_one_of_the_index() {
    let world = World::new().await;
    let (metered, meter) = Meter::of(&world.client);

    let recorded = inbox(&metered)
        .record(&message().traced().entry(), &attempt(REQUEST_ID))
        .await
        .unwrap();

    assert_eq!((recorded, row_bytes(&world).await), (Recorded::New, 738));
    assert_eq!(readings(&meter), [Reading { table: 1.0, index: 1.0 }]);
}

#[tokio::test]
async fn a_message_of_the_longest_known_kind_still_costs_one_write_unit() {
    let world = World::new().await;
    let (metered, meter) = Meter::of(&world.client);

    inbox(&metered)
        .record(&longest_known().entry(), &attempt(REQUEST_ID))
        .await
        .unwrap();

    assert_eq!(row_bytes(&world).await, 887);
    assert_eq!(readings(&meter), [Reading { table: 1.0, index: 1.0 }]);
}

#[tokio::test]
async fn a_duplicate_is_one_refused_write_of_one_unit_and_no_read() {
    let world = World::new().await;
    let (inbox, faults) = world.with_faults().await;
    inbox.record(&message().traced().entry(), &attempt(REQUEST_ID)).await.unwrap();
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
            .traced()
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

#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    table: f64,
    index: f64,
}

/// What each write was billed for.
fn readings(meter: &Meter) -> Vec<Reading> {
    let bills = meter.bills().into_iter();
    bills
        .map(|bill| {
            assert_eq!(bill.kind, BillKind::Write);
            Reading {
                table: bill.table,
                index: bill.indexes["due"],
            }
        })
        .collect()
}
