//! Replays: every row once for each name, unless forced; what was unreadable is filed anew once.

use std::cell::Cell;

use inbox::{Recorded, Refusal, Repetition, Replayed, RowKey};
use jiff::SignedDuration;
use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;

use crate::world::{Message, World, attempt, message, noon, seconds};

#[tokio::test]
async fn a_replay_makes_an_event_due_again_and_only_once_for_its_name() {
    let world = World::new().await;
    world.hand_on(&message()).await;

    let record = world.row(&message()).await;
    let clock = Cell::new(noon());
    let replay = async |name, repetition| {
        clock.set(clock.get() + seconds(1));
        world.inbox.replay(&record, name, repetition, clock.get()).await.unwrap()
    };
    assert_eq!(replay("march", Repetition::Never).await, Replayed::Now);
    assert_eq!(world.due().await, 1);
    assert_eq!(replay("march", Repetition::Never).await, Replayed::Before, "while it waits");
    assert_eq!(replay("april", Repetition::Never).await, Replayed::Waits);
    assert_eq!(replay("april", Repetition::Forced).await, Replayed::Waits);

    world.inbox.handed_on(&world.row(&message()).await, noon()).await.unwrap();
    assert_eq!(
        replay("march", Repetition::Never).await,
        Replayed::Before,
        "after it went out"
    );
    assert_eq!(replay("march", Repetition::Forced).await, Replayed::Now);
    world.inbox.handed_on(&world.row(&message()).await, noon()).await.unwrap();
    assert_eq!(replay("april", Repetition::Never).await, Replayed::Now);
    assert_eq!(world.row(&message()).await.replay.as_deref(), Some("april"));
    world.inbox.handed_on(&world.row(&message()).await, noon()).await.unwrap();
    assert_eq!(
        replay("march", Repetition::Never).await,
        Replayed::Before,
        "whatever came after it"
    );
    assert_eq!(
        world.row(&message()).await.replays,
        ["april", "march"].map(str::to_owned).into()
    );
}

#[tokio::test]
async fn what_a_replay_would_do_is_foreseen_for_every_state_of_a_row() {
    let world = World::new().await;
    let at_first = ["waits", "went out", "dead"];
    let before = [None, Some("march"), Some("april")];
    for (n, (state, replay)) in at_first
        .iter()
        .flat_map(|state| before.map(|replay| (state, replay)))
        .enumerate()
    {
        for repetition in [Repetition::Never, Repetition::Forced] {
            let message = message().event(format!("{n:019}#{repetition:?}"));
            let mut row = world.recorded(&message).await;
            if let Some(name) = replay {
                world.inbox.handed_on(&row, noon()).await.unwrap();
                world.inbox.replay(&row, name, Repetition::Never, noon()).await.unwrap();
                row = world.row(&message).await;
            }
            match *state {
                "went out" => world.inbox.handed_on(&row, noon()).await.unwrap(),
                "dead" => assert_eq!(
                    world.inbox.bury(&(&row).into(), Some(&row), "x", noon()).await.unwrap(),
                    Refusal::Dead
                ),
                _ => {}
            }
            let row = world.row(&message).await;

            let now = noon() + seconds(1);
            let foreseen = Replayed::foreseen(&row, "march", repetition, now);
            assert_eq!(world.row(&message).await, row, "nothing is written");
            let done = world.inbox.replay(&row, "march", repetition, now).await.unwrap();

            assert_eq!(foreseen, done, "{state}, replayed as {replay:?}, {repetition:?}");
        }
    }
    let row = world.recorded(&message()).await;
    let expired = Replayed::foreseen(&row, "march", Repetition::Forced, row.expires_at);
    assert_eq!(expired, Replayed::Nothing);
}

#[tokio::test]
async fn what_filing_anew_would_come_to_is_foreseen_by_reading_alone() {
    let world = World::new().await;
    let keys = RowKey {
        subject: message().subject,
        event: message().event,
    };
    let rows = [
        ("New", "a"),
        ("Conflict", "b"),
        ("Duplicate", "a"),
        ("ConflictDuplicate", "b"),
    ];
    for (n, (expected, raw)) in rows.into_iter().enumerate() {
        let unread = Message {
            unreadable: Some("not_json".to_owned()),
            ..message().subject("unread#topic").event(n.to_string()).raw(raw)
        };
        world.record(&unread).await;
        let unread = world.row(&unread).await;
        let before = world.items().await;

        let foreseen = world.inbox.foresee_refile(&unread, &keys, noon()).await.unwrap();
        assert_eq!(world.items().await, before, "nothing is written");
        let id = n.to_string();
        let done = world
            .inbox
            .refile(&unread, keys.clone(), false, vec![], &attempt(&id))
            .await
            .unwrap();

        assert_eq!((foreseen, format!("{done:?}").as_str()), (done, expected));
    }
}

