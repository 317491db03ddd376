//! A message that can be believed, and the one way to make it.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

use crate::attributes;
use crate::{MessageType, Rejection, SignatureVersion, SigningCert, TopicArn, Unverified};

/// A message that SNS signed. Only signed fields can be read from it but for what is called unsigned, and [`Unverified::verify`] is its only constructor.
///
/// It proves that SNS sent it for `topic_arn`; whether that topic is one to listen to is the receiver's question, and must have
/// been asked before.
pub struct Message<'a> {
    envelope: Unverified<'a>,
}

impl<'a> Unverified<'a> {
    /// Checks the certificate against the topic's region and `now`, and the signature against the certificate's key.
    ///
    /// # Errors
    /// The [`Rejection`] that says which of these checks failed.
    pub fn verify(self, cert: &SigningCert, now: Timestamp) -> Result<Message<'a>, Rejection> {
        cert.check(self.topic_arn.region(), now)?;
        cert.verify(self.signature_version, &self.string_to_sign(), &self.signature)?;
        Ok(Message { envelope: self })
    }
}

impl<'a> Message<'a> {
    /// Type of the message.
    pub fn message_type(&self) -> MessageType {
        self.envelope.message_type
    }

    /// The topic that the message was published to.
    pub fn topic_arn(&self) -> &TopicArn {
        &self.envelope.topic_arn
    }

    /// The message's id: a lower-case UUID, the same in every delivery of it.
    pub fn message_id(&self) -> &str {
        &self.envelope.message_id
    }

    /// When SNS took the message.
    pub fn timestamp(&self) -> Timestamp {
        self.envelope.timestamp
    }

    /// What was published, as it was published.
    pub fn body(&self) -> &str {
        &self.envelope.message
    }

    /// The subject that was published with it.
    pub fn subject(&self) -> Option<&str> {
        self.envelope.subject.as_deref()
    }

    /// The token that confirms (or restores) the subscription: only in the two confirmations.
    pub fn token(&self) -> Option<&str> {
        self.envelope.handshake.as_ref().map(|handshake| handshake.token.as_ref())
    }

    /// Which digest the signature was made with. Not itself signed, but the signature holds only under the right one.
    pub fn signature_version(&self) -> SignatureVersion {
        self.envelope.signature_version
    }

    /// The envelope's `MessageAttributes`, as the JSON text that they came as. **Not signed**: whoever passes a delivery on can set
    /// them, so they are good for a warning and never for a decision.
    ///
    /// They are looked for when this is called, not before. No key stands in them twice; nothing else about them has been checked.
    pub fn unsigned_attributes(&self) -> Option<&'a str> {
        attributes::within(self.envelope.text)
    }

    /// Takes the published text out.
    pub fn into_body(self) -> Cow<'a, str> {
        self.envelope.message
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("message_type", &self.message_type())
            .field("message_id", &self.message_id())
            .field("topic_arn", &self.topic_arn())
            .finish_non_exhaustive()
    }
}
