//! Messages in bulk: a queue, the batches that Lambda makes of it, and what becomes of each message.

mod fates;
mod once;
mod strange;

use serde_json::{Value, json};

use crate::world::{TOPIC, World};

/// An attribute of the queue's message, by its name.
const RESEND: (&str, &str) = ("on_unknown", "resend");

/// A request as Amazon has it, the topic in it, that differs from all others.
fn message(n: &str) -> String {
    json!({ "topic": TOPIC, "data": { "n": n } }).to_string()
}

/// One batch, if there is one: received, taken and settled. The ids that stay in the queue.
async fn run(world: &World) -> Vec<String> {
    let batch = world.queue.receive(10);
    if batch.is_empty() {
        return Vec::new();
    }
    let answer = world.invoke(&world.service, &world.queue.event(&batch)).await.unwrap();
    world.queue.settle(&batch, &answer);
    let answer = serde_json::from_str::<Value>(&answer).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    failures
        .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
        .collect()
}

/// When the messages that are left become visible, in seconds from now.
fn visible_in(world: &World) -> Vec<i64> {
    let waiting = world.queue.waiting().into_iter();
    waiting
        .map(|message| message.visible_at.duration_since(world.clock.now()).as_secs())
        .collect()
}

/// How often ADM has the message.
fn delivered(world: &World, n: &str) -> usize {
    let delivered = world.amazon.delivered();
    delivered.iter().filter(|one| one.body["data"]["n"] == n).count()
}
