//! When a message is sent again, and when it is not.

use std::time::Duration;

use adm::{Doubt, Outcome, ProblemType};
use sandbox::adm::{Fault, Target};

use crate::world::{World, consolidated, message};

#[tokio::test]
async fn a_429_a_500_and_a_503_are_sent_again() {
    for fault in [Fault::TooMany(None), Fault::Internal(None), Fault::Unavailable(None)] {
        let world = World::start().await;
        world.service.script(Target::Send, [fault.clone(), fault]);
        assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
        assert_eq!((world.count(Target::Send), world.service.delivered().len()), (3, 1));
        // Full jitter with a chance of a half: below 200 ms, then below 400 ms.
        assert_eq!(world.waits_in_milliseconds(), [100, 200]);
    }
}

#[tokio::test]
async fn a_retry_after_is_honoured_as_seconds_and_as_http_date() {
    for (retry_after, milliseconds) in [
        ("2", 2_000),
        ("1.5", 1_500),
        ("Fri, 06 Mar 2026 20:00:07 GMT", 7_000),
        ("Fri, 06 Mar 2026 19:00:00 GMT", 0),
    ] {
        let world = World::start().await;
        world.service.script(Target::Send, [Fault::Unavailable(Some(retry_after))]);
        assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
        assert_eq!(world.waits_in_milliseconds(), [milliseconds], "{retry_after}");
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_budget_is_passed_on_at_once() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::TooMany(Some("30"))]);
    let outcome = world.send(&message()).await;
    assert!(
        matches!(outcome, Outcome::RetryLater { status: Some(429), .. }),
        "{outcome:?}"
    );
    assert_eq!((world.count(Target::Send), world.waits_in_milliseconds().len()), (1, 0));
    let problem = outcome.into_answer().unwrap_err();
    assert_eq!((problem.status, problem.kind), (503, ProblemType::Unavailable));
    assert_eq!(problem.retry_after, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn trying_ends_after_five_attempts_or_with_the_budget() {
    let world = World::start().await;
    world.service.script(Target::Send, vec![Fault::Internal(None); 9]);
    assert!(matches!(
        world.send(&message()).await,
        Outcome::RetryLater { status: Some(500), .. }
    ));
    assert_eq!(world.count(Target::Send), 5);

    world.service.script(Target::Send, vec![Fault::Internal(Some("4")); 9]);
    assert!(matches!(
        world.send(&message()).await,
        Outcome::RetryLater { status: Some(500), .. }
    ));
    assert_eq!(world.count(Target::Send), 5 + 3);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_not_sent_again() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::LoseResponse]);
    let outcome = world.send(&message()).await;
    assert!(
        matches!(
            outcome,
            Outcome::Unknown {
                doubt: Doubt::Unanswered(_),
                ..
            }
        ),
        "{outcome:?}"
    );
    assert_eq!((world.count(Target::Send), world.service.delivered().len()), (1, 1));
    let problem = outcome.into_answer().unwrap_err();
    assert_eq!((problem.status, problem.kind), (504, ProblemType::OutcomeUnknown));
}

#[tokio::test]
async fn a_lost_answer_under_a_consolidation_key_is_sent_again() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::LoseResponse]);
    assert!(matches!(world.send(&consolidated()).await, Outcome::Sent { .. }));
    assert_eq!((world.count(Target::Send), world.service.delivered().len()), (2, 2));
}

#[tokio::test]
async fn a_doubt_is_ended_by_a_success_and_by_nothing_else() {
    for later in [
        Fault::Reason(400, "InvalidData"),
        Fault::Reason(413, "MessageTooLarge"),
        Fault::TooMany(Some("30")),
        Fault::HangUp,
    ] {
        let world = World::start().await;
        let faults = [vec![Fault::LoseResponse], vec![later.clone(); 4]].concat();
        world.service.script(Target::Send, faults);
        let outcome = world.send(&consolidated()).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{later:?}: {outcome:?}");
        assert_eq!(world.service.delivered().len(), 1);
    }
}

#[tokio::test]
async fn a_malformed_success_and_an_undocumented_status_are_unknown() {
    for (fault, expected) in [
        (Fault::Malformed, Doubt::MalformedAnswer),
        (Fault::Answer(200, "{}"), Doubt::MalformedAnswer),
        (Fault::Answer(502, "<html>"), Doubt::Status(502)),
        (Fault::Answer(504, ""), Doubt::Status(504)),
    ] {
        let world = World::start().await;
        world.service.script(Target::Send, [fault]);
        let outcome = world.send(&message()).await;
        assert!(
            matches!(&outcome, Outcome::Unknown { doubt, request_id: Some(_) } if *doubt == expected),
            "{outcome:?}"
        );
        assert_eq!(world.count(Target::Send), 1);
    }
}
