//! The time of an invocation: what is begun, and when it is ended.

use std::time::Duration;

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use sandbox::dynamo;
use sandbox::kill::interrupted_after;

use super::in_time;
use crate::world::{MESSAGE, Terms, World};

#[tokio::test]
async fn without_time_to_send_and_to_record_nothing_is_begun() {
    // One second for the answer, five for the record.
    let short = World::start().await.ending_in(7);
    assert_snapshot!(short.send("key", MESSAGE).await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"there was not enough time left to send it; nothing was sent now","status":503,"title":"Amazon Device Messaging cannot take the message now","type":"/problems/adm/unavailable"}
    "#);
    assert_eq!((short.faults.all_calls(), short.secrets.calls(), short.posts()), (0, 0, 0));
    let enough = short.ending_in(8);
    assert_snapshot!(enough.send("key", MESSAGE).await.in_brief(), @"200 -");
}

#[tokio::test]
async fn a_message_is_not_begun_with_too_little_time_to_hear_what_became_of_it() {
    // The token takes so long that a second is left before the end of sending.
    let world = World::start().await.ending_in(15);
    let cold = world.instance(&Terms::default());
    let body = MESSAGE;
    let late = async { world.clock.pass(8) };
    let key = [("idempotency-key", "token")];
    let (answer, _) = interrupted_after(1, world.send_by(&cold, &key, body), late).await;
    assert_snapshot!(answer.in_brief(), @"503 unavailable retry-after: 5");
    assert_eq!(world.posts(), 0);
    // The same between the lease and the message: the key is free again.
    for waits in 0.. {
        let key = waits.to_string();
        let late = async { world.clock.pass(8) };
        let (answer, had_ended) = interrupted_after(waits, world.send(&key, body), late).await;
        if had_ended {
            break;
        }
        assert!([200, 503].contains(&answer.status), "held after {waits}: {answer}");
        assert_eq!(world.send(&key, body).await.status, 200, "held after {waits}");
    }
}

#[tokio::test]
async fn who_has_waited_for_a_lease_sends_no_longer_than_anybody_else() {
    let world = World::start().await;
    for fault in [dynamo::Fault::Pass, dynamo::Fault::Deny] {
        world.faults.inject("PutItem", fault, 1);
    }
    let resend = [("idempotency-key", "key"), ("prefer", "wait=10"), ("on-unknown", "resend")];
    assert!(!in_time(&world, &resend, MESSAGE).await.is_recorded());
    // Seven seconds of the lease and its margin are left, and then of the 22 s of a request there are 15.
    world.clock.pass(18);
    let began_at = world.clock.now();
    world.amazon.script(Target::Send, [Fault::TooMany(Some("15"))]);
    let answer = in_time(&world, &resend, MESSAGE).await;
    assert_snapshot!(answer.in_brief(), @"504 outcome-unknown retry-after: 15");
    assert_eq!(world.clock.now(), began_at + Duration::from_millis(7_250));
    assert_eq!((world.posts(), world.delivered()), (2, 1));
}
