//! The one action of Secrets Manager that a function calls: GetSecretValue.
//!
//! Spoken as the SDKs do, AWS JSON 1.1 (AWS Secrets Manager API Reference, "GetSecretValue"). A secret is known by its name; a missing
//! one is ResourceNotFoundException, 400, and faults are those of "Common Errors".

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_sdk_secretsmanager::{
    Client,
    config::{Config, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use axum::body::Body;
use http::{Request, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::{
    listener::{Handler, HangUp, Listener, response},
    plain_http::plain_http,
};

/// Secrets by name, on a plain HTTP port.
pub struct Secrets {
    listener: Listener,
    vault: Vault,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// AccessDeniedException, 400.
    Denied,
    /// InternalServiceError, 500.
    Internal,
}

impl Secrets {
    /// Secrets Manager without a secret, on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        let vault = Vault::default();
        let served = vault.clone();
        let handler: Handler = Arc::new(move |request, _sni| {
            let vault = served.clone();
            Box::pin(async move { vault.answer(request).await })
        });
        Ok(Self {
            listener: Listener::start(0, None, handler).await?,
            vault,
        })
    }

    /// Writes a secret, or a new value of it.
    pub fn put(&self, name: &str, value: &str) {
        self.vault.lock().values.insert(name.to_owned(), value.to_owned());
    }

    /// What the next calls meet, one fault each.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.vault.lock().faults = faults.into_iter().collect();
    }

    /// How many calls arrived.
    pub fn calls(&self) -> usize {
        self.vault.lock().calls
    }

    /// Where it listens, as `AWS_ENDPOINT_URL_SECRETS_MANAGER` would say.
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.addr())
    }

    /// An SDK client for it, which does not try again by itself.
    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version_latest()
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("sandbox", "sandbox", None, None, "sandbox"))
            .endpoint_url(self.url())
            .http_client(plain_http())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build());
        Client::from_conf(config.build())
    }
}

#[derive(Clone, Default)]
struct Vault(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    values: HashMap<String, String>,
    faults: VecDeque<Fault>,
    calls: usize,
}

impl Vault {
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
        let target = request.headers().get("x-amz-target").cloned();
        let body = Limited::new(request.into_body(), LIMIT_BYTES).collect().await;
        let body = body.map_err(|_| HangUp)?.to_bytes();
        let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
        let name = asked["SecretId"].as_str().unwrap_or_default();

        let mut contents = self.lock();
        contents.calls += 1;
        let (status, answer) = match (contents.faults.pop_front(), contents.values.get(name)) {
            (Some(Fault::Denied), _) => (400, error("AccessDeniedException")),
            (Some(Fault::Internal), _) => (500, error("InternalServiceError")),
            (None, _) if target.is_none_or(|target| target != "secretsmanager.GetSecretValue") => {
                (400, error("UnknownOperationException"))
            }
            (None, None) => (400, error("ResourceNotFoundException")),
            (None, Some(value)) => (
                200,
                json!({ "Name": name, "SecretString": value, "VersionStages": ["AWSCURRENT"] }),
            ),
        };
        Ok(response(status, "application/x-amz-json-1.1", answer.to_string()))
    }
}

fn error(code: &str) -> Value {
    json!({ "__type": code, "Message": "Something about the request" })
}

const LIMIT_BYTES: usize = 64 * 1024;
