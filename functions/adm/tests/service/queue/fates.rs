//! What becomes of a message of the queue, and when it comes back.

use std::collections::BTreeMap;
use std::slice::from_ref;

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use sandbox::{Queue, dynamo, queue};

use super::{RESEND, delivered, message, run, visible_in};
use crate::world::{CLIENT_ID, Terms, World};

/// Under this key, something has become of a message before.
async fn before(world: &World, n: &str, fault: Fault) {
    let clock = world.clock.clone();
    let earlier = Queue::new(move || clock.now()).with_arn(world.queue.arn());
    earlier.send(&message(n), &[("idempotency_key", n)]);
    world.amazon.script(Target::Send, [fault]);
    let event = earlier.event(&earlier.receive(1));
    world.invoke(&world.service, &event).await.unwrap();
    world.amazon.script(Target::Send, []);
}

#[tokio::test]
async fn a_batch_of_ten_with_every_outcome_is_answered_for_each_message() {
    let world = World::start().await;
    before(&world, "taken-before", Fault::Pass).await;
    before(&world, "refused-before", Fault::Reason(400, "InvalidData")).await;
    before(&world, "too-large-before", Fault::Reason(413, "MessageTooLarge")).await;
    before(&world, "too-early", Fault::TooMany(Some("600"))).await;
    before(&world, "in-doubt", Fault::LoseResponse).await;
    for fault in [dynamo::Fault::Pass, dynamo::Fault::Deny] {
        world.faults.inject("PutItem", fault, 1);
    }
    before(&world, "in-flight", Fault::Pass).await;
    world.clock.pass(1);
    let (posts, calls) = (world.posts(), world.queue.calls().len());

    let mut ids = BTreeMap::new();
    for n in [
        "taken-before",
        "refused-before",
        "too-large-before",
        "too-early",
        "in-doubt",
        "in-flight",
    ] {
        ids.insert(world.queue.send(&message(n), &[("idempotency_key", n)]), n);
    }
    let other = world
        .queue
        .send(&message("another message"), &[("idempotency_key", "taken-before")]);
    ids.insert(other, "mismatch");
    ids.insert(world.queue.send(&message("new"), &[]), "new");
    ids.insert(world.queue.send("{}", &[]), "invalid");
    ids.insert(
        world.queue.send(&message("policy"), &[("on_unknown", "perhaps")]),
        "no policy",
    );
    let failed = run(&world).await;
    let left = world.queue.waiting();
    assert_eq!(failed, left.iter().map(|one| one.message_id.clone()).collect::<Vec<_>>());
    let told = left.iter().zip(visible_in(&world));
    let told = told.map(|(one, seconds)| format!("{}: {seconds}", ids[&one.message_id]));
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    refused-before: 0
    too-large-before: 0
    too-early: 599
    in-doubt: 0
    in-flight: 21
    mismatch: 0
    invalid: 0
    no policy: 0
    "#);
    assert_eq!((world.posts() - posts, delivered(&world, "new")), (1, 1));
    // What is done needs no call, and each of the others one.
    assert_eq!(world.queue.calls().len() - calls, failed.len());
}

#[tokio::test]
async fn what_adm_makes_of_a_message_decides_what_becomes_of_it() {
    let mut told = String::new();
    for (fault, attributes) in [
        (Fault::Pass, &[][..]),
        (Fault::TooMany(Some("120")), &[]),
        (Fault::Unavailable(Some("90000")), &[]),
        (Fault::Reason(400, "InvalidData"), &[]),
        (Fault::Reason(413, "MessageTooLarge"), &[]),
        (Fault::Answer(502, ""), &[]),
        (Fault::LoseResponse, &[]),
        (Fault::LoseResponse, &[RESEND]),
    ] {
        let world = World::start().await;
        world.amazon.script(Target::Send, [fault.clone()]);
        world.queue.send(&message("n"), attributes);
        run(&world).await;
        told += &format!("{fault:?}: {:?}, delivered {}\n", visible_in(&world), world.delivered());
    }
    assert_snapshot!(told, @r#"
    Pass: [], delivered 1
    TooMany(Some("120")): [120], delivered 0
    Unavailable(Some("90000")): [43140], delivered 0
    Reason(400, "InvalidData"): [0], delivered 0
    Reason(413, "MessageTooLarge"): [0], delivered 0
    Answer(502, ""): [0], delivered 0
    LoseResponse: [0], delivered 1
    LoseResponse: [], delivered 2
    "#);
}

#[tokio::test]
async fn only_what_failed_of_a_batch_stays_in_the_queue() {
    let world = World::start().await;
    let ids = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"].map(|n| {
        let body = if n == "4" { "{}".to_owned() } else { message(n) };
        world.queue.send(&body, &[])
    });
    assert_eq!(run(&world).await, [ids[3].clone()]);
    assert_eq!(world.queue.waiting()[0].message_id, ids[3]);
    assert_eq!((world.posts(), world.delivered()), (9, 9));
    assert_eq!(world.amazon.calls(Target::Token).len(), 1);
}

#[tokio::test]
async fn a_message_comes_back_no_sooner_than_adm_wants_and_no_later_than_sqs_can() {
    for (retry_after, seconds) in [
        ("1", 15),
        ("600", 600),
        ("43139", 43_139),
        ("43141", 43_140),
        ("86400", 43_140),
    ] {
        let world = World::start().await;
        world.amazon.script(Target::Send, vec![Fault::TooMany(Some(retry_after)); 5]);
        world.queue.send(&message("n"), &[]);
        assert_eq!(run(&world).await.len(), 1);
        assert_eq!(visible_in(&world), [seconds], "{retry_after}");
    }
}

