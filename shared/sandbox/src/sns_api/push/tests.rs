mod applications;
mod delivery;
mod faults;
mod listing;
mod subscriptions;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};

use super::super::tests::{World, told};
use super::*;

#[tokio::test]
async fn the_same_token_and_attributes_give_the_same_endpoint() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    assert!(
        arn.starts_with("arn:aws:sns:us-east-1:123456789012:endpoint/GCM/shop/"),
        "{arn}"
    );
    assert_eq!(devices.create("token-1", Some("true"), None).await, Ok(arn.clone()));
    assert_eq!(devices.create("token-1", Some("TRUE"), Some("")).await, Ok(arn.clone()));
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=token-1".into()));
    assert_eq!(devices.push.endpoint_count(APP), 1);

    let another = devices
        .create("token-2", Some("False"), Some("<user> & \r\n\"é\""))
        .await
        .unwrap();
    assert_ne!(another, arn);
    assert_eq!(
        devices.get(&another).await,
        Ok("CustomUserData=<user> & \r\n\"é\" Enabled=false Token=token-2".into())
    );
    assert_eq!(
        devices.push.endpoint(&another),
        Some(Endpoint {
            arn: another.clone(),
            token: "token-2".into(),
            is_enabled: false,
            user_data: "<user> & \r\n\"é\"".into(),
        })
    );
}

#[tokio::test]
async fn the_same_token_with_other_attributes_is_refused_with_the_arn() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, Some("user 1")).await.unwrap();
    let refused = Err(format!(
        "InvalidParameter: Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different \
         attributes."
    ));
    assert_eq!(devices.create("token-1", None, Some("user 2")).await, refused);
    assert_eq!(devices.create("token-1", None, None).await, refused);
    assert_eq!(devices.create("token-1", Some("false"), Some("user 1")).await, refused);
    assert_eq!(devices.create("token-1", None, Some("user 1")).await, Ok(arn));
    let in_another_application = devices.create_in(IOS, "abc123", None, None).await;
    assert_eq!(in_another_application, devices.create_in(IOS, "ABC123", None, None).await);
}

#[tokio::test]
async fn creating_a_disabled_endpoint_again_succeeds_or_conflicts() {
    let devices = Devices::start().await;
    let arn = devices.push.put(APP, "token-1", false, "").unwrap();
    assert_eq!(devices.create("token-1", None, None).await, Ok(arn.clone()));
    assert_eq!(devices.get(&arn).await, Ok("Enabled=false Token=token-1".into()));
    let conflict = Err(format!(
        "InvalidParameter: Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different \
         attributes."
    ));
    assert_eq!(devices.create("token-1", Some("true"), None).await, conflict);
    devices.push.set_undocumented(Undocumented {
        create_on_disabled: CreateOnDisabled::Conflicts,
        ..Undocumented::default()
    });
    assert_eq!(devices.create("token-1", None, None).await, conflict);
    assert_eq!(devices.create("token-1", Some("false"), None).await, Ok(arn));
}

#[tokio::test]
async fn an_endpoint_that_has_another_token_stands_in_the_way_of_its_first() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.set(&arn, &[("Token", "token-2"), ("Enabled", "true")]).await.unwrap();
    assert_eq!(devices.create("token-2", None, None).await, Ok(arn.clone()));
    assert_eq!(
        devices.create("token-1", None, None).await,
        Err("InvalidParameter: Invalid parameter: This endpoint is already registered with a different token.".into())
    );
    assert_eq!(devices.push.put(APP, "token-1", true, ""), None);
    devices.delete(&arn).await.unwrap();
    assert_eq!(devices.create("token-1", None, None).await, Ok(arn));
}

#[tokio::test]
async fn token_state_and_user_data_change_in_one_call() {
    let devices = Devices::start().await;
    let arn = devices.push.put(APP, "token-1", false, "user 1").unwrap();
    let change = [("Token", "token-2"), ("Enabled", "True"), ("CustomUserData", "user 2")];
    devices.set(&arn, &change).await.unwrap();
    assert_eq!(
        devices.get(&arn).await,
        Ok("CustomUserData=user 2 Enabled=true Token=token-2".into())
    );
    devices.set(&arn, &[("Token", "token-3")]).await.unwrap();
    devices
        .set(&arn, &[("Enabled", "FALSE"), ("CustomUserData", "")])
        .await
        .unwrap();
    assert_eq!(devices.get(&arn).await, Ok("Enabled=false Token=token-3".into()));
}

