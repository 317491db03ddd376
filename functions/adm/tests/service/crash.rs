//! A request whose process is killed, or stands still, at any of its waits: before, while and after it sends.

mod late;

use std::collections::BTreeMap;

use sandbox::adm::{Fault, Target};
use sandbox::kill::killed_after;
use serde_json::Value;

use crate::world::{Answer, Terms, World};

/// How to ask for doubt to be handled, and a message of its own for every try.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Fail,
    /// A message that has a consolidation key, which is reason enough to send it again.
    OwnKey,
    Resend,
}

impl Wish {
    fn headers(self, key: &str) -> Vec<(&'static str, &str)> {
        match self {
            Self::Fail => vec![("idempotency-key", key), ("on-unknown", "fail")],
            Self::OwnKey => vec![("idempotency-key", key)],
            Self::Resend => vec![("idempotency-key", key), ("on-unknown", "resend")],
        }
    }

    fn body(self, key: &str) -> String {
        match self {
            Self::Fail | Self::Resend => format!(r#"{{"data":{{"n":"{key}"}}}}"#),
            Self::OwnKey => format!(r#"{{"data":{{"n":"{key}"}},"consolidationKey":"Own"}}"#),
        }
    }

    async fn ask(self, world: &World, key: &str) -> Answer {
        world.send_with(&self.headers(key), &self.body(key)).await
    }

    /// By an instance that has just started.
    async fn ask_cold(self, world: &World, key: &str) -> Answer {
        let cold = world.instance(&Terms::default());
        world.send_by(&cold, &self.headers(key), &self.body(key)).await
    }
}

/// The consolidation keys of all messages that ADM has for a key.
fn delivered(world: &World, key: &str) -> Vec<Value> {
    let delivered = world.amazon.delivered();
    let of_key = delivered.iter().filter(|one| one.body["data"]["n"] == key);
    of_key.map(|one| one.body["consolidationKey"].clone()).collect()
}

/// Longer than a lease and its margin.
const LEASE_IS_LOST: u64 = 60;

#[tokio::test]
async fn whoever_comes_after_a_crash_sends_what_was_not_sent_or_is_told_the_truth() {
    let world = World::start().await;
    let mut seen = BTreeMap::<_, usize>::new();
    for waits in 0.. {
        let key = waits.to_string();
        let ended = killed_after(waits, Wish::Fail.ask_cold(&world, &key)).await;
        let at_once = Wish::Fail.ask(&world, &key).await;
        world.clock.pass(LEASE_IS_LOST);
        let later = Wish::Fail.ask(&world, &key).await;
        let delivered = delivered(&world, &key).len();
        let told = match (at_once.status, at_once.is_replayed(), later.status) {
            // There was no lease yet, so there was no message.
            (200, false, 200) => "sent",
            (200, true, 200) => "replayed",
            // The last write was under way.
            (409, _, 200) => "recorded meanwhile",
            (409, _, 504) if delivered == 0 => "unknown, not delivered",
            (409, _, 504) => "unknown, delivered",
            _ => panic!("killed after {waits}: {at_once} then {later}"),
        };
        *seen.entry(told).or_default() += 1;
        assert_eq!(at_once.retry_after().is_some(), at_once.status == 409);
        if later.status == 200 {
            assert_eq!(delivered, 1, "killed after {waits}");
        }
        assert!(delivered <= 1, "killed after {waits}");
        assert_eq!(Wish::Fail.ask(&world, &key).await.body, later.body);
        if let Some(ended) = ended {
            assert_eq!((ended.body, told), (later.body, "replayed"));
            break;
        }
    }
    for told in ["sent", "replayed", "unknown, not delivered", "unknown, delivered"] {
        assert!(seen.contains_key(told), "{told}: {seen:?}");
    }
}

#[tokio::test]
async fn a_message_that_is_to_be_sent_again_ends_with_one_answer_and_all_of_it_has_one_consolidation_key() {
    for wish in [Wish::OwnKey, Wish::Resend] {
        let world = World::start().await;
        let mut seen = BTreeMap::<_, usize>::new();
        for waits in 0.. {
            let key = waits.to_string();
            let ended = killed_after(waits, wish.ask_cold(&world, &key)).await;
            world.clock.pass(LEASE_IS_LOST);
            let second = wish.ask(&world, &key).await;
            assert_eq!(second.status, 200, "killed after {waits}: {second}");
            let third = wish.ask(&world, &key).await;
            assert_eq!((third.body, third.status), (second.body.clone(), 200));

            let keys = delivered(&world, &key);
            assert!((1..=2).contains(&keys.len()), "killed after {waits}: {keys:?}");
            let expected = match wish {
                Wish::OwnKey => 3,
                Wish::Fail | Wish::Resend => 32,
            };
            for one in &keys {
                assert_eq!(
                    (one, one.as_str().map(str::len)),
                    (&keys[0], Some(expected)),
                    "killed after {waits}"
                );
            }
            *seen.entry((keys.len(), second.is_replayed())).or_default() += 1;
            if let Some(ended) = ended {
                assert_eq!((ended.body, keys.len()), (second.body, 1));
                break;
            }
        }
        // Never sent before, sent twice, and sent by the one that was killed.
        for way in [(1, false), (2, false), (1, true)] {
            assert!(seen.contains_key(&way), "{wish:?} {way:?}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_crash_before_the_lease_leaves_no_trace() {
    let world = World::start().await;
    // The secret, the token: nothing that has to do with this key.
    for waits in 0.. {
        let key = waits.to_string();
        let before = world.faults.all_calls();
        let ended = killed_after(waits, Wish::Fail.ask_cold(&world, &key)).await;
        if world.faults.all_calls() > before || ended.is_some() {
            assert!(waits > 2, "the secret and the token are waited for");
            return;
        }
        let answer = Wish::Fail.ask(&world, &key).await;
        assert_eq!((answer.status, answer.is_replayed()), (200, false), "killed after {waits}");
        assert_eq!(delivered(&world, &key).len(), 1);
    }
}

#[tokio::test]
async fn a_crash_while_it_gives_up_leaves_the_key_or_a_doubt_and_nothing_is_sent_twice() {
    let world = World::start().await;
    for waits in 0.. {
        let key = waits.to_string();
        world.amazon.script(Target::Send, [Fault::TooMany(Some("30"))]);
        let ended = killed_after(waits, Wish::Fail.ask_cold(&world, &key)).await;
        world.amazon.script(Target::Send, []);
        world.clock.pass(LEASE_IS_LOST);
        let later = Wish::Fail.ask(&world, &key).await;
        match later.status {
            200 => assert_eq!(delivered(&world, &key).len(), 1),
            504 => assert_eq!(delivered(&world, &key).len(), 0),
            _ => panic!("killed after {waits}: {later}"),
        }
        if let Some(ended) = ended {
            assert_eq!(ended.in_brief(), "503 unavailable retry-after: 30");
            assert_eq!(later.status, 200);
            break;
        }
    }
}
