//! SNS says that a subscription has ended: it is for the operator to know, and neither of the message's addresses is followed.

use crate::world::{HELD, PENDING, RECORDED, STRANGER, TOPIC, UNSUBSCRIBED, World, clock, in_short, mail, topic};

/// Which paths were asked for, at any host.
fn paths(world: &World) -> Vec<String> {
    world.fetches().into_iter().map(|seen| seen.path).collect()
}

#[tokio::test]
async fn the_end_of_a_trusted_subscription_is_recorded_and_nothing_is_followed() {
    let world = World::start().await;
    let lures = mail::farewell(TOPIC).with("SubscribeURL", "https://sns.us-east-1.amazonaws.com/");
    assert_eq!(world.deliver(&mail::signed_again(lures)).await, UNSUBSCRIBED);

    assert_eq!(world.trust().await, ["LT0XA subscribed, unsubscribed_at", "certificate"]);
    let record = world.stack.trust.topic(&topic(TOPIC), clock::now()).await.unwrap().unwrap();
    assert_eq!(record.unsubscribed_at, Some(clock::NOON));
    assert_eq!(world.rows().await, []);
    assert_eq!(world.stack.api.calls(), []);
    assert_eq!(paths(&world), [mail::certificate_path(), "/intermediate.cer".to_owned()]);

    assert_eq!(
        world.deliver(&mail::purchase("a")).await,
        RECORDED,
        "others may still deliver for it"
    );
    assert_eq!(world.deliver(&mail::farewell(TOPIC)).await, UNSUBSCRIBED);
}

#[tokio::test]
async fn a_new_subscription_ends_the_note_that_the_old_one_ended() {
    let world = World::start().await;
    assert_eq!(world.deliver(&mail::farewell(TOPIC)).await, UNSUBSCRIBED);
    let asked = mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC));
    assert_eq!(in_short(&world.deliver(&asked).await), "200 subscription_confirmed");
    assert_eq!(world.trust().await, ["LT0XA subscribed", "certificate"]);
}

#[tokio::test]
async fn the_end_of_an_unknown_subscription_is_refused() {
    let world = World::start().await;
    assert_eq!(
        in_short(&world.deliver(&mail::farewell(STRANGER)).await),
        "403 topic_not_admitted"
    );
    world.assert_untouched().await;
}

#[tokio::test]
async fn a_topic_that_waits_waits_on() {
    let world = World::start().await;
    let token = world.stack.api.issue_token(STRANGER);
    assert_eq!(world.deliver(&mail::confirmation(STRANGER, &token)).await, PENDING);
    assert_eq!(world.deliver(&mail::farewell(STRANGER)).await, UNSUBSCRIBED);
    let waits = "stranger pending, 0 held, token, unsubscribed_at";
    assert_eq!(world.trust().await, ["certificate", waits, "waiting: stranger"]);
    assert_eq!(world.deliver(&mail::sent_to(STRANGER, "a")).await, HELD);
}

#[tokio::test]
async fn a_forged_end_is_refused() {
    let world = World::start().await;
    assert_eq!(
        in_short(&world.deliver(&mail::forged(mail::farewell(TOPIC))).await),
        "403 signature_mismatch"
    );
    assert_eq!(world.trust().await, ["certificate"]);
    assert_eq!(world.stack.api.calls(), []);
}