#[tokio::test]
async fn a_token_that_another_endpoint_has_is_refused_or_doubled() {
    let devices = Devices::start().await;
    let holder = devices.create("token-1", None, None).await.unwrap();
    let arn = devices.create("token-2", None, None).await.unwrap();
    assert_eq!(
        devices.set(&arn, &[("Token", "token-1"), ("Enabled", "false")]).await,
        Err(format!(
            "InvalidParameter: Invalid parameter: Token Reason: Endpoint {holder} already exists with the same Token, but \
             different attributes."
        ))
    );
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=token-2".into()));
    devices.push.set_undocumented(Undocumented {
        taken_token: TakenToken::Duplicates,
        ..Undocumented::default()
    });
    devices.set(&arn, &[("Token", "token-1")]).await.unwrap();
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=token-1".into()));
    assert_eq!(devices.create("token-1", None, None).await, Ok(holder.clone()));
    devices.delete(&holder).await.unwrap();
    assert_eq!(devices.create("token-1", None, None).await, Ok(arn));
}

#[tokio::test]
async fn tokens_of_ios_are_hexadecimal_and_come_back_in_lower_case() {
    let devices = Devices::start().await;
    let arn = devices.create_in(IOS, "00FFaa", None, None).await.unwrap();
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=00ffaa".into()));
    devices.set(&arn, &[("Token", "BEEF")]).await.unwrap();
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=beef".into()));
    let refused: Result<String, String> = Err(
        "InvalidParameter: Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters"
            .into(),
    );
    assert_eq!(devices.create_in(IOS, "token-1", None, None).await, refused);
    assert_eq!(devices.create_in(IOS, &"a".repeat(401), None, None).await, refused);
    assert_eq!(devices.set(&arn, &[("Token", "xyz")]).await, refused.clone().map(drop));
    devices.create_in(IOS, &"a".repeat(400), None, None).await.unwrap();
    devices.create(&"t".repeat(8192), None, None).await.unwrap();
    assert_eq!(
        devices.create(&"t".repeat(8193), None, None).await,
        Err("InvalidParameter: Invalid parameter: Token Reason: must be at most 8192 bytes long in UTF-8 encoding".into())
    );
}

#[tokio::test]
async fn user_data_has_2048_bytes_at_most() {
    let devices = Devices::start().await;
    let (most, too_much) = ("é".repeat(1024), format!("{}a", "é".repeat(1024)));
    let arn = devices.create("token-1", None, Some(&most)).await.unwrap();
    assert_eq!(
        devices.create("token-2", None, Some(&too_much)).await,
        Err(
            "InvalidParameter: Invalid parameter: CustomUserData Reason: must be at most 2048 bytes long in UTF-8 encoding"
                .into()
        )
    );
    let in_attributes = "InvalidParameter: Invalid parameter: Attributes Reason: Invalid value for attribute: CustomUserData: must \
                         be at most 2048 bytes long in UTF-8 encoding";
    let attribute = [("CustomUserData", too_much.as_str())];
    assert_eq!(devices.set(&arn, &attribute).await, Err(in_attributes.into()));
    devices.set(&arn, &[("CustomUserData", &most)]).await.unwrap();
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_no_attributes_are_a_validation_error() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    let absent = arn.replace("/shop/", "/shop2/");
    let not_found: Result<String, String> = Err("NotFound: Endpoint does not exist".into());
    let get = devices.world.client.get_endpoint_attributes().endpoint_arn(&absent).send();
    let error = get.await.unwrap_err();
    let status = error.raw_response().map(|response| response.status().as_u16());
    assert_eq!(
        (told(&error), status),
        ("NotFound: Endpoint does not exist".into(), Some(404))
    );
    assert!(error.into_service_error().is_not_found_exception());
    assert_eq!(
        devices.set(&absent, &[("Enabled", "true")]).await,
        not_found.clone().map(drop)
    );
    let made_up = format!("{}/nonsense", arn.rsplit_once('/').unwrap().0);
    assert_eq!(devices.get(&made_up).await, not_found);

    let no_attributes = "ValidationError: 1 validation error detected: Value null at 'attributes' failed to satisfy constraint: \
                         Member must not be null";
    assert_eq!(devices.set(&arn, &[]).await, Err(no_attributes.into()));
    let no_such_application = devices.create_in(&APP.replace("shop", "other"), "token-1", None, None).await;
    assert_eq!(
        no_such_application,
        Err("NotFound: PlatformApplication does not exist".into())
    );
}

