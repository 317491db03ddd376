//! Every order of a few facts about two devices and two tokens, against what their set says; and what a confirmation must not change: what is
//! known of a token, and which subscriptions are on record.
//!
//! The rows are kept in a map, and the conditions are left out: nobody else is there. That they are needed, and enough, is shown against the
//! store (`tests/all/mutants.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::confirmation::{Effect, Rows, effect};
use crate::device::{Device, DeviceId, DeviceKey};
use crate::ending::mark_opted_out;
use crate::history::History;
use crate::item::Item;
use crate::register::Registration;
use crate::row::Claim;
use crate::state::State;
use crate::store::Write;
use crate::{Application, Attempt, Token, table};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Confirmed {
        device: usize,
        token: usize,
        at: i64,
    },
    /// It is heard if somebody has the token.
    Disabled {
        token: usize,
        at: i64,
    },
    OptedOut {
        device: usize,
        at: i64,
    },
}

#[test]
fn whatever_the_order_of_three_facts_the_same_devices_are_live() {
    let confirmations = confirmations();
    let opt_outs = (0..2).flat_map(|device| (1..=3).map(move |at| Fact::OptedOut { device, at }));
    let facts: Vec<_> = confirmations.into_iter().chain(opt_outs).chain(disabled(2, 2)).collect();
    assert_eq!(all_orders(&facts, 3, &|_, _| {}), 10_648);
}

#[test]
fn whatever_the_order_of_four_confirmations_the_same_devices_are_live() {
    assert_eq!(all_orders(&confirmations(), 4, &|_, _| {}), 20_736);
}

#[test]
fn whatever_the_order_what_is_heard_of_a_token_is_known_of_whoever_has_it() {
    let facts = confirmations()
        .into_iter()
        .filter(|fact| !matches!(fact, Fact::Confirmed { at: 3, .. }));
    let facts: Vec<_> = facts.chain(disabled(2, 2)).collect();
    let check = |world: &World, heard: &[Fact]| {
        for (device, (token, _)) in world.live() {
            let known = world.device(&world.devices[device]).unwrap().disabled_at;
            let moments = heard.iter().filter_map(|fact| match *fact {
                Fact::Disabled { token: one, at } if one == token => Some(moment(at)),
                Fact::Disabled { .. } | Fact::Confirmed { .. } | Fact::OptedOut { .. } => None,
            });
            assert_eq!(known, moments.max(), "{heard:?}");
        }
    };
    assert_eq!(all_orders(&facts, 4, &check), 20_736);
}

#[test]
fn whatever_the_order_of_two_who_have_one_token_the_newest_has_the_others_subscriptions_to_end() {
    let of_one = |fact: &Fact| matches!(fact, Fact::Confirmed { token: 0, .. });
    let facts: Vec<_> = confirmations().into_iter().filter(of_one).chain(disabled(1, 2)).collect();
    let check = |world: &World, heard: &[Fact]| {
        let Some(claim) = world.claim(&world.tokens[0]) else { return };
        for device in world.devices.iter().filter_map(|key| world.device(key)) {
            let (own, inherited) = (device.subscriptions.len(), device.inherited_subscriptions.len());
            let expected = match device.key.id == claim.device {
                true => world.subscriptions.len(),
                false => 0,
            };
            assert_eq!(own + inherited, expected, "{heard:?}");
        }
    };
    assert_eq!(all_orders(&facts, 4, &check), 4_096);
}

fn confirmations() -> Vec<Fact> {
    let mut facts = Vec::new();
    for device in 0..2 {
        for token in 0..2 {
            facts.extend((1..=3).map(|at| Fact::Confirmed { device, token, at }));
        }
    }
    facts
}

fn disabled(tokens: usize, moments: i64) -> impl Iterator<Item = Fact> {
    (0..tokens).flat_map(move |token| (1..=moments).map(move |at| Fact::Disabled { token, at }))
}

