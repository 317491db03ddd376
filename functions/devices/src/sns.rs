//! The calls to SNS about one platform application: an endpoint is made, looked at and changed; a subscription is ended.
//!
//! What is sent follows the Amazon SNS API Reference: CreatePlatformEndpoint, GetEndpointAttributes, SetEndpointAttributes, Unsubscribe.
//! Each call may be repeated, by the SDK too: making what is there gives its ARN, setting what is set changes nothing, and ending what has
//! ended is no error.

mod refusal;

use std::collections::HashMap;

use aws_sdk_sns::Client;
use registry::{Application, Device, EndpointArn, Token};

pub(crate) use self::refusal::{Cause, Refusal};

/// SNS, for one application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sns<'a> {
    pub(crate) application: &'a Application,
    pub(crate) client: &'a Client,
}

/// An endpoint as SNS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `None` if it is none that a device could have.
    pub(crate) token: Option<Token>,
    pub(crate) is_enabled: bool,
    pub(crate) user_data: UserData,
}

/// What SNS keeps for us with an endpoint. `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserData(pub(crate) String);

/// What one call is to change; what is `None` or `false` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) token: Option<Token>,
    pub(crate) is_enabled: Option<bool>,
    pub(crate) user_data: Option<UserData>,
}

impl Changes {
    pub(crate) fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Sns<'_> {
    /// Makes an enabled endpoint with the device's token, or finds the one that is so. It never enables one: SNS refuses to make an endpoint
    /// that exists with other attributes.
    pub(crate) async fn create(&self, device: &Device) -> Result<EndpointArn, Refusal> {
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
    pub(crate) async fn look(&self, endpoint: &EndpointArn) -> Result<Option<Seen>, Refusal> {
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
    pub(crate) async fn set(&self, endpoint: &EndpointArn, changes: Changes) -> Result<(), Refusal> {
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

    /// Ends a subscription; one that has ended is no error.
    pub(crate) async fn unsubscribe(&self, subscription: &str) -> Result<(), Refusal> {
        let ended = self.client.unsubscribe().subscription_arn(subscription).send().await;
        match ended.map_err(|error| Refusal::of("Unsubscribe", self.application, error)) {
            Ok(_) | Err(Refusal::Missing(_)) => Ok(()),
            Err(refusal) => Err(refusal),
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
