//! Why there is no token.

use std::time::Duration;

use crate::{RequestId, SecretError};

/// Why there is no token, told by who must act. Two answers of Login with Amazon are final; all others pass, and are not to be taken
/// for a bad account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The client id or the client secret is wrong.
    #[error("Login with Amazon does not accept the client id and the client secret")]
    InvalidClient {
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// The security profile may not send messages.
    #[error("Login with Amazon does not give the scope messaging:push: enable Device Messaging for the security profile")]
    InvalidScope {
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
    /// The credentials could not be had.
    #[error(transparent)]
    Secret(SecretError),
    /// No answer, or one that gives no token and says nothing final.
    #[error("Login with Amazon gave no token")]
    Unavailable {
        /// The status, if there was an answer.
        status: Option<u16>,
        /// The OAuth error, if it is one of RFC 6749.
        error: Option<&'static str>,
        /// When to ask again, if it said so.
        retry_after: Option<Duration>,
        /// Amazon's id of the request.
        request_id: Option<RequestId>,
    },
}

impl TokenError {
    pub(super) fn unanswered() -> Self {
        Self::Unavailable {
            status: None,
            error: None,
            retry_after: None,
            request_id: None,
        }
    }

    /// Asking again cannot help until somebody has changed something.
    pub fn is_final(&self) -> bool {
        match self {
            Self::InvalidClient { .. } | Self::InvalidScope { .. } => true,
            Self::Secret(error) => error.needs_operator(),
            Self::Unavailable { .. } => false,
        }
    }

    /// Why, as a stable code for rows and logs.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::InvalidClient { .. } => "invalid_client",
            Self::InvalidScope { .. } => "invalid_scope",
            Self::Secret(_) => "secret",
            Self::Unavailable { .. } => "no_token",
        }
    }

    /// When Login with Amazon wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::InvalidClient { .. } | Self::InvalidScope { .. } | Self::Secret(_) => None,
        }
    }

    /// Amazon's id of the request that was refused.
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::InvalidClient { request_id } | Self::InvalidScope { request_id } | Self::Unavailable { request_id, .. } => {
                request_id.as_ref()
            }
            Self::Secret(_) => None,
        }
    }
}