/// Goes through all sequences of so many facts; answers how many there were.
fn all_orders(facts: &[Fact], length: u32, check: &dyn Fn(&World, &[Fact])) -> usize {
    go_on(&World::new(), &[], facts, length, check)
}

fn go_on(world: &World, heard: &[Fact], facts: &[Fact], length: u32, check: &dyn Fn(&World, &[Fact])) -> usize {
    let Some(length) = length.checked_sub(1) else { return 1 };
    let next = facts.iter().map(|fact| {
        let (mut world, mut heard) = (world.clone(), heard.to_vec());
        if world.hear(*fact) {
            heard.push(*fact);
        }
        let now = world.live();
        assert_eq!(now, live(&world.tokens, &heard), "{heard:?}");
        check(&world, &heard);
        // Once more is nothing more.
        world.hear(*fact);
        assert_eq!(world.live(), now, "{heard:?}, the last one twice");
        go_on(&world, &heard, facts, length, check)
    });
    next.sum()
}

/// What the set of facts says: which devices are live, with which token, since which confirmation.
fn live(tokens: &[Token], facts: &[Fact]) -> BTreeMap<usize, (usize, i64)> {
    let said = facts.iter().filter_map(|fact| match *fact {
        Fact::Confirmed { device, token, at } => Some((device, token, at)),
        Fact::Disabled { .. } | Fact::OptedOut { .. } => None,
    });
    let said: BTreeSet<_> = said.collect();
    let mut live = BTreeMap::new();
    for one in 0..2 {
        let newest = said.iter().filter(|(device, ..)| *device == one);
        let newest = newest.max_by_key(|(_, token, at)| (*at, *tokens[*token].digest().as_bytes()));
        let Some(&(_, token, at)) = newest else { continue };
        let claims = said.iter().filter(|(_, other, _)| *other == token);
        let holder = claims.max_by_key(|(device, _, at)| (*at, *device)).unwrap().0;
        let has_opted_out = facts.iter().any(|fact| match *fact {
            Fact::OptedOut { device, at: since } => device == one && since >= at,
            Fact::Confirmed { .. } | Fact::Disabled { .. } => false,
        });
        if holder == one && !has_opted_out {
            live.insert(one, (token, at));
        }
    }
    live
}

#[derive(Clone)]
struct World {
    devices: [DeviceKey; 2],
    tokens: [Token; 2],
    rows: BTreeMap<String, Item>,
    /// What was known of each token, and which subscriptions were on record, after the last fact.
    known: BTreeMap<usize, History>,
    subscriptions: BTreeSet<String>,
}

impl World {
    fn new() -> Self {
        let application = Application::parse("arn:aws:sns:us-east-1:123456789012:app/ADM/Fire").unwrap();
        let key = |id| DeviceKey {
            application: application.clone(),
            id: DeviceId::parse(id).unwrap(),
        };
        let token = |text| Token::parse(application.platform(), text).unwrap();
        Self {
            devices: [key("phone"), key("tablet")],
            tokens: [token("one"), token("two")],
            rows: BTreeMap::new(),
            known: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
        }
    }

    /// Whether it was a fact for anybody: an unknown device has nothing to opt out of, and nobody hears of a token that nobody has.
    fn hear(&mut self, fact: Fact) -> bool {
        match fact {
            Fact::Confirmed { device, token, at } => {
                self.confirm(device, token, at);
                for (token, history) in self.known() {
                    assert_eq!(history, self.known.get(&token).cloned().unwrap_or_default(), "{fact:?}");
                }
                let subscriptions = self.subscriptions();
                assert!(subscriptions.is_superset(&self.subscriptions), "{fact:?}");
                self.subscriptions = subscriptions;
            }
            Fact::Disabled { token, at } => {
                let Some(mut device) = self.holder(token) else { return false };
                device.mark_disabled(moment(at));
                device.version += 1;
                self.rows.insert(table::device(&device.key), device.to_item());
                self.known.insert(token, device.history());
            }
            Fact::OptedOut { device, at } => {
                let Some(mut device) = self.device(&self.devices[device].clone()) else {
                    return false;
                };
                mark_opted_out(&mut device, moment(at));
                device.version += 1;
                self.rows.insert(table::device(&device.key), device.to_item());
            }
        }
        true
    }

