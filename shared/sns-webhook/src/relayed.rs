//! A notification that AWS relayed instead of posting it: to a Lambda function, or through a queue.
//!
//! It promises the forms that [`Unverified`](crate::Unverified) has, and **proves nothing**. Nobody verifies the signature of such a
//! notification: SNS invokes a function with permissions of IAM, which name the topic, and a record may be labelled
//! `SignatureVersion` 1 over a SHA-256 signature. So this is no way to a [`Message`](crate::Message). Whoever takes it must know by
//! other means that SNS relayed it, and ask [`TrustedTopics`](crate::TrustedTopics) all the same.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

use crate::fields::Fields;
use crate::{MessageType, Rejection, TopicArn, attributes};

/// A notification as it stands in the `Sns` part of a Lambda record, or in a message of a queue. Not verified, and not to be.
pub struct Relayed<'a> {
    text: &'a str,
    message: Cow<'a, str>,
    message_id: Cow<'a, str>,
    timestamp: Timestamp,
    topic_arn: TopicArn,
}

impl<'a> Relayed<'a> {
    /// Reads the JSON object of a notification, in either spelling of its URL keys, with `Subject` null or absent. What has to do
    /// with its signature is not looked at.
    ///
    /// Source: AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications".
    ///
    /// # Errors
    /// A malformed [`Rejection`], for what an HTTPS delivery would be refused for, or for another type of message.
    pub fn parse(text: &'a str) -> Result<Self, Rejection> {
        let mut fields = Fields::read(text)?;
        match MessageType::parse(&fields.message_type()?)? {
            MessageType::Notification => {}
            MessageType::SubscriptionConfirmation | MessageType::UnsubscribeConfirmation => {
                return Err(Rejection::NotANotification);
            }
        }
        let message = fields.message()?;
        let message_id = fields.message_id()?;
        let topic_arn = fields.topic_arn()?;
        let (_, timestamp) = fields.timestamp()?;
        Ok(Self {
            text,
            message,
            message_id,
            timestamp,
            topic_arn,
        })
    }

    /// The topic that it is said to be published to.
    pub fn topic_arn(&self) -> &TopicArn {
        &self.topic_arn
    }

    /// Its id: a lower-case UUID.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// When SNS is said to have taken it.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// What is said to be published.
    pub fn body(&self) -> &str {
        &self.message
    }

    /// Its `MessageAttributes`, as [`Message::unsigned_attributes`](crate::Message::unsigned_attributes) gives them.
    pub fn unsigned_attributes(&self) -> Option<&'a str> {
        attributes::within(self.text)
    }
}

/// Personal and secret content stays out of debug output.
impl fmt::Debug for Relayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relayed")
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The record of AWS's page, its signature cut short as it is there.
    const RECORD: &str = r#"{
        "SignatureVersion": "1",
        "Timestamp": "2019-01-02T12:45:07.000Z",
        "Signature": "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j...65r==",
        "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ac565b8b1a6c5d002d285f9598aa1d9b.pem",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "Message": "Hello from SNS!",
        "MessageAttributes": {"Test": {"Type": "String", "Value": "TestString"}},
        "Type": "Notification",
        "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:sns-lambda",
        "Subject": null
    }"#;

    #[test]
    fn the_record_of_the_documentation_is_read() {
        let relayed = Relayed::parse(RECORD).unwrap();
        assert_eq!(
            (relayed.message_id(), relayed.topic_arn().as_str(), relayed.body()),
            (
                "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                "arn:aws:sns:us-east-1:123456789012:sns-lambda",
                "Hello from SNS!"
            )
        );
        assert_eq!(relayed.timestamp(), "2019-01-02T12:45:07Z".parse().unwrap());
        assert_eq!(
            relayed.unsigned_attributes(),
            Some(r#"{"Test": {"Type": "String", "Value": "TestString"}}"#)
        );
    }

    #[test]
    fn what_has_to_do_with_the_signature_is_not_looked_at() {
        for (found, instead) in [
            ("\"SigningCertUrl\"", "\"SigningCertURL\""),
            ("\"UnsubscribeUrl\"", "\"UnsubscribeURL\""),
            ("\"Signature\"", "\"NoSignature\""),
            ("\"SignatureVersion\": \"1\"", "\"SignatureVersion\": \"3\""),
            ("\"Subject\": null", "\"Subject\": \"TestInvoke\""),
        ] {
            let record = RECORD.replace(found, instead);
            assert_ne!(record, RECORD);
            assert_eq!(Relayed::parse(&record).unwrap().body(), "Hello from SNS!", "{instead}");
        }
    }

    #[test]
    fn the_grammar_is_that_of_a_delivery() {
        for (found, instead, reason) in [
            ("\"Message\"", "\"NoMessage\"", "missing_field"),
            ("\"Hello from SNS!\"", "{}", "field_type"),
            ("95df01b4-ee98", "95DF01B4-EE98", "grammar"),
            ("07.000Z", "07Z", "grammar"),
            ("sns-lambda\"", "sns-lambda.fifo\"", "fifo_topic"),
            ("sns-lambda\"", "sns-lambda\\nType\"", "control_character"),
            ("\"Notification\"", "\"Notice\"", "unknown_type"),
            ("\"Notification\"", "\"SubscriptionConfirmation\"", "not_a_notification"),
            ("\"Notification\"", "\"UnsubscribeConfirmation\"", "not_a_notification"),
            ("\"Subject\": null", "\"Type\": \"Notification\"", "duplicate_key"),
            ("\"Value\"", "\"Type\"", "duplicate_key"),
            ("\"UnsubscribeUrl\"", "\"SigningCertURL\"", "both_spellings"),
            ("{\n", "[\n", "not_an_envelope"),
        ] {
            let record = RECORD.replace(found, instead);
            assert_ne!(record, RECORD);
            let rejection = Relayed::parse(&record).unwrap_err();
            assert_eq!((rejection.reason(), rejection.is_forgery()), (reason, false), "{instead}");
        }
    }

    #[test]
    fn debug_prints_no_content() {
        let debugged = format!("{:?}", Relayed::parse(RECORD).unwrap());
        assert!(debugged.contains("95df01b4") && !debugged.contains("Hello"), "{debugged}");
    }
}
