//! Many who ask at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sends::{Acquired, Claim, Sends, Standing, Stored, Wait};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::world::{LEASE_IS_LOST, World, answer, attempt, claim, evening, noon, recorded, resend, seconds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_at_once_one_sends_and_all_have_its_answer() {
    let world = World::new().await;

    let (posts, answers) = all_at_once(&world.sends, &claim(), seconds(0)).await;

    assert_eq!(posts, 1);
    assert_eq!(answers.len(), 200);
    assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_who_want_a_lost_one_sent_again_one_sends() {
    let world = World::new().await;
    let _crashed = world.permit(&resend(), "crashed", seconds(0)).await;

    let (posts, answers) = all_at_once(&world.sends, &resend(), LEASE_IS_LOST).await;

    assert_eq!((posts, answers.len()), (1, 200));
    assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
}

/// Two hundred who wait for each other; how many of them sent, and what all of them answered.
async fn all_at_once(sends: &Sends, claim: &Claim, after: jiff::SignedDuration) -> (usize, Vec<Stored>) {
    let posts = Arc::new(AtomicUsize::new(0));
    let (done, _) = watch::channel(false);
    let mut callers = JoinSet::new();
    for n in 0..200 {
        let (sends, claim, posts, done) = (sends.clone(), claim.clone(), Arc::clone(&posts), done.clone());
        callers.spawn(async move {
            let clock = || noon() + after;
            let sleep = |_| {
                let mut done = done.subscribe();
                async move {
                    done.wait_for(|done| *done).await.unwrap();
                }
            };
            let id = n.to_string();
            let attempt = attempt(&id, after);
            let acquired = sends.acquire_within(&claim, &attempt, Wait::seconds(10), clock, sleep);
            match acquired.await.unwrap() {
                Acquired::Go(permit) => {
                    posts.fetch_add(1, Ordering::SeqCst);
                    recorded(sends.complete(permit, &answer(n), clock, evening()).await);
                    done.send_replace(true);
                    answer(n)
                }
                Acquired::Held(Standing::Replay(answer)) => answer,
                Acquired::Held(standing) => panic!("{standing:?}"),
            }
        });
    }
    let answers = callers.join_all().await;
    (posts.load(Ordering::SeqCst), answers)
}