#[tokio::test]
async fn an_event_that_never_went_out_is_not_replayed_but_a_dead_one_is() {
    let world = World::new().await;
    world.record(&message()).await;
    let record = world.row(&message()).await;
    let replay = async || world.inbox.replay(&record, "march", Repetition::Never, noon()).await.unwrap();

    assert_eq!(replay().await, Replayed::Waits);
    world.inbox.bury(&(&record).into(), Some(&record), "x", noon()).await.unwrap();
    assert_eq!(replay().await, Replayed::Now);
    let row = world.row(&message()).await;
    assert_eq!((row.is_dead(), row.attempts, row.failure), (false, 0, None));
}

#[tokio::test]
async fn what_has_no_event_to_hand_on_is_not_replayed() {
    let world = World::new().await;
    let unread = Message {
        unreadable: Some("not_json".to_owned()),
        ..message()
    };
    world.record(&unread).await;
    let unread = world.row(&unread).await;
    let gone = world.recorded(&message().event("gone")).await;
    world.delete(&message().event("gone")).await;
    let expired = world.recorded(&message().event("expired")).await;
    world.inbox.handed_on(&expired, noon()).await.unwrap();
    let after = noon() + SignedDuration::from_hours(24 * 90 + 1);

    for (record, now) in [(&unread, noon()), (&gone, noon()), (&expired, after)] {
        let replayed = world.inbox.replay(record, "march", Repetition::Forced, now).await.unwrap();
        assert_eq!(replayed, Replayed::Nothing);
    }
    assert_eq!(world.due().await, 0);
}

#[tokio::test]
async fn a_replay_whose_answer_is_lost_has_the_row_now() {
    let world = World::new().await;
    world.hand_on(&message()).await;
    let record = world.row(&message()).await;
    let (inbox, faults) = world.with_faults().await;
    faults.inject("UpdateItem", Fault::LoseResponse, 1);

    let replayed = inbox.replay(&record, "march", Repetition::Never, noon()).await.unwrap();

    assert_eq!(replayed, Replayed::Now);
    assert_eq!(world.due().await, 1);
}

#[tokio::test]
async fn a_row_that_replaced_the_one_that_was_read_is_not_replayed_for_it() {
    let world = World::new().await;
    world.hand_on(&message()).await;
    let old = world.row(&message()).await;
    let after = noon() + SignedDuration::from_hours(24 * 90 + 1);
    world
        .inbox
        .record(&message().entry(), &crate::world::attempted_at("anew", after))
        .await
        .unwrap();
    let shown = world
        .inbox
        .show(&message().subject, &message().event, after)
        .await
        .unwrap()
        .unwrap();
    world.inbox.handed_on(&shown, after).await.unwrap();

    let replayed = world.inbox.replay(&old, "march", Repetition::Forced, after).await.unwrap();

    assert_eq!((replayed, world.due().await), (Replayed::Nothing, 0));
}

#[tokio::test]
async fn a_message_that_can_be_read_now_is_filed_once_when_the_run_is_killed_at_any_wait() {
    for waits in 0..20 {
        let world = World::new().await;
        let unread = Message {
            unreadable: Some("not_json".to_owned()),
            ..message().subject("unread#topic").event(message().message_id)
        };
        world.record(&unread).await;
        let row = world.row(&unread).await;
        let keys = || RowKey {
            subject: message().subject,
            event: message().event,
        };
        let now = attempt("the run");

        let first = killed_after(waits, world.inbox.refile(&row, keys(), true, vec!["odd".to_owned()], &now)).await;
        if first.is_none() {
            world
                .inbox
                .refile(&row, keys(), true, vec!["odd".to_owned()], &attempt("again"))
                .await
                .unwrap();
        }

        assert_eq!(
            world.keys().await,
            [(message().subject, message().event)],
            "after {waits} waits"
        );
        let filed = world.row(&message()).await;
        assert_eq!(
            (filed.repaired, filed.warnings, filed.unreadable),
            (true, vec!["odd".to_owned()], None)
        );
        assert_eq!((filed.received_at, world.due().await), (row.received_at, 1));
        if let Some(done) = first {
            assert_eq!(done.unwrap(), Recorded::New);
            return;
        }
    }
    panic!("never came to its end");
}

impl World {
    async fn recorded(&self, message: &Message) -> inbox::Record {
        self.record(message).await;
        self.row(message).await
    }

    async fn hand_on(&self, message: &Message) {
        let record = self.recorded(message).await;
        self.inbox.handed_on(&record, noon() + seconds(1)).await.unwrap();
    }
}
