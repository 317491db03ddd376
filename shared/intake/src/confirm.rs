//! Confirming a subscription, with a request made from signed fields only.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::Region;
use aws_sdk_sns::error::{ProvideErrorMetadata as _, SdkError};
use http::StatusCode;
use sns_webhook::{Confirmation, Https};

/// Confirms subscriptions at SNS in the topic's region.
#[derive(Debug, Clone)]
pub struct Confirmer {
    sns: Client,
    https: Https,
}

/// What SNS answered to a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// The subscription is confirmed.
    Yes,
    /// SNS will not confirm it with this token, now or later.
    No,
    /// SNS could not be asked, or could not answer.
    NotNow,
}

impl Confirmer {
    /// Confirms through `sns` where the credentials allow it, and else with an unsigned request over `https`.
    pub fn new(sns: Client, https: Https) -> Self {
        Self { sns, https }
    }

    /// Confirms the subscription so that only its owner can remove it (`AuthenticateOnUnsubscribe`), which takes a permission that an
    /// account may not have for Amazon's topics; without it, confirms as a visit to the SubscribeURL would.
    ///
    /// Source: SNS API Reference, `ConfirmSubscription`.
    pub(crate) async fn confirm(&self, asked: &Confirmation) -> Confirmed {
        let region = Region::new(asked.topic_arn().region().as_str().to_owned());
        let request = self
            .sns
            .confirm_subscription()
            .topic_arn(asked.topic_arn().as_str())
            .token(asked.token())
            .authenticate_on_unsubscribe("true")
            .customize()
            .config_override(aws_sdk_sns::config::Builder::new().region(region));
        match request.send().await {
            Ok(_) => Confirmed::Yes,
            Err(SdkError::ServiceError(error)) => match (error.raw().status().as_u16(), error.err().code()) {
                (403, _) | (_, Some("AuthorizationError")) => self.confirm_unsigned(asked).await,
                (_, Some(code)) if REFUSALS.contains(&code) => Confirmed::No,
                (_, _) => Confirmed::NotNow,
            },
            // Without credentials the request is not even made; and if it got no answer, the other one may.
            Err(_) => self.confirm_unsigned(asked).await,
        }
    }

    async fn confirm_unsigned(&self, asked: &Confirmation) -> Confirmed {
        match self.https.ask(&asked.host(), &asked.path_and_query(), MAX_ANSWER_BYTES).await {
            Ok((StatusCode::OK, _)) => Confirmed::Yes,
            Ok((_, error)) if REFUSALS.iter().any(|code| is_error(&error, code)) => Confirmed::No,
            Ok(_) | Err(_) => Confirmed::NotNow,
        }
    }
}

/// Whether SNS's error document bears this code. The status does not tell: throttling is 400, as a bad token is.
///
/// Source: SNS API Reference, "Common Errors" and `ConfirmSubscription`.
fn is_error(document: &[u8], code: &str) -> bool {
    String::from_utf8_lossy(document).contains(&format!("<Code>{code}</Code>"))
}

/// The codes of errors that the same request would meet again.
const REFUSALS: [&str; 2] = ["InvalidParameter", "NotFound"];

/// SNS answers with some 500 bytes of XML.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
