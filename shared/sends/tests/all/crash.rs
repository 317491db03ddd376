//! A process that is killed at any moment: before, while and after it sends.

use std::cell::Cell;
use std::time::Duration;

use sandbox::kill::killed_after;
use sends::{Acquired, Claim, Sends, Standing};

use crate::world::{LEASE_IS_LOST, World, answer, attempt, claim, evening, go, key, recorded, resend, seconds, stopped};

/// One caller from its request to its answer; the message costs the receiver two turns, and is counted after the first.
async fn send(sends: &Sends, claim: &Claim, posts: &Cell<usize>) {
    let permit = go(sends.acquire(claim, &attempt("first", seconds(0))).await.unwrap());
    tokio::task::yield_now().await;
    posts.set(posts.get() + 1);
    tokio::task::yield_now().await;
    recorded(sends.complete(permit, &answer(1), stopped(seconds(1)), evening()).await);
}

#[tokio::test]
async fn whoever_comes_after_a_crash_sends_what_was_not_sent_or_tells_the_truth() {
    let world = World::new().await;
    let mut seen = [0; 3];
    for pending in 0.. {
        let claim = Claim {
            key: key(&pending.to_string()),
            ..claim()
        };
        let posts = Cell::new(0);
        let finished = killed_after(pending, send(&world.sends, &claim, &posts)).await;

        match world.ask(&claim, "second", LEASE_IS_LOST).await {
            Acquired::Go(_) => {
                assert_eq!(posts.get(), 0, "killed after {pending}");
                seen[0] += 1;
            }
            Acquired::Held(Standing::Unknown) => seen[1] += 1,
            Acquired::Held(standing) => {
                assert_eq!(
                    (standing, posts.get()),
                    (Standing::Replay(answer(1)), 1),
                    "killed after {pending}"
                );
                seen[2] += 1;
            }
        }
        if finished.is_some() {
            break;
        }
    }
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

#[tokio::test]
async fn a_message_that_may_be_replaced_is_sent_again_after_a_crash_and_ends_with_one_answer() {
    let world = World::new().await;
    for pending in 0.. {
        let claim = Claim {
            key: key(&pending.to_string()),
            ..resend()
        };
        let posts = Cell::new(0);
        let finished = killed_after(pending, send(&world.sends, &claim, &posts)).await;

        let expected = match world.ask(&claim, "second", LEASE_IS_LOST).await {
            Acquired::Go(permit) => {
                recorded(
                    world
                        .sends
                        .complete(permit, &answer(2), stopped(LEASE_IS_LOST), evening())
                        .await,
                );
                answer(2)
            }
            Acquired::Held(standing) => {
                assert_eq!(
                    (standing, posts.get()),
                    (Standing::Replay(answer(1)), 1),
                    "killed after {pending}"
                );
                answer(1)
            }
        };
        let standing = world.standing(&claim, "third", LEASE_IS_LOST).await;
        assert_eq!(standing, Standing::Replay(expected));
        if finished.is_some() {
            break;
        }
    }
}

#[tokio::test]
async fn one_who_is_killed_while_it_gives_up_leaves_an_unknown_outcome_or_the_key() {
    let world = World::new().await;
    for pending in 0.. {
        let claim = Claim {
            key: key(&pending.to_string()),
            ..claim()
        };
        let permit = world.permit(&claim, "first", seconds(0)).await;
        let released = world
            .sends
            .release(permit, Duration::ZERO, "busy", stopped(seconds(1)), evening());
        let finished = killed_after(pending, released).await;

        match world.ask(&claim, "second", LEASE_IS_LOST).await {
            Acquired::Go(permit) => assert_eq!(permit.attempt(), 2),
            Acquired::Held(standing) => assert_eq!(standing, Standing::Unknown, "killed after {pending}"),
        }
        if finished.is_some() {
            break;
        }
    }
}
