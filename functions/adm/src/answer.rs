//! What our caller is told of an outcome: which kind of problem it is, and how that is put into words.
//!
//! Final is what the message is at fault for (400, 413); 502 asks for an operator; 503 says that ADM does not have the message and that
//! the same request may be repeated; 504 says that nobody knows, and that repeating may deliver twice.

use std::time::Duration;

use serde::Serialize;

use crate::{Code, Outcome, Problem, ProblemType, Reason, Registration, RequestId, TokenError};

/// A message that ADM has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// ADM's name of the message.
    pub message_id: String,
    /// Amazon's id of the request.
    pub request_id: Option<RequestId>,
}

impl Outcome {
    /// The answer.
    ///
    /// # Errors
    /// [`Problem`]: for every outcome but a message sent.
    pub fn into_answer(self) -> Result<Sent, Problem> {
        let problem = |kind, detail: &str, request_id| Problem {
            request_id,
            ..Problem::new(kind, detail)
        };
        Err(match self {
            Self::Sent { message_id, request_id } => return Ok(Sent { message_id, request_id }),
            Self::NoToken(error) => no_token(&error),
            Self::NotRegistered { reason, request_id, .. } => problem(
                ProblemType::NotRegistered,
                reason
                    .as_ref()
                    .map_or("registering it did not help", |reason| reason.as_str()),
                request_id,
            ),
            Self::NotSent(obstacle) => Problem {
                retry_after: Some(SOON),
                ..Problem::new(ProblemType::Unavailable, format!("{obstacle}; nothing was sent"))
            },
            Self::Refused {
                status,
                code,
                reason,
                request_id,
            } => {
                let detail = in_words(status, code, reason.as_ref());
                Problem {
                    code,
                    ..problem(ProblemType::RefusedByAdm, &detail, request_id)
                }
            }
            Self::RetryLater {
                status,
                retry_after,
                request_id,
            } => {
                let detail = match status {
                    Some(status) => format!("ADM answered {status}; it does not have the message"),
                    None => "the registration that the message needs had no answer; ADM does not have the message".to_owned(),
                };
                Problem {
                    retry_after: Some(retry_after.unwrap_or(SOON)),
                    ..problem(ProblemType::Unavailable, &detail, request_id)
                }
            }
            Self::TooLarge { request_id } => problem(
                ProblemType::MessageTooLarge,
                "ADM takes the message for larger than 6 KB",
                request_id,
            ),
            Self::Unauthorised { request_id } => problem(ProblemType::CredentialsRefused, FRESH_TOKEN_REFUSED, request_id),
            Self::Unknown { doubt, request_id } => problem(
                ProblemType::OutcomeUnknown,
                &format!("{doubt}; sending it again may deliver it twice"),
                request_id,
            ),
        })
    }
}

/// A security profile that may send to topics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Its name, if ADM told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_profile: Option<String>,
    /// Amazon's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
}

impl Registration {
    /// The answer.
    ///
    /// # Errors
    /// [`Problem`]: for every outcome but a profile registered.
    pub fn into_answer(self) -> Result<Registered, Problem> {
        Err(match self {
            Self::NoToken(error) => no_token(&error),
            Self::Refused {
                status,
                code,
                reason,
                request_id,
            } => Problem {
                code,
                request_id,
                ..Problem::new(ProblemType::NotRegistered, in_words(status, code, reason.as_ref()))
            },
            Self::Registered {
                security_profile,
                request_id,
            } => {
                return Ok(Registered {
                    security_profile,
                    request_id,
                });
            }
            Self::RetryLater {
                status,
                retry_after,
                request_id,
            } => Problem {
                request_id,
                retry_after: Some(retry_after.unwrap_or(SOON)),
                ..Problem::new(
                    ProblemType::Unavailable,
                    match status {
                        Some(status) => format!("ADM answered {status}"),
                        None => "ADM gave no answer; registering again does no harm".to_owned(),
                    },
                )
            },
            Self::Unauthorised { request_id } => Problem {
                request_id,
                ..Problem::new(ProblemType::CredentialsRefused, FRESH_TOKEN_REFUSED)
            },
        })
    }
}

/// ADM's reason in its words, or the best there is in their place.
fn in_words(status: u16, code: Option<Code>, reason: Option<&Reason>) -> String {
    match (reason, code) {
        (Some(reason), _) => reason.as_str().to_owned(),
        (None, Some(code)) => code.as_str().to_owned(),
        (None, None) => format!("ADM answered {status} without a reason"),
    }
}

fn no_token(error: &TokenError) -> Problem {
    let request_id = error.request_id().cloned();
    let detail = format!("{error}; nothing was sent");
    match error.is_final() {
        true => Problem {
            request_id,
            ..Problem::new(ProblemType::CredentialsRefused, detail)
        },
        false => Problem {
            request_id,
            retry_after: Some(error.retry_after().unwrap_or(SOON)),
            ..Problem::new(ProblemType::Unavailable, detail)
        },
    }
}

const FRESH_TOKEN_REFUSED: &str = "ADM refuses a token that Login with Amazon has just given";
/// Where Amazon does not say when.
const SOON: Duration = Duration::from_secs(5);
