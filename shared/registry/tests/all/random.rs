//! Random facts in random order with random faults, against what the set of them says.

use std::collections::{BTreeMap, BTreeSet};

use registry::{Change, Device, Grounds, Noted, Registry, StoreError};
use sandbox::dynamo::{Fault, Faults};

use crate::world::{World, arn, at, attempt, key, registration, ticket, token};

/// What a step may change.
#[derive(Debug, PartialEq)]
enum What {
    Health,
    Subscriptions,
    Others,
}

/// What has been said: device, token and second; device and second.
#[derive(Default)]
struct Model {
    confirmed: BTreeSet<(u64, u64, i64)>,
    opted_out: BTreeSet<(u64, i64)>,
    enabled: BTreeMap<(u64, i64), u32>,
}

#[tokio::test]
async fn whatever_is_said_and_repeated_the_newest_word_counts() {
    for seed in 1..=6 {
        let world = World::new().await;
        let (registry, faults) = world.with_faults().await;
        let (mut dice, mut model) = (Dice(seed), Model::default());
        for now in 0..90 {
            let before = (world.known().await, world.subscriptions().await);
            disturb(&faults, &mut dice);
            let what = step(&registry, &mut dice, &mut model, now + 10).await;
            faults.clear();
            assert_eq!(world.contradictions().await, [""; 0], "seed {seed}, {now}");
            let after = (world.known().await, world.subscriptions().await);
            if what != What::Health {
                // Whoever has it by now, the same is known of each token.
                for (token, known) in after.0 {
                    let before = before.0.get(&token).copied().unwrap_or_default();
                    assert_eq!(known, before, "seed {seed}, {now}");
                }
            }
            if what != What::Subscriptions {
                // None is forgotten, and none is on two rows.
                assert_eq!(after.1, before.1, "seed {seed}, {now}");
            }
        }
        let live: Vec<_> = world
            .devices()
            .await
            .into_iter()
            .filter(|line| line.contains(" live "))
            .collect();
        let live: Vec<_> = live
            .iter()
            .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(live, expected(&model), "seed {seed}");
        assert!(model.enabled.values().all(|times| *times <= 1), "{:?}", model.enabled);
    }
}

fn disturb(faults: &Faults, dice: &mut Dice) {
    let operation = ["TransactWriteItems", "PutItem", "GetItem"][dice.index(3)];
    match dice.below(8) {
        0 => faults.inject(operation, Fault::LoseResponse, 1),
        1 => faults.inject(operation, Fault::LoseResponse, 3),
        2 => faults.inject("TransactWriteItems", Fault::Collide, 2),
        3 => faults.inject("TransactWriteItems", Fault::Collide, 8),
        4 => faults.inject(operation, Fault::Throttle, 1),
        _ => {}
    }
}

async fn step(registry: &Registry, dice: &mut Dice, model: &mut Model, now: i64) -> What {
    let (device, token, endpoint) = (dice.below(4), dice.below(3), dice.below(3));
    let (id, writer) = (format!("device-{device}"), format!("attempt-{now}"));
    let attempt = attempt(&writer, now);
    // Up to ten seconds late.
    let second = now - i64::try_from(dice.below(10)).unwrap();
    match dice.below(14) {
        0..=4 => {
            let said = registration(&id, &format!("t{token}"), second);
            let _ = until_heard(async || registry.register(&said, &attempt).await).await;
            model.confirmed.insert((device, token, second));
            return What::Others;
        }
        5 => {
            let noted = until_heard(async || registry.opt_out(&key(&id), at(second), &attempt).await).await;
            if noted != Noted::Unknown {
                model.opted_out.insert((device, second));
            }
            return What::Others;
        }
        6 => {
            let _ = until_heard(async || registry.disabled(&key(&id), at(second), &attempt).await).await;
            return What::Health;
        }
        _ => {}
    }
    let Some(seen) = look(registry, &id, now).await else {
        return What::Others;
    };
    match dice.below(7) {
        0 => {
            let endpoint = arn(&format!("e{endpoint}"));
            let _ = until_heard(async || registry.bind(&seen, &endpoint, &attempt).await).await;
            What::Others
        }
        1 => {
            let _ = until_heard(async || registry.unbind(&seen, &attempt).await).await;
            What::Others
        }
        2 => {
            let own = BTreeSet::from([format!("s{now}")]);
            let _ = until_heard(async || registry.subscriptions(&seen, own.clone(), &attempt).await).await;
            What::Subscriptions
        }
        3 => {
            let ended = seen.inherited_subscriptions.iter().take(1).cloned().collect();
            let _ = until_heard(async || registry.ended(&seen, &ended, &attempt).await).await;
            What::Subscriptions
        }
        4 => {
            let change = until_heard(async || registry.not_enabled(&seen, None, &attempt).await).await;
            if let Change::Done(now) = change
                && seen.enables_since_confirm > now.enables_since_confirm
            {
                *model.enabled.entry((device, now.confirmed_at.as_second())).or_default() -= 1;
            }
            What::Health
        }
        _ => {
            let enabling = async || registry.enabling(&seen, ticket(1), Grounds::Confirmed, &attempt).await;
            if let Change::Done(now) = until_heard(enabling).await {
                *model.enabled.entry((device, now.confirmed_at.as_second())).or_default() += 1;
            }
            What::Health
        }
    }
}

async fn look(registry: &Registry, id: &str, now: i64) -> Option<Device> {
    until_heard(async || registry.get(&key(id), at(now)).await).await
}

/// Repeats what may or may not have been done.
async fn until_heard<T>(ask: impl AsyncFn() -> Result<T, StoreError>) -> T {
    // As often as there are faults to come, and no more.
    for _ in 0..8 {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(!error.needs_operator(), "{error}"),
        }
    }
    panic!("nobody hears")
}

fn expected(model: &Model) -> Vec<String> {
    let mut live = Vec::new();
    for device in 0..4 {
        let own = model.confirmed.iter().filter(|(one, ..)| *one == device);
        let digest = |number: u64| *token(&format!("t{number}")).digest().as_bytes();
        let Some(&(_, token, second)) = own.max_by_key(|(_, token, second)| (*second, digest(*token))) else {
            continue;
        };
        let claims = model.confirmed.iter().filter(|(_, other, _)| *other == token);
        let holder = claims.max_by_key(|(one, _, second)| (*second, *one)).unwrap().0;
        let out = model.opted_out.iter().any(|(one, since)| *one == device && *since >= second);
        if holder == device && !out {
            live.push(format!("device-{device} live t{token}@{second}"));
        }
    }
    live
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

    fn index(&mut self, most: usize) -> usize {
        usize::try_from(self.below(most as u64)).unwrap()
    }
}
