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

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use sandbox::{Envelope, Notification, Pki, SignatureVersion, SubscriptionConfirmation, UnsubscribeConfirmation};

    use super::*;
    use crate::{SigningCert, Unverified};

    const TOPIC: &str = "arn:aws-cn:sns:cn-north-1:033616359524:t";

    fn asked_by(envelope: &Envelope) -> Option<Confirmation> {
        let text = envelope.text();
        let signer = Pki::fixed().issue(&sandbox::pki::Leaf::named("sns-cn-north-1.amazonaws.com.cn"));
        let cert = SigningCert::from_pem(signer.pem.as_bytes()).unwrap();
        let envelope = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
        let now = envelope.timestamp();
        Confirmation::asked_by(&envelope.verify(&cert, now).unwrap())
    }

    #[test]
    fn a_confirmation_is_rebuilt_from_signed_fields_in_the_topics_region() {
        let timestamp = "2026-03-06T19:55:38.903Z".parse().unwrap();
        let message = SubscriptionConfirmation::new(TOPIC, "ab12", timestamp);
        let envelope = Pki::fixed().signer().sign(message, SignatureVersion::V1);
        let confirmation = asked_by(&envelope).unwrap();
        assert_eq!(confirmation.host(), "sns.cn-north-1.amazonaws.com.cn");
        assert_eq!(
            confirmation.path_and_query(),
            format!("/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=ab12")
        );
        assert_eq!(
            Confirmation::recorded(TopicArn::parse(TOPIC).unwrap(), "ab12"),
            Some(confirmation)
        );
    }

    #[test]
    fn no_other_type_asks_for_a_confirmation() {
        let timestamp = "2026-03-06T19:55:38.903Z".parse().unwrap();
        let signer = Pki::fixed().signer();
        let farewell = signer.sign(UnsubscribeConfirmation::new(TOPIC, "ab12", timestamp), SignatureVersion::V1);
        assert_eq!(asked_by(&farewell), None);
        let notification = signer.sign(Notification::new(TOPIC, "seed", "m", timestamp), SignatureVersion::V1);
        assert_eq!(asked_by(&notification.with("Token", "ab12")), None);
    }

    #[test]
    fn a_recorded_token_must_be_one_and_is_not_shown() {
        let topic = TopicArn::parse(TOPIC).unwrap();
        for token in ["", "xyz", "ab12&Action=DeleteTopic", "ab12 "] {
            assert_eq!(Confirmation::recorded(topic.clone(), token), None, "{token:?}");
        }
        let debugged = format!("{:?}", Confirmation::recorded(topic, "c0ffee").unwrap());
        assert!(debugged.contains("[redacted]") && !debugged.contains("c0ffee"), "{debugged}");
    }
}
