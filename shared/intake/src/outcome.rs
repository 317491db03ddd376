//! What became of a delivery, and the only place that chooses the status SNS is told.
//!
//! SNS, and RTN above it, never repeats a delivery that was answered 4xx. So a 4xx is for what is not authentic or not for us, and
//! everything that may be otherwise a moment later is 503. Never 429, which is a 4xx too.
//!
//! Source: Appstore documentation, "Use Real-Time Notifications": a 4xx "will not be retried"; anything else "outside of 200-4xx"
//! is.

use http::{Method, Response, StatusCode, header};
use inbox::{Recorded, StoreError};
use serde::Serialize;
use sns_webhook::{PolicyRefusal, Refusal, Rejection, Transient};

/// What became of a delivery that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A notification was recorded, or had been before.
    Recorded(Recorded),
    /// A notification was recorded although its message cannot be read, or had been before.
    Quarantined {
        /// Stable code of why it cannot be read.
        reason: String,
        /// Whether it is the first record of it.
        recorded: Recorded,
    },
    /// A notification waits, with its topic, for the operator.
    Held,
    /// A subscription was confirmed.
    SubscriptionConfirmed,
    /// A topic waits for the operator.
    SubscriptionPending,
    /// SNS says that a subscription has been removed.
    Unsubscribed,
}

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing was decided in time.
    #[error("no decision within the time limit")]
    Deadline,
    /// SNS posts; nothing else has business here.
    #[error("the method is {0}; SNS deliveries are POST requests")]
    Method(Method),
    /// As many notifications of this topic wait for the operator as may.
    #[error("too many notifications of this topic wait for the operator already")]
    HeldFull,
    /// As many topics wait for the operator as may.
    #[error("too many topics wait for the operator already")]
    PendingFull,
    /// The topic was decided about, or others changed the list, while this delivery was under way.
    #[error("the topic's standing changed while the delivery was under way")]
    StandingChanged,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SNS could not be asked to confirm the subscription.
    #[error("the subscription could not be confirmed: SNS gave no answer")]
    ConfirmationFailed,
    /// SNS will not confirm the subscription.
    #[error("SNS does not confirm the subscription with this token")]
    ConfirmationRefused,
    /// The delivery is refused, or could not be verified.
    #[error(transparent)]
    Verification(#[from] Refusal),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Verification(rejection.into())
    }
}

impl From<PolicyRefusal> for Refused {
    fn from(policy: PolicyRefusal) -> Self {
        Self::Verification(policy.into())
    }
}

impl From<Transient> for Refused {
    fn from(transient: Transient) -> Self {
        Self::Verification(transient.into())
    }
}

impl Outcome {
    /// The stable code of the outcome, for logs, metrics and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Recorded(Recorded::New) => "recorded",
            Self::Recorded(Recorded::Duplicate | Recorded::ConflictDuplicate) => "duplicate",
            Self::Recorded(Recorded::Conflict) => "conflict",
            Self::Quarantined {
                recorded: Recorded::New | Recorded::Conflict,
                ..
            } => "quarantined",
            Self::Quarantined {
                recorded: Recorded::Duplicate | Recorded::ConflictDuplicate,
                ..
            } => "duplicate",
            Self::Held => "held",
            Self::SubscriptionConfirmed => "subscription_confirmed",
            Self::SubscriptionPending => "subscription_pending",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// Why, for outcomes that have a reason.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Quarantined { reason, .. } => Some(reason),
            Self::Held | Self::SubscriptionPending => Some("topic_pending"),
            Self::Recorded(_) | Self::SubscriptionConfirmed | Self::Unsubscribed => None,
        }
    }
}

impl Refused {
    /// `refused` for good, or `unavailable` for now.
    pub fn code(&self) -> &'static str {
        if self.status().is_server_error() {
            "unavailable"
        } else {
            "refused"
        }
    }

    /// The stable code of the reason, for logs, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Method(_) => "method",
            Self::HeldFull => "held_full",
            Self::PendingFull => "pending_full",
            Self::StandingChanged => "standing_changed",
            Self::Store(_) => "store",
            Self::ConfirmationFailed => "confirmation_failed",
            Self::ConfirmationRefused => "confirmation_refused",
            Self::Verification(refusal) => refusal.reason(),
        }
    }

    /// The status that SNS is told.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Deadline
            | Self::HeldFull
            | Self::PendingFull
            | Self::StandingChanged
            | Self::Store(_)
            | Self::ConfirmationFailed
            | Self::Verification(Refusal::Transient(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::ConfirmationRefused | Self::Verification(Refusal::Policy(_)) => StatusCode::FORBIDDEN,
            Self::Verification(Refusal::Rejected(rejection)) => match rejection.is_forgery() {
                true => StatusCode::FORBIDDEN,
                false => StatusCode::BAD_REQUEST,
            },
        }
    }
}

/// The status that SNS is told.
pub(crate) fn status(outcome: &Result<Outcome, Refused>) -> StatusCode {
    match outcome {
        Ok(_) => StatusCode::OK,
        Err(refused) => refused.status(),
    }
}

