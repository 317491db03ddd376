//! What may be recorded, and the two ways there are to it.
//!
//! Either SNS signed it: a verified [`Message`], whose topic was admitted before its certificate was looked for. Or AWS relayed it, and
//! only SNS on behalf of that topic may have this function invoked, which IAM sees to; then its topic must be trusted. Reading,
//! filing and recording take nothing else, so there is no third way.

use jiff::Timestamp;
use sns_webhook::{Message, PolicyRefusal, Relayed, SignatureVersion, TopicArn};

use crate::source::Unsigned;
use crate::standing::Standing;

/// A notification that may be recorded.
pub(crate) struct Believed<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) topic_arn: &'a TopicArn,
    pub(crate) timestamp: Timestamp,
    /// Which signature was verified; 0 where IAM stands for it.
    pub(crate) signature_version: u8,
    pub(crate) body: &'a str,
    pub(crate) unsigned: Unsigned<'a>,
}

impl<'a> Believed<'a> {
    /// A notification that SNS signed.
    pub(crate) fn signed(message: &'a Message<'_>) -> Self {
        Self {
            message_id: message.message_id(),
            topic_arn: message.topic_arn(),
            timestamp: message.timestamp(),
            signature_version: match message.signature_version() {
                SignatureVersion::V1 => 1,
                SignatureVersion::V2 => 2,
            },
            body: message.body(),
            unsigned: Unsigned::of_message(message),
        }
    }

    /// A notification that AWS relayed, if its topic stands well. One that waits for the operator does not: what it sends goes to the
    /// dead letters, from where it can be sent again once it is approved.
    pub(crate) fn relayed(relayed: &'a Relayed<'_>, standing: Standing) -> Result<Self, PolicyRefusal> {
        match standing {
            Standing::Trusted => Ok(Self {
                message_id: relayed.message_id(),
                topic_arn: relayed.topic_arn(),
                timestamp: relayed.timestamp(),
                signature_version: 0,
                body: relayed.body(),
                unsigned: Unsigned::of_relayed(relayed),
            }),
            Standing::Pending | Standing::Rejected | Standing::Unknown => {
                Err(PolicyRefusal::TopicNotAdmitted(relayed.topic_arn().clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_relayed_is_believed_of_a_trusted_topic_only() {
        let record = r#"{"Type":"Notification","MessageId":"95df01b4-ee98-5cb9-9903-4c221d41eb5e","Message":"m",
            "Timestamp":"2019-01-02T12:45:07.000Z","TopicArn":"arn:aws:sns:us-east-1:123456789012:t"}"#;
        let relayed = Relayed::parse(record).unwrap();
        let believed = Believed::relayed(&relayed, Standing::Trusted).unwrap();
        assert_eq!((believed.body, believed.signature_version), ("m", 0));
        for standing in [Standing::Pending, Standing::Rejected, Standing::Unknown] {
            let refused = Believed::relayed(&relayed, standing).map(|_| ());
            assert_eq!(
                refused,
                Err(PolicyRefusal::TopicNotAdmitted(relayed.topic_arn().clone())),
                "{standing:?}"
            );
        }
    }
}
