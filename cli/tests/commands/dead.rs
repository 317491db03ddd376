//! `firepost inbox dead`, against a local stack.

use jiff::SignedDuration;
use sandbox::dynamo::Fault;
use serde_json::Value;

use crate::world::{Said, World, advance, firepost, stack_on};

#[tokio::test]
async fn nothing_dead_is_said_and_nothing_is_retried() {
    let world = World::new().await;
    world.purchase("SUBSCRIPTION_RENEWED", "a").await;
    let said = world.firepost("inbox dead list").await;
    assert_eq!((said.code, &*said.out), (Some(0), "Nothing is dead.\n"));
    let said = world.firepost("inbox dead list --json").await;
    assert_eq!((said.code, &*said.out), (Some(0), ""));
    for arguments in ["--all", "--reason sns", "rtn#a 1#A"] {
        let said = world.firepost(&format!("inbox dead retry {arguments}")).await;
        assert_eq!(said, no(1, "nothing like that is dead"));
    }
}

#[tokio::test]
async fn the_list_shows_why_and_since_when_in_the_order_of_arrival() {
    let world = dead().await;
    let said = world.firepost("inbox dead list").await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.out, @r"
    Received             Type                            Reason                    Attempts  Failed at            Subject (times in UTC)
    2100-01-01 00:00:00  SUBSCRIPTION_PURCHASED          sns:InvalidParameter      1         2100-01-01 00:01:00  rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    2100-01-01 00:01:00  SUBSCRIPTION_RENEWED            unreadable:field_missing  1         2100-01-01 00:02:00  rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    2100-01-01 00:02:00  DeviceDeregisteredNotification  sns:AuthorizationError    1         2100-01-01 00:02:00  drs#serial
    2100-01-01 00:03:00  -                               row:digest                -         -                    drs#serial

    Once the cause is mended:  firepost inbox dead retry --all --stack STACK
    ");
    let said = world.firepost("inbox dead list --json").await;
    insta::assert_snapshot!(said.out, @r#"
    {"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444800000#SUBSCRIPTION_PURCHASED","message_id":"id-of-0000004102444800000-SUBSCRIPTION_PURCHASED","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","received_at":"2100-01-01T00:00:00.000Z","type":"SUBSCRIPTION_PURCHASED","reason":"sns:InvalidParameter","attempts":1,"failed_at":"2100-01-01T00:01:00.000Z"}
    {"subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444860000#SUBSCRIPTION_RENEWED","message_id":"id-of-0000004102444860000-SUBSCRIPTION_RENEWED","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","received_at":"2100-01-01T00:01:00.000Z","type":"SUBSCRIPTION_RENEWED","reason":"unreadable:field_missing","attempts":1,"failed_at":"2100-01-01T00:02:00.000Z"}
    {"subject":"drs#serial","event":"0000004102444920000#amzn1.dash.notification.v1.test#DeviceDeregisteredNotification","message_id":"id-of-0000004102444920000-amzn1.dash.notification.v1.test-DeviceDeregisteredNotification","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","received_at":"2100-01-01T00:02:00.000Z","type":"DeviceDeregisteredNotification","reason":"sns:AuthorizationError","attempts":1,"failed_at":"2100-01-01T00:02:00.000Z"}
    {"subject":"drs#serial","event":"0000004102444980000#amzn1.dash.notification.v1.test#DeviceRegisteredNotification","message_id":null,"topic_arn":null,"received_at":"2100-01-01T00:03:00.000Z","type":null,"reason":"row:digest","attempts":null,"failed_at":null}
    "#);
}

#[tokio::test]
async fn dead_events_are_shown_as_such_wherever_records_are_shown() {
    let world = dead().await;
    let said = world.firepost("inbox list --source dead --limit 2").await;
    insta::assert_snapshot!(said.out, @r"
    Received             Occurred             Type                            Marks                           Subject (times in UTC)
    2100-01-01 00:02:00  2100-01-01 00:02:00  DeviceDeregisteredNotification  dead: sns:AuthorizationError    drs#serial
    2100-01-01 00:01:00  2100-01-01 00:01:00  SUBSCRIPTION_RENEWED            dead: unreadable:field_missing  rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
    ");
    let said = world.firepost("inbox list --source due").await;
    insta::assert_snapshot!(said.out, @r"
    Received             Occurred             Type                            Marks  Subject (times in UTC)
    2100-01-01 00:03:00  2100-01-01 00:03:00  DeviceDeregisteredNotification  -      drs#serial
    ");
    let said = world.firepost("inbox list --source dead --limit 1 --json").await;
    let row = serde_json::from_str::<Value>(&said.out).unwrap();
    let facts =
        ["due", "dead", "attempts", "failure", "failed_at", "handed_on", "replay"].map(|name| format!("{name}: {}", row[name]));
    insta::assert_snapshot!(facts.join("\n"), @r#"
    due: "dead"
    dead: true
    attempts: 1
    failure: "sns:AuthorizationError"
    failed_at: "2100-01-01T00:02:00.000Z"
    handed_on: null
    replay: null
    "#);
    let said = world
        .firepost(&format!("inbox show {} {}", text(&row["subject"]), text(&row["event"])))
        .await;
    let (facts, _) = said.out.split_once("\n\n").unwrap();
    insta::assert_snapshot!(facts, @r"
    Subject       drs#serial
    Event         0000004102444920000#amzn1.dash.notification.v1.test#DeviceDeregisteredNotification
    MessageId     id-of-0000004102444920000-amzn1.dash.notification.v1.test-DeviceDeregisteredNotification
    Topic         arn:aws:sns:us-east-1:033616359524:LT0XA
    Sent          2100-01-01 00:02:00
    Received      2100-01-01 00:02:00
    Expires       2100-04-01 00:02:00
    Signature     version 1
    Digest        89f5d588c95d9f2266c9fb3dfec1d496a1ca74e330aeefc97af07557f7425265
    Marks         dead: sns:AuthorizationError
    Attempts      1
    Failure       sns:AuthorizationError
    Failed at     2100-01-01 00:02:00
    Recorded by   a test
    ");
}

#[tokio::test]
async fn one_event_is_retried_by_its_keys() {
    let world = dead().await;
    let list = world.firepost("inbox dead list --json").await;
    let first = serde_json::from_str::<Value>(list.out.lines().next().unwrap()).unwrap();
    let keys = format!("{} {}", text(&first["subject"]), text(&first["event"]));

    let said = world.firepost(&format!("inbox dead retry {keys}")).await;

    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.out, @r"
    1 dead: 1 due again, 0 dead no more, 0 of a newer version
    What is due again goes out within a second through the table's stream, or with the next sweep.
    ");
    assert_eq!(
        world.dead_reasons().await,
        ["unreadable:field_missing", "sns:AuthorizationError", "row:digest"]
    );
    let said = world.firepost(&format!("inbox dead retry {keys}")).await;
    assert_eq!(said, no(1, "nothing like that is dead"));
}

#[tokio::test]
async fn all_of_a_reason_or_of_its_first_part_are_retried_and_then_all_others() {
    for (reason, left) in [
        (
            "sns:InvalidParameter",
            vec!["unreadable:field_missing", "sns:AuthorizationError", "row:digest"],
        ),
        ("sns", vec!["unreadable:field_missing", "row:digest"]),
        (
            "row:digest",
            vec!["sns:InvalidParameter", "unreadable:field_missing", "sns:AuthorizationError"],
        ),
    ] {
        let world = dead().await;
        let retried = 4 - left.len();
        let said = world.firepost(&format!("inbox dead retry --reason {reason} --json")).await;
        assert_eq!(
            said.out,
            format!("{{\"dead\":{retried},\"retried\":{retried},\"dead_no_more\":0,\"newer\":0}}\n")
        );
        assert_eq!(world.dead_reasons().await, left);
        let said = world.firepost("inbox dead retry --reason sn").await;
        assert_eq!(said, no(1, "nothing like that is dead"));

        let said = world.firepost("inbox dead retry --all").await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        let n = left.len();
        assert!(said.out.starts_with(&format!("{n} dead: {n} due again, 0 ")), "{}", said.out);
        assert!(world.dead_reasons().await.is_empty());
    }
}

#[tokio::test]
async fn a_row_of_a_newer_version_is_left_to_it() {
    let world = World::new().await;
    let record = world.purchase("SUBSCRIPTION_RENEWED", "a").await;
    // Epoch seconds of the year 2100: a version number far beyond this one's.
    world.damage(&record, "v", "expires_at").await;
    let before = world.rows().await;

    let said = world.firepost("inbox dead list").await;
    assert_eq!(said.out.lines().count(), 4, "{}", said.out);
    let said = world.firepost("inbox dead retry --all").await;

    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "1 dead: 0 due again, 0 dead no more, 1 of a newer version\n")
    );
    assert_eq!(world.rows().await, before);
    let said = world.firepost("inbox replay --since 7d --json").await;
    insta::assert_snapshot!(said.out, @r#"{"replay":"replay","dry_run":false,"forced":false,"selected":1,"replayed":0,"had_before":0,"waiting":0,"nothing_to_hand_on":0,"filed_anew":0,"still_unreadable":0,"illegible":1}"#);
    assert_eq!(world.rows().await, before);
}

#[tokio::test]
async fn a_store_that_fails_half_way_is_told_with_how_far_it_got() {
    let world = dead().await;
    let faults = world.stack.dynamo.with_faults().await.unwrap();
    let stack = stack_on(&faults).await;
    faults.inject("UpdateItem", Fault::Pass, 3);
    faults.inject("UpdateItem", Fault::Deny, usize::MAX);

    let said = firepost(&format!("inbox dead retry --all --stack {stack}")).await;

    let begin =
        "firepost: it stopped after 3 dead events, of which 3 are due again; it can be run again: the store does not let us in: ";
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.starts_with(begin), "{}", said.err);
    assert_eq!(world.dead_reasons().await, ["row:digest"]);
}

#[tokio::test]
async fn a_retry_needs_to_be_told_what() {
    for arguments in [
        "",
        "rtn#a",
        "rtn#a 1#A --all",
        "--all --reason x",
        "rtn#a 1#A --reason x",
        "--reason=",
    ] {
        let said = firepost(&format!("inbox dead retry {arguments}")).await;
        assert_eq!(
            (said.code, said.out.as_str(), said.err.is_empty()),
            (Some(2), "", false),
            "{arguments}"
        );
    }
}

/// Four dead events, a minute apart, one of them of a row that cannot be typed; and one that waits.
async fn dead() -> World {
    let world = World::new().await;
    for (kind, reason) in [
        ("SUBSCRIPTION_PURCHASED", "sns:InvalidParameter"),
        ("SUBSCRIPTION_RENEWED", "unreadable:field_missing"),
    ] {
        let record = world.purchase(kind, "a").await;
        advance(SignedDuration::from_mins(1));
        world.bury(&record, reason).await;
    }
    let device = world.device("DeviceDeregisteredNotification", "serial").await;
    world.bury(&device, "sns:AuthorizationError").await;
    advance(SignedDuration::from_mins(1));
    let damaged = world.device("DeviceRegisteredNotification", "serial").await;
    world.damage(&damaged, "digest", "raw").await;
    world.device("DeviceDeregisteredNotification", "serial").await;
    world
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn no(code: i32, sentence: &str) -> Said {
    Said {
        code: Some(code),
        out: String::new(),
        err: format!("firepost: {sentence}\n"),
    }
}

impl World {
    async fn dead_reasons(&self) -> Vec<String> {
        let said = self.firepost("inbox dead list --json").await;
        let lines = said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| text(&line["reason"]).to_owned()).collect()
    }
}
