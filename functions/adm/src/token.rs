//! The access token of Login with Amazon, had once and used by all.
//!
//! Promises one request for a token at a time, however many need one: whoever comes meanwhile waits and shares what comes of it, a
//! failure too. A token is renewed 60 s before its end, and when ADM refuses it. Source: "Request an Access Token"
//! (developer.amazon.com/docs/adm); the client credentials grant of RFC 6749, sections 4.4 and 5.2.

mod answer;
mod error;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::timeout;

pub use self::error::TokenError;
use crate::https::{Https, NoReply};
use crate::pace::Budget;
use crate::{CredentialSource, Credentials, Endpoint, wire};

/// Gives the current token.
#[derive(Debug)]
pub(crate) struct Tokens {
    https: Https,
    endpoint: Endpoint,
    credentials: CredentialSource,
    /// Requests for a token that have ended; read before waiting, so that a waiter can tell what ended meanwhile.
    ended: AtomicU64,
    last: Mutex<Option<Result<AccessToken, TokenError>>>,
}

/// A token, and the credentials that it was had for. `Debug` prints `[redacted]`.
#[derive(Clone)]
pub(crate) struct AccessToken(Arc<Grant>);

struct Grant {
    bearer: HeaderValue,
    credentials: Arc<Credentials>,
    renew_at: Timestamp,
}

impl Tokens {
    pub(crate) fn new(https: Https, endpoint: Endpoint, credentials: CredentialSource) -> Self {
        Self {
            https,
            endpoint,
            credentials,
            ended: AtomicU64::default(),
            last: Mutex::default(),
        }
    }

    /// A token that is good for another minute.
    pub(crate) async fn current(&self, budget: &Budget) -> Result<AccessToken, TokenError> {
        self.other_than(None, budget).await
    }

    /// A token after ADM has refused `refused`. The first one to say so has it renewed, the others get what it got.
    pub(crate) async fn after(&self, refused: &AccessToken, budget: &Budget) -> Result<AccessToken, TokenError> {
        self.other_than(Some(refused), budget).await
    }

    async fn other_than(&self, refused: Option<&AccessToken>, budget: &Budget) -> Result<AccessToken, TokenError> {
        let ended_before = self.ended.load(Ordering::SeqCst);
        let lock = timeout(budget.left(), self.last.lock()).await;
        let mut last = lock.map_err(|_| TokenError::unanswered())?;

        let ended_meanwhile = self.ended.load(Ordering::SeqCst) > ended_before;
        let is_refused = |token: &AccessToken| refused.is_some_and(|refused| Arc::ptr_eq(&token.0, &refused.0));
        match &*last {
            Some(Ok(token)) if !is_refused(token) && (ended_meanwhile || budget.now() < token.0.renew_at) => Ok(token.clone()),
            Some(Err(error)) if ended_meanwhile => Err(error.clone()),
            Some(_) | None => {
                let result = self.fetch(budget).await;
                *last = Some(result.clone());
                self.ended.fetch_add(1, Ordering::SeqCst);
                result
            }
        }
    }

    /// A secret that was rotated shows itself as a client that Login with Amazon does not know: it is read again, once.
    async fn fetch(&self, budget: &Budget) -> Result<AccessToken, TokenError> {
        let credentials = self.credentials.current(budget).await.map_err(TokenError::Secret)?;
        let refused = match self.ask(&credentials, budget).await {
            Err(refused @ TokenError::InvalidClient { .. }) => refused,
            answered => return answered,
        };
        let fresh = self
            .credentials
            .after(&credentials, budget)
            .await
            .map_err(TokenError::Secret)?;
        match fresh == credentials {
            true => Err(refused),
            false => self.ask(&fresh, budget).await,
        }
    }

    async fn ask(&self, credentials: &Arc<Credentials>, budget: &Budget) -> Result<AccessToken, TokenError> {
        let asked_at = budget.now();
        let reply = match self.https.post(&self.endpoint, wire::token(credentials), budget).await {
            Ok(reply) => reply,
            // Asking for a token twice does no harm, so it makes no difference which of the two it was.
            Err(NoReply::NotSent(_) | NoReply::Unanswered(_)) => return Err(TokenError::unanswered()),
        };
        let (bearer, lifetime) = answer::read(&reply, budget.now())?;
        Ok(AccessToken(Arc::new(Grant {
            bearer,
            credentials: Arc::clone(credentials),
            renew_at: asked_at.saturating_add(lifetime - EARLY).unwrap_or(asked_at),
        })))
    }
}

impl AccessToken {
    /// The value of the header Authorization, marked sensitive.
    pub(crate) fn bearer(&self) -> HeaderValue {
        self.0.bearer.clone()
    }

    /// The credentials that it was had for.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    /// What no text that leaves may hold.
    pub(crate) fn secrets(&self) -> [&str; 3] {
        let bearer = self.0.bearer.to_str().unwrap_or(BEARER);
        let token = bearer.strip_prefix(BEARER).unwrap_or(bearer);
        [token, self.credentials().client_secret(), self.credentials().client_id()]
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

const BEARER: &str = "Bearer ";
const EARLY: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
