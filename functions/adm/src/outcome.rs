//! What became of a message, and the only place that sorts ADM's answers.
//!
//! By status first, then by known code, then by documented sentence: a reason is a hint, a status is a promise ("Topic Based
//! Messaging", section "ADM error status codes"). What no page describes is refused where the status says that we are wrong, and
//! unknown where it says that they are: a 502 or a 504 of something before ADM does not say what ADM did.

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;

use crate::https::{NoReply, Reply};
use crate::{Code, Reason, RequestId, TokenError, retry_after};

mod reason;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was no token to send it with; ADM does not have it.
    NoToken(TokenError),
    /// The security profile is not registered for topics, and registering it did not help; ADM does not have it.
    NotRegistered {
        /// What ADM said last.
        code: Option<Code>,
        /// The same in its words.
        reason: Option<Reason>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// Not a byte of it has left; ADM does not have it.
    NotSent(Obstacle),
    /// ADM does not want it, however often it is sent.
    Refused {
        /// The status.
        status: u16,
        /// Why, by code.
        code: Option<Code>,
        /// Why, in ADM's words.
        reason: Option<Reason>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM does not take it now.
    RetryLater {
        /// The status: 429, 500 or 503, or what a registration was answered that the message needs; none if that had no answer.
        status: Option<u16>,
        /// When it may, if ADM said so.
        retry_after: Option<Duration>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM has it.
    Sent {
        /// ADM's name of the message.
        message_id: String,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM takes it for larger than 6 KB.
    TooLarge {
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM refuses a token that is new.
    Unauthorised {
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// It may have been sent, and nobody knows whether ADM has it.
    Unknown {
        /// What is known.
        doubt: Doubt,
        /// Amazon's id of the request, if it was answered.
        request_id: Option<RequestId>,
    },
}

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Name resolution, TCP or TLS failed.
    #[error("no connection to the host")]
    Connect,
    /// The time was over.
    #[error("no answer within the time limit")]
    Deadline,
    /// The connection ended, or what came over it was not HTTP.
    #[error("the connection ended without an answer")]
    Interrupted,
}

/// Why it is not known whether ADM has a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Accepted, it seems, but the answer names no message.
    #[error("the answer says 200 and names no message")]
    MalformedAnswer,
    /// An answer that no page describes.
    #[error("the answer has the undocumented status {0}")]
    Status(u16),
    /// No answer.
    #[error(transparent)]
    Unanswered(Obstacle),
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// There was no token to register with.
    NoToken(TokenError),
    /// ADM does not register the profile.
    Refused {
        /// The status.
        status: u16,
        /// Why, by code.
        code: Option<Code>,
        /// Why, in ADM's words.
        reason: Option<Reason>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// The profile is registered, now or before.
    Registered {
        /// Its name, `amzn1.application.` and 32 hexadecimal digits, if the answer tells it.
        security_profile: Option<String>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM gives no usable answer now; asking again does no harm.
    RetryLater {
        /// The status, if there was an answer.
        status: Option<u16>,
        /// When to ask again, if ADM said so.
        retry_after: Option<Duration>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// ADM refuses the token.
    Unauthorised {
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
}

impl Outcome {
    /// Sorts what came of a send. `secrets` are texts that no reason may repeat.
    pub(crate) fn of(result: Result<Reply, NoReply>, now: Timestamp, secrets: &[&str]) -> Self {
        let reply = match result {
            Ok(reply) => reply,
            Err(NoReply::NotSent(obstacle)) => return Self::NotSent(obstacle),
            Err(NoReply::Unanswered(obstacle)) => {
                return Self::Unknown {
                    doubt: Doubt::Unanswered(obstacle),
                    request_id: None,
                };
            }
        };
        let Said {
            code,
            reason,
            request_id,
        } = said(&reply, secrets);
        match (reply.status.as_u16(), code) {
            (200, _) => match message_id(reply.body.as_deref().unwrap_or_default()) {
                Some(message_id) => Self::Sent { message_id, request_id },
                None => Self::Unknown {
                    doubt: Doubt::MalformedAnswer,
                    request_id,
                },
            },
            (400, Some(Code::NotRegistered)) => Self::NotRegistered {
                code,
                reason,
                request_id,
            },
            (401, _) => Self::Unauthorised { request_id },
            (413, _) => Self::TooLarge { request_id },
            (status @ (429 | 500 | 503), _) => Self::RetryLater {
                status: Some(status),
                retry_after: retry_after::of(&reply.headers, now),
                request_id,
            },
            (status @ 300..500, code) => Self::Refused {
                status,
                code,
                reason,
                request_id,
            },
            (status, _) => Self::Unknown {
                doubt: Doubt::Status(status),
                request_id,
            },
        }
    }
}

impl Registration {
    /// Sorts what came of a registration.
    pub(crate) fn of(result: Result<Reply, NoReply>, now: Timestamp, secrets: &[&str]) -> Self {
        // Registering twice does no harm, so it makes no difference whether the first one arrived.
        let Ok(reply) = result else {
            return Self::RetryLater {
                status: None,
                retry_after: None,
                request_id: None,
            };
        };
        let Said {
            code,
            reason,
            request_id,
        } = said(&reply, secrets);
        match reply.status {
            StatusCode::OK => Self::Registered {
                security_profile: security_profile(reply.body.as_deref().unwrap_or_default()),
                request_id,
            },
            StatusCode::UNAUTHORIZED => Self::Unauthorised { request_id },
            StatusCode::TOO_MANY_REQUESTS => Self::retry_later(&reply, now, request_id),
            status if status.is_redirection() || status.is_client_error() => Self::Refused {
                status: status.as_u16(),
                code,
                reason,
                request_id,
            },
            _ => Self::retry_later(&reply, now, request_id),
        }
    }

    fn retry_later(reply: &Reply, now: Timestamp, request_id: Option<RequestId>) -> Self {
        Self::RetryLater {
            status: Some(reply.status.as_u16()),
            retry_after: retry_after::of(&reply.headers, now),
            request_id,
        }
    }
}

struct Said {
    code: Option<Code>,
    reason: Option<Reason>,
    request_id: Option<RequestId>,
}

fn said(reply: &Reply, secrets: &[&str]) -> Said {
    let answer: Option<Answer> = reply.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    let text = answer.and_then(|answer| answer.reason);
    Said {
        code: text.as_deref().and_then(Code::of),
        reason: text.as_deref().and_then(|text| Reason::new(text, secrets)),
        request_id: RequestId::of(&reply.headers),
    }
}

/// A message's name is stored and shown, so it is a text of a sane length and without control characters.
fn message_id(body: &[u8]) -> Option<String> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let is_sane = |id: &String| (1..=1024).contains(&id.len()) && !id.contains(char::is_control);
    answer.message_id.filter(is_sane)
}

fn security_profile(body: &[u8]) -> Option<String> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let sentence = answer.message?;
    let mut words = sentence.split_whitespace();
    words
        .find(|word| {
            word.strip_prefix("amzn1.application.")
                .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
        .map(str::to_owned)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    message: Option<String>,
    message_id: Option<String>,
    reason: Option<String>,
}

#[cfg(test)]
mod tests;
