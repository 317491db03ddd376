//! What can go wrong with the store, told by who must act.
//!
//! Everything here is *not now* and never *refused*: the caller answers 503 and SNS tries again. But some causes do not pass
//! by themselves; those ask for an operator. No text of these errors holds anything of an item.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::Cause;

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
        // Of the messages only those that name a role or a table and are of use to an operator; a validation message may
        // quote what it validated.
        let message = match error.code() {
            Some("AccessDeniedException" | "ResourceNotFoundException") => error.message().map(str::to_owned),
            _ => None,
        };
        kind(Cause::of(operation, error).saying(message))
    }
}
