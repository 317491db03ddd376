//! Nothing of a request or its answer is shown for debugging.

use sends::{Attempt, Claim, ConsolidationKey, Fingerprint, IdempotencyKey, OnUnknown, SendKey, Stored};

use crate::world::{World, attempt, evening, seconds, stopped};

#[tokio::test]
async fn nothing_of_a_send_is_shown_for_debugging() {
    let world = World::new().await;
    let key = IdempotencyKey::parse("secret-key").unwrap();
    let claim = Claim {
        key: SendKey::of("secret-role", "secret-route", &key),
        fingerprint: Fingerprint::of(&"secret-request").unwrap(),
        on_unknown: OnUnknown::Resend(ConsolidationKey::given("secret-news")),
    };
    let attempt: Attempt<'_> = attempt("first", seconds(0));
    let headers = [("secret-header".to_owned(), "secret-value".to_owned())];
    let answer = Stored::new(200, headers.into(), "secret-body").unwrap();

    let acquired = world.sends.acquire(&claim, &attempt).await.unwrap();
    let mut shown = format!("{key:?} {claim:?} {attempt:?} {answer:?} {acquired:?}");
    let permit = crate::world::go(acquired);
    shown += &format!("{permit:?}");
    let settled = world.sends.complete(permit, &answer, stopped(seconds(1)), evening()).await;
    shown += &format!("{settled:?} {:?}", world.standing(&claim, "second", seconds(2)).await);

    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains(claim.key.as_str()) && shown.contains("Replay(Stored { status: 200, .. })"));
}
