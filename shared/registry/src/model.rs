//! Every order of a few facts about two devices and two tokens, against what their set says.
//!
//! The rows are kept in a map, and the conditions are left out: nobody else is there. That they are needed, and enough, is shown against the
//! store (`tests/all/mutants.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::confirmation::{Effect, Rows, effect};
use crate::device::{Device, DeviceId, DeviceKey, State};
use crate::ending::mark_opted_out;
use crate::item::Item;
use crate::register::Registration;
use crate::row::Claim;
use crate::store::Write;
use crate::{Application, Attempt, Token, table};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Confirmed { device: usize, token: usize, at: i64 },
    OptedOut { device: usize, at: i64 },
}

#[test]
fn whatever_the_order_of_three_facts_the_same_devices_are_live() {
    let confirmations = confirmations();
    let opt_outs = (0..2).flat_map(|device| (1..=3).map(move |at| Fact::OptedOut { device, at }));
    let facts: Vec<_> = confirmations.into_iter().chain(opt_outs).collect();
    assert_eq!(all_orders(&facts, 3), 5_832);
}

#[test]
fn whatever_the_order_of_four_confirmations_the_same_devices_are_live() {
    assert_eq!(all_orders(&confirmations(), 4), 20_736);
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

/// Goes through all sequences of so many facts; answers how many there were.
fn all_orders(facts: &[Fact], length: u32) -> usize {
    let sequences = facts.len().pow(length);
    let empty = World::new();
    for mut n in 0..sequences {
        let mut world = empty.clone();
        let mut heard = Vec::new();
        for _ in 0..length {
            let fact = facts[n % facts.len()];
            n /= facts.len();
            if world.hear(fact) {
                heard.push(fact);
            }
            // Once more is nothing more.
            let before = world.live();
            world.hear(fact);
            assert_eq!(world.live(), before, "{heard:?}, the last one twice");
        }
        assert_eq!(world.live(), live(&empty.tokens, &heard), "{heard:?}");
    }
    sequences
}

/// What the set of facts says: which devices are live, with which token, since which confirmation.
fn live(tokens: &[Token], facts: &[Fact]) -> BTreeMap<usize, (usize, i64)> {
    let said = facts.iter().filter_map(|fact| match *fact {
        Fact::Confirmed { device, token, at } => Some((device, token, at)),
        Fact::OptedOut { .. } => None,
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
            Fact::Confirmed { .. } => false,
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
        }
    }

    /// Whether it was a fact for anybody: an unknown device has nothing to opt out of.
    fn hear(&mut self, fact: Fact) -> bool {
        match fact {
            Fact::Confirmed { device, token, at } => self.confirm(device, token, at),
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

    fn device(&self, key: &DeviceKey) -> Option<Device> {
        let item = self.rows.get(&table::device(key))?.clone();
        Some(Device::from_item(&key.application, item).unwrap())
    }

    fn claim(&self, token: &Token) -> Option<Claim> {
        let key = table::claim(&self.devices[0].application, token.digest());
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

fn moment(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}
