//! SNS's answers: XML, in the shapes of the Amazon SNS API Reference.

use axum::body::Body;
use http::Response;

use crate::listener::response;

/// An error in the shape of "Common Errors" and of "ConfirmSubscription", section Errors.
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

/// The answer to a call that confirmed ("ConfirmSubscription", section Examples).
pub(super) fn confirmed(subscription_arn: &str, request_id: &str) -> Response<Body> {
    let subscription_arn = escaped(subscription_arn);
    xml(
        200,
        request_id,
        format!(
            "<ConfirmSubscriptionResponse xmlns=\"{NAMESPACE}\">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>{subscription_arn}</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</ConfirmSubscriptionResponse>
"
        ),
    )
}

impl Refusal {
    /// As SNS answers a token that is unknown, spent by time or of another topic, and a topic of another region.
    pub(super) fn invalid(parameter: &str) -> Self {
        Self {
            status: 400,
            code: "InvalidParameter",
            message: format!("Invalid parameter: {parameter}"),
        }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let message = format!("1 validation error detected: {parameter} must not be null or empty");
        Self {
            status: 400,
            code: "ValidationError",
            message,
        }
    }

    pub(super) fn missing_action() -> Self {
        Self {
            status: 400,
            code: "MissingAction",
            message: "The request must contain the parameter Action".into(),
        }
    }

    pub(super) fn unknown_action(action: &str, version: &str) -> Self {
        let message = format!("Could not find operation {action} for version {version}");
        Self {
            status: 400,
            code: "InvalidAction",
            message,
        }
    }

    pub(super) fn no_such_topic() -> Self {
        Self {
            status: 404,
            code: "NotFound",
            message: "Topic does not exist".into(),
        }
    }

    pub(super) fn unauthorized() -> Self {
        let message = "AuthenticateOnUnsubscribe requires a signed request".into();
        Self {
            status: 403,
            code: "AuthorizationError",
            message,
        }
    }

    pub(super) fn not_allowed() -> Self {
        Self {
            status: 403,
            code: "AuthorizationError",
            message: "User is not authorized to perform: SNS:ConfirmSubscription".into(),
        }
    }

    pub(super) fn internal() -> Self {
        Self {
            status: 500,
            code: "InternalError",
            message: "Internal service error".into(),
        }
    }

    pub(super) fn throttled() -> Self {
        Self {
            status: 400,
            code: "ThrottlingException",
            message: "Rate exceeded".into(),
        }
    }

    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        let Self { status, code, message } = self;
        let (fault, message) = (if status < 500 { "Sender" } else { "Receiver" }, escaped(&message));
        xml(
            status,
            request_id,
            format!(
                "<ErrorResponse xmlns=\"{NAMESPACE}\">
  <Error>
    <Type>{fault}</Type>
    <Code>{code}</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>
"
            ),
        )
    }
}

fn xml(status: u16, request_id: &str, document: String) -> Response<Body> {
    let mut answer = response(status, "text/xml", document);
    let request_id = request_id.parse().expect("request ids are hexadecimal");
    answer.headers_mut().insert("x-amzn-requestid", request_id);
    answer
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
