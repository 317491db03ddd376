//! A message of the queue is sent once, however often the queue delivers it.

use adm::Service;
use futures_util::future::join_all;
use sandbox::adm::{Fault, Target};
use sandbox::kill::killed_after;
use sandbox::queue::Received;

use super::{RESEND, delivered, message, run, visible_in};
use crate::world::{Terms, World};

async fn take(world: &World, service: &Service, batch: &[Received]) -> String {
    world.invoke(service, &world.queue.event(batch)).await.unwrap()
}

const ALL_DONE: &str = r#"{"batchItemFailures":[]}"#;

#[tokio::test]
async fn a_batch_that_is_delivered_twice_is_sent_once() {
    let world = World::start().await;
    for n in ["1", "2", "3"] {
        world.queue.send(&message(n), &[]);
    }
    let batch = world.queue.receive(10);
    assert_eq!(take(&world, &world.service, &batch).await, ALL_DONE);
    // Lambda did not hear it, and the messages come again, each with another receipt.
    world.clock.pass(180);
    let again = world.queue.receive(10);
    assert_eq!(again.len(), 3);
    assert_eq!(take(&world, &world.instance(&Terms::default()), &again).await, ALL_DONE);
    assert_eq!((world.posts(), world.delivered()), (3, 3));
}

#[tokio::test]
async fn two_functions_with_the_same_batch_send_it_once() {
    let world = World::with(Terms::for_a_crowd()).await;
    for n in ["1", "2", "3"] {
        world.queue.send(&message(n), &[]);
    }
    let batch = world.queue.receive(10);
    let instances = [0; 4].map(|_| world.instance(&Terms::for_a_crowd()));
    let answers = join_all(instances.iter().map(|instance| take(&world, instance, &batch))).await;
    assert!(
        answers
            .iter()
            .any(|answer| answer.contains(&batch[0].message_id) || answer == ALL_DONE)
    );
    assert_eq!((world.posts(), world.delivered()), (3, 3));
    // Whoever was told that it is in flight is told the rest when it comes back.
    assert_eq!(take(&world, &instances[0], &batch).await, ALL_DONE);
}

#[tokio::test]
async fn a_function_that_is_killed_at_any_moment_leaves_a_message_that_is_sent_once_or_in_doubt() {
    let world = World::start().await;
    let mut in_doubt = 0;
    for waits in 0.. {
        let n = waits.to_string();
        let id = world.queue.send(&message(&n), &[]);
        let batch = world.queue.receive(10);
        let cold = world.instance(&Terms::default());
        let ended = killed_after(waits, take(&world, &cold, &batch)).await;
        // No answer, so nothing is settled.
        world.clock.pass(180);
        let failed = run(&world).await;
        assert!(delivered(&world, &n) <= 1, "killed after {waits}");
        if failed.is_empty() {
            assert_eq!(delivered(&world, &n), 1, "killed after {waits}");
            assert!(world.queue.waiting().is_empty());
        } else {
            assert_eq!((failed, visible_in(&world)), (vec![id], vec![0]), "killed after {waits}");
            in_doubt += 1;
            while !world.queue.waiting().is_empty() {
                run(&world).await;
            }
            assert!(delivered(&world, &n) <= 1, "killed after {waits}");
        }
        if ended.is_some() {
            break;
        }
    }
    assert!(in_doubt > 0);
    assert_eq!(world.queue.dead_letters().len(), in_doubt);
}

#[tokio::test]
async fn one_that_is_to_be_sent_again_is_after_a_crash() {
    let world = World::start().await;
    for waits in 0.. {
        let n = waits.to_string();
        world.queue.send(&message(&n), &[RESEND]);
        let batch = world.queue.receive(10);
        let cold = world.instance(&Terms::default());
        let ended = killed_after(waits, take(&world, &cold, &batch)).await;
        world.clock.pass(180);
        assert!(run(&world).await.is_empty(), "killed after {waits}");
        assert!((1..=2).contains(&delivered(&world, &n)), "killed after {waits}");
        if ended.is_some() {
            break;
        }
    }
    for one in world.amazon.delivered() {
        assert_eq!(one.body["consolidationKey"].as_str().map(str::len), Some(32));
    }
}

#[tokio::test]
async fn two_messages_alike_are_two_unless_they_bring_one_key() {
    let world = World::start().await;
    for _ in 0..2 {
        world.queue.send(&message("alike"), &[]);
    }
    assert!(run(&world).await.is_empty());
    assert_eq!(delivered(&world, "alike"), 2);

    let key = [("idempotency_key", "order-4711")];
    for _ in 0..2 {
        world.queue.send(&message("keyed"), &key);
    }
    let in_flight = run(&world).await;
    assert_eq!((in_flight.len(), delivered(&world, "keyed")), (1, 1));
    world.clock.pass(60);
    assert!(run(&world).await.is_empty());
    assert_eq!((delivered(&world, "keyed"), world.posts()), (1, 3));

    // Another message under the key is a fault of who sent it.
    world.queue.send(&message("another"), &key);
    assert_eq!(run(&world).await.len(), 1);
    assert_eq!((visible_in(&world), delivered(&world, "another")), (vec![0], 0));
}

#[tokio::test]
async fn the_queue_and_callers_of_http_do_not_share_keys() {
    let world = World::start().await;
    assert_eq!(world.send("order-4711", &message("http")).await.status, 200);
    let id = world.queue.send(&message("queue"), &[("idempotency_key", "order-4711")]);
    assert!(run(&world).await.is_empty());
    assert_eq!((delivered(&world, "http"), delivered(&world, "queue")), (1, 1));

    let derived = world.queue.send(&message("derived"), &[]);
    assert!(run(&world).await.is_empty());
    // Nobody outside can take a message's own key away from it.
    for id in [id, derived] {
        assert_eq!(
            world.send(&format!("sqs:{id}"), &message("guessed")).await.in_brief(),
            "200 -"
        );
    }
    assert_eq!(delivered(&world, "guessed"), 2);
}

#[tokio::test]
async fn the_queues_of_a_deployment_do_not_share_keys_either() {
    let world = World::start().await;
    let other = world.queue.clone().with_arn("arn:aws:sqs:us-east-1:123456789012:other");
    world.queue.send(&message("n"), &[("idempotency_key", "key")]);
    let batch = world.queue.receive(10);
    for queue in [&world.queue, &other, &other] {
        let event = queue.event(&batch);
        assert_eq!(world.invoke(&world.service, &event).await.unwrap(), ALL_DONE);
    }
    assert_eq!(delivered(&world, "n"), 2);
}

#[tokio::test]
async fn resend_is_an_attribute_and_a_consolidation_key_is_reason_enough() {
    let world = World::start().await;
    let own = message("own").replace("\"topic\"", "\"consolidationKey\":\"Own\",\"topic\"");
    for (n, body, attributes, stays, sent) in [
        ("resend", message("resend"), &[RESEND][..], false, 2),
        ("own", own.clone(), &[], false, 2),
        ("own", own, &[("on_unknown", "fail")], true, 3),
    ] {
        world.amazon.script(Target::Send, [Fault::LoseResponse]);
        world.queue.send(&body, attributes);
        let is_left = !run(&world).await.is_empty();
        assert_eq!((is_left, delivered(&world, n)), (stays, sent), "{n} {attributes:?}");
    }
}
