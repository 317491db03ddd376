//! What SNS says when it does not do what it is asked, told apart by what follows from it.
//!
//! The codes are those of the Amazon SNS API Reference, of each action's section Errors and of "Common Errors"; where the service's model
//! has another name on the wire than the page, both. Two answers are told by their text alone, which no page has: that an endpoint with the
//! token exists, and that the token's own endpoint has another one now. AWS's SDKs say nothing else about them, and its pseudo-code reads
//! the same text
//! (<https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html>). A text is looked at and never kept: it may quote a token.

use std::error::Error;

use aws_sdk_sns::config::http::HttpResponse;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use inbox::Cause;
use registry::{Application, EndpointArn};

/// Why SNS did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Credentials or permissions are missing, or the application may not be used.
    #[error("SNS does not let us")]
    Denied(#[source] Cause),
    /// There is an endpoint with the token, and it is not as it was asked for: this one of the application, if the answer names it.
    #[error("an endpoint with the token exists")]
    Exists(Option<EndpointArn>),
    /// What was sent is nothing that SNS takes.
    #[error("SNS takes the call for invalid")]
    Invalid(#[source] Cause),
    /// What it is about does not exist.
    #[error("it does not exist at SNS")]
    Missing(#[source] Cause),
    /// The endpoint that the token once made has another token now.
    #[error("the endpoint of the token has another token")]
    OtherToken(#[source] Cause),
    /// Too many calls.
    #[error("SNS has had too many calls")]
    Throttled(#[source] Cause),
    /// Failing, too slow or unreachable, or of an unknown mind.
    #[error("SNS is not available")]
    Unavailable(#[source] Cause),
}

impl Refusal {
    pub(super) fn of<E>(operation: &'static str, application: &Application, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let text = error.message().unwrap_or_default();
        let existing = existing(text, application);
        let is_about_existing = text.contains(EXISTS);
        let is_other_token = text.contains("already registered with a different token");
        let is_too_many = error.raw_response().is_some_and(|response| response.status().as_u16() == 429);
        let kind = Kind::of(error.code().unwrap_or_default());
        let cause = Cause::of(operation, error);
        match (kind, existing) {
            (Kind::Invalid, Some(endpoint)) => Self::Exists(Some(endpoint)),
            (Kind::Invalid, None) if is_about_existing => Self::Exists(None),
            (Kind::Invalid, None) if is_other_token => Self::OtherToken(cause),
            (Kind::Invalid, None) => Self::Invalid(cause),
            (Kind::Denied, _) => Self::Denied(cause),
            (Kind::Missing, _) => Self::Missing(cause),
            (Kind::Throttled, _) => Self::Throttled(cause),
            (Kind::Other, _) if is_too_many => Self::Throttled(cause),
            (Kind::Other, _) => Self::Unavailable(cause),
        }
    }

    /// An answer that is not one.
    pub(super) fn unreadable(operation: &'static str) -> Self {
        Self::Unavailable(Cause::with_code(operation, "UnreadableAnswer"))
    }
}

/// `Invalid parameter: Token Reason: Endpoint <ARN> already exists with the same Token, but different attributes.`
fn existing(text: &str, application: &Application) -> Option<EndpointArn> {
    let (before, after) = text.split_once(EXISTS)?;
    let (_, arn) = before.rsplit_once("Endpoint ")?;
    let is_about_the_token = after.starts_with("Token") || after.starts_with("token");
    let endpoint = is_about_the_token.then(|| EndpointArn::parse(arn).ok())??;
    (endpoint.application() == application).then_some(endpoint)
}

const EXISTS: &str = " already exists with the same ";

enum Kind {
    Denied,
    Invalid,
    Missing,
    Other,
    Throttled,
}

impl Kind {
    fn of(code: &str) -> Self {
        match code {
            "AccessDenied"
            | "AccessDeniedException"
            | "AuthorizationError"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "InvalidSecurity"
            | "MissingAuthenticationToken"
            | "NotAuthorized"
            | "OptInRequired"
            | "PlatformApplicationDisabled"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Self::Denied,
            "InvalidParameter"
            | "InvalidParameterValue"
            | "ParameterValueInvalid"
            | "ValidationError"
            | "ValidationException" => Self::Invalid,
            "NotFound" => Self::Missing,
            "RequestLimitExceeded" | "Throttled" | "ThrottledException" | "Throttling" | "ThrottlingException" => Self::Throttled,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/bdf172d4-f9b4-3b76-bc0b-f20123456789";

    fn read(text: &str) -> Option<String> {
        let application = Application::parse("arn:aws:sns:us-east-1:123456789012:app/GCM/Fire").unwrap();
        existing(text, &application).map(|endpoint| endpoint.as_str().to_owned())
    }

    #[test]
    fn the_endpoint_that_exists_is_read_out_of_the_text() {
        for rest in ["Token, but different attributes.", "token", "Token but"] {
            let text = format!("Invalid parameter: Token Reason: Endpoint {ARN} already exists with the same {rest}");
            assert_eq!(read(&text).as_deref(), Some(ARN), "{text}");
        }
    }

    #[test]
    fn an_endpoint_of_another_application_and_any_other_text_are_none() {
        let another = ARN.replace("Fire", "Water");
        for text in [
            "",
            "Invalid parameter: Token",
            &format!("Endpoint {another} already exists with the same Token"),
            &format!("Endpoint {ARN} already exists with the same name"),
            &format!("{ARN} already exists with the same Token"),
            "Endpoint nonsense already exists with the same Token",
            "Endpoint  already exists with the same Token",
            "This endpoint is already registered with a different token.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
