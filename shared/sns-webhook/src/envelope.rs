//! From bytes to an envelope that is well-formed but not yet believed.
//!
//! The string that SNS signs has no length prefixes, so a value with a line feed in it could be read as two fields: a genuine
//! message with a Subject could be replayed as one without, under a MessageId that holds the Subject, and pass as new. So every
//! signed field is held to the form that SNS gives it, and only `Message`, which comes first, may hold control characters.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use jiff::Timestamp;

use crate::fields::Fields;
use crate::headers::refuse_raw_delivery;
use crate::{Header, Refusal, Rejection, SignatureVersion, TopicArn};

/// A delivery's envelope: well-formed, its headers in agreement with it, and **not verified**. It serves to refuse the delivery,
/// or to find the certificate that [`Unverified::verify`] needs; nothing else may be done with it.
#[derive(Clone)]
pub struct Unverified<'a> {
    /// The whole delivery.
    pub(crate) text: &'a str,
    pub(crate) message_type: MessageType,
    pub(crate) message: Cow<'a, str>,
    pub(crate) message_id: Cow<'a, str>,
    pub(crate) subject: Option<Cow<'a, str>>,
    /// `SubscribeURL` and `Token`: both present in the two confirmations, both absent in notifications.
    pub(crate) handshake: Option<Handshake<'a>>,
    pub(crate) timestamp_text: Cow<'a, str>,
    pub(crate) timestamp: Timestamp,
    pub(crate) topic_arn: TopicArn,
    pub(crate) signature_version: SignatureVersion,
    pub(crate) signature: Vec<u8>,
    pub(crate) signing_cert_url: Cow<'a, str>,
}

/// The two fields that only confirmations have.
#[derive(Clone)]
pub(crate) struct Handshake<'a> {
    pub(crate) subscribe_url: Cow<'a, str>,
    pub(crate) token: Cow<'a, str>,
}

/// The three types of SNS message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageType {
    /// A published message.
    Notification,
    /// SNS asks whether this endpoint wants the subscription.
    SubscriptionConfirmation,
    /// SNS says that the subscription has been removed.
    UnsubscribeConfirmation,
}

impl<'a> Unverified<'a> {
    /// Reads a delivery and makes every check that needs neither a clock, nor a certificate, nor a network.
    ///
    /// `headers` may be empty: they are not signed and can only add a refusal.
    ///
    /// # Errors
    /// [`Refusal::Policy`] for a raw delivery, otherwise [`Refusal::Rejected`]; never [`Refusal::Transient`].
    pub fn parse(headers: &HeaderMap, body: &'a [u8]) -> Result<Self, Refusal> {
        refuse_raw_delivery(headers)?;
        let envelope = Self::read(body)?;
        Header::MessageType.must_equal(headers, envelope.message_type.as_str())?;
        Header::MessageId.must_equal(headers, &envelope.message_id)?;
        Header::TopicArn.must_equal(headers, envelope.topic_arn.as_str())?;
        Ok(envelope)
    }

    fn read(body: &'a [u8]) -> Result<Self, Rejection> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Rejection::BodyTooLarge {
                size_bytes: body.len(),
                limit_bytes: MAX_BODY_BYTES,
            });
        }
        let text = std::str::from_utf8(body).map_err(|error| Rejection::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        let mut fields = Fields::read(text)?;
        let message_type = MessageType::parse(&fields.message_type()?)?;
        let message = fields.message()?;
        let message_id = fields.message_id()?;
        let topic_arn = fields.topic_arn()?;
        let (timestamp_text, timestamp) = fields.timestamp()?;
        let (subject, handshake) = match message_type {
            MessageType::Notification => (fields.subject()?, None),
            MessageType::SubscriptionConfirmation | MessageType::UnsubscribeConfirmation => {
                let (subscribe_url, token) = (fields.subscribe_url()?, fields.token()?);
                (None, Some(Handshake { subscribe_url, token }))
            }
        };
        let signature_version = SignatureVersion::parse(&fields.signature_version()?)?;
        let signature = STANDARD
            .decode(fields.signature()?.as_bytes())
            .map_err(|_| Rejection::SignatureEncoding)?;
        let signing_cert_url = fields.signing_cert_url()?;

        Ok(Self {
            text,
            message_type,
            message,
            message_id,
            subject,
            handshake,
            timestamp_text,
            timestamp,
            topic_arn,
            signature_version,
            signature,
            signing_cert_url,
        })
    }

    /// Type of the message.
    pub fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// The sender's id of the message, for log lines about a refusal.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// The topic that the message says it comes from: what admission is asked about before any network call.
    pub fn topic_arn(&self) -> &TopicArn {
        &self.topic_arn
    }

    /// The time that the message says it was sent at.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Which digest the signature is said to be made with.
    pub fn signature_version(&self) -> SignatureVersion {
        self.signature_version
    }
}

/// Personal and secret content stays out of debug output, too.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("message_type", &self.message_type)
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .finish_non_exhaustive()
    }
}

impl MessageType {
    /// The value of `Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Rejection> {
        [
            Self::Notification,
            Self::SubscriptionConfirmation,
            Self::UnsubscribeConfirmation,
        ]
        .into_iter()
        .find(|message_type| message_type.as_str() == text)
        .ok_or(Rejection::UnknownType)
    }
}

/// Most bytes that a delivery can have: 256 KiB of message, every byte of it JSON-escaped as `\u00xx`, and the envelope.
///
/// Source: SNS API Reference, `Publish` (message of at most 262,144 bytes).
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
