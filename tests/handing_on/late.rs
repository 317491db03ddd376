//! Notifications arrive in any order: the one that a newer one has overtaken is handed on as late, whenever that happens, and the
//! other one never.

use jiff::SignedDuration;
use sandbox::Envelope;
use sandbox::drs::Wire;

use crate::world::replenishment::{self, Way};
use crate::world::{World, clock, mail};

/// The older and the newer of two events of one purchase, and of one device.
fn pairs() -> [[Envelope; 2]; 2] {
    let earlier = clock::NOON - SignedDuration::from_mins(10);
    [
        [
            mail::event("SUBSCRIPTION_IN_GRACE_PERIOD", "a", earlier),
            mail::event("SUBSCRIPTION_RENEWED", "a", clock::NOON),
        ],
        [
            replenishment::event("OrderPlacedNotification", Wire::V1, "a", earlier),
            replenishment::event("ItemShippedNotification", Wire::V2, "a", clock::NOON),
        ],
    ]
}

/// When it is handed on.
#[derive(Clone, Copy, Debug)]
enum When {
    AsItArrives,
    Afterwards,
    ByASweep,
}

async fn deliver(world: &World, envelope: &Envelope) {
    let topic = envelope.field("TopicArn").unwrap();
    let answer = match topic == firepost::DRS_TOPIC {
        true => world.bring(Way::Https, envelope).await,
        false => world.deliver(envelope).await,
    };
    assert_eq!(answer, crate::world::RECORDED);
    clock::advance(SignedDuration::from_secs(1));
}

/// The types of what was handed on, with a mark at the late ones.
async fn handed_on(arrivals: &[&Envelope], when: When) -> Vec<String> {
    let world = World::start().await;
    for envelope in arrivals {
        deliver(&world, envelope).await;
        if matches!(when, When::AsItArrives) {
            assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        }
    }
    match when {
        When::AsItArrives => {}
        When::Afterwards => assert_eq!(world.stack.hand_on_now().await.unwrap(), []),
        When::ByASweep => {
            clock::advance(SignedDuration::from_mins(2));
            assert!(world.stack.sweep_now().await.unwrap().complete);
        }
    }
    let published = world.stack.api.published();
    let mut told = published.iter().zip(world.handed_on()).map(|(published, event)| {
        assert_eq!(published.attributes["late"], event["late"].to_string());
        let mark = if event["late"] == true { " late" } else { "" };
        format!("{}{mark}", published.attributes["type"])
    });
    let mut told = told.by_ref().collect::<Vec<_>>();
    told.sort();
    told
}

#[tokio::test]
async fn the_older_of_a_pair_that_arrives_out_of_order_is_late_whenever_it_is_handed_on() {
    for when in [When::AsItArrives, When::Afterwards, When::ByASweep] {
        let [[failed, renewed], [placed, shipped]] = pairs();
        assert_eq!(
            handed_on(&[&renewed, &failed, &shipped, &placed], when).await,
            [
                "ItemShippedNotification",
                "OrderPlacedNotification late",
                "SUBSCRIPTION_IN_GRACE_PERIOD late",
                "SUBSCRIPTION_RENEWED"
            ],
            "{when:?}"
        );
        assert_eq!(
            handed_on(&[&failed, &renewed, &placed, &shipped], when).await,
            [
                "ItemShippedNotification",
                "OrderPlacedNotification",
                "SUBSCRIPTION_IN_GRACE_PERIOD",
                "SUBSCRIPTION_RENEWED"
            ],
            "{when:?}"
        );
    }
}
