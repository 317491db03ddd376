//! `firepost trigger`, against a local stack and into files.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;

use ::inbox::Filter;
use http::{HeaderMap, HeaderName, HeaderValue};
use sandbox::publisher::Post;
use sandbox::{CertHost, Pki, Publisher};
use serde_json::Value;

use crate::world::{Said, World, advance, firepost, folder, now, outcomes, run};

#[tokio::test]
async fn every_documented_type_is_delivered_and_recorded() {
    let world = World::new().await;
    for kind in sandbox::rtn::TYPES {
        let said = world.firepost(&format!("trigger rtn {kind} {AT} --json")).await;
        assert_eq!(
            (said.code, &*outcomes(&said)),
            (Some(0), "200 recorded"),
            "{kind}: {}",
            said.err
        );
    }
    let everything = Filter {
        source: Some("rtn#"),
        since: None,
        limit: 100,
    };
    let records = world.stack.inbox.list(&everything, now()).await.unwrap();
    let kinds = records
        .iter()
        .map(|record| rtn::read(&record.raw).unwrap().event.kind.to_string())
        .collect::<BTreeSet<_>>();
    assert_eq!(kinds, sandbox::rtn::TYPES.map(str::to_owned).into());
    assert_eq!(records.len(), 16);
}

#[tokio::test]
async fn an_attempt_is_told_to_people_and_as_json() {
    let world = World::new().await;
    insta::assert_snapshot!(world.firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED {AT} --seed a --duplicate")).await.out, @r"
    SUBSCRIPTION_RENEWED
      to       STACK/rtn
      message  2e6076f7-4462-57bf-a3eb-1fa3a597fb7d
      subject  rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11
      event    0000004102444800000#SUBSCRIPTION_RENEWED
      1. 200 recorded
      2. 200 duplicate
    ");
    insta::assert_snapshot!(world.firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED {AT} --seed a --json")).await.out, @r#"{"attempt":1,"url":"STACK/rtn","message_id":"2e6076f7-4462-57bf-a3eb-1fa3a597fb7d","subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444800000#SUBSCRIPTION_RENEWED","status":200,"outcome":"duplicate","reason":null,"detail":null,"error":null}"#);
    insta::assert_snapshot!(world.firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED {AT} --seed a --forge --json")).await.out, @r#"{"attempt":1,"url":"STACK/rtn","message_id":"2e6076f7-4462-57bf-a3eb-1fa3a597fb7d","subject":"rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11","event":"0000004102444800000#SUBSCRIPTION_RENEWED","status":403,"outcome":"refused","reason":"signature_mismatch","detail":"the signature does not match the message","error":null}"#);
}

#[tokio::test]
async fn each_run_without_a_seed_is_another_purchase() {
    let world = World::new().await;
    for _ in 0..2 {
        let said = world.firepost(&format!("trigger rtn CONSUMABLE_PURCHASED {AT} --json")).await;
        assert_eq!(outcomes(&said), "200 recorded");
    }
}

#[tokio::test]
async fn what_is_asked_for_is_what_the_function_meets() {
    let world = World::new().await;
    let strange = "--topic arn:aws:sns:us-east-1:999999999999:not-yours";
    let lookalike = "--tamper SigningCertURL=https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem";
    for (arguments, code, expected) in [
        (
            "rtn SUBSCRIPTION_RENEWED --seed a --duplicate",
            0,
            "200 recorded, 200 duplicate",
        ),
        (
            "rtn SUBSCRIPTION_RENEWED --seed a --message-id 00000000-0000-5000-8000-000000000000",
            0,
            "200 duplicate",
        ),
        ("rtn SUBSCRIPTION_RENEWED --seed a --field note=another", 0, "200 conflict"),
        ("rtn SUBSCRIPTION_RENEWED --seed a --late 2h", 0, "200 recorded"),
        ("rtn SUBSCRIPTION_RENEWED --signature-version 2", 0, "200 recorded"),
        ("rtn A_TYPE_OF_TOMORROW", 0, "200 recorded"),
        ("rtn CONSUMABLE_PURCHASED --quirk trailing-comma", 0, "200 recorded"),
        ("rtn SUBSCRIPTION_RENEWED --quirk unreadable", 0, "200 quarantined not_json"),
        (
            "rtn SUBSCRIPTION_RENEWED --field receiptId=",
            0,
            "200 quarantined field_value:receiptId",
        ),
        ("rtn SUBSCRIPTION_RENEWED --forge", 1, "403 refused signature_mismatch"),
        (
            "rtn SUBSCRIPTION_RENEWED --forge --duplicate",
            1,
            "403 refused signature_mismatch, 403 refused signature_mismatch",
        ),
        (
            "rtn SUBSCRIPTION_RENEWED --tamper Message={}",
            1,
            "403 refused signature_mismatch",
        ),
        (
            "rtn SUBSCRIPTION_RENEWED --tamper Type=Nothing",
            1,
            "400 refused unknown_type",
        ),
        (&format!("rtn SUBSCRIPTION_RENEWED {lookalike}"), 1, "403 refused cert_host"),
        (
            &format!("rtn SUBSCRIPTION_RENEWED {strange}"),
            1,
            "403 refused topic_not_admitted",
        ),
        ("rtn SUBSCRIPTION_RENEWED --raw", 1, "403 refused raw_delivery"),
        ("sns Notification --message hello --subject hi", 0, "200 quarantined not_json"),
        ("sns UnsubscribeConfirmation", 0, "200 unsubscribed"),
        (
            "sns subscriptionconfirmation --token 00",
            1,
            "403 refused confirmation_refused",
        ),
        ("sns SubscriptionConfirmation --forge", 1, "403 refused signature_mismatch"),
    ] {
        let said = world.firepost(&format!("trigger {arguments} {AT} --json")).await;
        assert_eq!(
            (said.code, &*outcomes(&said)),
            (Some(code), expected),
            "{arguments}: {}",
            said.err
        );
    }
}

#[tokio::test]
async fn a_message_that_is_too_old_is_refused() {
    let world = World::new().await;
    let said = world
        .firepost("trigger rtn SUBSCRIPTION_RENEWED --at 2099-12-31T22:00:00Z --json")
        .await;
    assert_eq!((said.code, &*outcomes(&said)), (Some(1), "403 refused stale"));
}

#[tokio::test]
async fn a_subscription_is_made_through_the_sandbox_which_then_knows_its_token() {
    let world = World::new().await;
    let said = world.firepost("trigger sns SubscriptionConfirmation").await;
    assert_eq!(
        said,
        Said {
            code: Some(0),
            out: "SubscriptionConfirmation\n  to       STACK/rtn\n  1. 200 subscription_confirmed\n".to_owned(),
            err: String::new(),
        }
    );
    assert_eq!(world.stack.api.confirmed().len(), 1);

    let said = world
        .firepost("trigger sns SubscriptionConfirmation --topic arn:aws:sns:us-east-1:999999999999:mine --json")
        .await;
    assert_eq!(
        (said.code, &*outcomes(&said)),
        (Some(0), "200 subscription_pending topic_pending")
    );
    assert_eq!(world.stack.api.confirmed().len(), 1);
}

#[tokio::test]
async fn an_event_holds_the_delivery_that_would_have_been_sent() {
    let world = World::new().await;
    for (form, path) in [("1.0", "path"), ("2.0", "rawPath"), ("function-url", "rawPath")] {
        let trigger = format!("trigger rtn SUBSCRIPTION_RENEWED {AT} --seed {form}");
        let said = firepost(&format!("{trigger} --as-event - --payload {form}")).await;
        let event = serde_json::from_str::<Value>(&said.out).unwrap();
        assert!(event[path].is_string(), "{}", said.out);

        let publisher = Publisher::new(Pki::fixed().client_tls()).with_delays([]);
        let delivery = publisher
            .deliver(&format!("{}/rtn", world.stack.url).parse().unwrap(), &post(&event))
            .await;
        assert_eq!(delivery.last_status(), Some(200));
        advance(jiff::SignedDuration::from_secs(1));
        assert_eq!(outcomes(&world.firepost(&format!("{trigger} --json")).await), "200 duplicate");
    }
}

#[tokio::test]
async fn over_https_only_known_authorities_are_believed() {
    let pki = Pki::fixed();
    let host = CertHost::start(&pki, &["127.0.0.1"]).await.unwrap();
    let url = format!("https://{}/rtn", host.addr());
    let said = firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED --to {url}")).await;
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.starts_with(&format!("firepost: nothing could be sent to {url}: ")),
        "{}",
        said.err
    );
    assert!(said.err.contains("UnknownIssuer"), "{}", said.err);

    let bundle = folder("https").join("root.pem");
    std::fs::write(&bundle, pki.root_pem()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_firepost"));
    command
        .args(["trigger", "rtn", "SUBSCRIPTION_RENEWED", "--json", "--to", &url])
        .env("AWS_CA_BUNDLE", &bundle);
    let said = run(command).await;
    assert_eq!((said.code, &*outcomes(&said)), (Some(1), "404"), "{}", said.err);
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_sent() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for arguments in ["rtn SUBSCRIPTION_RENEWED", "sns SubscriptionConfirmation"] {
        let said = firepost(&format!("trigger {arguments} --stack http://{gone}")).await;
        let sentence = format!("no local stack answers at http://{gone}; start one with `firepost`, or say where with --stack");
        assert_eq!(
            said,
            Said {
                code: Some(2),
                out: String::new(),
                err: format!("firepost: {sentence}\n")
            }
        );
    }
    let said = firepost(&format!("trigger rtn SUBSCRIPTION_RENEWED --to http://{gone}/rtn")).await;
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(
        said.err
            .starts_with(&format!("firepost: nothing could be sent to http://{gone}/rtn: ")),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn wrong_usage_is_told_and_sends_nothing() {
    let mut told = String::new();
    for arguments in [
        "",
        "rtn",
        "rtn X --field nothing",
        "rtn X --quirk nonsense",
        "rtn X --late tomorrow",
        "rtn X --at yesterday",
        "rtn X --signature-version 3",
        "rtn X --to nowhere",
        "rtn X --to ftp://127.0.0.1/",
        "rtn X --to http://127.0.0.1/ --stack http://127.0.0.1",
        "rtn X --as-event x.json --duplicate",
        "rtn X --base64",
        "rtn X --as-event no/such/folder/x.json",
        "sns Nothing",
        "sns UnsubscribeConfirmation --message hello",
        "sns Notification --token 00",
    ] {
        let said = firepost(&format!("trigger {arguments}")).await;
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments}");
        told += &format!("trigger {arguments}\n  {}\n", said.err.lines().next().unwrap_or_default());
    }
    insta::assert_snapshot!(told, @r"
    trigger 
      Sends a signed delivery to a function, or writes it as an event file
    trigger rtn
      error: the following required arguments were not provided:
    trigger rtn X --field nothing
      error: invalid value 'nothing' for '--field <NAME=VALUE>': write it as NAME=VALUE
    trigger rtn X --quirk nonsense
      error: invalid value 'nonsense' for '--quirk <NAME>'
    trigger rtn X --late tomorrow
      error: invalid value 'tomorrow' for '--late <AGO>': write a time span in units of up to a week, such as 90s, 2h or 7d
    trigger rtn X --at yesterday
      error: invalid value 'yesterday' for '--at <TIME>': write a time such as 2026-03-06T19:55:38Z
    trigger rtn X --signature-version 3
      error: invalid value '3' for '--signature-version <VERSION>'
    trigger rtn X --to nowhere
      error: invalid value 'nowhere' for '--to <URL>': write a URL such as https://example.execute-api.us-east-1.amazonaws.com/Prod/rtn
    trigger rtn X --to ftp://127.0.0.1/
      error: invalid value 'ftp://127.0.0.1/' for '--to <URL>': write a URL such as https://example.execute-api.us-east-1.amazonaws.com/Prod/rtn
    trigger rtn X --to http://127.0.0.1/ --stack http://127.0.0.1
      error: the argument '--to <URL>' cannot be used with '--stack <URL>'
    trigger rtn X --as-event x.json --duplicate
      error: the argument '--as-event <FILE>' cannot be used with '--duplicate'
    trigger rtn X --base64
      error: the following required arguments were not provided:
    trigger rtn X --as-event no/such/folder/x.json
      firepost: cannot write no/such/folder/x.json: No such file or directory (os error 2)
    trigger sns Nothing
      error: invalid value 'Nothing' for '<TYPE>'
    trigger sns UnsubscribeConfirmation --message hello
      firepost: SNS words its confirmations itself; --message and --subject are for a Notification
    trigger sns Notification --token 00
      firepost: a Notification has no token; leave --token out
    ");
}

fn post(event: &Value) -> Post {
    let headers = event["headers"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["host", "content-length"].contains(&&*name.to_lowercase()));
    let headers = headers.map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value.as_str().unwrap()).unwrap())
    });
    Post {
        headers: headers.collect::<HeaderMap>(),
        body: event["body"].as_str().unwrap().to_owned().into(),
    }
}

/// The time of the stack's clock.
const AT: &str = "--at 2100-01-01T00:00:00Z";
