//! Topics that the configuration names: trusted while it does, whatever is on record, and decided about by nobody but the operator.

use sns_webhook::TrustedTopics;

use crate::world::process::receive;
use crate::world::rows::recorded;
use crate::world::{CONFIRMED, HELD, PENDING, STRANGER, TOPIC, World, in_short, mail};

#[tokio::test]
async fn a_topic_subscribed_by_configuration_is_listened_to_for_as_long_as_it_is_configured() {
    let world = World::start().await;
    let asked = mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC));
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    let unconfigured = world.process_with(|options| options.trusted_topics = TrustedTopics::default());
    let later = receive(&unconfigured, &mail::purchase("a"), "later").await;
    assert_eq!(in_short(&later), "403 topic_not_admitted");
    assert_eq!(receive(&unconfigured, &asked, "later").await, PENDING);
    assert_eq!(
        world.trust().await,
        ["LT0XA pending, 0 held, token", "certificate", "waiting: LT0XA"]
    );
}

#[tokio::test]
async fn configuration_decides_about_no_topic_that_waits_or_was_rejected() {
    let (world, _) = World::with_waiting_topic().await;
    let purchase = mail::sent_to(STRANGER, "a");
    assert_eq!(world.deliver(&purchase).await, HELD);
    let configured = world.process_with(|options| options.trusted_topics = TrustedTopics::parse(STRANGER).unwrap());
    let asked = mail::confirmation(STRANGER, &world.stack.api.issue_token(STRANGER));
    assert_eq!(receive(&configured, &asked, "configured").await, CONFIRMED);
    assert_eq!(
        world.trust().await,
        ["certificate", "stranger pending, 1 held, token", "waiting: stranger"]
    );
    assert_eq!(world.approve(STRANGER).await.released.recorded, 1);
    assert_eq!(world.rows().await, [recorded(&purchase)]);

    world.reject(STRANGER).await;
    assert_eq!(receive(&configured, &asked, "rejected").await, CONFIRMED);
    assert_eq!(world.trust().await, ["certificate", "stranger rejected", "waiting:"]);
    assert_eq!(in_short(&world.deliver(&asked).await), "403 topic_not_admitted");
}
