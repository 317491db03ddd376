//! A call as it arrived.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::Value;

use crate::listener::HangUp;

/// A call as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it asks for.
    pub target: Target,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Nothing that is here.
    Other,
    /// `POST /v1/messaging/topic/registrations`.
    Register,
    /// `POST /v1/messaging/topic/messages`.
    Send,
    /// `POST /auth/O2/token`.
    Token,
}

impl Call {
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, HangUp> {
        let (parts, body) = request.into_parts();
        let target = match (parts.method, parts.uri.path()) {
            (Method::POST, "/auth/O2/token") => Target::Token,
            (Method::POST, "/v1/messaging/topic/messages") => Target::Send,
            (Method::POST, "/v1/messaging/topic/registrations") => Target::Register,
            _ => Target::Other,
        };
        let body = Limited::new(body, BODY_LIMIT_BYTES).collect().await.map_err(|_| HangUp)?;
        Ok(Self {
            target,
            headers: parts.headers,
            body: body.to_bytes(),
        })
    }

    /// The value of a header; nothing when it is absent or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

const BODY_LIMIT_BYTES: usize = 1024 * 1024;
