//! The API on a port, and clients for it.

use std::{io, net::SocketAddr, time::Duration};

use aws_sdk_sqs::{
    Client,
    config::{Config, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use axum::body::Body;
use http::Response;
use serde_json::json;

use super::refusal::Refusal;
use crate::{
    listener::{Listener, response},
    plain_http::plain_http,
};

/// The API on a plain HTTP port, for `AWS_ENDPOINT_URL_SQS`.
pub struct QueueEndpoint {
    listener: Listener,
}

impl QueueEndpoint {
    pub(super) fn new(listener: Listener) -> Self {
        Self { listener }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// The value for `AWS_ENDPOINT_URL_SQS`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// An SDK client for this endpoint, which does not try again by itself.
    pub fn client(&self) -> Client {
        client_at(&self.url())
    }

    /// Stops listening: from here on a connection is refused.
    pub async fn down(&mut self) {
        self.listener.down().await;
    }

    /// Listens again on the same port.
    pub async fn up(&mut self) -> io::Result<()> {
        self.listener.up().await
    }
}

/// An SDK client for a sandbox's endpoint, whatever the region, which does not try again by itself.
pub fn client_at(url: &str) -> Client {
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
        .endpoint_url(url)
        .http_client(plain_http())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build());
    Client::from_conf(config.build())
}

/// "An HTTP 200 response with an empty HTTP body" ("ChangeMessageVisibility"), or an error as in "Interpreting Amazon SQS JSON API
/// responses": its code in a header, its type in the body.
pub(super) fn response_of(outcome: Result<(), Refusal>, request_id: &str) -> Response<Body> {
    let (mut answer, code) = match outcome {
        Ok(()) => (response(200, CONTENT_TYPE, Body::empty()), None),
        Err(refusal) => {
            let side = if refusal.status < 500 { "Sender" } else { "Receiver" };
            let body = json!({ "__type": refusal.kind, "message": refusal.message });
            let answer = response(refusal.status, CONTENT_TYPE, body.to_string());
            (answer, Some(format!("{};{side}", refusal.code)))
        }
    };
    let headers = answer.headers_mut();
    headers.insert("x-amzn-requestid", request_id.parse().expect("request ids are hexadecimal"));
    if let Some(code) = code {
        headers.insert("x-amzn-query-error", code.parse().expect("codes are printable ASCII"));
    }
    answer
}

pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

#[cfg(test)]
mod tests;
