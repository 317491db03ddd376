//! Every sample of Amazon's page, to the letter with all its slips: recorded by either way, and handed on as an event.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use sandbox::Envelope;

use crate::world::replenishment::{NONE_FAILED, Way, message};
use crate::world::{RECORDED, World};

/// The samples as messages of their own, by the names of their files.
fn samples() -> Vec<(String, Envelope)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/drs/src/sample");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let samples = files.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let envelope = message(&name, &fs::read_to_string(path).unwrap());
        (name, envelope)
    });
    let mut samples = samples.collect::<Vec<_>>();
    samples.sort_by(|(a, _), (b, _)| a.cmp(b));
    samples
}

#[tokio::test]
async fn every_sample_is_recorded_and_handed_on_whichever_way_it_comes() {
    let samples = samples();
    assert_eq!(samples.len(), 9);
    let mut told = Vec::new();
    for way in [Way::Https, Way::Sns] {
        let world = World::start().await;
        for (name, sample) in &samples {
            assert_eq!(world.bring(way, sample).await, way.taken(RECORDED), "{name}");
        }
        assert_eq!(world.rows().await.len(), 9);
        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);

        let mut lines = Vec::new();
        for event in world.handed_on() {
            let data = &event["data"];
            let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
            let repaired = if event["repaired"] == true { " repaired" } else { "" };
            let device = data["device"]["serial_number"].as_str().unwrap();
            lines.push(format!(
                "{} {} {} {device}{repaired} {}",
                text("occurred_at"),
                text("kind"),
                text("wire_version"),
                event["warnings"]
            ));
        }
        lines.sort();
        told.push(lines.join("\n"));
    }
    assert_eq!(told[0], told[1]);
    assert_snapshot!(told[0], @r#"
    2015-09-29T18:03:28.669Z DeviceDeregisteredNotification any mySerialNumber []
    2015-09-30T23:27:50.771Z SubscriptionChangedNotification v1 mySerialNumber ["model_under_another_name"]
    2015-10-01T02:23:52.747Z DeviceRegisteredNotification any mySerialNumber []
    2015-10-01T20:19:39.959Z OrderPlacedNotification v1 mySerialNumber repaired []
    2015-10-01T20:20:29.461Z OrderCancelledNotification any mySerialNumber []
    2015-10-01T20:43:28.626Z ItemShippedNotification v1 mySerialNumber []
    2016-12-02T01:41:59.936Z ItemShippedNotification v2 mySerialNumber []
    2016-12-02T21:09:58.689Z OrderPlacedNotification v2 mySerialNumber repaired []
    2016-12-06T19:33:27.368Z SubscriptionChangedNotification v2 MySerialNumber []
    "#);
}

#[tokio::test]
async fn the_samples_that_tell_of_one_device_are_its_history_in_order() {
    let world = World::start().await;
    for (_, sample) in samples().into_iter().rev() {
        assert_eq!(world.bring(Way::Sns, &sample).await, NONE_FAILED);
    }
    let history = world
        .stack
        .inbox
        .history("drs#mySerialNumber", crate::world::clock::now())
        .await
        .unwrap();
    let kinds = history
        .iter()
        .map(|record| record.event.rsplit('#').next().unwrap())
        .collect::<Vec<_>>();
    assert_snapshot!(kinds.join("\n"), @"
    DeviceDeregisteredNotification
    SubscriptionChangedNotification
    DeviceRegisteredNotification
    OrderPlacedNotification
    OrderCancelledNotification
    ItemShippedNotification
    ItemShippedNotification
    OrderPlacedNotification
    ");
}
