//! An owner that stands still until somebody else has come, and then goes on.

use std::time::Duration;

use sandbox::adm::{Fault, Target};
use sandbox::dynamo;
use sandbox::kill::interrupted_after;

use super::{LEASE_IS_LOST, Wish, delivered};
use crate::world::{Answer, Terms, World};

/// All who were told that it was sent were told of the same message, and ADM has that one.
fn of_one_mind(world: &World, answers: &[&Answer]) {
    let mut sent = answers.iter().filter(|answer| answer.status == 200);
    let Some(first) = sent.next() else { return };
    assert!(sent.all(|answer| answer.body == first.body), "{answers:?}");
    let has = |one: &sandbox::adm::Delivered| first.body["messageId"] == one.message_id.as_str();
    assert!(world.amazon.delivered().iter().any(has));
}

#[tokio::test]
async fn a_late_owner_sends_nothing_that_somebody_else_has_sent() {
    let world = World::start().await;
    for waits in 0.. {
        let key = waits.to_string();
        let mut second = None;
        let meanwhile = async {
            world.clock.pass(LEASE_IS_LOST);
            second = Some(Wish::Fail.ask(&world, &key).await);
        };
        let (first, had_ended) = interrupted_after(waits, Wish::Fail.ask_cold(&world, &key), meanwhile).await;
        let second = second.unwrap();
        let third = Wish::Fail.ask(&world, &key).await;
        of_one_mind(&world, &[&first, &second, &third]);
        assert!([200, 503].contains(&first.status), "held after {waits}: {first}");
        assert!([200, 504].contains(&second.status), "held after {waits}: {second}");
        // What the second one did not know is known when the first one has ended.
        assert_eq!((third.status, delivered(&world, &key).len()), (200, 1), "held after {waits}");
        if had_ended {
            return;
        }
    }
}

#[tokio::test]
async fn a_late_owner_of_a_message_that_is_sent_again_tells_what_the_other_one_has() {
    for wish in [Wish::OwnKey, Wish::Resend] {
        let world = World::start().await;
        for waits in 0.. {
            let key = waits.to_string();
            let mut second = None;
            let meanwhile = async {
                world.clock.pass(LEASE_IS_LOST);
                second = Some(wish.ask(&world, &key).await);
            };
            let (first, had_ended) = interrupted_after(waits, wish.ask_cold(&world, &key), meanwhile).await;
            let second = second.unwrap();
            // Without time left it does not begin.
            assert!([200, 503].contains(&first.status), "held after {waits}: {first}");
            assert_eq!(second.status, 200, "held after {waits}");
            of_one_mind(&world, &[&first, &second, &wish.ask(&world, &key).await]);
            let keys = delivered(&world, &key);
            assert!(
                keys.len() <= 2 && keys.iter().all(|one| one.is_string() && *one == keys[0]),
                "{keys:?}"
            );
            if had_ended {
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_owner_whose_successor_does_not_know_either_does_not_say_that_nothing_was_sent() {
    let world = World::start().await;
    let mut overtaken = 0;
    for waits in 0.. {
        let key = waits.to_string();
        let meanwhile = async {
            world.clock.pass(LEASE_IS_LOST);
            world.amazon.script(Target::Send, vec![Fault::HangUp; 10]);
            let second = Wish::OwnKey.ask(&world, &key).await;
            world.amazon.script(Target::Send, []);
            second
        };
        let mut second = None;
        let meanwhile = async { second = Some(meanwhile.await) };
        let (first, had_ended) = interrupted_after(waits, Wish::OwnKey.ask_cold(&world, &key), meanwhile).await;
        // The second one delivers nothing: what there is, the first one has sent.
        let delivered = delivered(&world, &key).len();
        match first.status {
            200 => assert!(delivered > 0),
            409 => {
                assert_eq!(first.in_brief(), "409 in-flight retry-after: 1");
                assert_eq!(second.unwrap().in_brief(), "504 outcome-unknown retry-after: 5");
                overtaken += delivered;
            }
            503 | 504 => assert_eq!(delivered, 0, "held after {waits}: {first}"),
            _ => panic!("held after {waits}: {first}"),
        }
        assert_eq!(Wish::OwnKey.ask(&world, &key).await.status, 200);
        if had_ended {
            break;
        }
    }
    assert!(overtaken > 0);
}

#[tokio::test]
async fn one_that_comes_too_late_to_send_again_leaves_the_doubt_as_it_is() {
    let world = World::start().await;
    let mut late = 0;
    for waits in 0.. {
        let key = waits.to_string();
        world.amazon.script(Target::Send, [Fault::LoseResponse]);
        assert_eq!(Wish::Fail.ask(&world, &key).await.status, 504);
        let still = async { world.clock.pass(LEASE_IS_LOST) };
        let (second, had_ended) = interrupted_after(waits, Wish::Resend.ask(&world, &key), still).await;
        let third = Wish::Fail.ask(&world, &key).await;
        // The first message cannot be replaced: another one without a key would be shown besides it.
        let without_a_key = delivered(&world, &key).iter().filter(|key| key.is_null()).count();
        assert_eq!(without_a_key, 1, "held after {waits}: {second} then {third}");
        if second.status != 200 {
            assert_eq!(second.in_brief(), "504 outcome-unknown retry-after: 5", "held after {waits}");
            assert_eq!(third.in_brief(), "504 outcome-unknown");
            late += 1;
        }
        if had_ended {
            break;
        }
    }
    assert!(late > 0);
}

#[tokio::test]
async fn a_wait_for_somebody_else_ends_while_there_is_time_to_answer() {
    let world = World::start().await.ending_in(20);
    let began_at = world.clock.now();
    let headers = [("idempotency-key", "key"), ("prefer", "wait=10")];
    let (cold, body) = (world.instance(&Terms::default()), Wish::Fail.body("key"));
    // While it waits for a token, most of its time goes by, and somebody takes the lease and cannot end it.
    let meanwhile = async {
        world.clock.pass(11);
        for fault in [dynamo::Fault::Pass, dynamo::Fault::Deny] {
            world.faults.inject("PutItem", fault, 1);
        }
        assert!(!Wish::Fail.ask(&world, "key").await.is_recorded());
    };
    let (waiter, _) = interrupted_after(1, world.send_by(&cold, &headers, &body), meanwhile).await;
    assert_eq!(waiter.in_brief(), "409 in-flight retry-after: 15");
    // One second is kept for the answer, and five for what comes after the wait.
    assert_eq!(world.clock.now(), began_at + Duration::from_secs(14));
}
