//! The store or the topic fails: nothing is lost, nothing is counted against an event, and everything goes out afterwards.

use sandbox::dynamo::Fault;
use sandbox::sns_api::{EntryRefusal, Fault as SnsFault};

use crate::world::{EVENTS, NOON, World, hours, seconds, told};

#[tokio::test]
async fn a_missing_topic_costs_no_event_an_attempt_and_all_go_out_when_it_is_there() {
    let world = World::new().await;
    world.api.delete_topic(EVENTS);
    let key = world.purchase("anna").await;
    world.purchase("bert").await;

    assert_eq!(world.hand_on(&key).await, "topic: the topic does not exist");
    for _ in 0..10 {
        let stopped = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap_err();
        assert_eq!(
            stopped.to_string(),
            "nothing can be handed on: topic_missing, with all 1 events of a page"
        );
    }
    let row = world.row(&key).await;
    assert_eq!((row.attempts, row.failure, world.waiting().await), (0, None, 2));

    world.api.create_topic(EVENTS);
    let swept = world.dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap();
    assert_eq!((swept.counts.handed_on, swept.complete, world.waiting().await), (2, true, 0));
}

#[tokio::test]
async fn every_fault_of_the_topic_leaves_the_event_due_and_the_next_try_hands_it_on() {
    for (fault, text) in [
        (SnsFault::Unauthorized, "topic: the topic does not let us publish"),
        (SnsFault::Internal, "topic: the topic is not available"),
        (SnsFault::Throttled, "topic: the topic is not available"),
        (SnsFault::HangUp, "topic: the topic is not available"),
    ] {
        let world = World::new().await;
        let key = world.purchase("anna").await;
        world.api.script([fault; 10]);

        assert_eq!(world.hand_on(&key).await, text);
        assert_eq!(world.row(&key).await.attempts, 0);

        world.api.script([]);
        assert_eq!(world.hand_on(&key).await, "handed on");
        assert_eq!(world.repetitions().len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_is_refused_as_a_whole_is_repeated_message_by_message_and_only_the_one_at_fault_stays() {
    let world = World::new().await;
    let mut keys = Vec::new();
    for n in 0..10 {
        keys.push(world.purchase(&format!("purchase {n}")).await);
    }
    world.api.script([SnsFault::Invalid, SnsFault::Invalid]);

    let outcomes = world.dispatch.hand_on(&keys).await;

    let told = outcomes.iter().map(told).collect::<Vec<_>>();
    assert_eq!(
        (told[0].as_str(), &told[1..]),
        ("refused InvalidParameter", &vec!["handed on".to_owned(); 9][..])
    );
    assert_eq!((world.row(&keys[0]).await.attempts, world.repetitions().len()), (1, 9));
}

#[tokio::test]
async fn a_topic_that_is_not_where_it_is_looked_for_is_at_fault_and_no_message() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    // SNS says "Invalid parameter: TopicArn".
    let elsewhere = world.with_topic("arn:aws:sns:eu-west-1:123456789012:events");

    let outcomes = elsewhere.hand_on(std::slice::from_ref(&key)).await;

    assert_eq!(told(&outcomes[0]), "topic: the topic does not exist");
    assert_eq!(world.row(&key).await.attempts, 0);
}

#[tokio::test]
async fn an_entry_that_is_refused_for_the_topic_s_sake_is_held_against_no_event() {
    for (code, expected) in [
        ("KMSAccessDenied", "topic: the topic does not let us publish"),
        ("KMSThrottling", "refused KMSThrottling"),
        ("InternalError", "refused InternalError"),
    ] {
        let world = World::new().await;
        let key = world.purchase("anna").await;
        world.api.refuse_entries(EntryRefusal {
            containing: "stargazer".to_owned(),
            code: code.to_owned(),
            sender_fault: true,
            times: 10,
        });
        for _ in 0..10 {
            assert_eq!(world.hand_on(&key).await, expected);
        }
        assert_eq!(world.row(&key).await.attempts, 0);
        assert_eq!(world.hand_on(&key).await, "handed on");
    }
}

#[tokio::test]
async fn a_topic_or_a_store_that_says_nothing_is_given_up_in_time() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    world.api.script([SnsFault::Silent; 10]);
    let outcomes = world.with_short_limits().hand_on(std::slice::from_ref(&key)).await;
    assert_eq!(told(&outcomes[0]), "topic: the topic is not available");

    world.api.script([]);
    let (_, faults) = world.with_faults().await;
    for operation in ["Query", "UpdateItem"] {
        faults.inject(operation, Fault::Hang, usize::MAX);
    }
    let outcomes = world
        .with_short_limits_through(&faults)
        .hand_on(std::slice::from_ref(&key))
        .await;
    assert_eq!(told(&outcomes[0]), "store: the store is not available");
    assert_eq!(world.hand_on(&key).await, "handed on");
}

#[tokio::test]
async fn a_sweep_that_can_mark_nothing_stops_instead_of_publishing_everything_each_minute() {
    let world = World::new().await;
    for n in 0..120 {
        world.purchase(&format!("purchase {n}")).await;
    }
    let (dispatch, faults) = world.with_faults().await;
    faults.inject("UpdateItem", Fault::Deny, usize::MAX);

    let stopped = dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap_err();

    assert!(
        stopped.to_string().starts_with("nothing can be handed on: store"),
        "{stopped}"
    );
    assert!(world.published().len() <= 50, "one page at most");
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_goes_out_again_under_the_same_ids() {
    let world = World::new().await;
    let keys = [world.purchase("anna").await, world.purchase("bert").await];
    world.api.script([SnsFault::LoseResponse]);

    let outcomes = world.dispatch.hand_on(&keys).await;

    assert_eq!(outcomes.iter().map(told).collect::<Vec<_>>(), ["handed on", "handed on"]);
    assert_eq!(
        world.repetitions().into_values().collect::<Vec<_>>(),
        [2, 2],
        "the SDK repeats the call"
    );
}

#[tokio::test]
async fn a_store_that_does_not_answer_leaves_the_event_due() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    let (dispatch, faults) = world.with_faults().await;
    for fault in [Fault::Throttle, Fault::InternalError, Fault::Deny] {
        faults.inject("Query", fault, usize::MAX);
        let outcomes = dispatch.hand_on(std::slice::from_ref(&key)).await;
        assert!(outcomes[0].is_fault() && outcomes[0].stays_due(), "{}", told(&outcomes[0]));
        let stopped = dispatch.sweep(seconds(0), NOON + hours(1)).await.unwrap_err();
        assert_eq!(stopped.to_string(), "what waits could not be looked up");
        faults.clear();
    }
    assert_eq!(world.published().len(), 0);
    assert_eq!(world.hand_on(&key).await, "handed on");
}

#[tokio::test]
async fn an_event_that_went_out_and_cannot_be_marked_goes_out_again_and_says_so() {
    let world = World::new().await;
    let key = world.purchase("anna").await;
    let (dispatch, faults) = world.with_faults().await;
    faults.inject("UpdateItem", Fault::Deny, usize::MAX);

    let outcomes = dispatch.hand_on(std::slice::from_ref(&key)).await;

    assert_eq!(told(&outcomes[0]), "handed on unmarked");
    assert!(outcomes[0].stays_due() && !outcomes[0].is_fault());
    assert_eq!(world.hand_on(&key).await, "handed on");
    assert_eq!(world.repetitions().into_values().collect::<Vec<_>>(), [2]);
}
