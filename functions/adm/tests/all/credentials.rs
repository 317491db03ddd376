//! Credentials from Secrets Manager, and their rotation.

use adm::{BadCredentials, CredentialSource, Outcome, SecretError, TokenError};
use sandbox::Secrets;
use sandbox::adm::Target;
use sandbox::secrets::Fault;

use crate::world::{CLIENT_ID, CLIENT_SECRET, LONG, World, message, secret_json};

#[tokio::test]
async fn a_secret_is_read_once() {
    let (world, secrets) = start().await;
    for _ in 0..3 {
        assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    }
    world.service.revoke_tokens();
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    assert_eq!((secrets.calls(), world.count(Target::Token)), (1, 2));
}

#[tokio::test]
async fn a_rotated_secret_is_read_again_when_the_old_one_is_refused() {
    let (world, secrets) = start().await;
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    world.service.rotate_secret(CLIENT_ID, "rotated");
    secrets.put("adm", &secret_json("rotated"));
    world.service.revoke_tokens();
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    assert_eq!((secrets.calls(), world.count(Target::Token)), (2, 3));
}

#[tokio::test]
async fn a_wrong_secret_is_read_again_once_and_then_final() {
    let (world, secrets) = start().await;
    world.service.rotate_secret(CLIENT_ID, "rotated");
    let outcome = world.send(&message()).await;
    assert!(
        matches!(outcome, Outcome::NoToken(TokenError::InvalidClient { .. })),
        "{outcome:?}"
    );
    assert_eq!((secrets.calls(), world.count(Target::Token)), (2, 1));
}

#[tokio::test]
async fn what_is_wrong_with_a_secret_is_told_by_who_must_act() {
    for (arrange, expected, is_final) in [
        (
            Box::new(|secrets: &Secrets| secrets.put("adm", "hunter2")) as Box<dyn Fn(&Secrets)>,
            SecretError::Malformed(BadCredentials::NotAnObject),
            true,
        ),
        (
            Box::new(|secrets| secrets.put("adm", r#"{"client_id":"hunter2"}"#)),
            SecretError::Malformed(BadCredentials::Missing("client_secret")),
            true,
        ),
        (Box::new(|secrets| secrets.script([Fault::Denied])), SecretError::Denied, true),
        (
            Box::new(|secrets| secrets.script([Fault::Internal])),
            SecretError::Unavailable,
            false,
        ),
    ] {
        let (world, secrets) = start().await;
        arrange(&secrets);
        let error = world.adm.prepare(&world.budget(10)).await.unwrap_err();
        assert_eq!((&error, error.is_final()), (&TokenError::Secret(expected), is_final));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_secret_that_does_not_exist_is_missing() {
    let secrets = Secrets::start().await.unwrap();
    let world = World::with(LONG, CredentialSource::secret(secrets.client(), "adm")).await;
    let error = world.adm.prepare(&world.budget(10)).await.unwrap_err();
    assert_eq!(error, TokenError::Secret(SecretError::Missing));
}

#[tokio::test]
async fn a_spent_budget_reads_no_secret_and_uses_one_that_was_read() {
    let (world, secrets) = start().await;
    let error = world.adm.prepare(&world.budget(0)).await.unwrap_err();
    assert_eq!((error, secrets.calls()), (TokenError::Secret(SecretError::Unavailable), 0));
    assert_eq!(world.adm.prepare(&world.budget(10)).await, Ok(()));
    assert_eq!(world.adm.prepare(&world.budget(0)).await, Ok(()));
    assert_eq!(secrets.calls(), 1);
}

async fn start() -> (World, Secrets) {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("adm", &secret_json(CLIENT_SECRET));
    let world = World::with(LONG, CredentialSource::secret(secrets.client(), "adm")).await;
    (world, secrets)
}
