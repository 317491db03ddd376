//! The exact requests that Amazon is sent.
//!
//! Paths, headers and bodies are those of "Topic Based Messaging" and "Request an Access Token" (developer.amazon.com/docs/adm). A
//! default that the caller did not write is written here, so that messages with one fingerprint are one message on the wire, too.
//! Headers that authorise are marked sensitive: their `Debug` does not show them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Serialize;

use crate::TopicMessage;
use crate::credentials::Credentials;
use crate::payload::Pairs;
use crate::token::AccessToken;

/// A POST before it is sent. It has no `Debug`: bodies hold secrets and messages.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) path: &'static str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// `POST /v1/messaging/topic/messages`.
pub(crate) fn send(message: &TopicMessage, token: &AccessToken) -> Post {
    let mut headers = json_headers(token);
    headers.insert(
        HeaderName::from_static("x-amzn-type-version"),
        HeaderValue::from_static("com.amazon.device.messaging.ADMMessage@1.0"),
    );
    headers.insert(
        HeaderName::from_static("x-amzn-accept-type"),
        HeaderValue::from_static("com.amazon.device.messaging.ADMSendResult@1.0"),
    );
    Post {
        path: "/v1/messaging/topic/messages",
        headers,
        body: send_body(message),
    }
}

/// The body of a send: compact JSON, fields in the order of Amazon's sample, pairs in the caller's order.
pub(crate) fn send_body(message: &TopicMessage) -> Bytes {
    to_json(&SendBody {
        data: message.payload().data(),
        notification: message.payload().notification(),
        consolidation_key: message.consolidation_key().map(|key| key.as_str()),
        expires_after: message.expires_after().seconds(),
        priority: message.priority().as_str(),
        topic: message.topic().as_str(),
    })
}

/// `POST /v1/messaging/topic/registrations`, with the secret that the token was had for.
pub(crate) fn register(token: &AccessToken) -> Post {
    Post {
        path: "/v1/messaging/topic/registrations",
        headers: json_headers(token),
        body: to_json(&RegisterBody {
            client_secret: token.credentials().client_secret(),
        }),
    }
}

/// `POST /auth/O2/token`, every value URL-encoded: a secret may hold any character.
pub(crate) fn token(credentials: &Credentials) -> Post {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", "messaging:push")
        .append_pair("client_id", credentials.client_id())
        .append_pair("client_secret", credentials.client_secret())
        .finish();
    let mut headers = HeaderMap::new();
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, form_type);
    headers.insert(header::ACCEPT, JSON);
    Post {
        path: "/auth/O2/token",
        headers,
        body: form.into(),
    }
}

fn json_headers(token: &AccessToken) -> HeaderMap {
    HeaderMap::from_iter([
        (header::AUTHORIZATION, token.bearer()),
        (header::CONTENT_TYPE, JSON),
        (header::ACCEPT, JSON),
    ])
}

fn to_json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).expect("texts and numbers are always JSON").into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SendBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Pairs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification: Option<&'a Pairs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consolidation_key: Option<&'a str>,
    expires_after: u32,
    priority: &'static str,
    topic: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegisterBody<'a> {
    client_secret: &'a str,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
