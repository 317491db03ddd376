//! An owner that comes late, after somebody else has taken over: it changes nothing and answers what is on record.

use std::time::Duration;

use sends::{Permit, Sends, Settled, Standing};

use crate::world::{LEASE_IS_LOST, World, answer, claim, evening, in_flight, recorded, resend, seconds, stopped, superseded};

/// What a late owner may want to do.
#[derive(Clone, Copy, Debug)]
enum End {
    Complete,
    MarkUnknown,
    Release,
}

const ENDS: [End; 3] = [End::Complete, End::MarkUnknown, End::Release];

async fn end(sends: &Sends, end: End, permit: Permit, n: usize) -> Settled {
    let (clock, until) = (stopped(LEASE_IS_LOST), evening());
    match end {
        End::Complete => sends.complete(permit, &answer(n), clock, until).await,
        End::MarkUnknown => sends.mark_unknown(permit, clock, until).await,
        End::Release => sends.release(permit, Duration::from_secs(30), "busy", clock, until).await,
    }
}

#[tokio::test]
async fn a_late_owner_changes_nothing_while_another_is_sending() {
    for late in ENDS {
        let world = World::new().await;
        let first = world.permit(&resend(), "first", seconds(0)).await;
        let second = world.permit(&resend(), "second", LEASE_IS_LOST).await;
        let before = world.rows().await;

        assert_eq!(superseded(end(&world.sends, late, first, 1).await), in_flight(14), "{late:?}");
        assert_eq!(world.rows().await, before);

        recorded(end(&world.sends, End::Complete, second, 2).await);
        assert_eq!(
            world.standing(&claim(), "third", LEASE_IS_LOST).await,
            Standing::Replay(answer(2))
        );
    }
}

#[tokio::test]
async fn a_late_owner_changes_nothing_when_another_has_ended_and_tells_what_that_one_has() {
    for late in ENDS {
        for (ended, expected) in [
            (End::Complete, Standing::Replay(answer(2))),
            // It wants to be sent again, and its time is over: the next request will do so. Who has taken a doubt over leaves it behind,
            // whatever became of its own attempt.
            (End::MarkUnknown, in_flight(1)),
            (End::Release, in_flight(1)),
        ] {
            let world = World::new().await;
            let first = world.permit(&resend(), "first", seconds(0)).await;
            let second = world.permit(&resend(), "second", LEASE_IS_LOST).await;
            recorded(end(&world.sends, ended, second, 2).await);
            let before = world.rows().await;

            let told = superseded(end(&world.sends, late, first, 1).await);

            assert_eq!(told, expected, "{late:?} after {ended:?}");
            assert_eq!(world.rows().await, before);
        }
    }
}

#[tokio::test]
async fn a_late_owner_that_nobody_has_replaced_still_puts_the_truth_on_record() {
    for (late, expected) in [
        (End::Complete, Standing::Replay(answer(1))),
        (End::MarkUnknown, Standing::Unknown),
        (
            End::Release,
            Standing::TooEarly {
                retry_after: Duration::from_secs(30),
                last_error: "busy".to_owned(),
            },
        ),
    ] {
        let world = World::new().await;
        let first = world.permit(&claim(), "first", seconds(0)).await;
        assert_eq!(world.standing(&claim(), "second", LEASE_IS_LOST).await, Standing::Unknown);

        recorded(end(&world.sends, late, first, 1).await);

        assert_eq!(world.standing(&claim(), "third", LEASE_IS_LOST).await, expected);
    }
}
