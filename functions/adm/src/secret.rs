//! Where the credentials come from, and how a rotated secret is noticed.
//!
//! Promises one read of Secrets Manager in the life of a function, and another one only when Amazon has refused what was read: rotation
//! needs no restart. Nothing that Secrets Manager answers is kept in an error, since an answer that cannot be read may hold the secret.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::pace::Budget;
use crate::{BadCredentials, Credentials};

/// A place that credentials are read from. Clones share what has been read.
#[derive(Clone)]
pub struct CredentialSource(Arc<Source>);

enum Source {
    Given(Arc<Credentials>),
    Secret {
        client: Client,
        id: String,
        read: Mutex<Option<Arc<Credentials>>>,
    },
}

/// Why there are no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The function may not read it, or not decrypt it.
    #[error("this function may not read the secret of ADM_CREDENTIALS_SECRET")]
    Denied,
    /// The secret is there, and not what it should be.
    #[error("the secret of ADM_CREDENTIALS_SECRET is not usable: {0}")]
    Malformed(BadCredentials),
    /// There is no such secret, or it has no current value.
    #[error("there is no secret of the id in ADM_CREDENTIALS_SECRET")]
    Missing,
    /// Secrets Manager gave no answer in time, or failed, or there was no time left to ask it.
    #[error("Secrets Manager is not available")]
    Unavailable,
}

impl SecretError {
    /// Somebody has to change something before it can work.
    pub fn needs_operator(self) -> bool {
        match self {
            Self::Denied | Self::Malformed(_) | Self::Missing => true,
            Self::Unavailable => false,
        }
    }
}

impl CredentialSource {
    /// Credentials at hand.
    pub fn given(credentials: Credentials) -> Self {
        Self(Arc::new(Source::Given(Arc::new(credentials))))
    }

    /// The secret with this name or ARN.
    pub fn secret(client: Client, id: impl Into<String>) -> Self {
        Self(Arc::new(Source::Secret {
            client,
            id: id.into(),
            read: Mutex::default(),
        }))
    }

    /// The credentials, read if they have not been yet.
    pub(crate) async fn current(&self, budget: &Budget) -> Result<Arc<Credentials>, SecretError> {
        self.other_than(None, budget).await
    }

    /// The credentials after Amazon has refused `refused`; the same ones when the secret still holds them.
    pub(crate) async fn after(&self, refused: &Credentials, budget: &Budget) -> Result<Arc<Credentials>, SecretError> {
        self.other_than(Some(refused), budget).await
    }

    async fn other_than(&self, refused: Option<&Credentials>, budget: &Budget) -> Result<Arc<Credentials>, SecretError> {
        match &*self.0 {
            Source::Given(credentials) => Ok(Arc::clone(credentials)),
            Source::Secret { client, id, read } => {
                // Whoever comes while it is being read waits for that one read.
                let lock = timeout(budget.left(), read.lock()).await;
                let mut read = lock.map_err(|_| SecretError::Unavailable)?;
                match read.as_ref().filter(|held| Some(held.as_ref()) != refused) {
                    Some(held) => Ok(Arc::clone(held)),
                    None => {
                        let fresh = Arc::new(fetch(client, id, READ_TIMEOUT.min(budget.left())).await?);
                        *read = Some(Arc::clone(&fresh));
                        Ok(fresh)
                    }
                }
            }
        }
    }
}

async fn fetch(client: &Client, id: &str, time: Duration) -> Result<Credentials, SecretError> {
    if time.is_zero() {
        return Err(SecretError::Unavailable);
    }
    let answer = timeout(time, client.get_secret_value().secret_id(id).send()).await;
    let answer = answer.map_err(|_| SecretError::Unavailable)?;
    let secret = answer.map_err(|error| match error.code() {
        Some("AccessDeniedException" | "DecryptionFailure") => SecretError::Denied,
        Some("ResourceNotFoundException") => SecretError::Missing,
        _ => SecretError::Unavailable,
    })?;
    // A binary secret has no text; ours is written as text.
    let json = secret
        .secret_string()
        .ok_or(SecretError::Malformed(BadCredentials::NotAnObject))?;
    Credentials::from_json(json).map_err(SecretError::Malformed)
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Source::Given(_) => f.write_str("Given([redacted])"),
            Source::Secret { id, .. } => write!(f, "Secret({id})"),
        }
    }
}

/// Above the operation timeout that the SDK client should have of its own: a limit, not a policy.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
