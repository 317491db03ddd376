//! ADM's Topic Based Messaging, as a caller wants it: one call, one honest outcome.
//!
//! A token that ADM refuses is renewed once and the call sent once more; a profile that is not registered is registered once and the
//! call sent once more. Both are safe: ADM has said that it did not take the message. What may have been taken is sent again only under
//! a consolidation key, with which ADM drops the earlier of two ("Topic Based Messaging", `consolidationKey`).

use crate::backoff::{self, TIME_FOR_AN_ATTEMPT};
use crate::https::Https;
use crate::pace::Budget;
use crate::token::{AccessToken, Tokens};
use crate::{CredentialSource, Endpoint, Obstacle, Outcome, Registration, TokenError, TopicMessage, wire};

/// A client of ADM for one security profile. It is to be shared: it holds the token.
#[derive(Debug)]
pub struct Adm {
    https: Https,
    endpoint: Endpoint,
    tokens: Tokens,
}

impl Adm {
    /// A client that asks `lwa` for tokens and sends to `adm`.
    pub fn new(https: Https, adm: Endpoint, lwa: Endpoint, credentials: CredentialSource) -> Self {
        Self {
            tokens: Tokens::new(https.clone(), lwa, credentials),
            https,
            endpoint: adm,
        }
    }

    /// Sees to it that there is a token, so that a send right after this fails for no reason but ADM's.
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn prepare(&self, budget: &Budget) -> Result<(), TokenError> {
        self.tokens.current(budget).await.map(|_| ())
    }

    /// Sends a message, again while ADM asks for it and the budget lasts.
    ///
    /// Once it is unknown whether ADM has the message, only a success ends the doubt: that a later attempt was refused does not say
    /// what became of the first.
    pub async fn send(&self, message: &TopicMessage, budget: &Budget) -> Outcome {
        self.send_until(message, message.consolidation_key().is_some(), budget).await
    }

    /// The same, but never again once it is unknown, whatever key the message has.
    pub async fn send_until_in_doubt(&self, message: &TopicMessage, budget: &Budget) -> Outcome {
        self.send_until(message, false, budget).await
    }

    async fn send_until(&self, message: &TopicMessage, is_sent_in_doubt: bool, budget: &Budget) -> Outcome {
        let (mut doubt, mut attempts) = (None, 0);
        loop {
            let outcome = self.send_once(message, budget).await;
            attempts += 1;
            let again = match &outcome {
                Outcome::NotSent(_) => Some(None),
                Outcome::NoToken(error) if !error.is_final() => Some(error.retry_after()),
                Outcome::RetryLater { retry_after, .. } => Some(*retry_after),
                Outcome::Unknown { .. } => is_sent_in_doubt.then_some(None),
                Outcome::NoToken(_)
                | Outcome::NotRegistered { .. }
                | Outcome::Refused { .. }
                | Outcome::Sent { .. }
                | Outcome::TooLarge { .. }
                | Outcome::Unauthorised { .. } => None,
            };
            let wait = again.and_then(|asked| backoff::next(attempts, asked, budget.left(), budget.chance()));
            if let Outcome::Unknown { .. } = outcome {
                doubt = Some(outcome.clone());
            }
            match (wait, outcome) {
                (_, sent @ Outcome::Sent { .. }) => return sent,
                (None, outcome) => return doubt.unwrap_or(outcome),
                (Some(wait), _) => budget.wait(wait).await,
            }
        }
    }

    /// Sends a message without waiting for a better time.
    pub async fn send_once(&self, message: &TopicMessage, budget: &Budget) -> Outcome {
        let mut token = match self.tokens.current(budget).await {
            Ok(token) => token,
            Err(error) => return Outcome::NoToken(error),
        };
        let (mut is_renewed, mut is_registered) = (false, false);
        loop {
            let post = wire::send(message, &token);
            let result = self.https.post(&self.endpoint, post, budget).await;
            match Outcome::of(result, budget.now(), &token.secrets()) {
                Outcome::Unauthorised { .. } if !is_renewed => {
                    is_renewed = true;
                    token = match self.tokens.after(&token, budget).await {
                        Ok(token) => token,
                        Err(error) => return Outcome::NoToken(error),
                    };
                    if budget.left() < TIME_FOR_AN_ATTEMPT {
                        return Outcome::NotSent(Obstacle::Deadline);
                    }
                }
                Outcome::NotRegistered { .. } if !is_registered => {
                    is_registered = true;
                    if let Some(outcome) = unregistered(self.register_with(&token, budget).await) {
                        return outcome;
                    }
                    if budget.left() < TIME_FOR_AN_ATTEMPT {
                        return Outcome::NotSent(Obstacle::Deadline);
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// Registers the security profile for topics; again is as good as once.
    pub async fn register(&self, budget: &Budget) -> Registration {
        let token = match self.tokens.current(budget).await {
            Ok(token) => token,
            Err(error) => return Registration::NoToken(error),
        };
        match self.register_with(&token, budget).await {
            Registration::Unauthorised { .. } => match self.tokens.after(&token, budget).await {
                Ok(token) => self.register_with(&token, budget).await,
                Err(error) => Registration::NoToken(error),
            },
            registration => registration,
        }
    }

    async fn register_with(&self, token: &AccessToken, budget: &Budget) -> Registration {
        let result = self.https.post(&self.endpoint, wire::register(token), budget).await;
        Registration::of(result, budget.now(), &token.secrets())
    }
}

/// What a registration that did not come about means for the message that needed it; nothing when it did.
fn unregistered(registration: Registration) -> Option<Outcome> {
    match registration {
        Registration::NoToken(error) => Some(Outcome::NoToken(error)),
        Registration::Refused {
            code,
            reason,
            request_id,
            ..
        } => Some(Outcome::NotRegistered {
            code,
            reason,
            request_id,
        }),
        Registration::Registered { .. } => None,
        Registration::RetryLater {
            status,
            retry_after,
            request_id,
        } => Some(Outcome::RetryLater {
            status,
            retry_after,
            request_id,
        }),
        Registration::Unauthorised { request_id } => Some(Outcome::Unauthorised { request_id }),
    }
}