#[tokio::test]
async fn what_comes_back_too_early_all_the_same_is_not_sent() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::TooMany(Some("600"))]);
    // The queue could not be told.
    world.queue.script([queue::Fault::Internal]);
    world.queue.send(&message("n"), &[]);
    assert_eq!(run(&world).await.len(), 1);
    assert_eq!(visible_in(&world), [180]);
    world.clock.pass(180);
    assert_eq!(run(&world).await.len(), 1);
    assert_eq!((visible_in(&world), world.posts()), (vec![420], 1));
    world.clock.pass(420);
    assert!(run(&world).await.is_empty());
    assert_eq!((world.posts(), delivered(&world, "n")), (2, 1));
}

#[tokio::test]
async fn the_time_until_it_comes_back_doubles_up_to_a_quarter_of_an_hour() {
    let world = World::start().await;
    // Nothing says when.
    world.amazon.rotate_secret(CLIENT_ID, "another");
    world.queue.send(&message("n"), &[]);
    let mut waits = Vec::new();
    while !world.queue.waiting().is_empty() && waits.len() < 11 {
        if run(&world).await.is_empty() {
            break;
        }
        let seconds = visible_in(&world)[0];
        waits.push(seconds);
        world.clock.pass(u64::try_from(seconds).unwrap());
    }
    // Half of 30 s, 60 s and so on: chance is a half.
    assert_eq!(waits, [15, 30, 60, 120, 240, 450, 450, 450, 450, 450]);
    assert_eq!((world.queue.dead_letters().len(), world.posts()), (1, 0));
}

#[tokio::test]
async fn chance_keeps_it_from_coming_back_at_once_and_from_coming_back_too_late() {
    for (chance, seconds) in [(0.0, 1), (0.25, 8), (1.0, 30)] {
        let world = World::with(Terms {
            chance,
            ..Terms::default()
        })
        .await;
        world.amazon.rotate_secret(CLIENT_ID, "another");
        world.queue.send(&message("n"), &[]);
        assert_eq!(run(&world).await.len(), 1);
        assert_eq!(visible_in(&world), [seconds], "{chance}");
    }
}

#[tokio::test]
async fn what_is_final_comes_back_at_once_is_not_sent_again_and_ends_among_the_dead_letters() {
    let mut ends = BTreeMap::new();
    for (n, fault, sent) in [
        ("refused", Fault::Reason(400, "InvalidData"), 1),
        ("large", Fault::Reason(413, "MessageTooLarge"), 1),
        ("in-doubt", Fault::LoseResponse, 1),
        ("", Fault::Pass, 0),
    ] {
        let world = World::start().await;
        world.amazon.script(Target::Send, [fault]);
        let body = if n.is_empty() { "{}".to_owned() } else { message(n) };
        let id = world.queue.send(&body, &[]);
        for count in 1..=10 {
            assert_eq!(run(&world).await, from_ref(&id), "{n} {count}");
            assert_eq!(visible_in(&world), [0], "{n} {count}");
        }
        assert!(world.queue.receive(10).is_empty());
        let [dead] = &world.queue.dead_letters()[..] else {
            panic!("one dead letter")
        };
        assert_eq!((&dead.message_id, dead.receive_count, &dead.body), (&id, 10, &body));
        assert_eq!(world.posts(), sent, "{n}");
        ends.insert(n, world.delivered());
    }
    assert_eq!(ends, BTreeMap::from([("", 0), ("in-doubt", 1), ("large", 0), ("refused", 0)]));
}

#[tokio::test]
async fn what_is_in_doubt_and_to_be_sent_again_is_not_sent_in_haste() {
    let world = World::start().await;
    world.queue.send(&message("n"), &[RESEND]);
    let mut waits = Vec::new();
    for _ in 0..3 {
        // Every attempt of the request is lost.
        world.amazon.script(Target::Send, vec![Fault::HangUp; 5]);
        assert_eq!(run(&world).await.len(), 1);
        waits.extend(visible_in(&world));
        world.clock.pass(u64::try_from(*waits.last().unwrap()).unwrap());
    }
    assert_eq!(waits, [15, 30, 60]);
    assert_eq!(world.posts(), 15);
    world.amazon.script(Target::Send, [Fault::TooMany(Some("3600"))]);
    assert_eq!(run(&world).await.len(), 1);
    assert_eq!(visible_in(&world), [3_600]);
    world.clock.pass(3_600);
    assert!(run(&world).await.is_empty());
    assert_eq!(world.amazon.delivered().len(), 1);
}

#[tokio::test]
async fn a_store_that_is_away_leaves_the_message_to_later() {
    let world = World::start().await;
    world.faults.inject("PutItem", dynamo::Fault::Deny, 1);
    world.queue.send(&message("n"), &[]);
    assert_eq!(run(&world).await.len(), 1);
    assert_eq!((visible_in(&world), world.posts()), (vec![15], 0));
    world.clock.pass(15);
    assert!(run(&world).await.is_empty());
    assert_eq!(delivered(&world, "n"), 1);
}

#[tokio::test]
async fn a_queue_that_cannot_be_told_changes_nothing_but_the_time() {
    for fault in [
        queue::Fault::Denied,
        queue::Fault::HangUp,
        queue::Fault::Internal,
        queue::Fault::Throttled,
    ] {
        let world = World::start().await;
        world.queue.script([fault]);
        let refused = world.queue.send("{}", &[]);
        world.queue.send(&message("n"), &[]);
        assert_eq!(run(&world).await, [refused], "{fault:?}");
        assert_eq!((visible_in(&world), delivered(&world, "n")), (vec![180], 1), "{fault:?}");
        assert_eq!(world.queue.calls().len(), 1);
    }
}
