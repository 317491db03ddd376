//! What the template's filters count of the lines that deliveries really leave.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use sandbox::Journal;
use serde_json::Value;

use super::replenishment::bring_all;
use super::situations::play;
use crate::template::metrics;
use crate::template::parts::Template;
use crate::world::journal::deliveries;
use crate::world::{STRANGER, World};

#[tokio::test]
async fn every_delivery_is_counted_by_what_became_of_it() {
    let journal = Journal::begin();
    let world = World::with_faults().await;
    play(&world).await;
    bring_all(&world).await;
    let lines = deliveries(&journal);

    let counted = counted(&lines);
    let by_outcome = counted.iter().filter(|(name, _)| name.starts_with("deliveries "));
    assert_eq!(by_outcome.map(|(_, count)| count).sum::<usize>(), lines.len());
    // By reason there is a long list, which is asserted elsewhere line by line.
    let few = counted.iter().filter(|(name, _)| !name.starts_with("refused_by_reason"));
    let table = few.map(|(name, count)| format!("{count} {name}"));
    assert_snapshot!(table.collect::<Vec<_>>().join("\n"), @"
    2 conflict
    1 deliveries drs conflict
    33 deliveries drs duplicate
    2 deliveries drs quarantined
    4 deliveries drs recorded
    6 deliveries drs refused
    20 deliveries drs unavailable
    1 deliveries drs unsubscribed
    1 deliveries rtn conflict
    3 deliveries rtn duplicate
    1 deliveries rtn held
    1 deliveries rtn quarantined
    3 deliveries rtn recorded
    13 deliveries rtn refused
    2 deliveries rtn subscription_confirmed
    1 deliveries rtn subscription_pending
    14 deliveries rtn unavailable
    1 deliveries rtn unsubscribed
    67 elapsed_ms drs
    40 elapsed_ms rtn
    1 held
    3 quarantined
    40 received drs
    8 received rtn
    7 received_by_topic arn:aws:sns:us-east-1:033616359524:LT0XA
    35 received_by_topic arn:aws:sns:us-east-1:123456789012:drs
    6 received_by_topic arn:aws:sns:us-east-1:999999999999:stranger
    1 subscription_pending
    34 unavailable
    2 unsubscribed
    ");
}

#[tokio::test]
async fn a_topic_that_nobody_has_approved_is_no_metric() {
    let journal = Journal::begin();
    let world = World::with_faults().await;
    bring_all(&world).await;
    let lines = deliveries(&journal);
    assert!(lines.iter().any(|line| line["topic_arn"] == STRANGER));

    let topics = counted(&lines).into_keys();
    let topics = topics
        .filter(|name| name.starts_with("received_by_topic "))
        .collect::<BTreeSet<_>>();
    assert_eq!(topics, [format!("received_by_topic {}", firepost::DRS_TOPIC)].into());
}

/// How many lines each metric counts, by its name and the values of its dimensions.
fn counted(lines: &[Value]) -> BTreeMap<String, usize> {
    let template = Template::read();
    let mut counted = BTreeMap::new();
    for metric in metrics::all(&template).iter().filter(|metric| metric.log == "IntakeLog") {
        for line in lines.iter().filter(|line| metric.counts(line)) {
            let values = metric.dimensions.iter().map(|(_, field)| {
                let value = line[field].as_str();
                value.unwrap_or_else(|| unreachable!("{line} has no {field}"))
            });
            let name = [metric.name].into_iter().chain(values).collect::<Vec<_>>().join(" ");
            *counted.entry(name).or_insert(0) += 1;
        }
    }
    counted
}
