//! Whatever the keys are made of, nothing overwrites anything.

use std::collections::BTreeSet;

use inbox::Recorded;
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use tokio::runtime::Runtime;

use crate::world::{Message, World, attempt, message, noon};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_message_is_kept_once_in_whatever_order_and_however_often_it_comes(
        deliveries in prop::collection::vec(crowded(), 1..12)
    ) {
        block_on(async |world| {
            let mut first = 0;
            for (n, message) in deliveries.iter().chain(&deliveries).enumerate() {
                match world.inbox.record(&message.entry(), &attempt(&n.to_string())).await.unwrap() {
                    Recorded::New | Recorded::Conflict => first += 1,
                    Recorded::Duplicate | Recorded::ConflictDuplicate => {}
                }
            }

            let sent: BTreeSet<_> = deliveries.iter().map(|message| (message.subject.clone(), message.raw.clone())).collect();
            let mut kept = Vec::new();
            for subject in sent.iter().map(|(subject, _)| subject).collect::<BTreeSet<_>>() {
                let history = world.inbox.history(subject, noon()).await.unwrap();
                kept.extend(history.into_iter().map(|record| (record.subject, record.raw)));
            }
            kept.sort();
            assert_eq!(kept, Vec::from_iter(sent.clone()));
            assert_eq!(first, sent.len(), "each is new once");
        });
    }

    #[test]
    fn keys_of_any_characters_are_found_as_they_were_written(subject in "\\PC{1,60}|(?s:.{1,60})", event in "(?s:.{1,60})") {
        block_on(async |world| {
            let message = message().subject(subject.clone()).event(event.clone());

            world.inbox.record(&message.entry(), &attempt("first")).await.unwrap();

            let record = world.inbox.show(&subject, &event, noon()).await.unwrap().expect("it is there");
            assert_eq!((record.subject, record.event, record.raw), (subject, event, message.raw));
        });
    }
}

/// Few subjects, few events, few bodies, and events that look like other events' conflicts. A body belongs to one key, as a
/// Message does: its keys are read from it.
fn crowded() -> impl Strategy<Value = Message> {
    let plain = (0..2_u8, 0..3_u8, 0..3_u8).prop_map(|(subject, event, body)| {
        message()
            .subject(format!("s{subject}"))
            .event(format!("e{event}"))
            .raw(format!("{subject}/{event}/{body}"))
    });
    let look_alike = (0..2_u8, 0..3_u8, 0..3_u8, any::<bool>()).prop_map(|(subject, event, body, other)| {
        let conflict = message().event(format!("e{event}")).raw(format!("{subject}/{event}/{body}"));
        message()
            .subject(format!("s{subject}"))
            .event(conflict.beside())
            .raw(format!("{}/{other}", conflict.beside()))
    });
    prop_oneof![3 => plain, 1 => look_alike]
}

/// The macro's cases are not async; each has a store of its own.
fn block_on(case: impl AsyncFnOnce(&World)) {
    Runtime::new().unwrap().block_on(async { case(&World::new().await).await });
}
