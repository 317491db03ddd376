//! Amazon's side before and besides the message: the secret, the token, the registration, the host.

use futures_util::future::join_all;
use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use sandbox::secrets;

use super::{impatient, in_time, is_transient, line, worlds};
use crate::world::{CLIENT_ID, MESSAGE, World};

const KEY: [(&str, &str); 1] = [("idempotency-key", "key")];

#[tokio::test]
async fn without_the_secret_nothing_is_sent_and_the_key_stays_free() {
    let mut lines = String::new();
    for fault in [secrets::Fault::Denied, secrets::Fault::Internal] {
        let world = World::start().await;
        world.secrets.script([fault]);
        let first = in_time(&world, &KEY, MESSAGE).await;
        assert_eq!((world.faults.calls("PutItem"), world.posts()), (0, 0));
        let second = in_time(&world, &KEY, MESSAGE).await;
        lines += &line(&fault, &[&first, &second], &world);
    }
    assert_snapshot!(lines, @r#"
    Denied: 502 credentials-refused, then 200 -; sent 1, delivered 1
    Internal: 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    "#);
}

#[tokio::test]
async fn a_secret_that_is_none_is_an_operators() {
    let world = World::start().await;
    world.secrets.put("adm", r#"{"client_id":"hunter2"}"#);
    let answer = in_time(&world, &KEY, MESSAGE).await;
    assert_snapshot!(answer, @r#"
    502
    content-type: application/problem+json
    {"detail":"the secret of ADM_CREDENTIALS_SECRET is not usable: client_secret is missing, or is not a text; nothing was sent","status":502,"title":"Amazon does not accept the credentials of this deployment","type":"/problems/adm/credentials-refused"}
    "#);
    assert_eq!(world.posts(), 0);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_key_stays_free() {
    let faults = [
        Fault::Answer(302, ""),
        Fault::Answer(502, "<html>"),
        Fault::Answer(400, r#"{"error":"invalid_scope"}"#),
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
        Fault::Hang,
        Fault::HangUp,
        Fault::Internal(None),
        Fault::LoseResponse,
        Fault::Malformed,
        Fault::TooMany(Some("7")),
        Fault::Unavailable(Some("Fri, 06 Mar 2026 20:00:30 GMT")),
    ];
    let worlds = worlds(faults, impatient).await.into_iter();
    let lines = join_all(worlds.map(|(fault, world)| async move {
        world.amazon.script(Target::Token, [fault.clone()]);
        let first = in_time(&world, &KEY, MESSAGE).await;
        assert!(is_transient(&first) && first.status != 409, "{first}");
        assert_eq!((world.faults.calls("PutItem"), world.posts()), (0, 0));
        let second = in_time(&world, &KEY, MESSAGE).await;
        line(&fault, &[&first, &second], &world)
    }));
    assert_snapshot!(lines.await.concat(), @r#"
    Answer(302, ""): 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    Answer(502, "<html>"): 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    Answer(400, "{\"error\":\"invalid_scope\"}"): 502 credentials-refused, then 200 -; sent 1, delivered 1
    Answer(401, "{\"error\":\"invalid_client\"}"): 502 credentials-refused, then 200 -; sent 1, delivered 1
    Hang: 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    HangUp: 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    Internal(None): 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    LoseResponse: 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    Malformed: 503 unavailable retry-after: 5, then 200 -; sent 1, delivered 1
    TooMany(Some("7")): 503 unavailable retry-after: 7, then 200 -; sent 1, delivered 1
    Unavailable(Some("Fri, 06 Mar 2026 20:00:30 GMT")): 503 unavailable retry-after: 30, then 200 -; sent 1, delivered 1
    "#);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_while_a_message_is_sent_leaves_the_key_free() {
    let world = World::start().await;
    assert_eq!(world.send("first", MESSAGE).await.status, 200);
    world.amazon.revoke_tokens();
    world.amazon.rotate_secret(CLIENT_ID, "rotated");
    assert_snapshot!(in_time(&world, &KEY, MESSAGE).await.in_brief(), @"502 credentials-refused");
    let rotated = serde_json::json!({ "client_id": CLIENT_ID, "client_secret": "rotated" });
    world.secrets.put("adm", &rotated.to_string());
    assert_snapshot!(in_time(&world, &KEY, MESSAGE).await.in_brief(), @"200 -");
    assert_eq!(world.delivered(), 2);
}

#[tokio::test]
async fn a_profile_that_is_not_registered_is_registered_on_the_way_or_by_an_operator() {
    let faults = [
        Fault::Pass,
        Fault::Hang,
        Fault::LoseResponse,
        Fault::Reason(400, "The given clientSecret is not associated with the security profile x"),
        Fault::Unavailable(Some("9")),
    ];
    let worlds = worlds(faults, impatient).await.into_iter();
    let lines = join_all(worlds.map(|(fault, world)| async move {
        let unregistered = Fault::Reason(400, "Security profile x is not registered for TopicBasedMessaging.");
        world.amazon.script(Target::Send, vec![unregistered; 5]);
        world.amazon.script(Target::Register, vec![fault.clone(); 5]);
        let first = in_time(&world, &KEY, MESSAGE).await;
        for target in [Target::Register, Target::Send] {
            world.amazon.script(target, []);
        }
        world.clock.pass(10);
        let second = in_time(&world, &KEY, MESSAGE).await;
        line(&fault, &[&first, &second], &world)
    }));
    assert_snapshot!(lines.await.concat(), @r#"
    Pass: 502 not-registered, then 200 -; sent 3, delivered 1
    Hang: 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    LoseResponse: 503 unavailable retry-after: 5, then 200 -; sent 6, delivered 1
    Reason(400, "The given clientSecret is not associated with the security profile x"): 502 not-registered, then 200 -; sent 2, delivered 1
    Unavailable(Some("9")): 503 unavailable retry-after: 9, then 200 -; sent 4, delivered 1
    "#);
}

#[tokio::test]
async fn a_host_that_does_not_listen_has_nothing() {
    let mut world = World::start().await;
    // With a token at hand.
    assert_eq!(world.send("first", MESSAGE).await.status, 200);
    world.endpoint_mut().down().await;
    assert_snapshot!(in_time(&world, &KEY, MESSAGE).await.in_brief(), @"503 unavailable retry-after: 5");
    world.endpoint_mut().up().await.unwrap();
    world.clock.pass(5);
    assert_snapshot!(in_time(&world, &KEY, MESSAGE).await.in_brief(), @"200 -");
    assert_eq!((world.posts(), world.delivered()), (2, 2));
}
