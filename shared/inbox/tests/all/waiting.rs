//! What waits, newest first.

use inbox::{Record, Waiting};
use jiff::Timestamp;

use crate::world::{World, attempt, attempted_at, message, noon, seconds, text_value};

#[tokio::test]
async fn what_waits_is_shown_newest_first_up_to_the_limit_and_without_what_went_out_or_died() {
    let world = World::new().await;
    for n in 0..9 {
        let message = message().subject(format!("rtn#{n}"));
        world.record_at(&message, noon() + seconds(n)).await;
        let row = world.row(&message).await;
        match n {
            3 | 7 => world.inbox.handed_on(&row, noon()).await.unwrap(),
            5 | 6 => assert_eq!(
                world.inbox.bury(&(&row).into(), Some(&row), "x", noon()).await.unwrap(),
                inbox::Refusal::Dead
            ),
            _ => {}
        }
    }
    let waiting = async |waiting, since: Option<Timestamp>, limit| {
        let records = world.inbox.waiting(waiting, since, limit, noon()).await.unwrap();
        subjects(&records)
    };

    assert_eq!(waiting(Waiting::Due, None, 100).await, ["8", "4", "2", "1", "0"]);
    assert_eq!(waiting(Waiting::Due, None, 2).await, ["8", "4"]);
    assert_eq!(waiting(Waiting::Due, Some(noon() + seconds(2)), 100).await, ["8", "4", "2"]);
    assert_eq!(waiting(Waiting::Dead, None, 100).await, ["6", "5"]);
    assert_eq!(waiting(Waiting::Dead, None, 1).await, ["6"]);
}

#[tokio::test]
async fn what_is_past_its_time_waits_no_more_and_does_not_use_up_the_limit() {
    let world = World::new().await;
    let long_lived = world.inbox_kept_for(seconds(1000));
    let short_lived = world.inbox_kept_for(seconds(10));
    let (old, new) = (message().event("1#A"), message().event("2#B"));
    long_lived.record(&old.entry(), &attempt("1")).await.unwrap();
    short_lived
        .record(&new.entry(), &attempted_at("2", noon() + seconds(1)))
        .await
        .unwrap();

    let records = world
        .inbox
        .waiting(Waiting::Due, None, 1, noon() + seconds(60))
        .await
        .unwrap();

    assert_eq!(
        records.iter().map(|record| record.event.as_str()).collect::<Vec<_>>(),
        ["1#A"]
    );
}

#[tokio::test]
async fn a_row_that_cannot_be_typed_does_not_hide_the_others() {
    let world = World::new().await;
    world.record(&message().event("1#A")).await;
    let mut item = world.items().await.remove(0);
    item.insert("digest".to_owned(), text_value("none"));
    world.put(item).await;
    world.record(&message().event("2#B")).await;

    let records = world.inbox.waiting(Waiting::Due, None, 5, noon()).await.unwrap();

    let events = records.iter().map(|record| record.event.as_str()).collect::<Vec<_>>();
    assert_eq!(events, ["2#B"]);
}

fn subjects(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.subject.replace("rtn#", "")).collect()
}
