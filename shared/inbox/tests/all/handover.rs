//! Handing on: due until it went out, late by what had arrived before, refused until it is dead.

use inbox::{Due, Refusal, RowKey, Standing};
use jiff::SignedDuration;
use sandbox::dynamo::Fault;
use sandbox::kill::killed_after;

use crate::world::{Message, World, at, attempt, attempted_at, message, noon, number, seconds, text_value};

#[tokio::test]
async fn a_recorded_event_is_due_until_it_has_been_handed_on() {
    let world = World::new().await;
    world.record(&message()).await;

    let due = world.due_row(&message()).await.unwrap();
    assert_eq!((due.record.raw.as_str(), due.late), (message().raw.as_str(), false));
    world.inbox.handed_on(&due.record, noon() + seconds(3)).await.unwrap();

    assert_eq!(world.standing(&message()).await, Standing::NotDue);
    assert_eq!(world.due().await, 0);
    let row = world.row(&message()).await;
    assert_eq!((row.due, row.handed_on), (None, Some(noon() + seconds(3))));
}

#[tokio::test]
async fn handing_on_is_marked_once_however_often_the_answer_is_lost_or_the_worker_killed() {
    for waits in 0..12 {
        let world = World::new().await;
        world.record(&message()).await;
        let due = world.due_row(&message()).await.unwrap();
        let (inbox, faults) = world.with_faults().await;
        faults.inject("UpdateItem", Fault::LoseResponse, 1);

        let first = killed_after(waits, inbox.handed_on(&due.record, noon())).await;
        inbox.handed_on(&due.record, noon() + seconds(1)).await.unwrap();

        let row = world.row(&message()).await;
        let marked = [noon(), noon() + seconds(1)].map(Some);
        assert!(row.due.is_none() && marked.contains(&row.handed_on), "after {waits} waits");
        if let Some(done) = first {
            done.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_not_there_held_unreadable_or_past_its_time_is_not_due() {
    let world = World::new().await;
    assert_eq!(world.standing(&message()).await, Standing::NotDue);

    let unread = Message {
        unreadable: Some("not_json".to_owned()),
        ..message().event("unread")
    };
    world.record(&unread).await;
    assert_eq!(world.standing(&unread).await, Standing::NotDue);

    world.record(&message()).await;
    let after = noon() + SignedDuration::from_hours(24 * 90 + 1);
    assert_eq!(world.inbox.standing(&key(&message()), after).await.unwrap(), Standing::NotDue);
}

#[tokio::test]
async fn an_event_is_late_when_a_newer_one_of_its_subject_had_arrived_before_it() {
    let world = World::new().await;
    let [old, new, newest] =
        ["0000001000000000000#A", "0000002000000000000#B", "0000003000000000000#C"].map(|e| message().event(e));
    world.record_at(&new, noon()).await;
    world.record_at(&old, noon() + seconds(1)).await;
    world.record_at(&newest, noon() + seconds(2)).await;

    let late = async |message| world.due_row(message).await.unwrap().late;
    assert_eq!(
        (late(&old).await, late(&new).await, late(&newest).await),
        (true, false, false)
    );

    // What comes after it was handed on does not change what it was.
    world
        .record_at(&message().event("0000004000000000000#D"), noon() + seconds(3))
        .await;
    assert_eq!(
        (late(&old).await, late(&new).await, late(&newest).await),
        (true, false, false)
    );
}

#[tokio::test]
async fn lateness_is_seen_behind_many_newer_events_and_not_made_by_a_conflict_or_another_subject() {
    let world = World::new().await;
    for n in 0..25 {
        let event = format!("{:019}#N", 2_000_000_000_000_i64 + n);
        world.record_at(&message().event(event), noon() + seconds(10)).await;
    }
    let old = message().event("0000001000000000000#A");
    world.record_at(&old, noon() + seconds(1)).await;
    assert!(!world.due_row(&old).await.unwrap().late, "all of these arrived after it");

    world.record_at(&message().event("0000009000000000000#Z"), noon()).await;
    assert!(world.due_row(&old).await.unwrap().late);

    let alone = message().subject("rtn#com.example#alone").event("0000001000000000000#A");
    world.record_at(&alone.clone().raw("first"), noon()).await;
    world.record_at(&alone.clone().raw("second"), noon() + seconds(1)).await;
    let beside = alone.clone().raw("second");
    let conflict = beside.clone().event(beside.beside());
    let due = world.due_row(&conflict).await.unwrap();
    assert_eq!((due.record.conflict, due.late), (true, false));
}

#[tokio::test]
async fn a_refused_event_stays_due_and_is_dead_after_the_last_attempt() {
    let world = World::new().await;
    world.record(&message()).await;
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let due = world.due_row(&message()).await.unwrap();
        outcomes.push(world.inbox.refused(&due.record, "InvalidParameter", 3, noon()).await.unwrap());
    }

    let expected = [
        Refusal::StaysDue { attempts: 1 },
        Refusal::StaysDue { attempts: 2 },
        Refusal::Dead,
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(world.standing(&message()).await, Standing::NotDue);
    let [dead] = &world.inbox.dead(noon()).await.unwrap()[..] else {
        panic!("one is dead")
    };
    let failure = dead.failure.clone().unwrap();
    assert_eq!(
        (dead.attempts, failure.reason.as_str(), failure.at),
        (3, "InvalidParameter", noon())
    );

    assert!(world.inbox.revive(&dead.into(), noon()).await.unwrap());
    assert!(!world.inbox.revive(&dead.into(), noon()).await.unwrap());
    let due = world.due_row(&message()).await.unwrap();
    assert_eq!((due.record.attempts, due.record.failure), (0, None));
    assert_eq!(world.inbox.dead(noon()).await.unwrap(), []);
}

#[tokio::test]
async fn a_refusal_counts_once_when_its_answer_is_lost_and_not_at_all_when_another_worker_was_faster() {
    let world = World::new().await;
    world.record(&message()).await;
    let (inbox, faults) = world.with_faults().await;
    let seen = world.due_row(&message()).await.unwrap().record;

    faults.inject("UpdateItem", Fault::LoseResponse, 1);
    // The SDK's second try meets its own first one.
    assert_eq!(inbox.refused(&seen, "x", 5, noon()).await.unwrap(), Refusal::Overtaken);
    assert_eq!(world.row(&message()).await.attempts, 1);
    assert_eq!(world.inbox.refused(&seen, "x", 5, noon()).await.unwrap(), Refusal::Overtaken);
    assert_eq!(world.row(&message()).await.attempts, 1);

    let again = world.due_row(&message()).await.unwrap().record;
    world.inbox.handed_on(&again, noon()).await.unwrap();
    assert_eq!(world.inbox.refused(&again, "x", 5, noon()).await.unwrap(), Refusal::Overtaken);
    assert_eq!(world.inbox.refused(&again, "x", 2, noon()).await.unwrap(), Refusal::Overtaken);
    let row = world.row(&message()).await;
    assert_eq!((row.attempts, row.failure, row.due), (0, None, None));
}

#[tokio::test]
async fn the_end_of_one_round_of_handing_on_does_not_end_the_next() {
    let world = World::new().await;
    world.record(&message()).await;
    let mut slow = world.due_row(&message()).await.unwrap().record;
    world.inbox.handed_on(&slow, noon()).await.unwrap();
    for round in 1..3 {
        let row = world.row(&message()).await;
        let now = noon() + seconds(round);
        let replayed = world
            .inbox
            .replay(&row, "march", inbox::Repetition::Forced, now)
            .await
            .unwrap();
        assert_eq!(replayed, inbox::Replayed::Now);

        world.inbox.handed_on(&slow, now).await.unwrap();
        assert_eq!(world.inbox.refused(&slow, "x", 5, now).await.unwrap(), Refusal::Overtaken);
        assert_eq!(world.inbox.refused(&slow, "x", 1, now).await.unwrap(), Refusal::Overtaken);
        let due = world.due_row(&message()).await.unwrap().record;
        assert_eq!((due.due_since, due.attempts), (Some(now), 0));

        world.inbox.handed_on(&due, now).await.unwrap();
        assert_eq!(world.standing(&message()).await, Standing::NotDue);
        assert_eq!(world.row(&message()).await.due_since, None);
        slow = due;
    }
}

#[tokio::test]
async fn two_workers_that_are_refused_the_same_attempt_count_it_once() {
    let world = World::new().await;
    world.record(&message()).await;
    for attempts in 1..4 {
        let seen = world.due_row(&message()).await.unwrap().record;
        let both = [
            world.inbox.refused(&seen, "x", 9, noon()).await.unwrap(),
            world.inbox.refused(&seen, "y", 9, noon()).await.unwrap(),
        ];
        assert_eq!(both, [Refusal::StaysDue { attempts }, Refusal::Overtaken]);
        let row = world.row(&message()).await;
        assert_eq!((row.attempts, row.failure.unwrap().reason.as_str()), (attempts, "x"));
    }
}

#[tokio::test]
async fn what_is_not_due_any_more_is_not_marked_again() {
    let world = World::new().await;
    world.record(&message()).await;
    let due = world.due_row(&message()).await.unwrap().record;
    world.inbox.handed_on(&due, noon()).await.unwrap();

    world.inbox.handed_on(&due, noon() + seconds(9)).await.unwrap();
    assert_eq!(world.inbox.refused(&due, "x", 5, noon()).await.unwrap(), Refusal::Overtaken);
    let row = world.row(&message()).await;
    assert_eq!((row.handed_on, row.attempts, row.failure), (Some(noon()), 0, None));

    world.delete(&message()).await;
    world.inbox.handed_on(&due, noon()).await.unwrap();
    assert_eq!(world.items().await, [], "a deleted row does not come back");
}

#[tokio::test]
async fn a_newer_event_past_its_time_makes_nothing_late() {
    let world = World::new().await;
    let newer = message().event("0000009000000000000#Z");
    world.record_at(&newer, noon()).await;
    let later = noon() + SignedDuration::from_hours(24 * 30);
    let old = message().event("0000001000000000000#A");
    world.record_at(&old, later).await;

    let late = async |now| match world.inbox.standing(&key(&old), now).await.unwrap() {
        Standing::Due(due) => due.late,
        other => panic!("{other:?}"),
    };
    assert!(late(later).await);
    assert!(!late(noon() + SignedDuration::from_hours(24 * 90)).await);
    for n in 0..12 {
        world
            .record_at(
                &message().event(format!("{:019}#N", 2_000_000_000_000_i64 + n)),
                later + seconds(1),
            )
            .await;
    }
    assert!(late(later).await);
    assert!(!late(noon() + SignedDuration::from_hours(24 * 90)).await);
}

#[tokio::test]
async fn an_event_that_went_out_after_all_is_dead_no_more() {
    let world = World::new().await;
    world.record(&message()).await;
    let seen = world.due_row(&message()).await.unwrap().record;
    world.inbox.bury(&key(&message()), Some(&seen), "x", noon()).await.unwrap();

    world.inbox.handed_on(&seen, noon()).await.unwrap();

    assert_eq!(world.inbox.dead(noon()).await.unwrap(), []);
    assert_eq!(world.row(&message()).await.failure, None);
}

#[tokio::test]
async fn a_row_that_replaced_an_expired_one_is_not_marked_for_it() {
    let world = World::new().await;
    world.record(&message()).await;
    let old = world.due_row(&message()).await.unwrap().record;
    let after = noon() + SignedDuration::from_hours(24 * 90 + 1);
    world
        .inbox
        .record(&message().entry(), &attempted_at("anew", after))
        .await
        .unwrap();

    world.inbox.handed_on(&old, after).await.unwrap();
    assert_eq!(world.inbox.refused(&old, "x", 5, after).await.unwrap(), Refusal::Overtaken);
    let buried = world.inbox.bury(&key(&message()), Some(&old), "x", after).await.unwrap();

    assert_eq!(buried, Refusal::Overtaken);
    let due = world.inbox.standing(&key(&message()), after).await.unwrap();
    assert!(matches!(due, Standing::Due(due) if due.record.attempts == 0 && due.record.nonce == "anew"));
}

#[tokio::test]
async fn a_row_of_a_newer_shape_is_left_to_the_program_that_wrote_it() {
    let world = World::new().await;
    world.record(&message()).await;
    let mut item = world.items().await.remove(0);
    item.insert("v".to_owned(), number(2));
    item.remove("raw").unwrap();
    world.put(item).await;

    assert_eq!(world.standing(&message()).await, Standing::Newer);
    let error = world
        .inbox
        .show(&message().subject, &message().event, noon())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "a row is of version 2, which a newer version of this program has written: update it"
    );
    assert!(error.needs_operator());
}

#[tokio::test]
async fn a_row_that_nobody_can_read_says_so_and_can_be_buried() {
    let world = World::new().await;
    world.record(&message()).await;
    let mut item = world.items().await.remove(0);
    item.insert("digest".to_owned(), text_value("none"));
    world.put(item).await;

    let error = world.inbox.standing(&key(&message()), noon()).await.unwrap_err();
    assert_eq!(error.to_string(), "a row has no readable `digest`");
    let buried = world.inbox.bury(&key(&message()), None, "row:digest", noon()).await.unwrap();
    let again = world.inbox.bury(&key(&message()), None, "row:digest", noon()).await.unwrap();

    assert_eq!((buried, again), (Refusal::Dead, Refusal::Overtaken));
    assert_eq!(world.items().await[0]["attempts"], number(1));
    // It does not hide those that can be read.
    let readable = message().event("readable");
    world.record_at(&readable, noon() + seconds(1)).await;
    world.inbox.bury(&key(&readable), None, "x", noon()).await.unwrap();
    let dead = world.inbox.dead_page(None, noon()).await.unwrap();
    let [damaged, legible] = &dead.rows[..] else {
        panic!("two are dead")
    };
    assert!(matches!(
        damaged.row,
        Err(inbox::StoreError::Malformed { attribute: "digest" })
    ));
    assert_eq!((&damaged.key, damaged.received_at), (&key(&message()), noon()));
    assert_eq!(legible.row.as_ref().unwrap().event, "readable");
    assert!(dead.next.is_none());
}

#[tokio::test]
async fn the_index_shows_what_waits_oldest_first_page_by_page_and_not_what_came_after() {
    let world = World::new().await;
    let times = [
        at("2026-03-01T12:00:03Z"),
        at("2026-03-01T12:00:01Z"),
        at("2026-03-01T12:00:02Z"),
        at("2026-03-01T12:00:04Z"),
    ];
    for (n, time) in times.into_iter().enumerate() {
        world.record_at(&message().event(format!("{n:019}#A")), time).await;
    }
    let shard = inbox::due_shards().collect::<Vec<_>>();
    let mut seen = Vec::new();
    let mut pages = 0;
    for shard in &shard {
        let mut cursor = None;
        loop {
            let page = world.inbox.due(shard, at("2026-03-01T12:00:03Z"), cursor, 2).await.unwrap();
            pages += usize::from(!page.rows.is_empty());
            seen.extend(
                page.rows
                    .iter()
                    .map(|(key, at)| (key.event[..19].parse::<u64>().unwrap(), at.as_second() % 60)),
            );
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }

    assert_eq!((shard.len(), seen, pages), (8, vec![(1, 1), (2, 2), (0, 3)], 2));
}

#[tokio::test]
async fn whatever_the_store_does_is_an_error_that_says_so() {
    let world = World::new().await;
    world.record(&message()).await;
    let record = world.due_row(&message()).await.unwrap().record;
    let (inbox, faults) = world.with_faults().await;
    faults.inject("UpdateItem", Fault::Deny, usize::MAX);
    faults.inject("Query", Fault::Deny, usize::MAX);

    for error in [
        inbox.standing(&key(&message()), noon()).await.map(|_| ()).unwrap_err(),
        inbox.due("0", noon(), None, 10).await.map(|_| ()).unwrap_err(),
        inbox.handed_on(&record, noon()).await.unwrap_err(),
        inbox.refused(&record, "x", 5, noon()).await.map(|_| ()).unwrap_err(),
        inbox.bury(&key(&message()), None, "x", noon()).await.map(|_| ()).unwrap_err(),
        inbox.revive(&key(&message()), noon()).await.map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, inbox::StoreError::Denied(_)), "{error:?}");
    }
    let recorded = world.inbox.record(&message().entry(), &attempt("again")).await.unwrap();
    assert_eq!(recorded, inbox::Recorded::Duplicate);
}

fn key(message: &Message) -> RowKey {
    RowKey {
        subject: message.subject.clone(),
        event: message.event.clone(),
    }
}

impl World {
    async fn standing(&self, message: &Message) -> Standing {
        self.inbox.standing(&key(message), noon()).await.unwrap()
    }

    async fn due_row(&self, message: &Message) -> Option<Due> {
        match self.standing(message).await {
            Standing::Due(due) => Some(*due),
            Standing::NotDue | Standing::Newer => None,
        }
    }
}
