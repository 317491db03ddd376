//! What cannot be handed on keeps nothing else back, and is found where a person looks for it.

use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::sns_api::EntryRefusal;

use crate::world::{NOON, World, entry, hours, now, seconds, told};

#[tokio::test]
async fn one_event_in_a_hundred_that_nobody_can_read_is_dead_with_its_reason_and_the_others_go_out() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..99 {
        keys.push(world.purchase(&format!("purchase {n}")).await);
    }
    let poison = entry(
        "rtn#com.example#poison".to_owned(),
        "0000001772798400000#X".to_owned(),
        "{\"receiptId\":7}",
    );
    keys.insert(40, world.record(&poison).await);

    let outcomes = world.dispatch.hand_on(&keys).await;

    assert_eq!(told(&outcomes[40]), "dead unreadable:field_missing:notificationType");
    let gone = outcomes.iter().filter(|outcome| told(outcome) == "handed on").count();
    assert_eq!((gone, world.repetitions().len()), (99, 99));
    let dead = world.inbox.dead(now()).await.unwrap();
    let [dead] = &dead[..] else { panic!("one is dead") };
    let failure = dead.failure.clone().unwrap();
    assert_eq!(
        (failure.reason.as_str(), failure.at, dead.attempts),
        ("unreadable:field_missing:notificationType", NOON, 1)
    );
    assert_eq!(world.hand_on(&keys[40]).await, "not due");
}

#[tokio::test]
async fn rows_that_are_not_ours_are_buried_and_rows_of_a_newer_version_are_left_alone() {
    let world = World::new().await;
    let (strange, newer, fine) = (
        world.purchase("strange").await,
        world.purchase("newer").await,
        world.purchase("fine").await,
    );
    let unknown = entry("tape#x".to_owned(), "0000001772798400000#X".to_owned(), "{}");
    let unknown = world.record(&unknown).await;
    world.change(&strange, "received_at", AttributeValue::N("0".to_owned())).await;
    world.change(&strange, "digest", AttributeValue::S("none".to_owned())).await;
    world.change(&newer, "v", AttributeValue::N("2".to_owned())).await;
    world
        .change(&newer, "raw", AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([1])))
        .await;

    let outcomes = world.dispatch.hand_on(&[strange, newer, unknown, fine]).await;

    assert_eq!(
        outcomes.iter().map(told).collect::<Vec<_>>(),
        ["dead row:digest", "newer", "newer", "handed on"]
    );
    let swept = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap();
    assert_eq!((swept.counts.newer, swept.counts.dead, swept.complete), (2, 0, true));
}

#[tokio::test]
async fn an_entry_that_sns_refuses_stays_due_until_its_last_attempt_and_the_other_nine_go_out() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..10 {
        keys.push(world.purchase(&format!("purchase {n}")).await);
    }
    let refused = ::rtn::read(&world.row(&keys[3]).await.raw).unwrap().event;
    world.api.refuse_entries(EntryRefusal {
        containing: refused.receipt_id.as_str().to_owned(),
        code: "InvalidParameter".to_owned(),
        sender_fault: true,
        times: usize::MAX,
    });

    let outcomes = world.dispatch.hand_on(&keys).await;
    assert_eq!(
        (told(&outcomes[3]), world.published().len()),
        ("refused InvalidParameter".to_owned(), 9)
    );
    for attempts in 2..5 {
        assert_eq!(world.hand_on(&keys[3]).await, "refused InvalidParameter");
        assert_eq!(world.row(&keys[3]).await.attempts, attempts);
    }
    assert_eq!(world.hand_on(&keys[3]).await, "dead sns:InvalidParameter");
    assert_eq!(world.hand_on(&keys[3]).await, "not due");
    assert_eq!(world.published().len(), 9);

    let dead = world.inbox.dead(now()).await.unwrap();
    world.inbox.revive(&(&dead[0]).into(), now()).await.unwrap();
    assert_eq!(world.hand_on(&keys[3]).await, "refused InvalidParameter");
    assert_eq!(world.row(&keys[3]).await.attempts, 1);
}

#[tokio::test]
async fn what_is_sns_s_own_fault_is_never_held_against_an_event() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    world.api.refuse_entries(EntryRefusal {
        containing: "stargazer".to_owned(),
        code: "InternalError".to_owned(),
        sender_fault: false,
        times: 20,
    });
    for _ in 0..20 {
        assert_eq!(world.hand_on(&key).await, "refused InternalError");
    }
    assert_eq!(world.row(&key).await.attempts, 0);
    assert_eq!(world.hand_on(&key).await, "handed on");
}
