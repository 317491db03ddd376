//! Two hundred deliveries at the same time, over HTTP, to one cold process.

use std::collections::BTreeMap;
use std::sync::Arc;

use sandbox::Envelope;
use tokio::task::JoinSet;

use crate::world::rows::recorded;
use crate::world::{CONFLICT, DUPLICATE, RECORDED, World, mail};

const DELIVERIES: usize = 200;

/// Delivers all of them at once; each answer with how often it came.
async fn deliver_at_once(world: &Arc<World>, envelopes: impl IntoIterator<Item = Envelope>) -> BTreeMap<String, usize> {
    let mut deliveries = JoinSet::new();
    for envelope in envelopes {
        let world = Arc::clone(world);
        deliveries.spawn(async move { world.deliver(&envelope).await });
    }
    let mut answers = BTreeMap::new();
    for answer in deliveries.join_all().await {
        *answers.entry(answer).or_default() += 1;
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_deliveries_of_one_message_at_once_one_is_recorded_and_199_are_duplicates() {
    let world = Arc::new(World::start().await);
    let purchase = mail::purchase("a");

    let answers = deliver_at_once(&world, vec![purchase.clone(); DELIVERIES]).await;

    let expected = [(RECORDED.to_owned(), 1), (DUPLICATE.to_owned(), DELIVERIES - 1)];
    assert_eq!(answers, expected.into());
    assert_eq!(world.rows().await, [recorded(&purchase)]);
    assert_eq!(certificate_fetches(&world), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_different_messages_at_once_all_are_recorded_and_the_certificate_is_fetched_once() {
    let world = Arc::new(World::start().await);
    let purchases: Vec<_> = (0..DELIVERIES).map(|n| mail::purchase(&format!("purchase {n}"))).collect();

    let answers = deliver_at_once(&world, purchases.clone()).await;

    assert_eq!(answers, [(RECORDED.to_owned(), DELIVERIES)].into());
    let mut expected: Vec<_> = purchases.iter().map(recorded).collect();
    expected.sort();
    assert_eq!(world.rows().await, expected);
    assert_eq!(certificate_fetches(&world), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_different_messages_under_one_key_at_once_all_are_kept() {
    let world = Arc::new(World::start().await);
    let base = mail::purchase("a").field("Message").unwrap().to_owned();
    let disputes: Vec<_> = (0..DELIVERIES)
        .map(|n| {
            mail::message(
                &format!("dispute {n}"),
                &base.replace("{\"app", &format!("{{\"n\":{n},\"app")),
            )
        })
        .collect();

    let answers = deliver_at_once(&world, disputes.clone()).await;

    let expected = [(RECORDED.to_owned(), 1), (CONFLICT.to_owned(), DELIVERIES - 1)];
    assert_eq!(answers, expected.into());
    let mut kept: Vec<_> = world.rows().await.into_iter().map(|row| row.raw).collect();
    kept.sort();
    let mut sent: Vec<_> = disputes
        .iter()
        .map(|dispute| dispute.field("Message").unwrap().to_owned())
        .collect();
    sent.sort();
    assert_eq!(kept, sent);
}

fn certificate_fetches(world: &World) -> usize {
    world.stack.hosts.requests().len()
}
