//! Held until somebody decides: released exactly once, or purged.

use inbox::{Attempt, Recorded, Released};
use sandbox::kill::killed_after;

use crate::world::{Message, RETENTION, TOPIC, World, attempt, message, noon, seconds, told};

#[tokio::test]
async fn a_held_notification_is_neither_in_the_history_nor_due() {
    let world = World::new().await;

    world.hold(&message(), &attempt("first"), in_a_week()).await.unwrap();

    assert_eq!(world.inbox.history(&message().subject, noon()).await.unwrap(), []);
    assert_eq!(world.due().await, 0);
    let [held] = &world.inbox.history(&format!("held#{TOPIC}"), noon()).await.unwrap()[..] else {
        panic!("one row")
    };
    let keys = held.held.clone().unwrap();
    assert_eq!((keys.subject, keys.event), (message().subject, message().event));
    assert_eq!(
        (held.raw.as_str(), held.expires_at.as_second()),
        (message().raw.as_str(), in_a_week().as_second())
    );
}

#[tokio::test]
async fn a_message_is_held_once() {
    let world = World::new().await;
    world.hold(&message(), &attempt("first"), in_a_week()).await.unwrap();

    let again = world.hold(&message(), &attempt("second"), in_a_week()).await;

    assert_eq!(again, Err("ConditionalCheckFailed".to_owned()));
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn two_messages_under_one_message_id_are_both_held() {
    let world = World::new().await;

    for raw in ["consumable", "entitlement"] {
        world.hold(&message().raw(raw), &attempt(raw), in_a_week()).await.unwrap();
    }

    assert_eq!(world.items().await.len(), 2);
}

#[tokio::test]
async fn an_expired_held_row_does_not_stand_in_the_way() {
    let world = World::new().await;
    world.hold(&message(), &attempt("first"), in_a_week()).await.unwrap();

    let now = in_a_week() - seconds(1);
    let early = world.hold(&message(), &Attempt { id: "early", now }, in_a_week()).await;
    let late = world
        .hold(
            &message(),
            &Attempt {
                id: "late",
                now: in_a_week(),
            },
            in_a_week() + seconds(60),
        )
        .await;

    assert_eq!((early, late), (Err("ConditionalCheckFailed".to_owned()), Ok(())));
}

#[tokio::test]
async fn a_release_records_everything_held_as_received_when_it_was_and_a_second_one_finds_nothing() {
    let world = World::new().await;
    let quarantined = Message {
        unreadable: Some("not_json".to_owned()),
        ..message().subject("unread#topic").raw("?")
    };
    let messages = [
        message(),
        message().event("0001600701569825#SUBSCRIPTION_RENEWED").raw("renewed"),
        quarantined,
    ];
    for message in &messages {
        world.hold(message, &attempt("hold"), in_a_week()).await.unwrap();
    }

    let approval = Attempt {
        id: "approval",
        now: noon() + seconds(3600),
    };
    let first = world.inbox.release(TOPIC, &approval).await.unwrap();
    let second = world.inbox.release(TOPIC, &approval).await.unwrap();

    assert_eq!(
        (first, second),
        (
            Released {
                recorded: 3,
                ..Released::default()
            },
            Released::default()
        )
    );
    assert_eq!(
        world.keys().await,
        sorted(
            messages
                .iter()
                .map(|message| (message.subject.clone(), message.event.clone()))
        )
    );
    assert_eq!(world.due().await, 2);
    let record = world
        .inbox
        .show(&message().subject, &message().event, noon())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (record.received_at, record.nonce, record.held),
        (noon(), "approval".to_owned(), None)
    );
    assert_eq!(record.expires_at.as_second(), (approval.now + RETENTION).as_second());
    let after = world.inbox.record(&message().entry(), &attempt("redelivered")).await.unwrap();
    assert_eq!(after, Recorded::Duplicate);
}

