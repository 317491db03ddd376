//! Why a request was not done to its end: the one place that tells whose fault it is, and what is to be answered.
//!
//! A registration that is on record stays there: what is missing at SNS is finished by whoever repeats it, or by the sweep.

use std::time::Duration;

use cloud::Causes;
use endpoints::{Failure, Refusal};
use inbox::{Cause, StoreError};

use crate::log::FUNCTION;
use crate::reply::Reply;
use crate::{Problem, ProblemType};

/// Why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// SNS does not let this deployment, or the application does not exist: an operator must act.
    #[error("SNS cannot be used as it is set up")]
    Operator(#[source] Refusal),
    /// Others were faster, again and again.
    #[error("others changed the device or its endpoint, again and again")]
    Restless,
    /// The token's endpoint has another token, and SNS makes no second one.
    #[error("the endpoint of the token has another token")]
    SlotConflict(#[source] Option<Cause>),
    /// The registry.
    #[error("the table of devices could not be worked on")]
    Store(#[from] StoreError),
    /// SNS does not take the token.
    #[error("SNS does not take the token")]
    Token(#[source] Refusal),
    /// SNS, for now.
    #[error("SNS could not be asked")]
    Sns(#[source] Refusal),
}

impl Trouble {
    /// Of a call that failed, and that is the end of it.
    pub(crate) fn of_failure(failure: Failure) -> Self {
        match failure {
            Failure::Late => Self::Restless,
            Failure::Sns(refusal) => Self::of_call(refusal),
            Failure::Store(error) => Self::Store(error),
            Failure::Token(refusal) => Self::of_token(refusal),
        }
    }

    /// Of a call that makes an endpoint, or gives it a token.
    fn of_token(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(_) => Self::Token(refusal),
            Refusal::Denied(_)
            | Refusal::Exists(_)
            | Refusal::Missing(_)
            | Refusal::OtherToken(_)
            | Refusal::Throttled(_)
            | Refusal::Unavailable(_) => Self::of_call(refusal),
        }
    }

    /// Of any other call, whose parameters are ours. What does not exist is the application: it was taken away.
    fn of_call(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(_) | Refusal::Invalid(_) | Refusal::Missing(_) => Self::Operator(refusal),
            Refusal::Exists(_) | Refusal::OtherToken(_) | Refusal::Throttled(_) | Refusal::Unavailable(_) => Self::Sns(refusal),
        }
    }

    /// The stable code, for logs.
    fn reason(&self) -> &'static str {
        match self {
            Self::Operator(Refusal::Denied(_)) => "sns_denied",
            Self::Operator(Refusal::Missing(_)) => "application_missing",
            Self::Operator(_) => "sns_invalid",
            Self::Restless => "overtaken",
            Self::SlotConflict(_) => "slot_conflict",
            Self::Store(_) => "store",
            Self::Token(_) => "token",
            Self::Sns(Refusal::Throttled(_)) => "sns_throttled",
            Self::Sns(_) => "sns_unavailable",
        }
    }

    fn problem(&self) -> Problem {
        let soon = |detail| Problem {
            retry_after: Some(SOON),
            ..Problem::new(ProblemType::Unavailable, detail)
        };
        match self {
            Self::Operator(_) => Problem::new(
                ProblemType::Misconfigured,
                "SNS does not let this deployment do it, or the application does not exist; what was said is on record",
            ),
            Self::Restless => soon("others were faster, again and again; repeating the request does no harm"),
            Self::SlotConflict(_) => Problem::new(
                ProblemType::SlotConflict,
                "the endpoint that SNS once made for this token has another token now, and SNS makes no second one: the device has no \
                 endpoint until its token is another, or an operator deletes that endpoint",
            ),
            Self::Store(_) => soon("the registry cannot be reached; repeating the request does no harm"),
            Self::Token(_) => Problem::new(
                ProblemType::RefusedBySns,
                "SNS does not take the token, or the owner; what was said is on record, and a newer registration replaces it",
            ),
            Self::Sns(_) => {
                soon("SNS cannot be reached; what was said is on record, and repeating the request, or the sweep, finishes it")
            }
        }
    }
}

/// Written into the log, once, with its causes; and answered.
impl From<Trouble> for Reply {
    fn from(trouble: Trouble) -> Self {
        let (reason, text) = (trouble.reason(), Causes(&trouble).to_string());
        match &trouble {
            Trouble::Operator(_) | Trouble::Store(_) => {
                tracing::error!(
                    function = FUNCTION,
                    outcome = "fault",
                    reason,
                    error = text,
                    "a request was not finished"
                );
            }
            Trouble::Restless | Trouble::SlotConflict(_) | Trouble::Token(_) | Trouble::Sns(_) => {
                tracing::warn!(
                    function = FUNCTION,
                    outcome = "fault",
                    reason,
                    error = text,
                    "a request was not finished"
                );
            }
        }
        Self::from(trouble.problem()).because(reason)
    }
}

pub(crate) const SOON: Duration = Duration::from_secs(5);
