//! ConfirmSubscription: a token is traded for a subscription.
//!
//! A token is good for two days ("Subscribe"; older editions of that page say three) and may be used again while it is. Who wants
//! that only the owner can unsubscribe has to sign the call (Amazon SNS API Reference, "ConfirmSubscription").

use std::time::Duration;

use jiff::Timestamp;

use super::{Call, SnsApi, refusal::Refusal};
use crate::ids;

/// A subscription that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The topic.
    pub topic_arn: String,
    /// The token that was given.
    pub token: String,
    /// What SNS calls the subscription from now on.
    pub subscription_arn: String,
    /// Only the owners may end it.
    pub authenticate_on_unsubscribe: bool,
    /// The call bore an AWS signature.
    pub signed: bool,
    /// When.
    pub at: Timestamp,
}

/// A token that was issued.
pub(super) struct Token {
    pub(super) topic_arn: String,
    pub(super) issued_at: Timestamp,
}

impl SnsApi {
    /// Subscribes an endpoint to a topic: the token that its confirmation message is to bear.
    pub fn issue_token(&self, topic_arn: &str) -> String {
        let issued = self.lock().tokens.len();
        let token = ids::token(&format!("{topic_arn} {issued}"));
        self.accept_token(topic_arn, &token, (self.now)());
        token
    }

    /// Knows a token that came about elsewhere, such as one of a committed sample.
    pub fn accept_token(&self, topic_arn: &str, token: &str, issued_at: Timestamp) {
        self.lock().tokens.insert(
            token.to_owned(),
            Token {
                topic_arn: topic_arn.to_owned(),
                issued_at,
            },
        );
    }

    /// Every subscription that was confirmed, in order; confirming twice is recorded twice.
    pub fn confirmed(&self) -> Vec<Confirmed> {
        self.lock().confirmed.since(0)
    }

    pub(super) fn confirm(&self, call: &Call) -> Result<String, Refusal> {
        let (topic_arn, token) = (call.required("TopicArn")?, call.required("Token")?);
        call.check_region("TopicArn", topic_arn)?;
        let authenticate_on_unsubscribe = call.parameter("AuthenticateOnUnsubscribe") == Some("true");
        if authenticate_on_unsubscribe && !call.signed {
            return Err(Refusal::unauthorized());
        }

        let now = (self.now)();
        let mut state = self.lock();
        if state.tokens.values().all(|known| known.topic_arn != topic_arn) {
            return Err(Refusal::no_such_topic());
        }
        match state.tokens.get(token) {
            Some(known) if known.topic_arn == topic_arn && now <= known.issued_at + TOKEN_LIFETIME => {}
            _ => return Err(Refusal::invalid("Token")),
        }
        let subscription_arn = ids::subscription_arn(topic_arn);
        state.confirmed.push(Confirmed {
            topic_arn: topic_arn.to_owned(),
            token: token.to_owned(),
            subscription_arn: subscription_arn.clone(),
            authenticate_on_unsubscribe,
            signed: call.signed,
            at: now,
        });
        Ok(subscription_arn)
    }
}

/// "Confirmation tokens are valid for two days" (Amazon SNS API Reference, "Subscribe").
const TOKEN_LIFETIME: Duration = Duration::from_secs(2 * 24 * 60 * 60);
