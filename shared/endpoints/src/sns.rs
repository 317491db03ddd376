//! The calls to SNS about one platform application: its endpoints are listed, and one is made, looked at, changed and deleted; a subscription
//! is ended.
//!
//! What is sent follows the Amazon SNS API Reference: CreatePlatformEndpoint, GetEndpointAttributes, SetEndpointAttributes, DeleteEndpoint,
//! GetSubscriptionAttributes, Unsubscribe; `listing` has the rest.
//! Each call may be repeated, by the SDK too: making what is there gives its ARN, setting what is set changes nothing, and ending what has
//! ended is no error.

mod listing;
mod refusal;

use std::collections::HashMap;

use aws_sdk_sns::Client;
use registry::{Application, Device, EndpointArn, Token};

pub(crate) use self::listing::token_hash;
pub use self::listing::{Health, Page};
pub use self::refusal::Refusal;

/// SNS, for one application.
#[derive(Clone, Copy, Debug)]
pub struct Sns<'a> {
    /// The application.
    pub application: &'a Application,
    /// A client of its region.
    pub client: &'a Client,
}

/// An endpoint as SNS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `None` if it is none that a device could have.
    pub token: Option<Token>,
    /// Whether SNS delivers to it.
    pub is_enabled: bool,
    /// What was left with it.
    pub user_data: UserData,
}

/// What SNS keeps for us with an endpoint. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct UserData(pub String);

/// What one call is to change; what is `None` or `false` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Its token.
    pub token: Option<Token>,
    /// Whether SNS delivers to it.
    pub is_enabled: Option<bool>,
    /// What is left with it.
    pub user_data: Option<UserData>,
}

impl Sns<'_> {
    /// Makes an enabled endpoint with the device's token, or finds the one that is so. It never enables one: SNS refuses to make an endpoint
    /// that exists with other attributes.
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn create(&self, device: &Device) -> Result<EndpointArn, Refusal> {
        let call = self
            .client
            .create_platform_endpoint()
            .platform_application_arn(self.application.arn())
            .token(device.token.as_str())
            .custom_user_data(device.user_data())
            .attributes(ENABLED, "true");
        let made = call.send().await;
        let made = made.map_err(|error| Refusal::of("CreatePlatformEndpoint", self.application, error))?;
        self.endpoint(made.endpoint_arn())
            .ok_or_else(|| Refusal::unreadable("CreatePlatformEndpoint"))
    }

    /// The endpoint as it is now; `None` if there is none.
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn look(&self, endpoint: &EndpointArn) -> Result<Option<Seen>, Refusal> {
        let call = self.client.get_endpoint_attributes().endpoint_arn(endpoint.as_str());
        match call.send().await {
            Ok(answer) => {
                let mut attributes = answer.attributes.unwrap_or_default();
                let token = attributes.remove(TOKEN).unwrap_or_default();
                Ok(Some(Seen {
                    token: Token::parse(self.application.platform(), &token).ok(),
                    is_enabled: attributes
                        .remove(ENABLED)
                        .is_some_and(|enabled| enabled.eq_ignore_ascii_case("true")),
                    user_data: UserData(attributes.remove(USER_DATA).unwrap_or_default()),
                }))
            }
            Err(error) => match Refusal::of("GetEndpointAttributes", self.application, error) {
                Refusal::Missing(_) => Ok(None),
                refusal => Err(refusal),
            },
        }
    }

    /// Changes all that is to be changed, in one call.
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn set(&self, endpoint: &EndpointArn, changes: Changes) -> Result<(), Refusal> {
        let attributes: HashMap<_, _> = [
            (TOKEN, changes.token.map(|token| token.as_str().to_owned())),
            (ENABLED, changes.is_enabled.map(|is_enabled| is_enabled.to_string())),
            (USER_DATA, changes.user_data.map(|user_data| user_data.0)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
        let call = self.client.set_endpoint_attributes().endpoint_arn(endpoint.as_str());
        let set = call.set_attributes(Some(attributes)).send().await;
        set.map_err(|error| Refusal::of("SetEndpointAttributes", self.application, error))?;
        Ok(())
    }

    /// Deletes an endpoint; one that is gone is no error. Its subscriptions stay and are to be ended first: "When you delete an endpoint that
    /// is also subscribed to a topic, then you must also unsubscribe the endpoint from the topic" (DeleteEndpoint).
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn delete(&self, endpoint: &EndpointArn) -> Result<(), Refusal> {
        let deleted = self.client.delete_endpoint().endpoint_arn(endpoint.as_str()).send().await;
        match deleted.map_err(|error| Refusal::of("DeleteEndpoint", self.application, error)) {
            Ok(_) | Err(Refusal::Missing(_)) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// Ends a subscription of one of the application's endpoints; one that has ended is no error, and one of anybody else is left alone: whoever
    /// registers devices says what hangs on their endpoints, and must not end an alarm's.
    ///
    /// # Errors
    /// [`Refusal`]
    pub async fn unsubscribe(&self, subscription: &str) -> Result<(), Refusal> {
        if !self.is_of_an_endpoint(subscription).await? {
            return Ok(());
        }
        let ended = self.client.unsubscribe().subscription_arn(subscription).send().await;
        match ended.map_err(|error| Refusal::of("Unsubscribe", self.application, error)) {
            Ok(_) | Err(Refusal::Missing(_)) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    async fn is_of_an_endpoint(&self, subscription: &str) -> Result<bool, Refusal> {
        let call = self.client.get_subscription_attributes().subscription_arn(subscription);
        match call.send().await {
            Ok(answer) => {
                let attributes = answer.attributes.unwrap_or_default();
                Ok(self.endpoint(attributes.get("Endpoint").map(String::as_str)).is_some())
            }
            Err(error) => match Refusal::of("GetSubscriptionAttributes", self.application, error) {
                Refusal::Missing(_) => Ok(false),
                refusal => Err(refusal),
            },
        }
    }

    fn endpoint(&self, arn: Option<&str>) -> Option<EndpointArn> {
        let endpoint = EndpointArn::parse(arn?).ok()?;
        (endpoint.application() == self.application).then_some(endpoint)
    }
}

impl std::fmt::Debug for UserData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

const ENABLED: &str = "Enabled";
const TOKEN: &str = "Token";
const USER_DATA: &str = "CustomUserData";
