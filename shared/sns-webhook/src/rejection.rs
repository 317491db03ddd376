//! Why a delivery is refused for good: malformed, or not authentic.

use crate::Header;

/// The delivery is malformed or forged. Sending it again cannot help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Larger than [`crate::MAX_BODY_BYTES`].
    #[error("the body has {size_bytes} bytes, more than the {limit_bytes} that an SNS delivery can have")]
    BodyTooLarge {
        /// Size of the body received.
        size_bytes: usize,
        /// [`crate::MAX_BODY_BYTES`].
        limit_bytes: usize,
    },
    /// Both `SigningCertURL` and `SigningCertUrl` (or the like) are present.
    #[error("the envelope spells the key {0} in both ways; only one can be meant")]
    BothSpellings(&'static str),
    /// The chain from the certificate to Amazon's roots is broken.
    #[error("the signing certificate does not chain to a trusted root")]
    CertChain,
    /// The certificate is past its end of validity.
    #[error("the signing certificate has expired")]
    CertExpired,
    /// Not the certificate host of the topic's region.
    #[error("SigningCertURL is not on the SNS host of the topic's region: {0}")]
    CertHost(&'static str),
    /// The certificate's key is not an RSA key of 2048 bits or more.
    #[error("the signing certificate's key is not RSA of 2048 to 8192 bits")]
    CertKey,
    /// The certificate is for somebody else.
    #[error("the signing certificate was not issued to SNS in the topic's region")]
    CertName,
    /// The certificate's validity has not begun.
    #[error("the signing certificate is not valid yet")]
    CertNotYetValid,
    /// A certificate URL that cannot be one of SNS's.
    #[error("SigningCertURL is not one of SNS's: {0}")]
    CertUrl(&'static str),
    /// A control character, which could move a field boundary in the string to sign.
    #[error("{0} holds a control character")]
    ControlCharacter(&'static str),
    /// A key appears twice in one JSON object.
    #[error("a key appears twice in one object of the envelope, at line {line} column {column}")]
    DuplicateKey {
        /// Line of the second appearance, from 1.
        line: usize,
        /// Column of the second appearance, from 1.
        column: usize,
    },
    /// A known field has another JSON type than SNS gives it.
    #[error("{0} is not a JSON string")]
    FieldType(&'static str),
    /// FIFO topics do not deliver to HTTPS endpoints.
    #[error("the topic is a FIFO topic; those do not deliver over HTTPS")]
    FifoTopic,
    /// A field does not have the form that SNS gives it.
    #[error("{field} does not have the form {form}")]
    Grammar {
        /// Name of the field.
        field: &'static str,
        /// The form it should have.
        form: &'static str,
    },
    /// An SNS header says something else than the signed body.
    #[error("the header {0} does not agree with the signed body")]
    HeaderMismatch(Header),
    /// A field that SNS always sends is absent or null.
    #[error("{0} is missing")]
    MissingField(&'static str),
    /// Another type than a notification, where AWS relays nothing else.
    #[error("Type is not Notification, and nothing else is relayed to functions and queues")]
    NotANotification,
    /// Not a JSON object, or not readable as one.
    #[error("the body is not a JSON object: syntax error at line {line} column {column}")]
    NotAnEnvelope {
        /// Line of the fault, from 1; 0 if it has no place.
        line: usize,
        /// Column of the fault, from 1; 0 if it has no place.
        column: usize,
    },
    /// Not UTF-8.
    #[error("the body is not UTF-8: first bad byte at offset {offset}")]
    NotUtf8 {
        /// Offset of the first byte that is not part of UTF-8 text.
        offset: usize,
    },
    /// `Signature` is not standard base64.
    #[error("Signature is not standard base64 with padding and without line breaks")]
    SignatureEncoding,
    /// The signature was not made over this message by this certificate's key.
    #[error("the signature does not match the message")]
    SignatureMismatch,
    /// Neither of the two signature versions that SNS has.
    #[error("SignatureVersion is neither 1 nor 2")]
    SignatureVersion,
    /// A `Type` that SNS does not have.
    #[error("Type is none of Notification, SubscriptionConfirmation and UnsubscribeConfirmation")]
    UnknownType,
}

impl Rejection {
    /// The stable code of the rejection, for logs, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::BothSpellings(_) => "both_spellings",
            Self::CertChain => "cert_chain",
            Self::CertExpired => "cert_expired",
            Self::CertHost(_) => "cert_host",
            Self::CertKey => "cert_key",
            Self::CertName => "cert_name",
            Self::CertNotYetValid => "cert_not_yet_valid",
            Self::CertUrl(_) => "cert_url",
            Self::ControlCharacter(_) => "control_character",
            Self::DuplicateKey { .. } => "duplicate_key",
            Self::FieldType(_) => "field_type",
            Self::FifoTopic => "fifo_topic",
            Self::Grammar { .. } => "grammar",
            Self::HeaderMismatch(_) => "header_mismatch",
            Self::MissingField(_) => "missing_field",
            Self::NotANotification => "not_a_notification",
            Self::NotAnEnvelope { .. } => "not_an_envelope",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::SignatureEncoding => "signature_encoding",
            Self::SignatureMismatch => "signature_mismatch",
            Self::SignatureVersion => "signature_version",
            Self::UnknownType => "unknown_type",
        }
    }

    /// Whether the delivery is well-formed but not authentic, as a forgery would be. The others are malformed.
    pub fn is_forgery(&self) -> bool {
        match self {
            Self::CertChain
            | Self::CertExpired
            | Self::CertHost(_)
            | Self::CertKey
            | Self::CertName
            | Self::CertNotYetValid
            | Self::CertUrl(_)
            | Self::HeaderMismatch(_)
            | Self::SignatureMismatch => true,
            Self::BodyTooLarge { .. }
            | Self::BothSpellings(_)
            | Self::ControlCharacter(_)
            | Self::DuplicateKey { .. }
            | Self::FieldType(_)
            | Self::FifoTopic
            | Self::Grammar { .. }
            | Self::MissingField(_)
            | Self::NotANotification
            | Self::NotAnEnvelope { .. }
            | Self::NotUtf8 { .. }
            | Self::SignatureEncoding
            | Self::SignatureVersion
            | Self::UnknownType => false,
        }
    }
}
