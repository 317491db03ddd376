//! The steps of a delivery's road, and which of them a refusal belongs to.

use serde::Serialize;
use sns_webhook::{PolicyRefusal, Refusal, Rejection, Transient};

/// The steps, in the order in which a deployed function makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Raw or not, and its size.
    Delivery,
    /// The fields of the body.
    Envelope,
    /// The agreement of headers and body.
    Headers,
    /// Where the certificate is said to be.
    CertificateUrl,
    /// The age.
    Freshness,
    /// The topic.
    Topic,
    /// What was found at the URL.
    CertificateDocument,
    /// Who vouches for the certificate.
    Chain,
    /// Name, validity and key.
    Certificate,
    /// The signature.
    Signature,
}

impl Step {
    /// The step at which a refusal is made.
    pub(super) fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Policy(PolicyRefusal::RawDelivery) | Refusal::Rejected(Rejection::BodyTooLarge { .. }) => Self::Delivery,
            Refusal::Rejected(Rejection::HeaderMismatch(_)) => Self::Headers,
            Refusal::Rejected(Rejection::CertHost(_) | Rejection::CertUrl(_)) => Self::CertificateUrl,
            Refusal::Policy(PolicyRefusal::FromFuture { .. } | PolicyRefusal::Stale { .. }) => Self::Freshness,
            Refusal::Policy(PolicyRefusal::TopicNotAdmitted(_)) => Self::Topic,
            Refusal::Rejected(Rejection::CertChain) | Refusal::Transient(Transient::IssuerUnavailable) => Self::Chain,
            Refusal::Transient(_) => Self::CertificateDocument,
            Refusal::Rejected(Rejection::CertExpired | Rejection::CertKey | Rejection::CertName | Rejection::CertNotYetValid) => {
                Self::Certificate
            }
            Refusal::Rejected(Rejection::SignatureMismatch) => Self::Signature,
            // All that is left is about the form of the body.
            Refusal::Rejected(_) | Refusal::Policy(_) => Self::Envelope,
        }
    }

    /// The name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Envelope => "envelope",
            Self::Headers => "headers",
            Self::CertificateUrl => "certificate URL",
            Self::Freshness => "freshness",
            Self::Topic => "topic",
            Self::CertificateDocument => "certificate document",
            Self::Chain => "chain",
            Self::Certificate => "certificate",
            Self::Signature => "signature",
        }
    }

    /// All of them, in order.
    pub(super) const ALL: [Self; 10] = [
        Self::Delivery,
        Self::Envelope,
        Self::Headers,
        Self::CertificateUrl,
        Self::Freshness,
        Self::Topic,
        Self::CertificateDocument,
        Self::Chain,
        Self::Certificate,
        Self::Signature,
    ];
}
