//! The POST of a delivery: headers and body (Amazon SNS Developer Guide, "HTTP/HTTPS headers").

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{Envelope, ids};

/// A request to an endpoint, before it is sent.
#[derive(Clone, Debug)]
pub struct Post {
    /// What SNS says about the message; Host and Content-Length are added on the way.
    pub headers: HeaderMap,
    /// The JSON.
    pub body: Bytes,
}

impl Post {
    /// The request that SNS sends for a message. Its headers repeat the envelope, so what was forged there is forged here.
    pub fn of(envelope: &Envelope) -> Self {
        let mut headers = HeaderMap::new();
        let field = |name| envelope.field(name).and_then(|value| HeaderValue::from_str(value).ok());
        for (name, value) in [
            (MESSAGE_TYPE, field("Type")),
            (MESSAGE_ID, field("MessageId")),
            (TOPIC_ARN, field("TopicArn")),
            (
                SUBSCRIPTION_ARN,
                subscription_arn(envelope).and_then(|arn| HeaderValue::from_str(&arn).ok()),
            ),
            (
                header::CONTENT_TYPE,
                Some(HeaderValue::from_static("text/plain; charset=UTF-8")),
            ),
            (header::CONNECTION, Some(HeaderValue::from_static("Keep-Alive"))),
            (
                header::USER_AGENT,
                Some(HeaderValue::from_static("Amazon Simple Notification Service Agent")),
            ),
            // Not on the page; seen on every delivery.
            (header::ACCEPT_ENCODING, Some(HeaderValue::from_static("gzip,deflate"))),
        ] {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        Self {
            headers,
            body: envelope.text().into(),
        }
    }

    /// The same with another body, such as text that is no JSON.
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with a header replaced or added, such as `x-amz-sns-rawdelivery: true`.
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// The same without a header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }
}

/// There is no subscription before it is confirmed, so a SubscriptionConfirmation names none.
fn subscription_arn(envelope: &Envelope) -> Option<String> {
    let has_subscription = envelope.field("Type") != Some("SubscriptionConfirmation");
    envelope
        .field("TopicArn")
        .filter(|_| has_subscription)
        .map(ids::subscription_arn)
}

const MESSAGE_ID: HeaderName = HeaderName::from_static("x-amz-sns-message-id");
const MESSAGE_TYPE: HeaderName = HeaderName::from_static("x-amz-sns-message-type");
const SUBSCRIPTION_ARN: HeaderName = HeaderName::from_static("x-amz-sns-subscription-arn");
const TOPIC_ARN: HeaderName = HeaderName::from_static("x-amz-sns-topic-arn");
