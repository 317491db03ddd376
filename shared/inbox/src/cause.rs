//! What a service of AWS said when it did not do what it was asked, or the SDK when nobody answered.
//!
//! Promises codes, and never a text that may quote what was sent: neither the response nor its message is kept.

use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

/// What was said. The SDKs of all services have these errors in common.
#[derive(Debug)]
pub struct Cause {
    operation: &'static str,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Cause {
    /// Of an error of the SDK, which came of `operation`.
    pub fn of<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        let request_id = error.request_id().map(str::to_owned);
        // What was answered says its code; what was not answered says why not.
        let source = match error.as_service_error() {
            Some(_) => None,
            None => error.into_source().ok(),
        };
        Self {
            operation,
            code,
            message: None,
            request_id,
            source,
        }
    }

    /// Of an answer that has a code and came of no error.
    pub fn with_code(operation: &'static str, code: impl Into<String>) -> Self {
        Self {
            operation,
            code: Some(code.into()),
            message: None,
            request_id: None,
            source: None,
        }
    }

    /// The code that was answered, if there was one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// With a text that quotes nothing.
    pub(crate) fn saying(self, message: Option<String>) -> Self {
        Self { message, ..self }
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
