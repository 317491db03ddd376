//! Why a delivery is not believed, sorted by who must act.
//!
//! Three kinds, three types, so that `?` cannot turn one into another: a [`Rejection`] is final because the delivery is forged or
//! malformed, a [`PolicyRefusal`] is final because this receiver does not want an otherwise well-formed delivery, and a
//! [`Transient`] fault says nothing about the delivery at all: the sender must try again.
//!
//! No variant carries text from the delivery except its topic ARN, so any of them may be logged or answered as it is.

use crate::{Rejection, TopicArn};

/// Any of the three kinds of refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not authentic or not well-formed: final.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Not wanted here: final.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// Cannot be decided now: to be tried again.
    #[error(transparent)]
    Transient(#[from] Transient),
}

impl Refusal {
    /// The stable code of the refusal, for logs, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.reason(),
            Self::Policy(policy) => policy.reason(),
            Self::Transient(transient) => transient.reason(),
        }
    }
}

/// The delivery may be authentic, but this receiver does not take it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyRefusal {
    /// Stamped later than the clock here can explain.
    #[error("the message is stamped {ahead_seconds} s in the future; at most {limit_seconds} s are accepted")]
    FromFuture {
        /// How far ahead of the clock here.
        ahead_seconds: i64,
        /// How far ahead is accepted.
        limit_seconds: i64,
    },
    /// Delivered in the raw form, which carries no signature.
    #[error("raw message delivery is on for this subscription: it carries no signature; turn RawMessageDelivery off")]
    RawDelivery,
    /// Older than SNS would still deliver.
    #[error("the message is {age_seconds} s old; at most {limit_seconds} s are accepted")]
    Stale {
        /// Age of the message.
        age_seconds: i64,
        /// Age that is accepted.
        limit_seconds: i64,
    },
    /// From a topic that this receiver does not listen to.
    #[error("topic {0} is not one that this receiver listens to")]
    TopicNotAdmitted(TopicArn),
}

impl PolicyRefusal {
    /// The stable code of the refusal, for logs, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::FromFuture { .. } => "from_future",
            Self::RawDelivery => "raw_delivery",
            Self::Stale { .. } => "stale",
            Self::TopicNotAdmitted(_) => "topic_not_admitted",
        }
    }
}

/// Nothing was decided: the same delivery may be accepted a moment later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Transient {
    /// What came from the certificate URL is not one PEM certificate, so the certificate has not been had yet.
    #[error("the certificate host answered with something that is not exactly one PEM certificate: {0}")]
    CertDocument(&'static str),
    /// The certificate could not be fetched.
    #[error("the signing certificate could not be fetched: {0}")]
    CertFetch(FetchFault),
    /// A fetch failed moments ago and is not repeated yet.
    #[error("fetching signing certificates failed moments ago and is not tried again yet")]
    CertFetchPaused,
    /// Policy `require` needs the issuer's certificate, and it could not be had.
    #[error("the certificate of the signing certificate's issuer could not be had, and the chain policy requires it")]
    IssuerUnavailable,
}

impl Transient {
    /// The stable code of the fault, for logs, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::CertDocument(_) => "cert_document",
            Self::CertFetch(_) => "cert_fetch",
            Self::CertFetchPaused => "cert_fetch_paused",
            Self::IssuerUnavailable => "issuer_unavailable",
        }
    }
}

/// How a bounded fetch failed. The cause is told as a kind only, since library texts may quote URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// Name resolution, TCP or TLS failed.
    #[error("no connection to the host")]
    Connect,
    /// No complete answer within the deadline.
    #[error("no complete answer within the deadline")]
    Deadline,
    /// The connection broke in the middle of the answer, or the answer was not HTTP.
    #[error("the connection broke before the answer was complete")]
    Interrupted,
    /// Any status but 200; redirects are not followed.
    #[error("the host answered with status {0} instead of 200")]
    Status(u16),
    /// More bytes than a certificate can have.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}
