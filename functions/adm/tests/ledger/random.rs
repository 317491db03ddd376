//! Random reports with random faults, against a set of pairs.

use std::collections::{BTreeMap, BTreeSet};

use adm::LedgerOutcome;
use sandbox::dynamo::Fault;

use crate::world::{World, failed, noon, report, unregistered};

#[tokio::test]
async fn whatever_is_reported_and_repeated_the_counts_are_the_memberships() {
    for seed in 1..=8 {
        let world = World::new().await;
        let (ledger, faults) = world.with_faults().await;
        let mut dice = Dice(seed);
        let mut model = BTreeSet::new();
        for _ in 0..80 {
            let (instance, topic) = (format!("phone-{}", dice.below(5)), format!("t{}", dice.below(4)));
            let pair = (instance.clone(), topic.clone());
            let before = model.clone();
            let asked = match dice.below(12) {
                0..=3 => {
                    model.insert(pair);
                    report(&instance, "onSubscribe", &topic)
                }
                4..=6 => {
                    model.remove(&pair);
                    report(&instance, "onUnsubscribe", &topic)
                }
                7 => {
                    model.insert(pair);
                    failed(&instance, "onSubscribeError", &topic, "ALREADY_SUBSCRIBED")
                }
                8 => {
                    model.remove(&pair);
                    failed(&instance, "onUnsubscribeError", &topic, "NOT_SUBSCRIBED")
                }
                9 => {
                    model.retain(|(one, _)| *one != instance);
                    unregistered(&instance)
                }
                10 => {
                    model.retain(|(one, _)| *one != instance);
                    failed(&instance, "onSubscribeError", &topic, "UNREGISTERED")
                }
                _ => failed(&instance, "onSubscribeError", &topic, "INTERNAL_ERROR"),
            };
            match dice.below(12) {
                0 => faults.inject("TransactWriteItems", Fault::LoseResponse, 1),
                1 => faults.inject("TransactWriteItems", Fault::LoseResponse, 3),
                2 => faults.inject("TransactWriteItems", Fault::Collide, 2),
                3 => faults.inject("TransactWriteItems", Fault::Collide, 8),
                _ => {}
            }
            let mut repeated = false;
            let recorded = loop {
                match ledger.record(&asked, noon()).await {
                    Ok(recorded) => break recorded,
                    Err(error) => assert!(!error.needs_operator(), "{error}"),
                }
                repeated = true;
            };
            faults.clear();
            let changed = matches!(recorded.outcome, LedgerOutcome::Subscribed | LedgerOutcome::Unsubscribed);
            assert!(
                repeated || changed == (model != before),
                "seed {seed}: {asked:?} {recorded:?}"
            );
        }

        let mut expected = BTreeMap::new();
        for (_, topic) in model {
            *expected.entry(topic).or_insert(0) += 1;
        }
        assert_eq!(world.memberships().await, expected, "seed {seed}");
        let overview = world.ledger.overview().await.unwrap();
        let counted: BTreeMap<_, _> = overview
            .topics
            .into_iter()
            .map(|topic| (topic.topic, topic.instances))
            .collect();
        assert_eq!(counted, expected, "seed {seed}");
    }
}

/// Numbers that are the same in every run: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % most
    }
}
