//! One token for all, renewed in time.

use std::sync::Arc;
use std::time::Duration;

use adm::{Outcome, ProblemType, TokenError};
use insta::assert_snapshot;
use sandbox::adm::{Fault, Target};
use tokio::task::JoinSet;

use crate::world::{CLIENT_ID, CLIENT_SECRET, World, message};

#[tokio::test]
async fn two_hundred_cold_requests_ask_for_one_token() {
    let world = Arc::new(World::start().await);
    let mut requests = JoinSet::new();
    for _ in 0..200 {
        let world = Arc::clone(&world);
        requests.spawn(async move { world.adm.prepare(&world.budget(10)).await });
    }
    assert_eq!(requests.join_all().await, vec![Ok(()); 200]);
    assert_eq!(world.count(Target::Token), 1);
}

#[tokio::test]
async fn two_hundred_requests_share_one_failure_and_the_next_one_asks_again() {
    let world = Arc::new(World::start().await);
    world.service.script(Target::Token, [Fault::Unavailable(Some("3"))]);
    let mut requests = JoinSet::new();
    for _ in 0..200 {
        let world = Arc::clone(&world);
        requests.spawn(async move { world.adm.prepare(&world.budget(10)).await });
    }
    for result in requests.join_all().await {
        let error = result.unwrap_err();
        assert_eq!((error.is_final(), error.retry_after()), (false, Some(Duration::from_secs(3))));
    }
    assert_eq!(world.count(Target::Token), 1);
    assert_eq!(world.adm.prepare(&world.budget(10)).await, Ok(()));
    assert_eq!(world.count(Target::Token), 2);
}

#[tokio::test]
async fn a_hundred_refused_tokens_are_renewed_once() {
    let world = Arc::new(World::start().await);
    world.adm.prepare(&world.budget(10)).await.unwrap();
    world.service.revoke_tokens();
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let world = Arc::clone(&world);
        requests.spawn(async move { world.send(&message()).await });
    }
    for outcome in requests.join_all().await {
        assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    }
    assert_eq!((world.count(Target::Token), world.service.delivered().len()), (2, 100));
}

#[tokio::test]
async fn a_token_is_renewed_sixty_seconds_before_its_end() {
    let world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    world.clock.pass(Duration::from_secs(3600 - 61));
    world.adm.prepare(&world.budget(10)).await.unwrap();
    assert_eq!(world.count(Target::Token), 1);
    world.clock.pass(Duration::from_secs(1));
    world.adm.prepare(&world.budget(10)).await.unwrap();
    assert_eq!(world.count(Target::Token), 2);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_message_sent_once_more() {
    let world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    world.service.revoke_tokens();
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    assert_eq!((world.count(Target::Token), world.count(Target::Send)), (2, 2));

    let refused = Fault::Reason(401, "AccessTokenExpired");
    world.service.script(Target::Send, [refused.clone(), refused]);
    let outcome = world.send(&message()).await;
    assert!(matches!(outcome, Outcome::Unauthorised { .. }), "{outcome:?}");
    assert_eq!((world.count(Target::Token), world.count(Target::Send)), (3, 4));
    assert_eq!(outcome.into_answer().unwrap_err().kind, ProblemType::CredentialsRefused);
}

#[tokio::test]
async fn a_client_secret_is_url_encoded() {
    let world = World::start().await;
    world.adm.prepare(&world.budget(10)).await.unwrap();
    let call = &world.service.calls(Target::Token)[0];
    assert_eq!(call.form()["client_secret"], CLIENT_SECRET);
    assert_eq!(
        call.header("content-type"),
        Some("application/x-www-form-urlencoded;charset=UTF-8")
    );
    assert_snapshot!(
        String::from_utf8_lossy(&call.body),
        @"grant_type=client_credentials&scope=messaging%3Apush&client_id=amzn1.application-oa2-client.0123456789abcdef&client_secret=s%26cr%3Dt%2B+%25%2F%3F%23%C3%A9"
    );
}

#[tokio::test]
async fn an_oauth_error_is_read_from_error_and_two_of_them_are_final() {
    let world = World::start().await;
    world.service.disable_messaging(CLIENT_ID);
    let Outcome::NoToken(error) = world.send(&message()).await else {
        panic!("sent");
    };
    assert!(matches!(error, TokenError::InvalidScope { request_id: Some(_) }), "{error:?}");

    world.service.rotate_secret(CLIENT_ID, "another");
    let outcome = world.send(&message()).await;
    assert!(
        matches!(&outcome, Outcome::NoToken(TokenError::InvalidClient { request_id: Some(_) })),
        "{outcome:?}"
    );
    assert_eq!(outcome.into_answer().unwrap_err().status, 502);
    assert_eq!(world.waits_in_milliseconds(), []);
}

#[tokio::test]
async fn no_other_failure_of_a_token_is_taken_for_a_bad_account() {
    for fault in [
        Fault::Answer(400, "{\"error\":\"invalid_request\"}"),
        Fault::Answer(400, "{\"error\":\"unauthorized_client\"}"),
        Fault::Answer(403, "<html>a firewall</html>"),
        Fault::Answer(404, ""),
        Fault::Malformed,
        Fault::HangUp,
        Fault::TooMany(Some("1")),
        Fault::Internal(None),
        Fault::Unavailable(Some("Fri, 06 Mar 2026 20:00:01 GMT")),
    ] {
        let world = World::start().await;
        world.service.script(Target::Token, [fault.clone()]);
        let error = world.adm.prepare(&world.budget(10)).await.unwrap_err();
        assert!(!error.is_final(), "{fault:?}: {error:?}");
        world.service.script(Target::Token, [fault]);
        assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
        assert_eq!(world.waits_in_milliseconds().len(), 1);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_hangs_costs_a_deadline_and_no_more() {
    let world = World::with_deadline(Duration::from_millis(200)).await;
    world.service.script(Target::Token, [Fault::Hang]);
    let error = world.adm.prepare(&world.budget(10)).await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { status: None, .. }), "{error:?}");
}
