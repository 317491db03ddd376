//! Everything that can get lost or fail on the way, and the whole of what is answered then.
//!
//! What passes is never answered 4xx, but for 409: the same request is under way, and will have ended when Retry-After is over.

mod amazon;
mod message;
mod store;
mod time;

use std::fmt::Debug;
use std::time::Duration;

use jiff::SignedDuration;

use crate::world::{Answer, Terms, World};

/// What was met, what was answered, and again later; and how often ADM was sent the message, and took it.
fn line(met: &dyn Debug, answers: &[&Answer], world: &World) -> String {
    let told = answers
        .iter()
        .map(|answer| answer.in_brief())
        .collect::<Vec<_>>()
        .join(", then ");
    format!("{met:?}: {told}; sent {}, delivered {}\n", world.posts(), world.delivered())
}

/// Asks, and sees to it that the answer is there while somebody waits for it.
async fn in_time(world: &World, headers: &[(&str, &str)], body: &str) -> Answer {
    let began_at = world.clock.now();
    let answer = world.send_with(headers, body).await;
    assert!(
        world.clock.now().duration_since(began_at) <= SignedDuration::from_secs(27),
        "{answer}"
    );
    answer
}

fn is_transient(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 409 | 502 | 503 | 504)
}

/// A world for each of these, all there before anything is asked: to make one keeps the thread from everything else.
async fn worlds<T>(these: impl IntoIterator<Item = T>, terms: impl Fn() -> Terms) -> Vec<(T, World)> {
    let mut worlds = Vec::new();
    for one in these {
        worlds.push((one, World::with(terms()).await));
    }
    worlds
}

/// With little time for a call to ADM: that of a hang is the test's own.
fn impatient() -> Terms {
    Terms {
        deadline: Duration::from_millis(600),
        ..Terms::default()
    }
}
