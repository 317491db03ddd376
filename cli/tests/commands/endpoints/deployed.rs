//! The sweep in the command's own process, with a deployment's settings and wherever AWS's variables lead.

use std::process::Command;

use insta::assert_snapshot;
use sandbox::dynamo::Tables;
use serde_json::Value;

use super::{APPLICATION, unnamed};
use crate::adm::told;
use crate::world::{World, firepost, run};

#[tokio::test]
async fn the_settings_of_a_deployment_are_used_through_the_ordinary_configuration() {
    let world = World::new().await;
    world.registers("phone", "t1").await;
    let description = world.ask("GET", "/sandbox", &[], "").await;
    let description: Value = serde_json::from_str(description.split_once(' ').unwrap().1).unwrap();
    assert_eq!(description["platform_application"], APPLICATION);

    let mut command = Command::new(env!("CARGO_BIN_EXE_firepost"));
    command
        .args(["endpoints", "plan", "--deployed"])
        .env_remove("AWS_CA_BUNDLE")
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SNS", description["sns"].as_str().unwrap())
        .env("AWS_ENDPOINT_URL_DYNAMODB", description["dynamodb"].as_str().unwrap())
        .env("DEVICES_TABLE", Tables::default().devices)
        .env("PLATFORM_APPLICATIONS", APPLICATION);
    assert_snapshot!(unnamed(&told(&run(command).await)), @"
    arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost: a plan, and nothing was changed
    Endpoints: 1 (0 disabled). Devices: 1 (1 healthy). Calls to SNS: 2, in N s.
    Plan hash: 0-0000000000000000000000000000000000000000000000000000000000000000
    exit 0
    ");
}

#[tokio::test]
async fn a_setting_that_is_missing_is_named() {
    let said = firepost("endpoints plan --deployed").await;
    assert_eq!((said.code, &*said.out), (Some(2), ""));
    assert!(
        said.err.starts_with("firepost: the environment variable DEVICES_TABLE must "),
        "{}",
        said.err
    );
}
