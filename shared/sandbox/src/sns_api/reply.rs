//! SNS's answers: XML, in the shapes of the Amazon SNS API Reference.

use axum::body::Body;
use http::Response;

use crate::listener::response;

use super::{action::Action, refusal::Refusal};

/// The answer to a call that was performed (each action's section Examples). An action that has no result has no element for it.
pub(super) fn done(action: Action, result: &str, request_id: &str) -> Response<Body> {
    let action = action.name();
    let result = match result {
        "" => String::new(),
        _ => format!("  <{action}Result>\n{result}  </{action}Result>\n"),
    };
    xml(
        200,
        request_id,
        format!(
            "<{action}Response xmlns=\"{NAMESPACE}\">
{result}  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</{action}Response>
"
        ),
    )
}

/// The result of ConfirmSubscription.
pub(super) fn subscription_arn(subscription_arn: &str) -> String {
    format!("    <SubscriptionArn>{}</SubscriptionArn>\n", escaped(subscription_arn))
}

/// The result of Publish.
pub(super) fn message_id(message_id: &str) -> String {
    format!("    <MessageId>{message_id}</MessageId>\n")
}

/// The result of PublishBatch: what [`successful_entry`] and [`failed_entry`] say.
pub(super) fn batch(successful: &str, failed: &str) -> String {
    format!("    <Successful>\n{successful}    </Successful>\n    <Failed>\n{failed}    </Failed>\n")
}

/// An entry that was taken ("PublishBatchResultEntry").
pub(super) fn successful_entry(id: &str, message_id: &str) -> String {
    format!("      <member>\n        <Id>{id}</Id>\n        <MessageId>{message_id}</MessageId>\n      </member>\n")
}

/// An entry that was not ("BatchResultErrorEntry").
pub(super) fn failed_entry(id: &str, code: &str, sender_fault: bool) -> String {
    let code = escaped(code);
    format!(
        "      <member>
        <Id>{id}</Id>
        <Code>{code}</Code>
        <Message>The script refuses this entry</Message>
        <SenderFault>{sender_fault}</SenderFault>
      </member>
"
    )
}

/// The answer to a call that was not ("Common Errors"; each action's section Errors).
pub(super) fn refused(refusal: Refusal, request_id: &str) -> Response<Body> {
    let Refusal { status, code, message } = refusal;
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

fn xml(status: u16, request_id: &str, document: String) -> Response<Body> {
    let mut answer = response(status, "text/xml", document);
    let request_id = request_id.parse().expect("request ids are hexadecimal");
    answer.headers_mut().insert("x-amzn-requestid", request_id);
    answer
}

/// Text as it stands in an element. A carriage return would be read as the end of a line (XML 1.0, section 2.11).
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#xD;")
}

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