#[tokio::test]
async fn what_was_redelivered_between_approval_and_release_is_recorded_once() {
    let world = World::new().await;
    let (one, other) = (message().raw("one"), message().raw("other"));
    let resent = one.clone().message_id("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324");
    for message in [&one, &other, &resent] {
        world.hold(message, &attempt("hold"), in_a_week()).await.unwrap();
    }
    world.inbox.record(&one.entry(), &attempt("redelivered")).await.unwrap();

    let released = world.inbox.release(TOPIC, &attempt("approval")).await.unwrap();

    assert_eq!(
        released,
        Released {
            recorded: 1,
            duplicates: 2,
            expired: 0
        }
    );
    let history = world.inbox.history(&one.subject, noon()).await.unwrap();
    assert_eq!(
        told(&history),
        [(&*one.event, "one", false), (&*other.beside(), "other", true)]
    );
    assert_eq!(world.items().await.len(), 2);
}

#[tokio::test]
async fn a_publishers_resend_held_twice_is_released_once() {
    let world = World::new().await;
    let resent = message().message_id("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324");
    world.hold(&message(), &attempt("hold"), in_a_week()).await.unwrap();
    world.hold(&resent, &attempt("hold"), in_a_week()).await.unwrap();

    let released = world.inbox.release(TOPIC, &attempt("approval")).await.unwrap();

    assert_eq!(
        released,
        Released {
            recorded: 1,
            duplicates: 1,
            expired: 0
        }
    );
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn an_expired_held_row_is_not_released() {
    let world = World::new().await;
    world.hold(&message(), &attempt("hold"), in_a_week()).await.unwrap();

    let released = world
        .inbox
        .release(
            TOPIC,
            &Attempt {
                id: "late",
                now: in_a_week(),
            },
        )
        .await
        .unwrap();

    assert_eq!(
        released,
        Released {
            recorded: 0,
            duplicates: 0,
            expired: 1
        }
    );
    assert_eq!(world.items().await, []);
}

#[tokio::test]
async fn a_release_killed_anywhere_and_run_again_records_each_row_exactly_once() {
    for kill in 0.. {
        let world = World::new().await;
        let messages = ["1", "2", "3"].map(|n| message().event(n).raw(n).message_id(n));
        for message in &messages {
            world.hold(message, &attempt("hold"), in_a_week()).await.unwrap();
        }

        let killed = killed_after(kill, world.inbox.release(TOPIC, &attempt("killed"))).await;
        world.inbox.release(TOPIC, &attempt("again")).await.unwrap();

        let expected = messages
            .iter()
            .map(|message| (message.subject.clone(), message.event.clone()))
            .collect::<Vec<_>>();
        assert_eq!(world.keys().await, expected, "killed at {kill}");
        if killed.is_some() {
            assert!(kill > 7, "a query, three writes and three deletions wait at least once each");
            return;
        }
    }
}

#[tokio::test]
async fn a_release_of_more_than_a_page_releases_all_of_it() {
    let world = World::new().await;
    for n in ["1", "2", "3", "4", "5", "6"] {
        world
            .hold(
                &message().event(n).raw(n.repeat(250_000)).message_id(n),
                &attempt(n),
                in_a_week(),
            )
            .await
            .unwrap();
    }

    let released = world.inbox.release(TOPIC, &attempt("approval")).await.unwrap();

    assert_eq!(
        released,
        Released {
            recorded: 6,
            ..Released::default()
        }
    );
    assert_eq!(world.inbox.history(&message().subject, noon()).await.unwrap().len(), 6);
    assert_eq!(world.items().await.len(), 6);
}

#[tokio::test]
async fn a_purge_deletes_what_its_topic_holds_and_nothing_else() {
    let world = World::new().await;
    let elsewhere = message().topic(format!("{TOPIC}-2"));
    world
        .inbox
        .record(&message().event("recorded").entry(), &attempt("recorded"))
        .await
        .unwrap();
    world.hold(&elsewhere, &attempt("elsewhere"), in_a_week()).await.unwrap();
    for n in ["1", "2", "3", "4", "5", "6"] {
        world
            .hold(&message().event(n).raw(n.repeat(250_000)), &attempt(n), in_a_week())
            .await
            .unwrap();
    }

    let first = world.inbox.purge(TOPIC).await.unwrap();
    let second = world.inbox.purge(TOPIC).await.unwrap();

    assert_eq!((first, second), (6, 0));
    let subjects: Vec<_> = world.keys().await.into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects, [format!("held#{TOPIC}-2"), message().subject]);
}

fn in_a_week() -> jiff::Timestamp {
    noon() + seconds(7 * 24 * 3600)
}

fn sorted(keys: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut keys: Vec<_> = keys.collect();
    keys.sort();
    keys
}
