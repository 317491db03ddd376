//! The operator's decision about a topic that waits.

use inbox::{Attempt, Inbox, Released, StoreError};
use sns_webhook::TopicArn;

use crate::confirm::{Confirmed, Confirmer};
use crate::trust::{TopicState, Trust};

/// What an approval came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Whether SNS confirmed the subscription, if the topic had asked for that. `Some(false)` is right where the subscription was
    /// confirmed by other means, such as the Developer Console's field for the token.
    pub subscription_confirmed: Option<bool>,
    /// What became of the notifications that were held.
    pub released: Released,
}

/// Trusts a topic from now on, confirms its subscription, and releases its held notifications.
///
/// Killed at any point, or with SNS out of reach, it can be run again: nothing is lost and nothing is recorded twice.
///
/// # Errors
/// [`StoreError`] if a table cannot be read or written.
pub async fn approve(
    topic: &TopicArn,
    trust: &Trust,
    confirmer: &Confirmer,
    inbox: &Inbox,
    attempt: &Attempt<'_>,
) -> Result<Approval, StoreError> {
    let record = trust.topic(topic, attempt.now).await?;
    let confirmed = match record.and_then(|record| record.confirmation()) {
        Some(asked) => Some(confirmer.confirm(&asked).await),
        None => None,
    };
    // Trusted first, released after: what arrives in between is recorded at once, and nothing is held any more.
    match confirmed {
        Some(Confirmed::NotNow) => trust.approve_with_token(topic, attempt.now).await?,
        Some(Confirmed::Yes | Confirmed::No) | None => trust.decide(topic, TopicState::Confirmed, attempt.now).await?,
    }
    let released = inbox.release(topic.as_str(), attempt).await?;
    Ok(Approval {
        subscription_confirmed: confirmed.map(|confirmed| confirmed == Confirmed::Yes),
        released,
    })
}

/// Does not listen to a topic from now on, and deletes the notifications that were held for it. Returns how many.
///
/// # Errors
/// [`StoreError`] if a table cannot be read or written.
pub async fn reject(topic: &TopicArn, trust: &Trust, inbox: &Inbox, attempt: &Attempt<'_>) -> Result<u64, StoreError> {
    trust.decide(topic, TopicState::Rejected, attempt.now).await?;
    inbox.purge(topic.as_str()).await
}