/// The answer to a delivery: its status for SNS, and for people a word on why.
pub(crate) fn answer(outcome: &Result<Outcome, Refused>) -> Response<String> {
    let body = match outcome {
        Ok(outcome) => Body {
            outcome: outcome.code(),
            reason: outcome.reason(),
            detail: None,
        },
        // What a store says may name tables and roles: that is for the log.
        Err(refused @ Refused::Store(_)) => Body {
            outcome: refused.code(),
            reason: Some(refused.reason()),
            detail: None,
        },
        Err(refused) => Body {
            outcome: refused.code(),
            reason: Some(refused.reason()),
            detail: Some(refused.to_string()),
        },
    };
    let mut answer = Response::new(serde_json::to_string(&body).unwrap_or_default());
    *answer.status_mut() = status(outcome);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if let Err(Refused::Method(_)) = outcome {
        answer
            .headers_mut()
            .insert(header::ALLOW, header::HeaderValue::from_static("POST"));
    }
    answer
}

#[derive(Serialize)]
struct Body<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use sns_webhook::{FetchFault, TopicArn};

    use super::*;

    fn check(outcome: Result<Outcome, Refused>, expected: &str) {
        let answer = answer(&outcome);
        assert_eq!(format!("{} {}", answer.status().as_u16(), answer.body()), expected);
    }

    #[test]
    fn everything_that_was_taken_is_answered_200() {
        check(Ok(Outcome::Recorded(Recorded::New)), r#"200 {"outcome":"recorded"}"#);
        check(Ok(Outcome::Recorded(Recorded::Duplicate)), r#"200 {"outcome":"duplicate"}"#);
        check(Ok(Outcome::Recorded(Recorded::Conflict)), r#"200 {"outcome":"conflict"}"#);
        check(
            Ok(Outcome::Recorded(Recorded::ConflictDuplicate)),
            r#"200 {"outcome":"duplicate"}"#,
        );
        let quarantined = |recorded| {
            Ok(Outcome::Quarantined {
                reason: "not_json".to_owned(),
                recorded,
            })
        };
        check(
            quarantined(Recorded::New),
            r#"200 {"outcome":"quarantined","reason":"not_json"}"#,
        );
        check(
            quarantined(Recorded::Duplicate),
            r#"200 {"outcome":"duplicate","reason":"not_json"}"#,
        );
        check(Ok(Outcome::Held), r#"200 {"outcome":"held","reason":"topic_pending"}"#);
        check(
            Ok(Outcome::SubscriptionConfirmed),
            r#"200 {"outcome":"subscription_confirmed"}"#,
        );
        check(
            Ok(Outcome::SubscriptionPending),
            r#"200 {"outcome":"subscription_pending","reason":"topic_pending"}"#,
        );
        check(Ok(Outcome::Unsubscribed), r#"200 {"outcome":"unsubscribed"}"#);
    }

    #[test]
    fn a_final_refusal_is_4xx_and_anything_that_may_pass_is_503() {
        let topic = TopicArn::parse("arn:aws:sns:us-east-1:123456789012:t").unwrap();
        for (refused, status, reason) in [
            (Refused::Deadline, 503, "deadline"),
            (Refused::HeldFull, 503, "held_full"),
            (Refused::PendingFull, 503, "pending_full"),
            (Refused::StandingChanged, 503, "standing_changed"),
            (Refused::Store(StoreError::OccupantHidden), 503, "store"),
            (Refused::ConfirmationFailed, 503, "confirmation_failed"),
            (Transient::CertDocument("x").into(), 503, "cert_document"),
            (Transient::CertFetch(FetchFault::Deadline).into(), 503, "cert_fetch"),
            (Transient::CertFetchPaused.into(), 503, "cert_fetch_paused"),
            (Transient::IssuerUnavailable.into(), 503, "issuer_unavailable"),
            (Refused::ConfirmationRefused, 403, "confirmation_refused"),
            (Refused::Method(Method::GET), 405, "method"),
            (PolicyRefusal::RawDelivery.into(), 403, "raw_delivery"),
            (PolicyRefusal::TopicNotAdmitted(topic).into(), 403, "topic_not_admitted"),
            (Rejection::SignatureMismatch.into(), 403, "signature_mismatch"),
            (Rejection::CertHost("another host").into(), 403, "cert_host"),
            (Rejection::MissingField("Type").into(), 400, "missing_field"),
            (Rejection::SignatureVersion.into(), 400, "signature_version"),
        ] {
            assert_eq!((refused.status().as_u16(), refused.reason()), (status, reason));
            assert_eq!(refused.code(), if status == 503 { "unavailable" } else { "refused" });
        }
    }

    #[test]
    fn an_answer_says_why_but_nothing_about_the_store() {
        check(
            Err(Rejection::MissingField("Type").into()),
            r#"400 {"outcome":"refused","reason":"missing_field","detail":"Type is missing"}"#,
        );
        check(
            Err(Refused::Store(StoreError::OccupantHidden)),
            r#"503 {"outcome":"unavailable","reason":"store"}"#,
        );
    }
}
