//! Signs as SNS does, and as a forger would.
//!
//! Base64 of RSASSA-PKCS1-v1_5 over the string to sign: with SHA-1 in version 1, SNS's default, and with SHA-256 in version 2
//! ("Verifying the signatures of Amazon SNS messages").

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use crate::{
    Envelope,
    ids::document_id,
    message::{Message, sns_host, unsigned},
    rsa_key::RsaKey,
};

/// A key, and the certificate that its messages name.
#[derive(Clone)]
pub struct Signer {
    key: Arc<RsaKey>,
    certificate_pem: String,
}

/// The topic attribute SignatureVersion (Amazon SNS API Reference, "SetTopicAttributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVersion {
    /// SHA-1: what a topic uses unless its owner says otherwise.
    V1,
    /// SHA-256.
    V2,
}

impl SignatureVersion {
    /// `"1"` or `"2"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
        }
    }
}

impl Signer {
    pub(crate) fn new(key: Arc<RsaKey>, certificate_pem: &str) -> Self {
        Self {
            key,
            certificate_pem: certificate_pem.to_owned(),
        }
    }

    /// A genuine message: every field that SNS writes, in its order.
    pub fn sign(&self, message: impl Into<Message>, version: SignatureVersion) -> Envelope {
        self.sign_again(unsigned(&message.into()), version)
    }

    /// Signs the fields as they now stand, whatever they are, and names this signer's certificate in the topic's region.
    pub fn sign_again(&self, envelope: Envelope, version: SignatureVersion) -> Envelope {
        let signature = self.signature(envelope.string_to_sign().as_bytes(), version);
        let url = self.certificate_url(envelope.field("TopicArn").unwrap_or_default());
        envelope
            .with("SignatureVersion", version.as_str())
            .with("Signature", signature)
            .with("SigningCertURL", url)
    }

    /// The signature of any bytes, in standard base64.
    pub fn signature(&self, bytes: &[u8], version: SignatureVersion) -> String {
        let algorithm = match version {
            SignatureVersion::V1 => &SHA1_FOR_LEGACY_USE_ONLY,
            SignatureVersion::V2 => &SHA256,
        };
        STANDARD.encode(self.key.sign(algorithm, bytes))
    }

    /// The document to publish at [`Signer::certificate_path`].
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// `/SimpleNotificationService-<32 hexadecimal digits>.pem`: another document, another path.
    pub fn certificate_path(&self) -> String {
        format!("/SimpleNotificationService-{}.pem", document_id(&self.certificate_pem))
    }

    /// The SigningCertURL of a topic's messages: the path above on the topic's regional host.
    pub fn certificate_url(&self, topic_arn: &str) -> String {
        format!("https://{}{}", sns_host(topic_arn), self.certificate_path())
    }
}

#[cfg(test)]
mod tests;
