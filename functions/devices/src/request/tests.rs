//! What a registration may be, and what is told of one that is none.

use aws_sdk_sns::config::BehaviorVersion;
use aws_sdk_sns::{Client, Config};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const ADM: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire";
const APNS: &str = "arn:aws:sns:us-east-1:123456789012:app/APNS/Fire";

fn served() -> Applications {
    let client = Client::from_conf(Config::builder().behavior_version(BehaviorVersion::latest()).build());
    Applications::new([ADM, APNS].map(|arn| (Application::parse(arn).unwrap(), client.clone())))
}

fn now() -> Timestamp {
    "2026-03-06T20:00:00Z".parse().unwrap()
}

fn read(id: &str, body: &str) -> Result<Registration, Vec<Fault>> {
    let served = served();
    registration(id, body.as_bytes(), &served, now()).map(|(registration, _)| registration)
}

fn told(id: &str, body: &str) -> String {
    let faults = read(id, body).unwrap_err();
    let lines = faults
        .iter()
        .map(|fault| format!("{} {:?}: {}", fault.name.as_str(), fault.field, fault.detail));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_registration_is_read_with_its_defaults() {
    let registration = read(
        "a-1._~",
        &format!(r#"{{"token":" 00FF ","application":"{APNS}","owner":null}}"#),
    )
    .unwrap();
    assert_eq!(registration.device.id.as_str(), "a-1._~");
    assert_eq!(registration.device.application.arn(), APNS);
    assert_eq!(registration.token.as_str(), "00ff");
    assert_eq!((registration.owner, registration.confirmed_at), (None, now()));

    let body = format!(r#"{{"token":"t","application":"{ADM}","owner":"Zoë","confirmedAt":"2026-03-06T20:59:59.5+01:00"}}"#);
    let registration = read("a", &body).unwrap();
    assert_eq!(registration.owner.as_ref().map(Owner::as_str), Some("Zoë"));
    assert_eq!(registration.confirmed_at.to_string(), "2026-03-06T19:59:59.5Z");
}

#[test]
fn subscriptions_are_arns_of_the_applications_account_and_region_and_a_list_that_is_not_given_is_none() {
    let with = |list: &str| {
        read(
            "a",
            &format!(r#"{{"token":"t","application":"{ADM}","subscriptions":{list}}}"#),
        )
    };
    let arn = "arn:aws:sns:us-east-1:123456789012:news:bdf172d4-f9b4-3b76-bc0b-f20123456789";
    assert_eq!(with("null").unwrap().subscriptions, None);
    assert_eq!(with("[]").unwrap().subscriptions, Some(BTreeSet::new()));
    let twice = format!(r#"["{arn}","{arn}"]"#);
    assert_eq!(with(&twice).unwrap().subscriptions, Some([arn.to_owned()].into()));
    let many = serde_json::to_string(&(0..101).map(|n| format!("{arn}{n}")).collect::<Vec<_>>()).unwrap();
    for list in [
        "\"text\"",
        "[5]",
        r#"["arn:aws:sns:us-east-1:123456789012:news"]"#,
        r#"["arn:aws:sns:eu-west-1:123456789012:news:id"]"#,
        r#"["arn:aws:sns:us-east-1::news:id"]"#,
        r#"["arn:aws:sns:us-east-1:999999999999:news:id"]"#,
        r#"["arn:aws:sns:us-east-1:123456789012:news:i d"]"#,
        &format!(r#"["{arn}{}"]"#, "0".repeat(512)),
        &many,
    ] {
        let faults = with(list).unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| fault.name).collect::<Vec<_>>(),
            [FaultName::InvalidSubscriptions],
            "{list}"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_told_and_nothing_of_it_is_repeated() {
    let body = r#"{"application":"secret-a","token":"secret t","owner":5,"confirmedAt":"secret","secret":1,"Token":"x","token":"secret"}"#;
    assert_snapshot!(told("secret id", body), @r#"
    InvalidDevice "id": a device id is 1 to 128 of a-z A-Z 0-9 - . _ ~, new with each installation; a random UUID is best
    DuplicateField "token": stands twice; say it once
    UnknownField "": 2 of the fields are none of application, token, owner, confirmedAt, subscriptions
    InvalidApplication "application": not an ARN of this kind: it is arn:aws:sns:<region>:<account>:app/<platform>/<name>
    InvalidToken "token": the token has a character that is not visible ASCII
    InvalidOwner "owner": an owner is 1 to 1024 bytes of text
    InvalidConfirmedAt "confirmedAt": give the moment when the app had the token from its system, such as 2026-03-06T20:00:00Z, or leave it out for now
    "#);
    let apns = format!(r#"{{"application":"{APNS}","token":"secret"}}"#);
    assert_snapshot!(told("a", &apns), @r#"InvalidToken "token": a token of this platform is an even number of hexadecimal digits"#);
    let other = ADM.replace("Fire", "Secret");
    assert_snapshot!(told("a", &format!(r#"{{"application":"{other}","token":""}}"#)), @r#"
    InvalidApplication "application": this application is not served here: see PLATFORM_APPLICATIONS
    InvalidToken "token": the token is empty
    "#);
    for body in [body, &apns] {
        assert!(!told("secret id", body).contains("secret"));
    }
}

#[test]
fn what_is_no_object_or_too_long_is_told_along_with_the_id() {
    assert_snapshot!(told("..", "[]"), @r#"
    InvalidDevice "id": a device id is 1 to 128 of a-z A-Z 0-9 - . _ ~, new with each installation; a random UUID is best
    InvalidJson "": the request must be a JSON object: it breaks off at line 1, column 0
    "#);
    assert_snapshot!(told("a", r#"{"token":"secret"#), @r#"InvalidJson "": the request must be a JSON object: it breaks off at line 1, column 16"#);
    assert_snapshot!(told("a", &" ".repeat(LONGEST_BODY_BYTES + 1)), @r#"RequestTooLarge "": the request has 86417 bytes; at most 86416 are read"#);
    assert_snapshot!(told("a", "{}"), @r#"
    InvalidApplication "application": give the ARN of a platform application
    InvalidToken "token": the token is empty
    "#);
}

#[test]
fn the_longest_token_and_owner_fit_in_any_spelling() {
    let escaped = |length| "\\u0061".repeat(length);
    let body = format!(
        r#"{{"application":"{ADM}","token":"{}","owner":"{}"}}"#,
        escaped(LONGEST_TOKEN),
        escaped(1_024)
    );
    assert_eq!(read(&"x".repeat(128), &body).unwrap().token.as_str().len(), LONGEST_TOKEN);
}

#[test]
fn an_id_in_a_path_has_one_spelling() {
    for id in ["", ".", "..", "a%20b", "a%61", "a:b", "a+b", "é", &"x".repeat(129)] {
        assert!(
            told(id, &format!(r#"{{"application":"{ADM}","token":"t"}}"#)).starts_with("InvalidDevice"),
            "{id}"
        );
    }
}

#[test]
fn the_application_of_a_query_stands_there_once() {
    let served = served();
    let ask = |query: &str| {
        let request = Request::get(format!("/devices/a?{query}")).body(()).unwrap();
        named("a", &request, &served)
            .map(|named| named.key.application.arn().to_owned())
            .map_err(|faults| faults.iter().map(|fault| fault.name.as_str()).collect::<Vec<_>>())
    };
    let escaped = ADM.replace(':', "%3A").replace('/', "%2f");
    for query in [format!("application={ADM}"), format!("x=1&application={escaped}")] {
        assert_eq!(ask(&query), Ok(ADM.to_owned()), "{query}");
    }
    assert_eq!(ask(""), Err(vec!["InvalidApplication"]));
    assert_eq!(ask("application=x"), Err(vec!["InvalidApplication"]));
    assert_eq!(
        ask(&format!("application={ADM}&application={ADM}")),
        Err(vec!["DuplicateField"])
    );
}

proptest! {
    #[test]
    fn no_request_makes_it_panic(id in "\\PC{0,20}", body in "\\PC{0,80}|[\\[\\]{}:\",a-z0-9]{0,80}") {
        let _ = read(&id, &body);
        let _ = read(&id, &format!("{{\"application\":\"{APNS}\",\"token\":{body:?}}}"));
    }
}
