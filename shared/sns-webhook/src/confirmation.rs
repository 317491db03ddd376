//! The request that confirms a subscription, made from signed fields only.
//!
//! A confirmation brings a `SubscribeURL` to be visited. Visiting a URL that somebody sent is how a receiver is made to call
//! hosts of that somebody's choice, so it is never used: the request is rebuilt from the signed TopicArn and Token.

use std::fmt;

use crate::fields::is_token;
use crate::{Message, MessageType, TopicArn};

/// What `ConfirmSubscription` needs, from a verified `SubscriptionConfirmation`.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmation {
    topic_arn: TopicArn,
    token: String,
}

impl Confirmation {
    /// The confirmation that a message asks for; `None` for the other types. (An `UnsubscribeConfirmation` has a token too, but
    /// using it would undo the unsubscription.)
    pub fn asked_by(message: &Message<'_>) -> Option<Self> {
        match message.message_type() {
            MessageType::SubscriptionConfirmation => {
                let token = message.token()?.to_owned();
                Some(Self {
                    topic_arn: message.topic_arn().clone(),
                    token,
                })
            }
            MessageType::Notification | MessageType::UnsubscribeConfirmation => None,
        }
    }

    /// A confirmation recorded earlier, from its topic and its token; `None` if the token is not hexadecimal.
    pub fn recorded(topic_arn: TopicArn, token: &str) -> Option<Self> {
        is_token(token).then(|| Self {
            topic_arn,
            token: token.to_owned(),
        })
    }

    /// The topic to confirm.
    pub fn topic_arn(&self) -> &TopicArn {
        &self.topic_arn
    }

    /// The token to confirm it with: a secret until it has been used.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The host to ask: SNS in the topic's region.
    pub fn host(&self) -> String {
        self.topic_arn.region().sns_host()
    }

    /// Path and query of the unsigned request `GET /?Action=ConfirmSubscription&…`. Neither an ARN nor a hexadecimal token holds
    /// a character that a query must escape.
    ///
    /// Source: SNS API Reference, `ConfirmSubscription`.
    pub fn path_and_query(&self) -> String {
        format!(
            "/?Action=ConfirmSubscription&TopicArn={}&Token={}",
            self.topic_arn, self.token
        )
    }
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmation")
            .field("topic_arn", &self.topic_arn)
            .field("token", &"[redacted]")
            .finish()
    }
}
