//! A call of the API in the AWS JSON protocol, as the SDKs make it ("Making Query API requests using AWS JSON protocol in Amazon
//! SQS").

use http::{Request, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use jiff::Timestamp;
use serde_json::Value;

use super::refusal::Refusal;
use crate::listener::HangUp;

/// A call as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When it arrived.
    pub at: Timestamp,
    /// `AmazonSQS.<action>`; empty when the call names none.
    pub target: String,
    /// It bore an AWS signature. The sandbox has no account to check it against: to be there is enough.
    pub signed: bool,
    /// The body; null when it is no JSON, or not said to be.
    pub body: Value,
}

/// What ChangeMessageVisibility asks for.
pub(super) struct Change<'a> {
    pub(super) queue_url: &'a str,
    pub(super) receipt_handle: &'a str,
    pub(super) timeout_seconds: i64,
}

impl Call {
    pub(super) async fn read(request: Request<Incoming>, at: Timestamp) -> Result<Self, HangUp> {
        let (parts, body) = request.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = header(header::AUTHORIZATION.as_str()).unwrap_or_default();
        let is_json = header(header::CONTENT_TYPE.as_str()) == Some(super::endpoint::CONTENT_TYPE);
        let body = Limited::new(body, BODY_LIMIT_BYTES).collect().await.map_err(|_| HangUp)?;
        let body = serde_json::from_slice(&body.to_bytes()).ok().filter(|_| is_json);
        Ok(Self {
            at,
            target: header("x-amz-target").unwrap_or_default().to_owned(),
            signed: authorization.starts_with("AWS4-HMAC-SHA256 "),
            body: body.unwrap_or_default(),
        })
    }

    /// Which queue it is about.
    pub fn queue_url(&self) -> Option<&str> {
        self.body["QueueUrl"].as_str()
    }

    /// Which receipt it is about.
    pub fn receipt_handle(&self) -> Option<&str> {
        self.body["ReceiptHandle"].as_str()
    }

    /// For how many seconds the message is to be hidden.
    pub fn visibility_timeout(&self) -> Option<i64> {
        self.body["VisibilityTimeout"].as_i64()
    }

    pub(super) fn change(&self) -> Result<Change<'_>, Refusal> {
        if self.target != "AmazonSQS.ChangeMessageVisibility" {
            return Err(Refusal::not_imitated(&self.target));
        }
        if !self.signed {
            return Err(Refusal::unsigned());
        }
        Ok(Change {
            queue_url: self.required("QueueUrl", Self::queue_url)?,
            receipt_handle: self.required("ReceiptHandle", Self::receipt_handle)?,
            timeout_seconds: self.required("VisibilityTimeout", Self::visibility_timeout)?,
        })
    }

    /// A parameter that has to be there, and to be of its type.
    fn required<'a, T>(&'a self, name: &str, read: impl Fn(&'a Self) -> Option<T>) -> Result<T, Refusal> {
        let is_absent = self.body.is_object() && self.body[name].is_null();
        read(self).ok_or_else(|| match is_absent {
            true => Refusal::missing(name),
            false => Refusal::unreadable(),
        })
    }
}

const BODY_LIMIT_BYTES: usize = 64 * 1024;