    fn confirm(&mut self, device: usize, token: usize, at: i64) {
        let registration = Registration {
            device: self.devices[device].clone(),
            token: self.tokens[token].clone(),
            owner: None,
            subscriptions: (at == SAYS).then(|| [subscription(device)].into()),
            confirmed_at: moment(at),
        };
        let own = self.device(&registration.device);
        let claim = self.claim(&registration.token);
        let holder = claim.as_ref().filter(|claim| claim.device != registration.device.id);
        let holder = holder.and_then(|claim| {
            self.device(&DeviceKey {
                id: claim.device.clone(),
                application: registration.device.application.clone(),
            })
        });
        let former = own.as_ref().filter(|own| own.token != registration.token);
        let former = former.and_then(|own| self.claim(&own.token));
        let rows = Rows {
            own,
            claim,
            holder,
            former,
        };
        let attempt = Attempt {
            id: "one",
            now: moment(9),
        };
        let Effect { writes, .. } = effect(&rows, &registration, &attempt, Duration::from_secs(60));
        let keys: BTreeSet<_> = writes.iter().map(|write| write.key.clone()).collect();
        assert_eq!(keys.len(), writes.len(), "a transaction changes no row twice");
        for Write { key, item, .. } in writes {
            match item {
                Some(item) => self.rows.insert(key, item),
                None => self.rows.remove(&key),
            };
        }
    }

    /// The device that has the token.
    fn holder(&self, token: usize) -> Option<Device> {
        let token = &self.tokens[token];
        let claim = self.claim(token)?;
        let key = self.devices.iter().find(|key| key.id == claim.device)?;
        let device = self.device(key)?;
        (device.token == *token && device.state != State::Superseded).then_some(device)
    }

    /// What is known of each token that was ever confirmed, wherever it is.
    fn known(&self) -> BTreeMap<usize, History> {
        let claims = self.tokens.iter().map(|token| self.claim(token)).enumerate();
        let known = claims.filter_map(|(token, claim)| {
            let claim = claim?;
            let history = self.holder(token).map_or(claim.history, |device| device.history());
            Some((token, history))
        });
        known.collect()
    }

    /// All that are on record, own ones and inherited ones.
    fn subscriptions(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for device in self.devices.iter().filter_map(|key| self.device(key)) {
            assert!(device.subscriptions.is_disjoint(&device.inherited_subscriptions));
            assert!(device.state != State::Superseded || device.subscriptions.is_empty());
            all.extend(device.subscriptions);
            all.extend(device.inherited_subscriptions);
        }
        all
    }

    fn device(&self, key: &DeviceKey) -> Option<Device> {
        let item = self.rows.get(&table::device(key))?.clone();
        Some(Device::from_item(&key.application, item).unwrap())
    }

    fn claim(&self, token: &Token) -> Option<Claim> {
        let key = table::claim(&self.devices[0].application, token.digest().as_bytes());
        Some(Claim::from_item(self.rows.get(&key)?.clone()).unwrap())
    }

    fn live(&self) -> BTreeMap<usize, (usize, i64)> {
        let mut live = BTreeMap::new();
        for (n, key) in self.devices.iter().enumerate() {
            let Some(device) = self.device(key).filter(|device| device.state == State::Live) else {
                continue;
            };
            let claim = self.claim(&device.token).unwrap();
            assert_eq!((&claim.device, claim.expires_at), (&key.id, None));
            let token = self.tokens.iter().position(|token| *token == device.token).unwrap();
            let at = device.confirmed_at.duration_since(Timestamp::UNIX_EPOCH).as_secs();
            live.insert(n, (token, at));
        }
        live
    }
}

/// The second at which a device says which subscription it has.
const SAYS: i64 = 2;

fn subscription(device: usize) -> String {
    format!("arn:aws:sns:us-east-1:123456789012:news:{device}")
}

fn moment(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}
