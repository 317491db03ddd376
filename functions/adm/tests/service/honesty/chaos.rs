//! Requests at random: who asks for what, what they meet, who is killed, and how time goes by.

use std::sync::Arc;

use adm::Service;
use fastrand::Rng;
use futures_util::stream::{self, StreamExt as _};
use sandbox::adm::{Fault, Target};
use sandbox::dynamo;
use sandbox::kill::killed_after;

use crate::world::{Answer, Terms, World};

/// Keys that are asked for, each for a message of its own.
pub(crate) const KEYS: usize = 130;
const ROUNDS: usize = 20;
/// Requests of a round, all at once.
const REQUESTS: usize = 50;
const INSTANCES: usize = 4;

/// What somebody asked for, and was told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) key: usize,
    on_unknown: Option<&'static str>,
    pub(crate) answer: Answer,
}

/// The request wants a doubt to be ended by sending again.
pub(crate) fn is_sent_again(told: &Told) -> bool {
    told.on_unknown == Some("resend") || (told.on_unknown.is_none() && has_own(told.key))
}

/// A third of the messages have a consolidation key of their own.
fn has_own(key: usize) -> bool {
    key.is_multiple_of(3)
}

fn message(key: usize) -> String {
    match has_own(key) {
        true => format!(r#"{{"data":{{"n":"{key}"}},"consolidationKey":"Own {key}"}}"#),
        false => format!(r#"{{"data":{{"n":"{key}"}}}}"#),
    }
}

async fn ask(world: &World, service: &Service, key: usize, on_unknown: Option<&'static str>, wait: &str) -> Told {
    let name = key.to_string();
    let mut headers = vec![("idempotency-key", name.as_str()), ("prefer", wait)];
    headers.extend(on_unknown.map(|wish| ("on-unknown", wish)));
    let answer = world.send_by(service, &headers, &message(key)).await;
    Told { key, on_unknown, answer }
}

/// All rounds; who was killed was told nothing.
pub(crate) async fn chaos(world: &World, seed: u64) -> Vec<Told> {
    let mut dice = Rng::with_seed(seed);
    let mut instances = [0; INSTANCES].map(|_| world.instance(&Terms::default()));
    let mut told = Vec::new();
    for _ in 0..ROUNDS {
        world.clock.pass([0, 1, 5, 30, 60, 120][dice.usize(..6)]);
        if dice.u8(..4) == 0 {
            instances[dice.usize(..INSTANCES)] = world.instance(&Terms::default());
        }
        break_amazon(world, &mut dice);
        break_store(world, &mut dice);
        let requests = (0..REQUESTS)
            .map(|_| request(world, &instances, &mut dice))
            .collect::<Vec<_>>();
        let round = stream::iter(requests).buffer_unordered(REQUESTS).collect::<Vec<_>>().await;
        told.extend(round.into_iter().flatten());
    }
    told
}

fn request<'a>(world: &'a World, instances: &[Arc<Service>], dice: &mut Rng) -> impl Future<Output = Option<Told>> + use<'a> {
    let service = Arc::clone(&instances[dice.usize(..INSTANCES)]);
    let key = dice.usize(..KEYS);
    let on_unknown = [None, None, Some("fail"), Some("resend")][dice.usize(..4)];
    let wait = ["wait=0", "wait=3", "wait=10"][dice.usize(..3)];
    // A sixth does not live to be answered.
    let waits = if dice.u8(..6) == 0 { dice.usize(..40) } else { usize::MAX };
    async move { killed_after(waits, ask(world, &service, key, on_unknown, wait)).await }
}

fn break_amazon(world: &World, dice: &mut Rng) {
    let send = (0..REQUESTS).map(|_| match dice.u8(..40) {
        0 => Fault::Answer(502, ""),
        1 => Fault::HangUp,
        2 => Fault::Internal(None),
        3..=6 => Fault::LoseResponse,
        7 => Fault::Malformed,
        8 => Fault::Reason(400, "InvalidData"),
        9 => Fault::Reason(401, "AccessTokenExpired"),
        10 => Fault::Reason(413, "MessageTooLarge"),
        11 => Fault::TooMany(Some("2")),
        12 => Fault::TooMany(Some("40")),
        13 => Fault::Unavailable(None),
        _ => Fault::Pass,
    });
    world.amazon.script(Target::Send, send);
    let token = [Fault::Pass, Fault::HangUp, Fault::Unavailable(None), Fault::LoseResponse];
    world.amazon.script(Target::Token, [token[dice.usize(..4)].clone()]);
    if dice.u8(..5) == 0 {
        world.amazon.revoke_tokens();
    }
}

fn break_store(world: &World, dice: &mut Rng) {
    world.faults.clear();
    for _ in 0..2 * REQUESTS {
        for operation in ["PutItem", "GetItem"] {
            let fault = match dice.u8(..50) {
                0..=2 => dynamo::Fault::Deny,
                3 => dynamo::Fault::InternalError,
                4 => dynamo::Fault::LoseResponse,
                5 => dynamo::Fault::Throttle,
                _ => dynamo::Fault::Pass,
            };
            world.faults.inject(operation, fault, 1);
        }
    }
}

/// All is well again: each key is asked for until what it is told does not change any more.
pub(crate) async fn settled(world: &World) -> Vec<Told> {
    world.faults.clear();
    for target in [Target::Send, Target::Token] {
        world.amazon.script(target, []);
    }
    let mut told = Vec::new();
    for key in 0..KEYS {
        loop {
            world.clock.pass(60);
            let one = ask(world, &world.service, key, Some("fail"), "wait=0").await;
            let is_settled = !matches!(one.answer.status, 409 | 503);
            told.push(one);
            if is_settled {
                break;
            }
        }
        let last = told.last().unwrap();
        let again = ask(world, &world.service, key, Some("fail"), "wait=0").await;
        assert_eq!((again.answer.status, again.answer.body["messageId"].clone()), {
            (last.answer.status, last.answer.body["messageId"].clone())
        });
        told.push(again);
    }
    told
}
