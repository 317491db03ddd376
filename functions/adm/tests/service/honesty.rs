//! A thousand requests with faults, crashes and time at random; and then what callers were told is held against what ADM has.

mod chaos;

use std::collections::BTreeSet;

use sandbox::adm::Delivered;

use self::chaos::{KEYS, Told, chaos, is_sent_again, settled};
use crate::world::World;

/// What a caller may rely on from then on.
fn is_final(told: &Told) -> bool {
    matches!(told.answer.status, 200 | 400 | 413) && told.answer.is_recorded()
}

/// Holds for one key what was told against what was delivered.
fn hold(told: &[&Told], delivered: &[Delivered], context: &str) {
    let answers = told
        .iter()
        .map(|told| format!("{} {}", told.answer.in_brief(), told.answer.body["messageId"]));
    let context = format!("{context}, delivered {delivered:?}, told {:#?}", answers.collect::<Vec<_>>());

    let names = delivered.iter().map(|one| one.message_id.as_str()).collect::<BTreeSet<_>>();
    for told in told.iter().filter(|told| told.answer.status == 200) {
        let name = told.answer.body["messageId"].as_str().unwrap();
        assert!(names.contains(name), "ADM does not have {name}: {context}");
    }
    let keys = delivered.iter().map(|one| &one.body["consolidationKey"]);
    let (without, with) = keys.partition::<Vec<_>, _>(|key| key.is_null());
    assert!(without.len() <= 1, "shown twice: {context}");
    assert!(with.iter().all(|key| *key == with[0]), "not replaced: {context}");
    if !told.iter().any(|told| is_sent_again(told)) {
        assert!(delivered.len() <= 1, "sent again, which nobody wanted: {context}");
    }

    let mut ends = told.iter().filter(|told| is_final(told));
    let Some(first) = ends.next() else { return };
    for end in ends {
        assert_eq!(
            (end.answer.status, &end.answer.body),
            (first.answer.status, &first.answer.body),
            "{context}"
        );
    }
    assert_eq!(delivered.is_empty(), first.answer.status != 200, "{context}");
}

async fn everybody_is_told_the_truth(seed: u64) {
    let world = World::start().await;
    let mut told = chaos(&world, seed).await;
    told.extend(settled(&world).await);

    let all = world.amazon.delivered();
    for key in 0..KEYS {
        let n = key.to_string();
        let delivered = all.iter().filter(|one| one.body["data"]["n"] == n.as_str());
        let told = told.iter().filter(|told| told.key == key).collect::<Vec<_>>();
        hold(
            &told,
            &delivered.cloned().collect::<Vec<_>>(),
            &format!("seed {seed}, key {key}"),
        );
    }
    // Nothing of this is worth much if nothing has happened.
    let count = |is: &dyn Fn(&Told) -> bool| told.iter().filter(|told| is(told)).count();
    for statuses in [&[200][..], &[400, 413], &[409], &[503], &[504]] {
        let told = count(&|told| statuses.contains(&told.answer.status));
        assert!(told > 0, "seed {seed}: nobody was told {statuses:?}");
    }
    assert!(
        count(&|told| !told.answer.is_recorded()) > 0,
        "seed {seed}: everything was on record"
    );
    assert!(all.len() > KEYS / 2, "seed {seed}: {} deliveries", all.len());
    let told_later = count(&|told| told.answer.is_replayed());
    assert!(told_later > KEYS / 2, "seed {seed}: {told_later} replays");
}

#[tokio::test]
async fn everybody_is_told_the_truth_in_one_history() {
    everybody_is_told_the_truth(0x5eed_0001).await;
}

#[tokio::test]
async fn everybody_is_told_the_truth_in_another() {
    everybody_is_told_the_truth(0x5eed_0002).await;
}

#[tokio::test]
async fn everybody_is_told_the_truth_in_a_third() {
    everybody_is_told_the_truth(0x5eed_0003).await;
}