#[tokio::test]
async fn arns_and_attributes_that_are_none_are_invalid() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    let refused = |reason: &str| Err(format!("InvalidParameter: Invalid parameter: {reason}"));
    assert_eq!(
        devices.get("arn:aws:sns").await,
        refused("EndpointArn Reason: An ARN must have at least 6 elements, not 3")
    );
    assert_eq!(
        devices.get(APP).await,
        refused("EndpointArn Reason: Wrong number of slashes in relative portion of the ARN.")
    );
    assert_eq!(
        devices.create_in(&arn, "t", None, None).await,
        refused("PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN.")
    );
    let elsewhere = arn.replace("us-east-1", "eu-west-1");
    assert_eq!(devices.get(&elsewhere).await, refused("EndpointArn"));
    assert_eq!(
        devices.set(&arn, &[("Colour", "red")]).await,
        refused("Attributes Reason: Invalid attribute name: Colour").map(|_: String| ())
    );
    assert_eq!(
        devices.set(&arn, &[("Enabled", "yes")]).await,
        refused("Attributes Reason: Invalid value for attribute: Enabled").map(|_: String| ())
    );
}

#[tokio::test]
async fn deleting_twice_is_no_error() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    assert_eq!(devices.delete(&arn).await, Ok(()));
    assert_eq!(devices.delete(&arn).await, Ok(()));
    assert_eq!(devices.get(&arn).await, Err("NotFound: Endpoint does not exist".into()));
    assert_eq!(devices.push.endpoint_count(APP), 0);
}

/// Two applications and a client.
struct Devices {
    world: World,
    push: Push,
}

impl Devices {
    async fn start() -> Self {
        let world = World::start().await;
        let push = world.api.push();
        push.add_application(APP);
        push.add_application(IOS);
        Self { world, push }
    }

    async fn create(&self, token: &str, enabled: Option<&str>, user_data: Option<&str>) -> Result<String, String> {
        self.create_in(APP, token, enabled, user_data).await
    }

    async fn create_in(&self, app: &str, token: &str, enabled: Option<&str>, user_data: Option<&str>) -> Result<String, String> {
        let call = self.world.client.create_platform_endpoint().token(token);
        let call = call
            .platform_application_arn(app)
            .set_custom_user_data(user_data.map(str::to_owned));
        let call = match enabled {
            Some(enabled) => call.attributes("Enabled", enabled),
            None => call,
        };
        let made = call.send().await.map_err(|error| told(&error))?;
        Ok(made.endpoint_arn.unwrap_or_default())
    }

    async fn get(&self, arn: &str) -> Result<String, String> {
        let call = self.world.client.get_endpoint_attributes().endpoint_arn(arn).send();
        let attributes = call.await.map_err(|error| told(&error))?.attributes.unwrap_or_default();
        Ok(line(attributes))
    }

    async fn set(&self, arn: &str, attributes: &[(&str, &str)]) -> Result<(), String> {
        let attributes = attributes.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let call = self.world.client.set_endpoint_attributes().endpoint_arn(arn);
        done(call.set_attributes(Some(attributes.collect())).send().await)
    }

    async fn delete(&self, arn: &str) -> Result<(), String> {
        done(self.world.client.delete_endpoint().endpoint_arn(arn).send().await)
    }

    /// The tokens on a page, and the NextToken.
    async fn page(&self, next: Option<&str>) -> Result<(Vec<String>, Option<String>), String> {
        let call = self.world.client.list_endpoints_by_platform_application();
        let call = call.platform_application_arn(APP).set_next_token(next.map(str::to_owned));
        let page = call.send().await.map_err(|error| told(&error))?;
        let endpoints = page.endpoints.unwrap_or_default();
        let tokens = endpoints
            .into_iter()
            .filter_map(|endpoint| endpoint.attributes?.remove("Token"));
        Ok((tokens.collect(), page.next_token))
    }

    async fn publish(&self, arn: &str) -> Result<String, String> {
        let sent = self.world.client.publish().target_arn(arn).message("hello").send().await;
        let sent = sent.map_err(|error| told(&error))?;
        Ok(sent.message_id.unwrap_or_default())
    }

    fn wait(&self, seconds: u64) {
        *self.world.now.lock().unwrap() += Duration::from_secs(seconds);
    }
}

fn done<T, E: ProvideErrorMetadata>(answer: Result<T, SdkError<E>>) -> Result<(), String> {
    answer.map(drop).map_err(|error| told(&error))
}

/// Attributes in the order of their names.
fn line(attributes: impl IntoIterator<Item = (String, String)>) -> String {
    let sorted: BTreeMap<String, String> = attributes.into_iter().collect();
    let pairs: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(" ")
}

const APP: &str = "arn:aws:sns:us-east-1:123456789012:app/GCM/shop";
const IOS: &str = "arn:aws:sns:us-east-1:123456789012:app/APNS/shop";
const EVENTS: &str = "arn:aws:sns:us-east-1:123456789012:endpoint-events";
