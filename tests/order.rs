//! Notifications arrive in any order: all are recorded, the late ones are known as such, and the purchase stands as if they had
//! come in order.

use inbox::Record;
use jiff::{SignedDuration, Timestamp};
use rtn::purchase::PurchaseState;
use sandbox::Envelope;

use crate::world::rows::recorded;
use crate::world::{RECORDED, World, clock, mail};

/// A purchase's notifications, oldest first.
fn life() -> [Envelope; 4] {
    let at = |minute| clock::NOON - SignedDuration::from_mins(minute);
    [
        mail::event("SUBSCRIPTION_PURCHASED", "a", at(30)),
        mail::event("SUBSCRIPTION_IN_GRACE_PERIOD", "a", at(20)),
        mail::event("SUBSCRIPTION_RENEWED", "a", at(10)),
        mail::event("SUBSCRIPTION_AUTO_RENEWAL_OFF", "a", at(0)),
    ]
}

/// Every order in which four notifications can arrive.
fn orders() -> Vec<[usize; 4]> {
    let all = (0..256).map(|n| [n / 64 % 4, n / 16 % 4, n / 4 % 4, n % 4]);
    all.filter(|order| (0..4).all(|n| order.contains(&n))).collect()
}

/// The purchase's history and how it stands now.
async fn purchase(world: &World) -> (Vec<Record>, PurchaseState, Timestamp) {
    let subject = recorded(&life()[0]).subject;
    let history = world.stack.inbox.history(&subject, clock::now()).await.unwrap();
    let events: Vec<_> = history.iter().map(|record| rtn::read(&record.raw).unwrap().event).collect();
    let purchase = rtn::purchase::fold(events[0].receipt_id.as_str(), &events).unwrap();
    (history, purchase.state, purchase.since)
}

#[tokio::test]
async fn a_late_notification_is_recorded_in_its_place_and_changes_no_newer_state() {
    let world = World::start().await;
    let [_, failed, renewed, _] = life();
    assert_eq!(world.deliver(&renewed).await, RECORDED);
    clock::advance(SignedDuration::from_secs(1));
    assert_eq!(world.deliver(&failed).await, RECORDED);

    assert_eq!(world.rows().await, [recorded(&failed), recorded(&renewed)]);
    let (history, state, since) = purchase(&world).await;
    let late: Vec<_> = inbox::late(&history).iter().map(|record| record.event.as_str()).collect();
    assert_eq!(late, [recorded(&failed).event]);
    assert_eq!(
        (state, since),
        (PurchaseState::Active, clock::NOON - SignedDuration::from_mins(10))
    );
}

#[tokio::test]
async fn in_whatever_order_they_arrive_the_history_and_the_state_are_the_same() {
    assert_eq!(orders().len(), 24);
    for order in orders() {
        let world = World::start().await;
        for (arrival, &n) in order.iter().enumerate() {
            assert_eq!(world.deliver(&life()[n]).await, RECORDED);
            clock::advance(SignedDuration::from_secs(1));
            let overtaken = order[..arrival].iter().any(|&earlier| earlier > n);
            let (history, _, _) = purchase(&world).await;
            let late = inbox::late(&history);
            let is_late = late.iter().any(|record| record.event == recorded(&life()[n]).event);
            assert_eq!(is_late, overtaken, "{order:?}");
        }
        assert_eq!(world.rows().await, life().map(|event| recorded(&event)), "{order:?}");
        let (_, state, since) = purchase(&world).await;
        assert_eq!((state, since), (PurchaseState::RenewalOff, clock::NOON), "{order:?}");
    }
}
