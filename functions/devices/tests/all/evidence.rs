//! No endpoint is enabled blindly: only on a confirmation that is newer than its being disabled, and once for each.

use insta::assert_snapshot;
use jiff::SignedDuration;
use registry::Noted;
use sandbox::sns_api::{Action, Fault};

use crate::world::{APP, World, key};

/// A device whose endpoint SNS disables after a minute, and of which one more minute later nothing is known.
async fn disabled(is_told: bool) -> (World, String) {
    let world = World::start().await;
    let endpoint = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
    world.pass(60);
    world.push.enable(&endpoint, false);
    if is_told {
        let noted = world.registry.disabled(&key("phone"), world.now(), &world.attempt()).await;
        assert!(matches!(noted.unwrap(), Noted::Recorded(_)));
    }
    world.pass(60);
    (world, endpoint)
}

#[tokio::test]
async fn a_new_confirmation_enables_once_and_says_so_before() {
    for is_told in [false, true] {
        let (world, endpoint) = disabled(is_told).await;
        let at = world.now();
        let (answer, calls) = world.calls_of(world.put_at("phone", "t1", at)).await;
        assert_eq!(answer.in_brief(), "200 confirmed (live) enabled");
        assert_eq!(
            calls,
            "GetEndpointAttributes SetEndpointAttributes(Enabled) GetEndpointAttributes"
        );
        let row = world.row("phone").await;
        assert_eq!((row.enables_since_confirm, row.enabled_at), (1, Some(at)));

        // SNS disables it again: the token is bad in spite of the confirmation.
        world.pass(5 * 60);
        world.push.enable(&endpoint, false);
        let (answer, calls) = world.calls_of(world.put_at("phone", "t1", at)).await;
        assert_eq!(answer.in_brief(), "200 repeated (live) disabled already_enabled");
        assert_eq!(calls, "GetEndpointAttributes GetEndpointAttributes");
        assert_eq!(world.row("phone").await.disabled_again, 1);
        assert_eq!(
            world.put_at("phone", "t1", at - SignedDuration::from_secs(1)).await.body["registration"],
            "older"
        );
        assert!(!world.push.endpoint(&endpoint).unwrap().is_enabled);

        world.pass(60);
        assert_eq!(world.put("phone", "t1").await.in_brief(), "200 confirmed (live) enabled");
    }
}

#[tokio::test]
async fn a_confirmation_that_is_late_on_its_way_never_enables() {
    let (world, endpoint) = disabled(true).await;
    let before = world.now() - SignedDuration::from_secs(90);
    let (answer, calls) = world.calls_of(world.put_at("phone", "t1", before)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:30.000Z","disabledAt":"2026-03-06T20:01:00.000Z","enabled":false,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","leftDisabled":"disabled_later","registration":"confirmed","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"GetEndpointAttributes");
    // To the millisecond: of the same moment is not later.
    let same = world.now() - SignedDuration::from_secs(60);
    assert_snapshot!(world.put_at("phone", "t1", same).await.in_brief(), @"200 confirmed (live) disabled disabled_later");
    assert!(!world.push.endpoint(&endpoint).unwrap().is_enabled);
    assert_eq!(world.row("phone").await.enables_since_confirm, 0);
}

#[tokio::test]
async fn nor_does_it_make_a_new_endpoint_for_a_token_that_sns_has_given_up() {
    let (world, endpoint) = disabled(true).await;
    world.push.delete(&endpoint);
    let before = world.now() - SignedDuration::from_secs(90);
    let (answer, calls) = world.calls_of(world.put_at("phone", "t1", before)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:30.000Z","disabledAt":"2026-03-06T20:01:00.000Z","leftDisabled":"disabled_later","registration":"confirmed","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.push.endpoint_count(APP), 0);
    assert_snapshot!(world.put("phone", "t1").await.in_brief(), @"200 confirmed (live) enabled");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn when_nobody_has_heard_of_it_a_confirmation_of_the_last_minutes_counts() {
    for (minutes, enabled) in [(5, true), (6, false)] {
        let (world, _) = disabled(false).await;
        world.pass(2 * 60 * 60);
        let at = world.now() - SignedDuration::from_mins(minutes);
        let answer = world.put_at("phone", "t1", at).await;
        assert_eq!(answer.body["enabled"], enabled, "{answer}");
        let left = if enabled { None } else { Some("disabled_unseen") };
        assert_eq!(answer.body["leftDisabled"].as_str(), left);
    }
}

#[tokio::test]
async fn another_token_that_sns_was_too_busy_for_is_set_by_the_same_request_again() {
    let (world, endpoint) = disabled(true).await;
    let at = world.now();
    world.api.script_for(Action::SetEndpointAttributes, [Fault::Throttled; 3]);
    assert_snapshot!(world.put_at("phone", "t2", at).await.in_brief(), @"503 unavailable retry-after: 5");
    // What was counted was certainly not done, and is taken back.
    assert_eq!(world.row("phone").await.enables_since_confirm, 0);
    let (answer, calls) = world.calls_of(world.put_at("phone", "t2", at)).await;
    assert_snapshot!(answer.in_brief(), @"200 repeated (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes");
    assert!(world.push.endpoint(&endpoint).unwrap().is_enabled);
}

#[tokio::test]
async fn the_same_token_is_left_when_it_was_counted_and_the_answer_got_lost_but_not_when_sns_was_too_busy() {
    for (fault, again) in [
        (Fault::Throttled, "200 repeated (live) enabled"),
        (Fault::HangUp, "200 repeated (live) disabled already_enabled"),
    ] {
        let (world, endpoint) = disabled(true).await;
        let at = world.now();
        world.api.script_for(Action::SetEndpointAttributes, vec![fault; 3]);
        assert_eq!(
            world.put_at("phone", "t1", at).await.in_brief(),
            "503 unavailable retry-after: 5"
        );
        let is_enabled = again.ends_with(" enabled");
        assert_eq!(world.put_at("phone", "t1", at).await.in_brief(), again);
        // Nor is it taken for disabled *again*: it may be about to be enabled.
        assert_eq!(world.row("phone").await.disabled_again, 0);
        assert_eq!(world.push.endpoint(&endpoint).unwrap().is_enabled, is_enabled);
        world.pass(1);
        assert_eq!(world.put("phone", "t1").await.in_brief(), "200 confirmed (live) enabled");
    }
}

#[tokio::test]
async fn a_quarantined_device_stays_so_until_its_token_is_another() {
    let (world, endpoint) = disabled(true).await;
    let row = world.row("phone").await;
    let quarantined = world.registry.quarantine(&row, &world.attempt()).await;
    assert!(matches!(quarantined.unwrap(), registry::Change::Done(_)));
    let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:02:00.000Z","disabledAt":"2026-03-06T20:01:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"confirmed","since":"2026-03-06T20:02:00.000Z","state":"quarantined"}
    "#);
    assert_eq!(calls, "");
    world.pass(60);
    assert_snapshot!(world.put("phone", "t2").await.in_brief(), @"200 token_changed (live) enabled");
    assert!(world.push.endpoint(&endpoint).unwrap().is_enabled);
}
