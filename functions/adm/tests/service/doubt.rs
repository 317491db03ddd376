//! Nobody knows whether ADM has it: what is answered, and what sends it again.

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};

use crate::world::{CONSOLIDATED, MESSAGE, World};

#[tokio::test]
async fn a_lost_answer_is_unknown_and_stays_so() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    504
    content-type: application/problem+json
    {"detail":"the connection ended without an answer; sending it again may deliver it twice","status":504,"title":"It is not known whether Amazon Device Messaging has the message","type":"/problems/adm/outcome-unknown"}
    "#);
    world.clock.pass(3_600);
    assert_snapshot!(world.send("key", MESSAGE).await, @r#"
    504
    content-type: application/problem+json
    {"detail":"an earlier attempt may have been delivered, or may not; nothing was sent now. On-Unknown: resend sends it again, which may deliver it twice","status":504,"title":"It is not known whether Amazon Device Messaging has the message","type":"/problems/adm/outcome-unknown"}
    "#);
    assert_eq!((world.posts(), world.delivered()), (1, 1));
}

#[tokio::test]
async fn who_asks_for_it_has_it_sent_again_under_a_key_of_its_own() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    assert_eq!(world.send("key", MESSAGE).await.status, 504);
    let resend = [("idempotency-key", "key"), ("on-unknown", "resend")];
    let again = world.send_with(&resend, MESSAGE).await;
    assert_eq!((again.status, world.delivered()), (200, 2));
    let key = world.amazon.delivered()[1].body["consolidationKey"].clone();
    assert_eq!(key.as_str().map(str::len), Some(32));
    // From now on it is known, to everybody.
    assert_eq!(world.send("key", MESSAGE).await.body, again.body);
    assert_eq!(world.posts(), 2);
}

#[tokio::test]
async fn a_message_with_a_consolidation_key_is_sent_again_at_once() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    let answer = world.send("key", CONSOLIDATED).await;
    assert_eq!((answer.status, world.posts(), world.delivered()), (200, 2, 2));
    for delivered in world.amazon.delivered() {
        assert_eq!(delivered.body["consolidationKey"], "Sync");
    }
}

#[tokio::test]
async fn who_asks_for_it_besides_keeps_the_key_of_the_message() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    let resend = [("idempotency-key", "key"), ("on-unknown", "resend")];
    assert_eq!(world.send_with(&resend, CONSOLIDATED).await.status, 200);
    for delivered in world.amazon.delivered() {
        assert_eq!(delivered.body["consolidationKey"], "Sync");
    }
    assert_eq!(world.delivered(), 2);
}

#[tokio::test]
async fn fail_is_heeded_although_there_is_a_consolidation_key() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    let fail = [("idempotency-key", "key"), ("on-unknown", "fail")];
    assert_eq!(world.send_with(&fail, CONSOLIDATED).await.status, 504);
    assert_eq!(world.send_with(&fail, CONSOLIDATED).await.status, 504);
    assert_eq!(world.posts(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_second_attempt_does_not_end_the_doubt_about_the_first() {
    let world = World::start().await;
    world.amazon.script(Target::Send, [Fault::LoseResponse]);
    assert_eq!(world.send("key", MESSAGE).await.status, 504);
    let resend = [("idempotency-key", "key"), ("on-unknown", "resend")];
    world.amazon.script(Target::Send, [Fault::TooMany(Some("3600"))]);
    assert_snapshot!(world.send_with(&resend, MESSAGE).await, @r#"
    504
    content-type: application/problem+json
    retry-after: 3600
    {"detail":"an earlier attempt may have been delivered; this one was not (status 503), which does not end the doubt","requestId":"fbcf1cf9-e449-5c16-a68d-062d32ab1f15","status":504,"title":"It is not known whether Amazon Device Messaging has the message","type":"/problems/adm/outcome-unknown"}
    "#);
    world.amazon.script(Target::Send, [Fault::Reason(400, "InvalidData")]);
    assert_snapshot!(world.send_with(&resend, MESSAGE).await.in_brief(), @"504 outcome-unknown");
    assert_eq!(world.send("key", MESSAGE).await.status, 504);
    assert_eq!(world.send_with(&resend, MESSAGE).await.status, 200);
}
