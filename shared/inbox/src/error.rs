//! What can go wrong with the store, told by who must act.
//!
//! Everything here is *not now* and never *refused*: the caller answers 503 and SNS tries again. But some causes do not pass
//! by themselves; those ask for an operator. No text of these errors holds anything of an item.

use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

/// Why the store did not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Credentials or permissions are missing.
    #[error("the store does not let us in")]
    Denied(#[source] Cause),
    /// A request that DynamoDB takes for malformed: a fault of this program, or an item beyond a limit.
    #[error("the store takes the request for invalid")]
    Invalid(#[source] Cause),
    /// A row that this program did not write, or has forgotten how to read.
    #[error("a row has no readable `{attribute}`")]
    Malformed {
        /// The attribute's name.
        attribute: &'static str,
    },
    /// A row in a shape that a newer version of this program writes.
    #[error("a row is of version {version}, which a newer version of this program has written: update it")]
    Newer {
        /// The version of the row's shape.
        version: u32,
    },
    /// A write was refused without the row in its way, so nobody can tell a duplicate from a conflict.
    #[error("the store refused a write without showing the row in its way")]
    OccupantHidden,
    /// The table does not exist, here or in this region.
    #[error("the table does not exist")]
    TableMissing(#[source] Cause),
    /// Throttled, failing, too slow or unreachable.
    #[error("the store is not available")]
    Unavailable(#[source] Cause),
}

impl StoreError {
    /// Trying again will not help until somebody has changed something.
    pub fn needs_operator(&self) -> bool {
        match self {
            Self::Denied(_)
            | Self::Invalid(_)
            | Self::Malformed { .. }
            | Self::Newer { .. }
            | Self::OccupantHidden
            | Self::TableMissing(_) => true,
            Self::Unavailable(_) => false,
        }
    }

    /// Sorts an error of the SDK, which came of `operation`, by who must act.
    pub fn from_sdk<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let kind = match error.code().unwrap_or_default() {
            "AccessDeniedException"
            | "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "UnrecognizedClientException" => Self::Denied,
            "ResourceNotFoundException" => Self::TableMissing,
            "ValidationException" => Self::Invalid,
            _ => Self::Unavailable,
        };
        kind(Cause::of(operation, error))
    }
}

/// What the SDK or the store said, without the response: its body may hold a row.
#[derive(Debug)]
pub struct Cause {
    operation: &'static str,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Cause {
    fn of<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        let request_id = error.request_id().map(str::to_owned);
        // Of the messages only those that name a role or a table and are of use to an operator; a validation message may
        // quote what it validated.
        let message = match code.as_deref() {
            Some("AccessDeniedException" | "ResourceNotFoundException") => error.message().map(str::to_owned),
            _ => None,
        };
        let source = if error.as_service_error().is_some() {
            None
        } else {
            error.into_source().ok()
        };
        Self {
            operation,
            code,
            message,
            request_id,
            source,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.source) {
            (Some(code), _) => write!(f, "{} was answered {code}", self.operation)?,
            (None, Some(_)) => write!(f, "{} got no answer", self.operation)?,
            (None, None) => write!(f, "{} was answered an error without a code", self.operation)?,
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, " (request {request_id})")?;
        }
        Ok(())
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
