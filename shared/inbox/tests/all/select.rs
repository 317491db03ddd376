//! Selections: the right rows, a page at a time, whatever else is in the table.

use inbox::{Reach, Selection, StoreError};
use jiff::SignedDuration;
use sandbox::dynamo::Fault;

use crate::world::{Message, TOPIC, World, attempt, message, noon, number, seconds, text_value};

#[tokio::test]
async fn a_subject_is_selected_whole_or_by_one_event_and_by_all_conditions_at_once() {
    let world = World::new().await;
    for (second, event) in ["1#A", "2#B", "3#C"].iter().enumerate() {
        let message = message().event(*event).message_id(format!("id of {event}"));
        world.record_at(&message, noon() + seconds(second as i64)).await;
    }
    world.record(&message().subject("rtn#another").event("2#B")).await;
    let subject = message().subject;
    let of = |event| Selection {
        reach: Reach::Subject {
            subject: &subject,
            event,
        },
        ..everything()
    };

    assert_eq!(world.selected(&of(None)).await, ["1#A", "2#B", "3#C"]);
    assert_eq!(world.selected(&of(Some("2#B"))).await, ["2#B"]);
    assert_eq!(world.selected(&of(Some("2"))).await, [""; 0]);
    let since = Some(noon() + seconds(1));
    assert_eq!(world.selected(&Selection { since, ..of(None) }).await, ["2#B", "3#C"]);
    assert_eq!(
        world
            .selected(&Selection {
                until: since,
                ..of(None)
            })
            .await,
        ["1#A", "2#B"]
    );
    let message_id = Some("id of 3#C");
    assert_eq!(world.selected(&Selection { message_id, ..of(None) }).await, ["3#C"]);
    assert_eq!(
        world
            .selected(&Selection {
                message_id,
                until: since,
                ..of(None)
            })
            .await,
        [""; 0]
    );
}

#[tokio::test]
async fn the_table_is_selected_by_source_time_message_id_and_part_of_the_key() {
    let world = World::new().await;
    for (second, (subject, event)) in [("rtn#a", "1#A"), ("drs#b", "2#n#B"), ("rtn#c", "3#B"), ("rtn#d", "4#BB")]
        .iter()
        .enumerate()
    {
        let message = message().subject(*subject).event(*event).message_id(format!("id of {event}"));
        world.record_at(&message, noon() + seconds(second as i64)).await;
    }
    world.record_at(&unread(), noon() + seconds(4)).await;
    world.hold(&message(), &attempt("hold"), noon() + seconds(60)).await.unwrap();
    let table = |sources, key_part| Selection {
        reach: Reach::Table { sources, key_part },
        ..everything()
    };
    let all = table(&["rtn#", "drs#"], None);

    assert_eq!(world.selected(&all).await, ["1#A", "2#n#B", "3#B", "4#BB"]);
    assert_eq!(world.selected(&table(&["drs#"], None)).await, ["2#n#B"]);
    assert_eq!(world.selected(&table(&["drs#", "unread#"], None)).await, ["2#n#B", "unread"]);
    assert_eq!(
        world.selected(&table(&["rtn#", "drs#"], Some("#B"))).await,
        ["2#n#B", "3#B", "4#BB"]
    );
    assert_eq!(
        world.selected(&table(&["rtn#", "unread#"], Some("#BB"))).await,
        ["4#BB", "unread"]
    );
    assert_eq!(world.selected(&table(&[], None)).await.len(), 6);
    let (since, until) = (Some(noon() + seconds(1)), Some(noon() + seconds(2)));
    assert_eq!(world.selected(&Selection { since, until, ..all }).await, ["2#n#B", "3#B"]);
    let message_id = Some("id of 3#B");
    assert_eq!(world.selected(&Selection { message_id, ..all }).await, ["3#B"]);
}

#[tokio::test]
async fn what_is_past_its_time_is_not_selected_and_what_cannot_be_typed_is_counted() {
    let world = World::new().await;
    world.record(&message().event("1#A")).await;
    world
        .record_at(&message().event("2#B"), noon() + SignedDuration::from_hours(1))
        .await;
    for (event, attribute, value) in [("3#C", "digest", text_value("none")), ("4#D", "v", number(2))] {
        world
            .record_at(&message().event(event), noon() + SignedDuration::from_hours(1))
            .await;
        let mut items = world.items().await;
        let mut item = items.remove(items.iter().position(|item| item["event"] == text_value(event)).unwrap());
        item.insert(attribute.to_owned(), value);
        world.put(item).await;
    }
    let now = noon() + SignedDuration::from_hours(24 * 90);

    let mut pages = world.inbox.select(&everything(), now);
    let page = pages.next().await.unwrap().unwrap();

    let events = page.records.iter().map(|record| record.event.as_str()).collect::<Vec<_>>();
    assert_eq!((events, page.illegible, page.looked_at), (vec!["2#B"], 2, 4));
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn pages_come_one_call_each_and_a_page_that_was_refused_can_be_asked_for_again() {
    let world = World::new().await;
    // A page ends at 1 MB.
    for n in 0..9 {
        world
            .record(&message().event(format!("{n}#A")).raw(n.to_string().repeat(250_000)))
            .await;
    }
    let (inbox, faults) = world.with_faults().await;
    let subject = message().subject;
    let of_subject = Selection {
        reach: Reach::Subject {
            subject: &subject,
            event: None,
        },
        ..everything()
    };

    for (operation, selection) in [("Query", of_subject), ("Scan", everything())] {
        let mut pages = inbox.select(&selection, noon());
        assert_eq!(faults.calls(operation), 0);
        let first = pages.next().await.unwrap().unwrap();
        assert_eq!(faults.calls(operation), 1);
        faults.inject(operation, Fault::Deny, 1);
        assert!(matches!(pages.next().await, Err(StoreError::Denied(_))));
        let mut events = first
            .records
            .iter()
            .map(|record| record.event[..1].to_owned())
            .collect::<Vec<_>>();
        assert!(events.len() < 9, "one page is no test");
        while let Some(page) = pages.next().await.unwrap() {
            events.extend(page.records.iter().map(|record| record.event[..1].to_owned()));
        }
        events.sort();
        assert_eq!(events.concat(), "012345678");
    }
}

fn everything() -> Selection<'static> {
    Selection {
        reach: Reach::Table {
            sources: &["rtn#", "drs#"],
            key_part: None,
        },
        message_id: None,
        since: None,
        until: None,
    }
}

fn unread() -> Message {
    Message {
        unreadable: Some("not_json".to_owned()),
        ..message().subject(format!("unread#{TOPIC}")).event("unread")
    }
}

impl World {
    /// The events of a selection, sorted: a table has no order.
    async fn selected(&self, selection: &Selection<'_>) -> Vec<String> {
        let mut pages = self.inbox.select(selection, noon());
        let mut events = Vec::new();
        while let Some(page) = pages.next().await.unwrap() {
            events.extend(page.records.into_iter().map(|record| record.event));
        }
        events.sort();
        events
    }
}
