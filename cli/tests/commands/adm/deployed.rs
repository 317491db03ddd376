//! The function in the command's own process, with a deployment's settings.

use std::process::Command;

use insta::assert_snapshot;
use sandbox::Secrets;
use serde_json::json;

use super::{SAMPLE, file, told};
use crate::world::{Said, World, firepost, run};

#[tokio::test]
async fn the_settings_of_a_deployment_are_used_through_the_ordinary_configuration() {
    let deployment = Deployment::new().await;
    let amazon = &deployment.world.stack.adm;
    assert_snapshot!(told(&deployment.firepost("adm register").await), @r#"
    The security profile amzn1.application.eb17b3b0e5b849687242315d9eb0bef2 is registered for topics.
    exit 0
    "#);
    amazon.subscribe(CLIENT_ID, "instance", "SomeTopic").unwrap();

    let sample = file("deployed.json", SAMPLE);
    let sent = deployment.firepost(&format!("adm send {sample} --key k")).await;
    assert_eq!(sent.code, Some(0), "{}", told(&sent));
    let again = deployment.firepost(&format!("adm send {sample} --key k")).await;
    assert!(again.out.contains("answer   200 replayed"), "{}", told(&again));
    assert_eq!(deployment.world.posts(), (1, 1));

    // The same table, so the same ledger.
    let here = deployment.firepost("adm subscriptions --json").await;
    assert_eq!(here.out, deployment.world.firepost("adm subscriptions --json").await.out);
}

#[tokio::test]
async fn a_setting_that_is_missing_is_named_and_a_secret_that_cannot_be_read_is_an_operators() {
    let said = firepost("adm register --deployed").await;
    assert_eq!((said.code, &*said.out), (Some(2), ""));
    assert!(
        said.err.starts_with("firepost: the environment variable SENDS_TABLE must "),
        "{}",
        said.err
    );

    let deployment = Deployment::new().await;
    deployment.secrets.put(SECRET, "{}");
    let said = deployment.firepost("adm register").await;
    let sentence = "firepost: an operator must act (502 credentials-refused): the secret of ADM_CREDENTIALS_SECRET is not usable: \
                    client_id is missing, or is not a text; nothing was sent\n";
    assert_eq!((said.code, &*said.out, &*said.err), (Some(1), "", sentence));
}

/// The stack's database and Amazon's side, and a secret that the stack does not need.
struct Deployment {
    world: World,
    secrets: Secrets,
}

impl Deployment {
    async fn new() -> Self {
        let (world, secrets) = (World::new().await, Secrets::start().await.unwrap());
        world.stack.adm.add_profile(CLIENT_ID, CLIENT_SECRET);
        let credentials = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
        secrets.put(SECRET, &credentials.to_string());
        Self { world, secrets }
    }

    async fn firepost(&self, arguments: &str) -> Said {
        let stack = &self.world.stack;
        let mut command = Command::new(env!("CARGO_BIN_EXE_firepost"));
        command
            .args(arguments.split_whitespace())
            .arg("--deployed")
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE")
            .envs([
                ("AWS_ACCESS_KEY_ID", "sandbox"),
                ("AWS_SECRET_ACCESS_KEY", "sandbox"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamo.endpoint()),
                ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &self.secrets.url()),
                ("SENDS_TABLE", "sends"),
                ("ADM_CREDENTIALS_SECRET", SECRET),
                ("ADM_ENDPOINT", &stack.adm_endpoint.url()),
                ("LWA_ENDPOINT", &stack.adm_endpoint.url()),
            ]);
        run(command).await
    }
}

const CLIENT_ID: &str = "deployed";
const CLIENT_SECRET: &str = "a secret of the deployment";
/// The name of the secret.
const SECRET: &str = "firepost/adm";
