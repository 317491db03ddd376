//! Messages of which nobody knows whether ADM has them, and those that somebody else is sending.

use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use tokio::task::yield_now;

use super::{CONSOLIDATED, MESSAGE, file, told};
use crate::world::World;

#[tokio::test]
async fn a_lost_answer_is_unknown_until_somebody_takes_the_risk() {
    let world = World::new().await;
    let message = file("lost.json", MESSAGE);
    world.stack.adm.script(Target::Send, [Fault::LoseResponse]);
    assert_snapshot!(told(&world.adm_send(&message, "--key k").await), @r#"
    adm/lost.json
      topic    news
      key      k
      answer   504 outcome-unknown
    firepost: the outcome is unknown (504 outcome-unknown): the connection ended without an answer; sending it again may deliver it twice
      firepost adm send adm/lost.json --key k --on-unknown resend --stack STACK
    exit 1
    "#);
    assert_eq!(world.posts(), (1, 1));
    assert_snapshot!(told(&world.adm_send(&message, "--key k").await), @r#"
    adm/lost.json
      topic    news
      key      k
      answer   504 outcome-unknown
    firepost: the outcome is unknown (504 outcome-unknown): an earlier attempt may have been delivered, or may not; nothing was sent now. On-Unknown: resend sends it again, which may deliver it twice
      firepost adm send adm/lost.json --key k --on-unknown resend --stack STACK
    exit 1
    "#);
    assert_snapshot!(world.adm_send(&message, "--key k --json").await.out, @r#"{"file":"adm/lost.json","topic":"news","key":"k","status":504,"replayed":false,"recorded":true,"retry_after":null,"answer":{"type":"/problems/adm/outcome-unknown","title":"It is not known whether Amazon Device Messaging has the message","status":504,"detail":"an earlier attempt may have been delivered, or may not; nothing was sent now. On-Unknown: resend sends it again, which may deliver it twice"}}"#);
    assert_eq!(world.posts(), (1, 1));
    assert_snapshot!(told(&world.adm_send(&message, "--key k --on-unknown resend").await), @r#"
    adm/lost.json
      topic    news
      key      k
      answer   200 sent
      message  amzn1.adm-message.5ac56250-b54b-5939-a5c7-25659c3385ea
      request  fbcf1cf9-e449-5c16-a68d-062d32ab1f15
    exit 0
    "#);
    assert_eq!(world.posts(), (2, 2));
    assert_eq!(world.adm_send(&message, "--key k").await.code, Some(0));
    assert_eq!(world.posts(), (2, 2));
}

#[tokio::test]
async fn a_message_with_a_consolidation_key_is_sent_again_unless_that_is_forbidden() {
    let world = World::new().await;
    let message = file("consolidated.json", CONSOLIDATED);
    world.stack.adm.script(Target::Send, [Fault::HangUp]);
    assert_eq!(world.adm_send(&message, "--key k-1 --on-unknown fail").await.code, Some(1));
    assert_eq!(world.posts(), (1, 0));
    assert_eq!(world.adm_send(&message, "--key k-1").await.code, Some(0));
    assert_eq!(world.posts(), (2, 1));
}

#[tokio::test]
async fn a_message_that_is_being_sent_is_not_sent_by_a_second_command() {
    let world = World::new().await;
    let message = file("flying.json", MESSAGE);
    world.stack.adm.script(Target::Send, [Fault::Hang]);
    let headers = [("idempotency-key", "k")];
    let first = world.ask("POST", "/adm/topics/news/messages", &headers, MESSAGE);
    let second = async {
        while world.posts() != (1, 0) {
            yield_now().await;
        }
        world.adm_send(&message, "--key k").await
    };
    // The first one is given up once the second has its answer.
    let said = tokio::select! {
        answer = first => panic!("{answer}"),
        said = second => said,
    };
    assert_snapshot!(told(&said), @r#"
    adm/flying.json
      topic    news
      key      k
      answer   409 in-flight
    firepost: not now (409 in-flight): it is not known yet what becomes of it; ask again, or ask with Prefer: wait=10. Repeat it after 26 s
      firepost adm send adm/flying.json --key k --wait 10 --stack STACK
    exit 1
    "#);
    assert_eq!(world.posts(), (1, 0));
}
