//! The bytes that SNS signs, and the two ways it signs them.
//!
//! SNS signs a text of `Key\nValue\n` pairs in byte order of the keys, and the set of keys differs by message type: `Subject`
//! takes part only when present. Values stand as they are once the JSON escapes are undone, with nothing trimmed or reformatted.
//! Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages".

use crate::{Rejection, Unverified};

impl Unverified<'_> {
    /// The string to sign of the message, as bytes: what [`verify`](Self::verify) checks the signature of.
    pub fn string_to_sign(&self) -> Vec<u8> {
        let mut text = Text(Vec::with_capacity(self.message.len() + ROOM_FOR_THE_REST));
        text.pair("Message", &self.message);
        text.pair("MessageId", &self.message_id);
        if let Some(subject) = &self.subject {
            text.pair("Subject", subject);
        }
        if let Some(handshake) = &self.handshake {
            text.pair("SubscribeURL", &handshake.subscribe_url);
        }
        text.pair("Timestamp", &self.timestamp_text);
        if let Some(handshake) = &self.handshake {
            text.pair("Token", &handshake.token);
        }
        text.pair("TopicArn", self.topic_arn.as_str());
        text.pair("Type", self.message_type.as_str());
        text.0
    }
}

/// How the signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVersion {
    /// RSA PKCS#1 v1.5 with SHA-1: the default, and the topic owner's choice, not ours.
    V1,
    /// RSA PKCS#1 v1.5 with SHA-256.
    V2,
}

impl SignatureVersion {
    /// The value of `SignatureVersion`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Rejection> {
        [Self::V1, Self::V2]
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or(Rejection::SignatureVersion)
    }
}

struct Text(Vec<u8>);

impl Text {
    fn pair(&mut self, key: &str, value: &str) {
        for part in [key, "\n", value, "\n"] {
            self.0.extend_from_slice(part.as_bytes());
        }
    }
}

/// Keys, id, time and ARN take some 200 bytes, a Subject up to 100 characters, a SubscribeURL and its token some 700.
const ROOM_FOR_THE_REST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn check(fields: &str, expected: &str) {
        let body = format!(
            r#"{{"TopicArn":"arn:aws:sns:us-east-1:123456789012:t","Timestamp":"2012-05-02T00:54:06.655Z","Signature":"","SignatureVersion":"1","SigningCertURL":"u","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",{fields}}}"#
        );
        let envelope = Unverified::parse(&HeaderMap::new(), body.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(envelope.string_to_sign()).unwrap(), expected);
    }

    #[test]
    fn a_notification_is_signed_with_its_subject_only_when_it_has_one() {
        let without = "Message\na\nb \nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nTimestamp\n2012-05-02T00:54:06.655Z\nTopicArn\n\
                       arn:aws:sns:us-east-1:123456789012:t\nType\nNotification\n";
        check(r#""Type":"Notification","Message":"a\nb ""#, without);
        check(r#""Type":"Notification","Message":"a\nb ","Subject":null"#, without);
        let with = without.replace("Timestamp\n", "Subject\n é\nTimestamp\n");
        check(r#""Type":"Notification","Message":"a\nb ","Subject":" \u00e9""#, &with);
        let empty = without.replace("Timestamp\n", "Subject\n\nTimestamp\n");
        check(r#""Type":"Notification","Message":"a\nb ","Subject":"""#, &empty);
    }

    #[test]
    fn the_confirmations_are_signed_with_url_and_token_and_never_with_a_subject() {
        for message_type in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
            check(
                &format!(r#""Type":"{message_type}","Message":"m","SubscribeURL":"https://s","Token":"ab12","Subject":"x""#),
                &format!(
                    "Message\nm\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubscribeURL\nhttps://s\nTimestamp\n\
                     2012-05-02T00:54:06.655Z\nToken\nab12\nTopicArn\narn:aws:sns:us-east-1:123456789012:t\nType\n{message_type}\n"
                ),
            );
        }
    }
}
