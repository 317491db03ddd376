//! Why a message was not sent, as a stable code for rows and logs.
//!
//! ADM's own codes stand for themselves; ours are in small letters.

use super::{Doubt, Obstacle, Outcome};
use crate::Code;

impl Outcome {
    /// Why, as a stable code for rows and logs.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::NoToken(error) => error.reason(),
            Self::NotRegistered { .. } => "not_registered",
            Self::NotSent(obstacle)
            | Self::Unknown {
                doubt: Doubt::Unanswered(obstacle),
                ..
            } => obstacle.reason(),
            Self::Refused { code, .. } => code.map_or("no_code", Code::as_str),
            Self::RetryLater { status, .. } => match status {
                Some(429) => Code::MaxRateExceeded.as_str(),
                Some(500) => "adm_500",
                Some(503) => "adm_503",
                Some(_) | None => "registration",
            },
            Self::Sent { .. } => "sent",
            Self::TooLarge { .. } => Code::MessageTooLarge.as_str(),
            Self::Unauthorised { .. } => Code::AccessTokenExpired.as_str(),
            Self::Unknown {
                doubt: Doubt::MalformedAnswer,
                ..
            } => "malformed_answer",
            Self::Unknown {
                doubt: Doubt::Status(_), ..
            } => "undocumented_status",
        }
    }
}

impl Obstacle {
    fn reason(self) -> &'static str {
        match self {
            Self::Connect => "no_connection",
            Self::Deadline => "deadline",
            Self::Interrupted => "interrupted",
        }
    }
}
