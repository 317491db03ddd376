//! The message itself: everything that ADM, or what stands before it, can make of one.

use futures_util::future::join_all;
use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};

use super::{impatient, in_time, line, worlds};
use crate::world::{CONSOLIDATED, MESSAGE};

const FAULTS: [Fault; 17] = [
    Fault::Answer(200, "{}"),
    Fault::Answer(302, ""),
    Fault::Answer(403, ""),
    Fault::Answer(502, "<html>"),
    Fault::Answer(504, ""),
    Fault::Hang,
    Fault::HangUp,
    Fault::Internal(None),
    Fault::Internal(Some("1")),
    Fault::LoseResponse,
    Fault::Malformed,
    Fault::Reason(400, "InvalidData"),
    Fault::Reason(401, "AccessTokenExpired"),
    Fault::Reason(413, "MessageTooLarge"),
    Fault::TooMany(None),
    Fault::TooMany(Some("Fri, 06 Mar 2026 23:00:00 GMT")),
    Fault::Unavailable(Some("3600")),
];

/// Each fault, met so often; the same request follows when all is well again.
async fn met(times: usize, message: &str) -> String {
    let worlds = worlds(FAULTS, impatient).await.into_iter();
    let lines = join_all(worlds.map(|(fault, world)| async move {
        world.amazon.script(Target::Send, vec![fault.clone(); times]);
        let first = in_time(&world, &[("idempotency-key", "key")], message).await;
        world.amazon.script(Target::Send, []);
        world.clock.pass(4 * 3_600);
        let second = in_time(&world, &[("idempotency-key", "key")], message).await;
        line(&fault, &[&first, &second], &world)
    }));
    lines.await.concat()
}

#[tokio::test]
async fn what_may_have_been_delivered_is_not_sent_again() {
    assert_snapshot!(met(1, MESSAGE).await, @r#"
    Answer(200, "{}"): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Answer(302, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(403, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(502, "<html>"): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Answer(504, ""): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Hang: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    HangUp: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Internal(None): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Internal(Some("1")): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    LoseResponse: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    Malformed: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Reason(400, "InvalidData"): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Reason(401, "AccessTokenExpired"): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Reason(413, "MessageTooLarge"): 413 message-too-large, then 413 message-too-large idempotent-replayed: true; sent 1, delivered 0
    TooMany(None): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    TooMany(Some("Fri, 06 Mar 2026 23:00:00 GMT")): 503 unavailable retry-after: 10800, then 200 -; sent 2, delivered 1
    Unavailable(Some("3600")): 503 unavailable retry-after: 3600, then 200 -; sent 2, delivered 1
    "#);
}

#[tokio::test]
async fn what_is_refused_for_now_is_sent_again_while_there_is_time_and_then_by_the_next_request() {
    assert_snapshot!(met(5, MESSAGE).await, @r#"
    Answer(200, "{}"): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Answer(302, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(403, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(502, "<html>"): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Answer(504, ""): 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Hang: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    HangUp: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Internal(None): 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    Internal(Some("1")): 503 unavailable retry-after: 1, then 200 -; sent 6, delivered 1
    LoseResponse: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 1
    Malformed: 504 outcome-unknown, then 504 outcome-unknown; sent 1, delivered 0
    Reason(400, "InvalidData"): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Reason(401, "AccessTokenExpired"): 502 credentials-refused, then 200 -; sent 3, delivered 1
    Reason(413, "MessageTooLarge"): 413 message-too-large, then 413 message-too-large idempotent-replayed: true; sent 1, delivered 0
    TooMany(None): 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    TooMany(Some("Fri, 06 Mar 2026 23:00:00 GMT")): 503 unavailable retry-after: 10800, then 200 -; sent 2, delivered 1
    Unavailable(Some("3600")): 503 unavailable retry-after: 3600, then 200 -; sent 2, delivered 1
    "#);
}

#[tokio::test]
async fn with_a_consolidation_key_it_is_sent_again_at_once() {
    assert_snapshot!(met(1, CONSOLIDATED).await, @r#"
    Answer(200, "{}"): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Answer(302, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(403, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(502, "<html>"): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Answer(504, ""): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Hang: 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    HangUp: 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Internal(None): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Internal(Some("1")): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    LoseResponse: 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 2
    Malformed: 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Reason(400, "InvalidData"): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Reason(401, "AccessTokenExpired"): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    Reason(413, "MessageTooLarge"): 413 message-too-large, then 413 message-too-large idempotent-replayed: true; sent 1, delivered 0
    TooMany(None): 200 -, then 200 - idempotent-replayed: true; sent 2, delivered 1
    TooMany(Some("Fri, 06 Mar 2026 23:00:00 GMT")): 503 unavailable retry-after: 10800, then 200 -; sent 2, delivered 1
    Unavailable(Some("3600")): 503 unavailable retry-after: 3600, then 200 -; sent 2, delivered 1
    "#);
}

#[tokio::test]
async fn with_a_consolidation_key_it_is_sent_again_by_the_next_request_too() {
    assert_snapshot!(met(5, CONSOLIDATED).await, @r#"
    Answer(200, "{}"): 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    Answer(302, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(403, ""): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Answer(502, "<html>"): 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    Answer(504, ""): 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    Hang: 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    HangUp: 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    Internal(None): 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    Internal(Some("1")): 503 unavailable retry-after: 1, then 200 -; sent 6, delivered 1
    LoseResponse: 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 6
    Malformed: 504 outcome-unknown retry-after: 5, then 200 -; sent 6, delivered 1
    Reason(400, "InvalidData"): 400 refused-by-adm, then 400 refused-by-adm idempotent-replayed: true; sent 1, delivered 0
    Reason(401, "AccessTokenExpired"): 502 credentials-refused, then 200 -; sent 3, delivered 1
    Reason(413, "MessageTooLarge"): 413 message-too-large, then 413 message-too-large idempotent-replayed: true; sent 1, delivered 0
    TooMany(None): 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    TooMany(Some("Fri, 06 Mar 2026 23:00:00 GMT")): 503 unavailable retry-after: 10800, then 200 -; sent 2, delivered 1
    Unavailable(Some("3600")): 503 unavailable retry-after: 3600, then 200 -; sent 2, delivered 1
    "#);
}
