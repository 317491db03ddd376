//! From the first plan to a fleet that needs nothing.

use insta::assert_snapshot;
use serde_json::Value;

use super::{APPLICATION, hash};
use crate::world::{World, folder};

#[tokio::test]
async fn an_empty_application_needs_nothing() {
    let world = World::new().await;
    assert_snapshot!(world.endpoints("plan").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost: a plan, and nothing was changed
    Endpoints: 0 (0 disabled). Devices: 0 (0 healthy). Calls to SNS: 2, in N s.
    Plan hash: 0-0000000000000000000000000000000000000000000000000000000000000000
    exit 0
    ");
}

#[tokio::test]
async fn the_first_run_changes_nothing_and_the_second_what_there_is_evidence_for() {
    let world = World::new().await;
    for (device, token) in [("phone", "t1"), ("tablet", "t2"), ("watch", "t3")] {
        assert!(world.registers(device, token).await.starts_with("200 "));
    }
    world.loses_its_app("t1").await;
    world.loses_its_app("t2").await;
    world.comes_back_in_an_outage("tablet", "t2").await;
    let before = world.stack.api.mutating_calls();

    assert_snapshot!(world.endpoints("plan").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost: a plan, and nothing was changed
    Row  Reason                    Step    Held back by  Device    Endpoint
    3    confirmed_since_disabled  enable  -             5bed85bd  0cb52d87-0f27-3a61-9d92-524776e2574a
    4    not_confirmed_since       -       -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (2 disabled). Devices: 3 (1 healthy). Calls to SNS: 2, in N s.
    Held back: enable 1.
    Left disabled for want of evidence: 1.
    Plan hash: 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    To carry it out: firepost endpoints apply --stack STACK --plan-hash 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    exit 0
    ");
    let said = world.firepost("endpoints plan").await;
    let plan = hash(&said);
    assert_snapshot!(world.endpoints("apply").await, @"
    firepost: nothing was changed: look at the plan with `firepost endpoints plan --stack STACK` and say its hash with --plan-hash, or say --yes
    exit 1
    ");
    assert_snapshot!(world.endpoints(&format!("apply --plan-hash {plan}")).await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost, run RUN: plan
    Row  Reason                    Step    Held back by  Device    Endpoint
    3    confirmed_since_disabled  enable  -             5bed85bd  0cb52d87-0f27-3a61-9d92-524776e2574a
    4    not_confirmed_since       -       -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (2 disabled). Devices: 3 (1 healthy). Calls to SNS: 2, in N s.
    Held back: enable 1.
    Left disabled for want of evidence: 1.
    Plan hash: 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    firepost: nothing was changed: this was the first run over the application, with which the next one compares itself. Apply again
    exit 1
    ");
    assert_eq!(world.stack.api.mutating_calls(), before);

    assert_snapshot!(world.endpoints("apply --plan-hash 1-00").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost, run RUN: plan
    Row  Reason                    Step    Held back by  Device    Endpoint
    3    confirmed_since_disabled  enable  -             5bed85bd  0cb52d87-0f27-3a61-9d92-524776e2574a
    4    not_confirmed_since       -       -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (2 disabled). Devices: 3 (1 healthy). Calls to SNS: 2, in N s.
    Held back: enable 1.
    Left disabled for want of evidence: 1.
    Stopped: the plan is not the one with that hash any more; look at it again with `firepost endpoints plan`.
    Plan hash: 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    firepost: nothing was changed: the plan is not the one with that hash any more; look at it again with `firepost endpoints plan`
    exit 1
    ");
    assert_eq!(world.stack.api.mutating_calls(), before);
    assert_snapshot!(world.endpoints(&format!("apply --plan-hash {plan}")).await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost, run RUN: apply
    Row  Reason                    Step    Held back by  Device    Endpoint
    3    confirmed_since_disabled  enable  -             5bed85bd  0cb52d87-0f27-3a61-9d92-524776e2574a
    4    not_confirmed_since       -       -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (2 disabled). Devices: 3 (1 healthy). Calls to SNS: 5, in N s.
    Done: enable 1.
    Endpoints now: 3 (1 disabled).
    Left disabled for want of evidence: 1.
    Plan hash: 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    exit 0
    ");
    assert_eq!(world.stack.api.mutating_calls(), before + 1);
    assert_eq!(["t1", "t2", "t3"].map(|token| world.is_enabled(token)), [false, true, true]);

    assert_snapshot!(world.endpoints("report").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost, run RUN: apply
    Row  Reason                    Step    Held back by  Device    Endpoint
    3    confirmed_since_disabled  enable  -             5bed85bd  0cb52d87-0f27-3a61-9d92-524776e2574a
    4    not_confirmed_since       -       -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (2 disabled). Devices: 3 (1 healthy). Calls to SNS: 5, in N s.
    Done: enable 1.
    Endpoints now: 3 (1 disabled).
    Left disabled for want of evidence: 1.
    Plan hash: 1-4537688c27f7b26529c56d064fcc40b7d47957e49e5d18d82474d300b7a40117
    exit 0
    ");
    assert_snapshot!(world.endpoints("apply --yes").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost, run RUN: apply
    Row  Reason               Step  Held back by  Device    Endpoint
    4    not_confirmed_since  -     -             45569da5  5b1d165b-6c12-35ec-9392-0bc54589f2c7
    Endpoints: 3 (1 disabled). Devices: 3 (2 healthy). Calls to SNS: 2, in N s.
    Left disabled for want of evidence: 1.
    Plan hash: 0-0000000000000000000000000000000000000000000000000000000000000000
    exit 0
    ");
    assert_eq!(world.stack.api.mutating_calls(), before + 1);
}

#[tokio::test]
async fn every_decision_is_had_as_json_and_as_csv() {
    let world = World::new().await;
    world.registers("phone", "t1").await;
    world.loses_its_app("t1").await;
    let file = folder("endpoints").join("plan.csv");
    let said = world
        .firepost(&format!("endpoints plan --json --csv {}", file.display()))
        .await;
    assert_eq!(said.code, Some(0), "{}", said.err);

    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["summary"]["application"], APPLICATION);
    assert_eq!(report["summary"]["left_disabled"], 1);
    assert_snapshot!(report["lines"][0], @r#"{"code":"not_confirmed_since","device":"45569da5","endpoint":"5b1d165b-6c12-35ec-9392-0bc54589f2c7","row":4}"#);
    assert_snapshot!(std::fs::read_to_string(file).unwrap().replace("\r\n", "\n"), @"
    row,code,action,held,device,endpoint
    4,not_confirmed_since,,,45569da5,5b1d165b-6c12-35ec-9392-0bc54589f2c7
    ");
    // Neither the device nor its token is named.
    assert!(!said.out.contains("phone") && !said.out.contains("t1\""));
}

#[tokio::test]
async fn a_person_stops_every_sweep_and_lets_them_run_again() {
    let world = World::new().await;
    world.registers("phone", "t1").await;
    assert_eq!(world.firepost("endpoints apply --yes").await.code, Some(1));

    let stopped = world.firepost("endpoints stop certificate").await;
    assert_eq!(stopped.code, Some(0));
    assert!(
        stopped.out.contains("sweeps are stopped since ") && stopped.out.ends_with(": certificate\n"),
        "{}",
        stopped.out
    );
    assert_snapshot!(world.endpoints("apply --yes").await, @"
    firepost: sweeps are stopped: certificate; `firepost endpoints resume` ends that
    exit 1
    ");
    assert_eq!(world.firepost("endpoints plan").await.code, Some(0));

    assert_snapshot!(world.endpoints("resume").await, @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost: sweeps run
    exit 0
    ");
    assert_eq!(world.firepost("endpoints apply --yes").await.code, Some(0));
}

#[tokio::test]
async fn what_cannot_be_asked_is_told() {
    let world = World::new().await;
    assert_snapshot!(world.endpoints("report").await, @"
    firepost: no such run is on record for arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost
    exit 1
    ");
    assert_snapshot!(world.endpoints("plan --application arn:aws:sns:us-east-1:123456789012:app/GCM/Other").await, @"
    firepost: arn:aws:sns:us-east-1:123456789012:app/GCM/Other is not one of the platform applications that are served: see PLATFORM_APPLICATIONS
    exit 2
    ");
    assert_snapshot!(world.endpoints("apply --yes --recover-from 2026-03-07T00:00:00Z --recover-until 2026-03-06T00:00:00Z").await, @"
    firepost: --recover-until is before --recover-from
    exit 2
    ");
    assert_snapshot!(world.endpoints("report --run a#b").await, @"
    firepost: a run is called by 1 to 64 of A-Z a-z 0-9 - _ . :
    exit 2
    ");
}
