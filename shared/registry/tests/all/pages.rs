//! All devices of an application, page by page.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use registry::{Application, Cursor, DeviceKey, Segment, Unreadable};

use crate::world::{World, application, at, attempt, device_key, done, registration, token};

/// Every device of a segment.
async fn all(world: &World, segment: Segment, rows: u16, pages: &mut usize) -> Vec<String> {
    let (mut found, mut from) = (Vec::new(), None::<Cursor>);
    loop {
        // As it is kept in a checkpoint.
        let kept = from.as_ref().map(|cursor| Cursor::from_stored(cursor.as_str()));
        let page = world
            .registry
            .page(&application(), segment, kept.as_ref(), rows, at(0))
            .await
            .unwrap();
        assert_eq!(page.unreadable, []);
        found.extend(page.devices.iter().map(|device| device.key.id.as_str().to_owned()));
        *pages += 1;
        from = page.next;
        if from.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn every_device_is_on_one_page_of_one_segment_and_nothing_else_is() {
    let world = World::new().await;
    let mut expected = BTreeSet::new();
    for n in 0..25 {
        let id = format!("device-{n}");
        world.says(&id, &format!("t{n}"), 1).await;
        expected.insert(id);
    }
    let other = Application::parse("arn:aws:sns:us-east-1:123456789012:app/ADM/Fire-2").unwrap();
    let mut elsewhere = registration("elsewhere", "t1", 1);
    elsewhere.device = DeviceKey {
        application: other.clone(),
        id: elsewhere.device.id,
    };
    let _ = world.registry.register(&elsewhere, &attempt("one", 1)).await.unwrap();

    for (total, rows) in [(1, 1_000), (1, 7), (3, 4), (4, 0)] {
        let (mut found, mut pages) = (Vec::new(), 0);
        for index in 0..total {
            let segment = Segment::of(index, total).unwrap();
            found.extend(all(&world, segment, rows, &mut pages).await);
        }
        assert_eq!(found.len(), 25, "{total} segments, {rows} rows");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
        // 52 rows in the table, looked at one by one if no fewer are allowed.
        assert!(pages >= 52 / usize::from(rows.max(1)), "{pages}");
    }
    let page = world.registry.page(&other, Segment::WHOLE, None, 1_000, at(0)).await.unwrap();
    assert_eq!(page.devices.len(), 1);
    assert_eq!(page.devices[0].token, token("t1"));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_reported_and_the_others_are_read() {
    let world = World::new().await;
    for (device, attribute, value) in [
        ("a", "state", AttributeValue::S("alive".to_owned())),
        ("b", "token", AttributeValue::S("with space".to_owned())),
        // Its normal form is another.
        ("h", "token", AttributeValue::S(" h".to_owned())),
        ("c", "confirmed_at", AttributeValue::N("1.5".to_owned())),
        ("d", "endpoint", AttributeValue::S("arn".to_owned())),
        ("e", "owner", AttributeValue::S(String::new())),
        ("f", "subscriptions", AttributeValue::Bool(true)),
        ("i", "inherited", AttributeValue::S("one".to_owned())),
        ("j", "ticket", AttributeValue::S("1".to_owned())),
    ] {
        world.says(device, device, 1).await;
        let mut row = world.rows().await.remove(&device_key(device)).unwrap();
        row.insert(attribute.to_owned(), value);
        world.put(&device_key(device), row).await;
    }
    world.says("good", "g", 1).await;

    let page = world
        .registry
        .page(&application(), Segment::WHOLE, None, 1_000, at(0))
        .await
        .unwrap();

    assert_eq!(page.devices.len(), 1);
    let mut wrong: Vec<_> = page.unreadable.iter().map(|row| row.attribute).collect();
    wrong.sort_unstable();
    assert_eq!(
        wrong,
        [
            "confirmed_at",
            "endpoint",
            "inherited",
            "owner",
            "state",
            "subscriptions",
            "ticket",
            "token",
            "token"
        ]
    );
    let is_short = |row: &Unreadable| row.key.len() == 8;
    assert!(page.unreadable.iter().all(is_short), "{page:?}");
}

#[tokio::test]
async fn rows_past_their_time_are_on_no_page() {
    let world = World::new().await;
    let seen = world.register("phone", "t1", 1).await.device;
    done(world.registry.tombstone(&seen, &attempt("sweep", 2)).await.unwrap());

    for (day, devices) in [(1, 1), (40, 0)] {
        let now = at(day * 24 * 60 * 60);
        let page = world
            .registry
            .page(&application(), Segment::WHOLE, None, 10, now)
            .await
            .unwrap();
        assert_eq!(page.devices.len(), devices);
    }
}

#[test]
fn a_segment_is_one_of_as_many_as_there_are() {
    assert_eq!(Segment::of(0, 1), Some(Segment::WHOLE));
    assert!(Segment::of(999_999, 1_000_000).is_some());
    for (index, total) in [(0, 0), (1, 1), (0, 1_000_001)] {
        assert_eq!(Segment::of(index, total), None);
    }
}
