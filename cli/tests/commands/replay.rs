//! `firepost inbox replay`, against a local stack.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use sandbox::dynamo::Fault;
use sandbox::rtn::Payload;
use serde_json::{Value, json};

use crate::record::{TOPIC, device_message};
use crate::world::{Said, World, advance, firepost, now, stack_on};

#[tokio::test]
async fn a_replay_run_twice_hands_on_nothing_twice() {
    let world = World::new().await;
    for seed in ["a", "b"] {
        world.purchase("SUBSCRIPTION_RENEWED", seed).await;
    }
    world.hand_on_all().await;
    world.purchase("SUBSCRIPTION_RENEWED", "c").await;

    let said = world.firepost("inbox replay --since 7d").await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.out, @r#"
    Replay "replay": 3 selected
      replayed now               2
      had before by this replay  0
      waiting to go out anyway   1
      nothing to hand on         0
      filed anew                 0
      still unreadable           0
    What counts as replayed or filed anew goes out within a second through the table's stream, or with the next sweep.
    "#);
    assert_eq!(world.counters("--since 7d").await, "3 selected: 2 had_before, 1 waiting");

    world.hand_on_all().await;
    assert_eq!(world.counters("--since 7d").await, "3 selected: 2 had_before, 1 replayed");
    let before = world.rows().await;
    let said = world.firepost("inbox replay --since 7d").await;
    insta::assert_snapshot!(said.out, @r#"
    Replay "replay": 3 selected
      replayed now               0
      had before by this replay  3
      waiting to go out anyway   0
      nothing to hand on         0
      filed anew                 0
      still unreadable           0
    What the replay had before goes out again with --force, or under another --name.
    "#);
    assert_eq!(world.rows().await, before);
    assert_eq!(
        world.counters("--since 7d --name another").await,
        "3 selected: 2 replayed, 1 waiting"
    );
}

#[tokio::test]
async fn what_a_replay_had_goes_out_again_by_force() {
    let world = World::new().await;
    let record = world.purchase("SUBSCRIPTION_RENEWED", "a").await;
    world.hand_on_all().await;
    for _ in 0..2 {
        assert_eq!(world.counters("--since 7d --force").await, "1 selected: 1 replayed");
        assert_eq!(world.again(&record).await.replay.as_deref(), Some("replay"));
        world.hand_on_all().await;
    }
    assert_eq!(world.counters("--since 7d").await, "1 selected: 1 had_before");
}

#[tokio::test]
async fn a_dry_run_leaves_the_table_byte_for_byte_and_counts_what_would_be_done() {
    let world = World::new().await;
    for seed in ["went out", "had before"] {
        world.purchase("SUBSCRIPTION_RENEWED", seed).await;
    }
    world.hand_on_all().await;
    let had = world.purchase("SUBSCRIPTION_EXPIRED", "had before").await;
    world.hand_on(&had).await;
    world.counters("--type SUBSCRIPTION_EXPIRED").await;
    world.purchase("SUBSCRIPTION_RENEWED", "waits").await;
    let dead = world.purchase("SUBSCRIPTION_RENEWED", "dead").await;
    world.bury(&dead, "sns:InvalidParameter").await;
    let readable = Payload::new("SUBSCRIPTION_PURCHASED", "unread", now()).text();
    world.unread("1", &readable).await;
    world.unread("2, the same", &readable).await;
    world.unread("3", "hello").await;
    world.unread("4, on record", &world.again(&dead).await.raw).await;

    let before = world.rows().await;
    let said = world.firepost("inbox replay --since 7d --unread --dry-run").await;
    let foreseen = world.counters("--since 7d --unread --dry-run").await;
    assert_eq!(world.rows().await, before);
    let done = world.counters("--since 7d --unread").await;

    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.out, @r#"
    Dry run of the replay "replay", nothing was written: 9 selected
      replayed now               3
      had before by this replay  1
      waiting to go out anyway   1
      nothing to hand on         2
      filed anew                 1
      still unreadable           1
    Without --dry-run, what counts as replayed or filed anew would go out within a second through the table's stream, or with the next sweep.
    What the replay had before goes out again with --force, or under another --name.
    "#);
    assert_eq!(foreseen, done);
    assert_eq!(world.rows().await.len(), before.len() - 2);
    assert_eq!(world.again(&dead).await.failure, None);
}

#[tokio::test]
async fn events_are_chosen_by_subject_event_message_id_source_type_and_time() {
    let world = World::new().await;
    let purchased = world.purchase("SUBSCRIPTION_PURCHASED", "a").await;
    advance(SignedDuration::from_mins(1));
    world.purchase("SUBSCRIPTION_RENEWED", "a").await;
    world.purchase("SUBSCRIPTION_RENEWED_TWICE", "b").await;
    advance(SignedDuration::from_mins(1));
    world.device("DeviceDeregisteredNotification", "serial").await;
    world.device("DeviceRegisteredNotification", "serial").await;
    world.unread("unread", "hello").await;
    world.hand_on_all().await;

    let subject = &purchased.subject;
    let event = &purchased.event;
    let message_id = &purchased.message_id;
    for (arguments, expected) in [
        (format!("--subject {subject}"), 2),
        (format!("--subject {subject} --event {event}"), 1),
        (format!("--subject {subject} --type SUBSCRIPTION_RENEWED"), 1),
        (format!("--subject {subject} --since 2100-01-01T00:01:00Z"), 1),
        (format!("--message-id {message_id}"), 1),
        (format!("--message-id {message_id} --source drs"), 0),
        (format!("--subject {subject} --message-id {message_id}"), 1),
        ("--subject drs#serial".to_owned(), 2),
        ("--type SUBSCRIPTION_RENEWED".to_owned(), 1),
        ("--type DeviceDeregisteredNotification".to_owned(), 1),
        ("--type DeviceDeregistered".to_owned(), 0),
        ("--since 2100-01-01T00:01:00Z".to_owned(), 4),
        ("--until 2100-01-01T00:01:00Z".to_owned(), 3),
        ("--since 2100-01-01T00:01:00Z --until 2100-01-01T00:01:30Z".to_owned(), 2),
        ("--since 7d --source rtn".to_owned(), 3),
        ("--since 7d --source drs".to_owned(), 2),
        ("--since 7d --source drs --type DeviceRegisteredNotification".to_owned(), 1),
        ("--since 7d".to_owned(), 5),
        ("--since 7d --unread".to_owned(), 6),
        ("--source unread".to_owned(), 1),
        ("--message-id id-of-unread".to_owned(), 0),
        ("--message-id id-of-unread --unread".to_owned(), 1),
        (format!("--subject unread#{TOPIC}"), 1),
    ] {
        let said = world.firepost(&format!("inbox replay {arguments} --dry-run --json")).await;
        let total = serde_json::from_str::<Value>(said.out.lines().last().unwrap()).unwrap();
        let code = i32::from(expected == 0);
        assert_eq!(
            (said.code, &total["selected"]),
            (Some(code), &json!(expected)),
            "{arguments}: {}",
            said.err
        );
        assert_eq!(said.out.lines().count(), expected + 1, "{arguments}");
    }
}

#[tokio::test]
async fn each_event_and_the_counters_are_lines_of_json() {
    let world = World::new().await;
    let record = world.purchase("SUBSCRIPTION_PURCHASED", "a").await;
    world.hand_on(&record).await;
    advance(SignedDuration::from_mins(1));
    world.purchase("SUBSCRIPTION_RENEWED", "a").await;
    world
        .unread("unread", &device_message("DeviceRegisteredNotification", "serial"))
        .await;

    let said = world
        .firepost(&format!("inbox replay --subject {} --name march-6 --json", record.subject))
        .await;
    insta::assert_snapshot!(said.out, @r#"
    {"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444800000#SUBSCRIPTION_PURCHASED","message_id":"id-of-0000004102444800000-SUBSCRIPTION_PURCHASED","outcome":"replayed","filed_subject":null,"filed_event":null}
    {"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444860000#SUBSCRIPTION_RENEWED","message_id":"id-of-0000004102444860000-SUBSCRIPTION_RENEWED","outcome":"waiting","filed_subject":null,"filed_event":null}
    {"replay":"march-6","dry_run":false,"forced":false,"selected":2,"replayed":1,"had_before":0,"waiting":1,"nothing_to_hand_on":0,"filed_anew":0,"still_unreadable":0,"illegible":0}
    "#);
    let said = world.firepost("inbox replay --source unread --json").await;
    insta::assert_snapshot!(said.out, @r#"
    {"subject":"unread#arn:aws:sns:us-east-1:033616359524:LT0XA","event":"unread","message_id":"id-of-unread","outcome":"filed_anew","filed_subject":"drs#serial","filed_event":"0000004102444860000#amzn1.dash.notification.v1.test#DeviceRegisteredNotification"}
    {"replay":"replay","dry_run":false,"forced":false,"selected":1,"replayed":0,"had_before":0,"waiting":0,"nothing_to_hand_on":0,"filed_anew":1,"still_unreadable":0,"illegible":0}
    "#);
}

#[tokio::test]
async fn what_can_be_read_now_is_filed_anew_with_its_time_of_arrival_and_becomes_due() {
    let world = World::new().await;
    let unread = world
        .unread("drs", &device_message("DeviceRegisteredNotification", "serial"))
        .await;
    world
        .unread("rtn", &Payload::new("SUBSCRIPTION_RENEWED", "a", now()).text())
        .await;
    world.unread("neither", "hello").await;
    advance(SignedDuration::from_mins(1));

    // Read as something else than what was asked for, it stays where it is.
    let said = world
        .firepost("inbox replay --since 7d --unread --source drs --type DeviceDeregisteredNotification --json")
        .await;
    assert!(
        said.out.contains(r#""selected":1,"#) && said.out.contains(r#""still_unreadable":1"#),
        "{}",
        said.out
    );
    assert_eq!(
        world.counters("--since 7d --unread --source drs").await,
        "2 selected: 1 filed_anew, 1 still_unreadable"
    );
    let said = world.firepost("inbox history drs#serial --json").await;
    let filed = &serde_json::from_str::<Value>(&said.out).unwrap()["events"][0];
    assert_eq!(filed["digest"].as_str(), Some(&*unread.digest.to_string()));
    assert_eq!(filed["received_at"], "2100-01-01T00:00:00.000Z");
    assert!(filed["due"].is_string() && filed["unreadable"].is_null(), "{filed}");
    assert_eq!(
        world.counters("--source unread").await,
        "2 selected: 1 filed_anew, 1 still_unreadable"
    );
    assert_eq!(world.counters("--source unread").await, "1 selected: 1 still_unreadable");
}

#[tokio::test]
async fn a_held_notification_is_left_to_the_decision_about_its_topic() {
    let world = World::new().await;
    let mine = "arn:aws:sns:us-east-1:999999999999:mine";
    world
        .firepost(&format!("trigger sns SubscriptionConfirmation --topic {mine}"))
        .await;
    world
        .firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED --topic {mine} --at {}", now()))
        .await;

    let said = world.firepost("inbox replay --since 7d --unread").await;
    assert_eq!(said.code, Some(1), "{}", said.out);
    let counters = world.counters(&format!("--subject held#{mine}")).await;
    assert_eq!(counters, "1 selected: 1 nothing_to_hand_on");
}

#[tokio::test]
async fn a_replay_under_live_traffic_loses_and_doubles_nothing() {
    let world = World::new().await;
    for n in 0..40 {
        world.purchase("SUBSCRIPTION_RENEWED", &format!("old {n}")).await;
    }
    world.hand_on_all().await;
    let live = async {
        for n in 0..6 {
            let said = world
                .firepost(&format!("trigger rtn CONSUMABLE_PURCHASED --seed live-{n} --at {}", now()))
                .await;
            assert_eq!(said.code, Some(0), "{}", said.err);
        }
    };
    let (first, ()) = tokio::join!(world.firepost("inbox replay --since 7d --json"), live);

    // What came meanwhile waits anyway, if it was seen at all.
    assert!(counters(&first).contains(": 40 replayed"), "{}", counters(&first));
    let records = world.everything().await;
    assert_eq!(records.len(), 46);
    assert!(records.iter().all(|record| record.due.is_some()), "each waits, once");
    assert_eq!(records.iter().filter(|record| record.replay.is_some()).count(), 40);
    world.hand_on_all().await;
    assert_eq!(
        world.counters("--since 7d --type SUBSCRIPTION_RENEWED").await,
        "40 selected: 40 had_before"
    );
}

#[tokio::test]
async fn a_store_that_fails_half_way_is_told_with_how_far_it_got_and_the_next_run_does_the_rest() {
    let world = World::new().await;
    for n in 0..8 {
        world.purchase("SUBSCRIPTION_RENEWED", &n.to_string()).await;
    }
    world.hand_on_all().await;
    let faults = world.stack.dynamo.with_faults().await.unwrap();
    let stack = stack_on(&faults).await;
    for (option, advice) in [
        ("", "run it again, under the same name: nothing goes out twice"),
        (
            "--force --name forced",
            "run it again under a new --name: with --force, these would go out once more",
        ),
    ] {
        faults.inject("UpdateItem", Fault::Pass, 3);
        faults.inject("UpdateItem", Fault::Deny, usize::MAX);

        let said = firepost(&format!("inbox replay --since 7d {option} --stack {stack}")).await;

        let begin = format!(
            "firepost: the replay stopped after 3 events, of which 3 were made to go out; {advice}: the store does not let us in: UpdateItem was answered AccessDeniedException"
        );
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        assert!(said.err.starts_with(&begin), "{}", said.err);
        faults.clear();
        let again = world.counters(&format!("--since 7d {option}").replace("--force", "")).await;
        assert_eq!(again, "8 selected: 3 had_before, 5 replayed");
        world.hand_on_all().await;
    }
    faults.inject("Scan", Fault::Deny, usize::MAX);
    let said = firepost(&format!("inbox replay --since 7d --dry-run --stack {stack}")).await;
    let begin =
        "firepost: the replay stopped after 0 events, of which 0 were made to go out; it was a dry run and wrote nothing: ";
    assert!(said.code == Some(2) && said.err.starts_with(begin), "{}", said.err);
}

#[tokio::test]
async fn nothing_like_that_is_no_and_nothing_chosen_is_a_mistake() {
    let world = World::new().await;
    let said = world.firepost("inbox replay --subject rtn#com.example#a").await;
    assert_eq!(said, no(1, "nothing on record is like that"));
    let said = world.firepost("inbox replay --since 7d").await;
    assert_eq!(
        said,
        no(
            1,
            "nothing on record is like that; what could not be read is left out without --unread"
        )
    );
    for arguments in ["", "--source rtn", "--unread", "--force --dry-run"] {
        let said = firepost(&format!("inbox replay {arguments}")).await;
        assert_eq!(
            said,
            no(
                2,
                "say what to replay: --subject, --message-id, --since, --until, --type or --source unread; `firepost inbox replay --help` shows examples"
            ),
            "{arguments}"
        );
    }
    let said = firepost("inbox replay --since 1h --until 2h").await;
    assert_eq!(
        said,
        no(
            2,
            "nothing can have arrived since --since and until --until: the first is the later one"
        )
    );
    for arguments in [
        "--event 1#A",
        "--subject a --source rtn",
        "--since soon",
        "--since 1h --name a/b",
        "--type=",
        "--source sqs",
    ] {
        let said = firepost(&format!("inbox replay {arguments}")).await;
        assert_eq!(
            (said.code, said.out.as_str(), said.err.is_empty()),
            (Some(2), "", false),
            "{arguments}"
        );
    }
}

/// `3 selected: 1 had_before, 2 replayed`, from the last line of JSON. What is zero is left out.
fn counters(said: &Said) -> String {
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let total = serde_json::from_str::<Value>(said.out.lines().last().unwrap()).unwrap();
    let mut counts = total
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_u64()?)));
    let counts = counts.by_ref().filter(|(_, count)| *count > 0).collect::<BTreeMap<_, _>>();
    let (selected, parts) = (counts["selected"], counts.iter().filter(|(name, _)| **name != "selected"));
    assert_eq!(
        parts.clone().map(|(_, count)| count).sum::<u64>(),
        selected,
        "{} adds up",
        said.out
    );
    let parts = parts.map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>();
    format!("{selected} selected: {}", parts.join(", "))
}

fn no(code: i32, sentence: &str) -> Said {
    Said {
        code: Some(code),
        out: String::new(),
        err: format!("firepost: {sentence}\n"),
    }
}

impl World {
    /// Runs a replay and tells its counters.
    async fn counters(&self, arguments: &str) -> String {
        counters(&self.firepost(&format!("inbox replay {arguments} --json")).await)
    }
}
