//! Waiting for somebody else's answer, by a clock that moves only while somebody sleeps.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use jiff::Timestamp;
use sends::{Acquired, Claim, Permit, Standing, Wait};

use crate::world::{
    LEASE_IS_LOST, World, answer, attempt, claim, evening, go, held, in_flight, noon, recorded, resend, seconds, stopped,
};

/// What happens to the lease of the first during the sleep with this number, from 1.
struct Script<'a> {
    world: &'a World,
    permit: RefCell<Option<Permit>>,
    now: Cell<Timestamp>,
    sleeps: Cell<u32>,
}

impl<'a> Script<'a> {
    async fn new(world: &'a World) -> Self {
        Self {
            world,
            permit: RefCell::new(Some(world.permit(&claim(), "first", seconds(0)).await)),
            now: Cell::new(noon()),
            sleeps: Cell::new(0),
        }
    }

    async fn second(&self, claim: &Claim, wait: u64, during: u32, end: impl AsyncFn(&World, Permit)) -> Acquired {
        let sleep = async |duration: Duration| {
            self.now.set(self.now.get() + duration);
            self.sleeps.set(self.sleeps.get() + 1);
            if self.sleeps.get() == during {
                let permit = self.permit.take().unwrap();
                end(self.world, permit).await;
            }
        };
        let (attempt, wait) = (attempt("second", seconds(0)), Wait::seconds(wait));
        let acquired = self
            .world
            .sends
            .acquire_within(claim, &attempt, wait, || self.now.get(), sleep);
        acquired.await.unwrap()
    }

    fn waited(&self) -> Duration {
        self.now.get().duration_since(noon()).try_into().unwrap()
    }
}

async fn complete(world: &World, permit: Permit) {
    recorded(world.sends.complete(permit, &answer(1), stopped(seconds(0)), evening()).await);
}

#[tokio::test]
async fn who_waits_is_given_the_answer_as_soon_as_it_is_there() {
    let world = World::new().await;
    let script = Script::new(&world).await;

    let acquired = script.second(&claim(), 10, 3, complete).await;

    assert_eq!(held(acquired), Standing::Replay(answer(1)));
    assert_eq!((script.sleeps.get(), script.waited()), (3, Duration::from_millis(750)));
}

#[tokio::test]
async fn who_has_waited_long_enough_is_told_to_come_back() {
    let world = World::new().await;
    let script = Script::new(&world).await;

    let acquired = script.second(&claim(), 2, 99, complete).await;

    assert_eq!(held(acquired), in_flight(12));
    assert_eq!((script.sleeps.get(), script.waited()), (8, Duration::from_secs(2)));
}

#[tokio::test]
async fn who_does_not_want_to_wait_does_not() {
    let world = World::new().await;
    let script = Script::new(&world).await;

    let acquired = script.second(&claim(), 0, 99, complete).await;

    assert_eq!((held(acquired), script.sleeps.get()), (in_flight(14), 0));
}

#[tokio::test]
async fn who_waits_may_send_when_the_other_gives_up_with_what_is_left_of_its_time() {
    let world = World::new().await;
    let script = Script::new(&world).await;
    let release = async |world: &World, permit| {
        let released = world
            .sends
            .release(permit, Duration::ZERO, "busy", stopped(seconds(0)), evening());
        recorded(released.await);
    };

    let permit = go(script.second(&claim(), 10, 2, release).await);

    assert_eq!(permit.attempt(), 2);
    assert_eq!(permit.time_left(script.now.get()), Some(Duration::from_millis(9_500)));
}

#[tokio::test]
async fn who_waits_may_send_when_the_row_is_gone() {
    let world = World::new().await;
    let script = Script::new(&world).await;

    let permit = go(script
        .second(&claim(), 10, 2, async |world: &World, _| world.delete(&claim()).await)
        .await);

    assert_eq!(permit.attempt(), 1);
}

#[tokio::test]
async fn who_waits_for_one_that_never_ends_learns_that_the_outcome_is_unknown_or_sends_again() {
    for (claim, sends_again) in [(claim(), false), (resend(), true)] {
        let world = World::new().await;
        let script = Script::new(&world).await;
        // The second comes late: the lease and its margin end while it waits.
        let begin = noon() + LEASE_IS_LOST - seconds(1);
        script.now.set(begin);
        let sleep = async |duration: Duration| script.now.set(script.now.get() + duration);

        let attempt = attempt("second", LEASE_IS_LOST - seconds(1));
        let acquired = world
            .sends
            .acquire_within(&claim, &attempt, Wait::seconds(5), || script.now.get(), sleep);

        match acquired.await.unwrap() {
            Acquired::Go(permit) => assert_eq!((permit.attempt(), sends_again), (2, true)),
            Acquired::Held(standing) => assert_eq!((standing, sends_again), (Standing::Unknown, false)),
        }
        assert_eq!(script.now.get(), begin + seconds(1));
    }
}
