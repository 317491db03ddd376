//! Very many at once: one sends, and all are told the same.

use std::slice::from_ref;
use std::sync::Arc;

use adm::Service;
use futures_util::future::join_all;
use sandbox::adm::{Fault, Target};

use crate::world::{Answer, MESSAGE, Terms, World};

const MANY: usize = 200;
const PATIENT: [(&str, &str); 2] = [("idempotency-key", "key"), ("prefer", "wait=10")];

/// The same request, by turns to each instance, all at once.
async fn all_at_once(world: &World, instances: &[Arc<Service>], headers: &[(&str, &str)]) -> Vec<Answer> {
    let instances = instances.iter().cycle().take(MANY);
    join_all(instances.map(|instance| world.send_by(instance, headers, MESSAGE))).await
}

fn of_one_mind(answers: &[Answer]) {
    assert_eq!(answers.len(), MANY);
    for answer in answers {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body), "{answer}");
    }
    assert_eq!(answers.iter().filter(|answer| !answer.is_replayed()).count(), 1);
}

#[tokio::test]
async fn two_hundred_who_wait_have_one_message_sent_and_are_all_told_its_name() {
    let world = World::with(Terms::for_a_crowd()).await;
    let answers = all_at_once(&world, from_ref(&world.service), &PATIENT).await;
    of_one_mind(&answers);
    assert_eq!((world.posts(), world.delivered()), (1, 1));
    assert_eq!(answers[0].body["messageId"], world.amazon.delivered()[0].message_id);
    assert_eq!(world.amazon.calls(Target::Token).len(), 1);
}

#[tokio::test]
async fn it_makes_no_difference_how_many_instances_they_ask() {
    let world = World::with(Terms::for_a_crowd()).await;
    let instances = [0; 8].map(|_| world.instance(&Terms::for_a_crowd()));
    of_one_mind(&all_at_once(&world, &instances, &PATIENT).await);
    assert_eq!((world.posts(), world.delivered()), (1, 1));
    assert_eq!(world.amazon.calls(Target::Token).len(), instances.len());
}

#[tokio::test]
async fn a_refusal_is_told_to_all_of_them_too() {
    let world = World::with(Terms::for_a_crowd()).await;
    world.amazon.script(Target::Send, [Fault::Reason(400, "InvalidData")]);
    let answers = all_at_once(&world, from_ref(&world.service), &PATIENT).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (400, &answers[0].body), "{answer}");
    }
    assert_eq!((world.posts(), world.delivered()), (1, 0));
}

#[tokio::test]
async fn of_two_hundred_without_patience_one_sends_and_the_others_are_told_when_to_come_back_or_the_answer() {
    let world = World::with(Terms::for_a_crowd()).await;
    let instances = [0; 2].map(|_| world.instance(&Terms::for_a_crowd()));
    let answers = all_at_once(&world, &instances, &[("idempotency-key", "key")]).await;
    let (told, in_flight) = answers.iter().partition::<Vec<_>, _>(|answer| answer.status == 200);
    assert_eq!(told.iter().filter(|answer| !answer.is_replayed()).count(), 1);
    assert!(told.iter().all(|answer| answer.body == told[0].body));
    assert!(!in_flight.is_empty(), "nobody came while it was being sent");
    for answer in in_flight {
        // The whole lease of 22 s and its margin: the clock stands.
        assert_eq!(answer.in_brief(), "409 in-flight retry-after: 26");
    }
    assert_eq!((world.posts(), world.delivered()), (1, 1));
    assert_eq!(world.send("key", MESSAGE).await.body, told[0].body);
}

#[tokio::test]
async fn two_hundred_messages_that_need_a_token_have_one_and_are_all_sent() {
    let world = World::with(Terms::for_a_crowd()).await;
    let keys = (0..MANY).map(|number| number.to_string()).collect::<Vec<_>>();
    let answers = join_all(keys.iter().map(|key| world.send(key, MESSAGE))).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && !answer.is_replayed()));
    assert_eq!((world.posts(), world.delivered()), (MANY, MANY));
    assert_eq!((world.amazon.calls(Target::Token).len(), world.secrets.calls()), (1, 1));
}

#[tokio::test]
async fn when_the_token_of_two_hundred_messages_is_refused_it_is_renewed_once() {
    let world = World::with(Terms::for_a_crowd()).await;
    assert_eq!(world.send("first", MESSAGE).await.status, 200);
    world.amazon.revoke_tokens();
    let keys = (0..MANY).map(|number| number.to_string()).collect::<Vec<_>>();
    let answers = join_all(keys.iter().map(|key| world.send(key, MESSAGE))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(world.delivered(), MANY + 1);
    assert_eq!(world.amazon.calls(Target::Token).len(), 2);
}
