//! `firepost topics`, against a local stack.

use jiff::SignedDuration;
use serde_json::Value;

use crate::world::{Said, World, advance, firepost, now};

#[tokio::test]
async fn a_stack_that_nobody_subscribed_has_no_topics() {
    let world = World::new().await;
    let said = world.firepost("topics list").await;
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "No topic has asked for confirmation here.\n")
    );
    let said = world.firepost("topics list --json").await;
    assert_eq!((said.code, &*said.out), (Some(0), ""));
}

#[tokio::test]
async fn the_list_shows_what_waits_and_the_whole_token_for_the_developer_console() {
    let world = World::new().await;
    subscribe(&world, TRUSTED).await;
    subscribe(&world, STRANGE).await;
    advance(SignedDuration::from_mins(3));
    notify(&world, STRANGE, "a").await;
    insta::assert_snapshot!(world.firepost("topics list").await.out, @r#"
    State       Held  Last received        Updated              Unsubscribed  Topic (times in UTC)
    subscribed  0     -                    2100-01-01 00:00:00  -             arn:aws:sns:us-east-1:033616359524:LT0XA
    pending     1     2100-01-01 00:03:00  2100-01-01 00:00:00  -             arn:aws:sns:us-east-1:999999999999:mine

    arn:aws:sns:us-east-1:999999999999:mine waits for you.
      Approve it here:  firepost topics approve arn:aws:sns:us-east-1:999999999999:mine --stack STACK
      Or paste this into the Developer Console's field "Confirmation token", and approve it then:
    2336412f37fb687f5d51e6e242dbd5b27294c48d96bca019ed1949f66687d1c85d7e10304061dfb158950259e7fca7d5caba815ff280d3291e8208f9bb8b13acac758089d7aa7355bc3499b5aaf8f091aea4a5bee63745e167c14f1de7af2e2c90a7c982189ac81b18a4b7c187050227ff0080593f3fe2cf1e51196d8ce2ad98
    "#);
    insta::assert_snapshot!(world.firepost("topics list --json").await.out, @r#"
    {"topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","state":"subscribed","token":null,"held":0,"updated_at":"2100-01-01T00:00:00.000Z","unsubscribed_at":null,"last_received_at":null}
    {"topic_arn":"arn:aws:sns:us-east-1:999999999999:mine","state":"pending","token":"2336412f37fb687f5d51e6e242dbd5b27294c48d96bca019ed1949f66687d1c85d7e10304061dfb158950259e7fca7d5caba815ff280d3291e8208f9bb8b13acac758089d7aa7355bc3499b5aaf8f091aea4a5bee63745e167c14f1de7af2e2c90a7c982189ac81b18a4b7c187050227ff0080593f3fe2cf1e51196d8ce2ad98","held":1,"updated_at":"2100-01-01T00:00:00.000Z","unsubscribed_at":null,"last_received_at":"2100-01-01T00:03:00.000Z"}
    "#);
}

#[tokio::test]
async fn an_approved_topic_is_confirmed_and_its_held_notifications_are_recorded() {
    let world = World::new().await;
    subscribe(&world, STRANGE).await;
    for seed in ["a", "b"] {
        notify(&world, STRANGE, seed).await;
    }
    let said = world.firepost(&format!("topics approve {STRANGE}")).await;
    insta::assert_snapshot!(said.out, @"arn:aws:sns:us-east-1:999999999999:mine is approved. SNS has confirmed its subscription. Held notifications: 2 recorded, 0 on record already, 0 expired.");
    assert_eq!(said.code, Some(0));
    assert_eq!(world.stack.api.confirmed().len(), 1);
    assert_eq!(subjects(&world).await, ["rtn", "rtn"]);

    let list = world.firepost("topics list --json").await;
    let topic = serde_json::from_str::<Value>(&list.out).unwrap();
    let facts = ["state", "held", "token", "last_received_at"].map(|name| topic[name].to_string());
    assert_eq!(facts, ["\"confirmed\"", "0", "null", "\"2100-01-01T00:00:00.000Z\""]);

    let said = world.firepost(&format!("topics approve {STRANGE} --json")).await;
    insta::assert_snapshot!(said.out, @r#"{"topic_arn":"arn:aws:sns:us-east-1:999999999999:mine","state":"confirmed","subscription_confirmed":null,"released":{"recorded":0,"duplicates":0,"expired":0}}"#);
    notify(&world, STRANGE, "c").await;
    assert_eq!(subjects(&world).await, ["rtn", "rtn", "rtn"]);
}

#[tokio::test]
async fn a_topic_confirmed_elsewhere_is_approved_all_the_same() {
    let world = World::new().await;
    // The sandbox does not know this token, as SNS does not know one that has been used up.
    world
        .firepost(&format!(
            "trigger sns SubscriptionConfirmation --topic {STRANGE} --token 00 {AT}"
        ))
        .await;
    notify(&world, STRANGE, "a").await;
    let said = world.firepost(&format!("topics approve {STRANGE}")).await;
    insta::assert_snapshot!(said.out, @"arn:aws:sns:us-east-1:999999999999:mine is approved. SNS did not confirm its subscription with the token on record: right if you have pasted the token into the Developer Console; otherwise have the endpoint added there again. Held notifications: 1 recorded, 0 on record already, 0 expired.");
    assert_eq!(said.code, Some(0));
    assert_eq!(subjects(&world).await, ["rtn"]);
}

#[tokio::test]
async fn a_rejected_topic_loses_what_was_held_for_it() {
    let world = World::new().await;
    subscribe(&world, STRANGE).await;
    notify(&world, STRANGE, "a").await;
    let said = world.firepost(&format!("topics reject {STRANGE}")).await;
    assert_eq!(
        (said.code, said.out),
        (
            Some(0),
            format!(
                "{STRANGE} is rejected. Held notifications: 1 deleted. A topic that TRUSTED_TOPICS names is listened to all the same: \
                 if this one is named there, take it out.\n"
            )
        )
    );
    let said = world.firepost(&format!("topics reject {STRANGE} --json")).await;
    insta::assert_snapshot!(said.out, @r#"{"topic_arn":"arn:aws:sns:us-east-1:999999999999:mine","state":"rejected","purged":0}"#);
    assert!(subjects(&world).await.is_empty());
    let said = world
        .firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED --topic {STRANGE} {AT}"))
        .await;
    assert_eq!(said.code, Some(1));
}

#[tokio::test]
async fn a_topic_that_is_not_on_record_can_be_approved_but_not_rejected() {
    let world = World::new().await;
    let said = world.firepost(&format!("topics reject {STRANGE}")).await;
    let err = format!("firepost: no topic {STRANGE} is on record here; `firepost topics list` shows those that are\n");
    assert_eq!(
        said,
        Said {
            code: Some(1),
            out: String::new(),
            err
        }
    );
    // Its waiting time may be over although it was confirmed elsewhere: it must be possible to listen to it.
    let said = world.firepost(&format!("topics approve {STRANGE}")).await;
    insta::assert_snapshot!(said.out, @"arn:aws:sns:us-east-1:999999999999:mine is approved. No confirmation was open. Held notifications: 0 recorded, 0 on record already, 0 expired.");
    assert_eq!(said.code, Some(0));
    let said = world.firepost("topics approve not-an-arn").await;
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    insta::assert_snapshot!(said.err, @r#"firepost: "not-an-arn" is not the ARN of a topic: TopicArn does not have the form arn:aws:sns:<region>:<12 digits>:<name>"#);
}

#[tokio::test]
async fn without_a_stack_there_is_nobody_to_ask() {
    for arguments in ["list".to_owned(), format!("approve {STRANGE}"), format!("reject {STRANGE}")] {
        let said = firepost(&format!("topics {arguments} --stack http://127.0.0.1:1")).await;
        let sentence = "no local stack answers at http://127.0.0.1:1; start one with `firepost`, or say where with --stack";
        assert_eq!(
            said,
            Said {
                code: Some(2),
                out: String::new(),
                err: format!("firepost: {sentence}\n")
            }
        );
    }
}

async fn subscribe(world: &World, topic: &str) {
    let said = world
        .firepost(&format!("trigger sns SubscriptionConfirmation --topic {topic}"))
        .await;
    assert_eq!(said.code, Some(0), "{}", said.err);
}

async fn notify(world: &World, topic: &str, seed: &str) {
    let said = world
        .firepost(&format!(
            "trigger rtn SUBSCRIPTION_RENEWED --topic {topic} --seed {seed} --at {}",
            now()
        ))
        .await;
    assert_eq!(said.code, Some(0), "{}", said.out);
}

/// The first part of the subject of everything on record.
async fn subjects(world: &World) -> Vec<String> {
    let said = world.firepost("inbox list --json").await;
    let records = said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records
        .filter_map(|record| Some(record["subject"].as_str()?.split('#').next()?.to_owned()))
        .collect()
}

const AT: &str = "--at 2100-01-01T00:00:00Z";
const STRANGE: &str = "arn:aws:sns:us-east-1:999999999999:mine";
const TRUSTED: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
