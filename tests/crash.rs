//! A delivery whose process is killed at each of its waits, and SNS's redelivery: one row and a 200, every time.
//!
//! A process is killed between handing a request to the network and reading the answer, so every test runs a second time with the
//! first answer of the database lost: then the kill also comes after a write that was performed.

use intake::Intake;
use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;
use sandbox::{Envelope, ids};

use crate::world::process::receive;
use crate::world::rows::{conflicting, held, recorded};
use crate::world::{CONFIRMED, CONFLICT, DUPLICATE, HELD, PENDING, RECORDED, STRANGER, TOPIC, World, mail};

/// What the first answer of the database is.
const FIRST_ANSWERS: [Fault; 2] = [Fault::Pass, Fault::LoseResponse];

/// More than any delivery waits.
const MOST_WAITS: usize = 1_000;

/// One delivery, killed after so many waits, and the next one of the same message to the process that was left behind. The
/// answers; none to the first if it was killed.
async fn delivered_twice(process: &Intake, envelope: &Envelope, waits: usize) -> (Option<String>, String) {
    let first = killed_after(waits, receive(process, envelope, &format!("{waits} first"))).await;
    (first, receive(process, envelope, &format!("{waits} second")).await)
}

/// A message that is new comes to `new` if nothing was left of the killed delivery, and to `known` if its write was.
fn assert_answers(answers: &(Option<String>, String), new: &str, known: &str) {
    match answers {
        (None, second) => assert!([new, known].contains(&second.as_str()), "{second}"),
        (Some(first), second) => assert_eq!((first.as_str(), second.as_str()), (new, known)),
    }
}

#[tokio::test]
async fn a_notification_is_recorded_once_when_a_warm_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let process = world.process();
        let warms_up = mail::purchase("warms up");
        assert_eq!(receive(&process, &warms_up, "warm").await, RECORDED);
        let mut expected = vec![recorded(&warms_up)];
        for waits in 0..MOST_WAITS {
            let purchase = mail::purchase(&format!("purchase {waits}"));
            world.faults().inject("PutItem", first_answer, 1);
            let answers = delivered_twice(&process, &purchase, waits).await;
            world.faults().clear();

            assert_answers(&answers, RECORDED, DUPLICATE);
            expected.push(recorded(&purchase));
            if answers.0.is_some() {
                break;
            }
        }
        expected.sort();
        assert_eq!(world.rows().await, expected);
    }
}

#[tokio::test]
async fn a_notification_is_recorded_once_when_a_cold_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let mut expected = Vec::new();
        for waits in 0..MOST_WAITS {
            let purchase = mail::purchase(&format!("purchase {waits}"));
            world.faults().inject("GetItem", first_answer, 1);
            world.faults().inject("PutItem", first_answer, 3);
            let answers = delivered_twice(&world.process(), &purchase, waits).await;
            world.faults().clear();

            assert_answers(&answers, RECORDED, DUPLICATE);
            expected.push(recorded(&purchase));
            expected.sort();
            assert_eq!(world.rows().await, expected, "after {waits} waits");
            if answers.0.is_some() {
                break;
            }
            for certificate in world.items("trust").await {
                world.forget(&certificate).await;
            }
        }
        assert_eq!(world.trust().await, ["certificate"]);
    }
}

#[tokio::test]
async fn a_conflict_is_kept_once_beside_the_other_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let process = world.process();
        let mut expected = Vec::new();
        for waits in 0..MOST_WAITS {
            let purchase = mail::purchase(&format!("purchase {waits}"));
            let other = mail::same_key_other_body(&purchase);
            assert_eq!(receive(&process, &purchase, &format!("{waits} before")).await, RECORDED);
            world.faults().inject("PutItem", Fault::Pass, 1);
            world.faults().inject("PutItem", first_answer, 1);
            let answers = delivered_twice(&process, &other, waits).await;
            world.faults().clear();

            assert_answers(&answers, CONFLICT, DUPLICATE);
            expected.extend([recorded(&purchase), conflicting(&other)]);
            if answers.0.is_some() {
                break;
            }
        }
        expected.sort();
        assert_eq!(world.rows().await, expected);
    }
}

#[tokio::test]
async fn a_held_notification_is_counted_as_often_as_it_is_kept_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        assert_eq!(world.deliver(&mail::confirmation(STRANGER, &ids::token("a"))).await, PENDING);
        let process = world.process();
        let mut expected = Vec::new();
        for waits in 0..MOST_WAITS {
            let purchase = mail::sent_to(STRANGER, &format!("purchase {waits}"));
            world.faults().inject("TransactWriteItems", first_answer, 1);
            let answers = delivered_twice(&process, &purchase, waits).await;
            world.faults().clear();

            assert_answers(&answers, HELD, HELD);
            expected.push(held(&purchase));
            if answers.0.is_some() {
                break;
            }
        }
        expected.sort();
        assert_eq!(world.rows().await, expected);
        let topic = format!("stranger pending, {} held, token", expected.len());
        assert_eq!(world.trust().await, ["certificate", topic.as_str(), "waiting: stranger"]);
    }
}

#[tokio::test]
async fn a_subscription_is_confirmed_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let process = world.process();
        let mut expected = vec!["certificate".to_owned()];
        for waits in 0..MOST_WAITS {
            let topic = format!("{TOPIC}{waits}");
            let asked = mail::confirmation(&topic, &world.stack.api.issue_token(&topic));
            world.faults().inject("UpdateItem", first_answer, 1);
            let answers = delivered_twice(&process, &asked, waits).await;
            world.faults().clear();

            assert_answers(&answers, CONFIRMED, CONFIRMED);
            assert!(
                world
                    .stack
                    .api
                    .confirmed()
                    .iter()
                    .any(|confirmed| confirmed.topic_arn == topic)
            );
            expected.push(format!("LT0XA{waits} subscribed"));
            if answers.0.is_some() {
                break;
            }
        }
        expected.sort();
        assert_eq!(world.trust().await, expected);
        assert_eq!(world.rows().await, []);
    }
}

#[tokio::test]
async fn a_topic_waits_for_the_operator_once_when_the_process_is_killed_at_any_wait() {
    for first_answer in FIRST_ANSWERS {
        let world = World::with_faults().await;
        let process = world.process();
        let mut names = Vec::new();
        for waits in 0..MOST_WAITS {
            let topic = format!("{STRANGER}{waits}");
            world.faults().inject("TransactWriteItems", first_answer, 1);
            let answers = delivered_twice(&process, &mail::confirmation(&topic, &ids::token(&topic)), waits).await;
            world.faults().clear();

            assert_answers(&answers, PENDING, PENDING);
            names.push(format!("stranger{waits}"));
            if answers.0.is_some() {
                break;
            }
        }
        names.sort();
        let mut expected: Vec<_> = names.iter().map(|name| format!("{name} pending, 0 held, token")).collect();
        expected.extend(["certificate".to_owned(), format!("waiting: {}", names.join(" "))]);
        expected.sort();
        assert_eq!(world.trust().await, expected);
    }
}
